//! Reads messages from files: envelopes, JSON lines, tapes, dumps of `nats`, directories of these, standard input.

use super::specimen::Specimen;
use super::split::messages_of;
use crate::tape::{TapeError, TapeReader, TapeRecord};
use bytes::Bytes;
use natsbridge_wire::{Limits, scan};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The first bytes of a file, by which a tape is known.
const HEAD: u64 = 64 << 10;
/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Why a file cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// It is larger than a file of envelopes may be.
    #[error(
        "{path} has {bytes} bytes, and at most {most} can be read at once: split it into several files, \
         or record a tape, which can have any size"
    )]
    TooLarge {
        /// The file.
        path: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// It cannot be read, as a tape or otherwise.
    #[error(transparent)]
    Tape(#[from] TapeError),
}

/// Files and directories to check, one message after the other.
///
/// # Examples
///
/// ```no_run
/// # fn example() -> Result<(), natsbridge_engine::FilesError> {
/// use natsbridge_engine::{Examiner, Files, FilesError};
/// use natsbridge_wire::Limits;
/// let limits = Limits::DEFAULT;
/// let mut examiner = Examiner::new(Vec::new(), &limits);
/// let mut found = 0;
/// let mut take = |specimen| {
///     found += examiner.examine(&specimen, None).findings.len();
///     Ok::<_, FilesError>(())
/// };
/// Files::new(&limits, &mut take).read("messages")?;
/// # Ok(()) }
/// ```
pub struct Files<'f, E> {
    limits: &'f Limits,
    take: &'f mut dyn FnMut(Specimen) -> Result<(), E>,
    /// What could not be read of tapes so far, a sentence each.
    pub problems: Vec<String>,
}

impl<'f, E: From<FilesError>> Files<'f, E> {
    /// Reads under these limits, and passes each message on.
    pub fn new(limits: &'f Limits, take: &'f mut dyn FnMut(Specimen) -> Result<(), E>) -> Self {
        Self {
            limits,
            take,
            problems: Vec::new(),
        }
    }

    /// Passes on each message of `path` (a file, a directory, or `-`).
    ///
    /// # Errors
    ///
    /// [`FilesError`], naming the file that failed, and whatever the one who takes the messages fails with.
    pub fn read(&mut self, path: &str) -> Result<(), E> {
        if path == STANDARD_INPUT {
            // A tape is read from a file, and any file may be one.
            let mut file = tempfile::NamedTempFile::new().map_err(failed(path))?;
            io::copy(&mut io::stdin().lock(), &mut file).map_err(failed(path))?;
            return self.file(file.path(), path);
        }
        if std::fs::metadata(path).map_err(failed(path))?.is_dir() {
            return self.folder(path);
        }
        self.file(Path::new(path), path)
    }

    fn folder(&mut self, name: &str) -> Result<(), E> {
        if self.tape(Path::new(name), name)? {
            return Ok(());
        }
        let entries = std::fs::read_dir(name).map_err(failed(name))?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths: Vec<PathBuf> = paths.collect::<Result<_, _>>().map_err(failed(name))?;
        paths.sort();
        for path in paths {
            let hidden = path
                .file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if !hidden {
                self.read(&path.display().to_string())?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, name: &str) -> Result<(), E> {
        let mut file = File::open(path).map_err(failed(name))?;
        let bytes = file.metadata().map_err(failed(name))?.len();
        let mut head = Vec::new();
        file.by_ref()
            .take(HEAD)
            .read_to_end(&mut head)
            .map_err(failed(name))?;
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // An envelope is never a tape, whatever its metadata looks like.
        if !head.is_empty() && scan(first).dialect.is_none() && self.tape(path, name)? {
            return Ok(());
        }
        let most = self.limits.checked_file as u64;
        if bytes > most {
            let path = name.to_owned();
            return Err(FilesError::TooLarge { path, bytes, most }.into());
        }
        file.read_to_end(&mut head).map_err(failed(name))?;
        for (index, raw) in (0..).zip(messages_of(&Bytes::from(head))) {
            (self.take)(Specimen {
                source: name.to_owned(),
                index,
                raw,
                ..Specimen::default()
            })?;
        }
        Ok(())
    }

    /// Passes on the messages of a tape; `false` if it is none.
    fn tape(&mut self, path: &Path, name: &str) -> Result<bool, E> {
        let mut tape = match TapeReader::open(path, self.limits) {
            Ok(tape) => tape,
            Err(TapeError::NoTape { .. }) => return Ok(false),
            Err(error) => return Err(FilesError::from(error).into()),
        };
        let mut index = 0;
        while let Some(entry) = tape.next().map_err(FilesError::from)? {
            let TapeRecord::Message(message) = entry else {
                continue;
            };
            (self.take)(Specimen {
                source: name.to_owned(),
                index,
                subject: message.subject.to_string(),
                reply: message.reply,
                at_us: Some(message.at_us),
                headers: message.headers,
                raw: message.payload,
            })?;
            index += 1;
        }
        let told = tape.report().problems().into_iter();
        self.problems
            .extend(told.map(|problem| format!("{name}: {problem}")));
        Ok(true)
    }
}

fn failed<E: From<FilesError>>(path: &str) -> impl Fn(io::Error) -> E {
    move |source| {
        let path = path.into();
        FilesError::Tape(TapeError::Read { path, source }).into()
    }
}
