//! Why a tape cannot be written or read, as a sentence with what to try.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// Why a tape cannot be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// There is something under that name.
    #[error("{} already exists and was not changed; choose another name", .0.display())]
    Exists(PathBuf),
    /// The file cannot be made.
    #[error("cannot record to {}: {source}; choose another place", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It cannot be written whole; nothing of it was kept.
    #[error("cannot save the tape to {}: {}; nothing of it was kept. {}", path.display(), reason(source), remedy(source))]
    Save {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is something else.
    #[error("the file {} is not a tape: {what}", path.display())]
    NoTape {
        /// The file.
        path: PathBuf,
        /// What it looks like and what to do, as a clause.
        what: &'static str,
    },
    /// Something records already.
    #[error("a recording to {} is already running: stop it first", .0.display())]
    Recording(PathBuf),
    /// No thread could be started.
    #[error("cannot start the recording thread: {0}")]
    NoThread(io::Error),
}

/// Why a tape cannot be written, as a clause.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::StorageFull => "the disk is full".into(),
        ErrorKind::QuotaExceeded => "the disk quota is exceeded".into(),
        ErrorKind::FileTooLarge => "files there cannot get any larger".into(),
        ErrorKind::NotFound | ErrorKind::NotADirectory => "there is no such directory".into(),
        ErrorKind::PermissionDenied => "you may not write there".into(),
        ErrorKind::ReadOnlyFilesystem => "it can only be read there".into(),
        _ => format!("the disk failed ({error})"),
    }
}

/// What to try then, as a sentence without its full stop.
fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "Make room, or choose another place",
        ErrorKind::NotFound | ErrorKind::NotADirectory => "Create the directory, or choose another one",
        _ => "Choose another place",
    }
}
