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
    /// It cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file, or `-`.
        path: String,
        /// Why.
        source: io::Error,
    },
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
    /// The tape fails.
    #[error(transparent)]
    Tape(#[from] TapeError),
}

/// Files and directories to check, one message after the other.
///
/// # Examples
///
/// ```no_run
/// # fn example() -> Result<(), natsbridge_engine::FilesError> {
/// use natsbridge_engine::{Examiner, Files};
/// use natsbridge_wire::Limits;
/// let limits = Limits::DEFAULT;
/// let mut problems = Vec::new();
/// let mut examiner = Examiner::new(Vec::new(), &limits);
/// let mut found = 0;
/// Files::new(&limits).read("messages", &mut |specimen| {
///     found += examiner.examine(&specimen, None).findings.len();
///     true
/// }, &mut problems)?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Files<'l> {
    limits: &'l Limits,
}

impl<'l> Files<'l> {
    /// Reads under these limits.
    pub fn new(limits: &'l Limits) -> Self {
        Self { limits }
    }

    /// Passes each message of `path` (a file, a directory, or `-`) to `take` until that returns false; unreadable
    /// parts of a tape are reported in `problems`. Returns whether there may be more.
    ///
    /// # Errors
    ///
    /// [`FilesError`], naming the file that failed.
    pub fn read(
        &self,
        path: &str,
        take: &mut dyn FnMut(Specimen) -> bool,
        problems: &mut Vec<String>,
    ) -> Result<bool, FilesError> {
        let failed = |source| FilesError::Read {
            path: path.to_owned(),
            source,
        };
        if path == STANDARD_INPUT {
            // A tape is read from a file, and any file may be one.
            let mut file = tempfile::NamedTempFile::new().map_err(failed)?;
            io::copy(&mut io::stdin().lock(), &mut file).map_err(failed)?;
            return self.file(file.path(), path, take, problems);
        }
        if std::fs::metadata(path).map_err(failed)?.is_dir() {
            return self.folder(Path::new(path), take, problems);
        }
        self.file(Path::new(path), path, take, problems)
    }

    fn folder(
        &self,
        path: &Path,
        take: &mut dyn FnMut(Specimen) -> bool,
        problems: &mut Vec<String>,
    ) -> Result<bool, FilesError> {
        match TapeReader::open(path, self.limits) {
            Ok(tape) => return tape_messages(tape, &path.display().to_string(), take, problems),
            Err(TapeError::NoTape { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let failed = |source| FilesError::Read {
            path: path.display().to_string(),
            source,
        };
        let entries = std::fs::read_dir(path).map_err(failed)?;
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        paths.sort();
        for path in paths {
            let hidden = path
                .file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if !hidden && !self.read(&path.display().to_string(), take, problems)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn file(
        &self,
        path: &Path,
        name: &str,
        take: &mut dyn FnMut(Specimen) -> bool,
        problems: &mut Vec<String>,
    ) -> Result<bool, FilesError> {
        let failed = |source| FilesError::Read {
            path: name.to_owned(),
            source,
        };
        let mut file = File::open(path).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        let mut head = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut head).map_err(failed)?;
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // An envelope is never a tape, whatever its metadata looks like.
        if !head.is_empty() && scan(first).dialect.is_none() {
            match TapeReader::open(path, self.limits) {
                Ok(tape) => return tape_messages(tape, name, take, problems),
                Err(TapeError::NoTape { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let most = self.limits.checked_file as u64;
        if bytes > most {
            return Err(FilesError::TooLarge {
                path: name.to_owned(),
                bytes,
                most,
            });
        }
        file.read_to_end(&mut head).map_err(failed)?;
        for (index, raw) in (0..).zip(messages_of(&Bytes::from(head))) {
            let specimen = Specimen {
                source: name.to_owned(),
                index,
                raw,
                ..Specimen::default()
            };
            if !take(specimen) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn tape_messages(
    mut tape: TapeReader,
    name: &str,
    take: &mut dyn FnMut(Specimen) -> bool,
    problems: &mut Vec<String>,
) -> Result<bool, FilesError> {
    let mut index = 0;
    while let Some(entry) = tape.next()? {
        let TapeRecord::Message(message) = entry else {
            continue;
        };
        let specimen = Specimen {
            source: name.to_owned(),
            index,
            subject: message.subject.to_string(),
            reply: message.reply,
            at_us: Some(message.at_us),
            headers: message.headers,
            raw: message.payload,
        };
        index += 1;
        if !take(specimen) {
            return Ok(false);
        }
    }
    let told = tape.report().problems().into_iter();
    problems.extend(told.map(|problem| format!("{name}: {problem}")));
    Ok(true)
}
