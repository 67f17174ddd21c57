//! Why a tape cannot be written or read, as a sentence with what to try.

use std::io;
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
