//! Reads messages from files: envelopes, JSON lines, tapes, dumps of `nats`, directories of these, standard input. What a file
//! is is found from its content; what cannot be read costs only itself, and is noted.

use super::file_kind::FileKind;
use super::specimen::Specimen;
use super::split::messages_of;
use crate::files::open_file;
use crate::tape::{TapeError, TapeReader, TapeRecord, head_of, place};
use bytes::Bytes;
use natsbridge_wire::Limits;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Why a file cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// It is larger than a file of envelopes may be.
    #[error(
        "{path} has more than {most} bytes, which is the most that can be read at once: split it into several files, \
         or record a tape, which can have any size"
    )]
    TooLarge {
        /// The file.
        path: String,
        /// The limit.
        most: u64,
    },
    /// A link leads from a directory back to one that it is in.
    #[error("{0} leads back to a directory that it is in, and was not followed")]
    Circle(String),
    /// It cannot be read, as a tape or otherwise.
    #[error(transparent)]
    Tape(#[from] TapeError),
}

/// Files and directories to check, one message after the other.
///
/// # Examples
///
/// ```no_run
/// use natsbridge_engine::{Examiner, Files};
/// use natsbridge_wire::Limits;
/// let limits = Limits::DEFAULT;
/// let mut examiner = Examiner::new(Vec::new(), &limits);
/// let mut found = 0;
/// let mut take = |specimen| {
///     found += examiner.examine(&specimen, None).findings.len();
///     Ok::<_, std::convert::Infallible>(())
/// };
/// let mut files = Files::new(&limits, None, &mut take);
/// let Ok(()) = files.read("messages".as_ref());
/// for (_, error) in &files.seen.unread {
///     println!("{error}");
/// }
/// ```
pub struct Files<'f, E> {
    limits: &'f Limits,
    /// What the files are, where that is not to be found out.
    known: Option<FileKind>,
    take: &'f mut dyn FnMut(Specimen) -> Result<(), E>,
    /// Directories that are being looked through, as the system names them.
    within: Vec<PathBuf>,
    /// What became of the files so far.
    pub seen: SeenFiles,
}

/// What became of files.
#[derive(Debug, Default)]
pub struct SeenFiles {
    /// How many were read as what, with the first of each.
    pub kinds: BTreeMap<FileKind, (u64, String)>,
    /// What there is to know of tapes.
    pub told: Vec<FileNote>,
    /// Those that could not be read, by their names, and why.
    pub unread: Vec<(String, FilesError)>,
}

/// What there is to know of a file as a whole.
#[derive(Debug)]
pub struct FileNote {
    /// Its name.
    pub source: String,
    /// A sentence.
    pub text: String,
    /// Whether something that was in it is not here.
    pub lacks: bool,
}

/// Why it does not go on.
enum Stop<E> {
    /// This file cannot be read, which does not keep others from being read.
    File(FilesError),
    /// Whoever takes the messages takes no more.
    Taker(E),
}

impl<E> From<FilesError> for Stop<E> {
    fn from(error: FilesError) -> Self {
        Self::File(error)
    }
}

impl<E> From<TapeError> for Stop<E> {
    fn from(error: TapeError) -> Self {
        Self::File(error.into())
    }
}

impl<'f, E> Files<'f, E> {
    /// Reads under these limits, as what the files are known to be, and passes each message on.
    pub fn new(
        limits: &'f Limits,
        known: Option<FileKind>,
        take: &'f mut dyn FnMut(Specimen) -> Result<(), E>,
    ) -> Self {
        Self {
            limits,
            known,
            take,
            within: Vec::new(),
            seen: SeenFiles::default(),
        }
    }

    /// Passes on each message of `path` (a file, a directory, or `-`); what cannot be read is noted.
    ///
    /// # Errors
    ///
    /// Only what the one who takes the messages fails with.
    pub fn read(&mut self, path: &Path) -> Result<(), E> {
        let name = path.display().to_string();
        let outcome = if name == STANDARD_INPUT {
            self.standard_input(&name)
        } else {
            match std::fs::metadata(path) {
                Ok(facts) if facts.is_dir() => self.folder(path, &name),
                Ok(_) => self.file(path, &name),
                Err(error) => Err(failed(&name)(error).into()),
            }
        };
        match outcome {
            Ok(()) => {}
            Err(Stop::File(error)) => self.seen.unread.push((name, error)),
            Err(Stop::Taker(error)) => return Err(error),
        }
        Ok(())
    }

    fn standard_input(&mut self, name: &str) -> Result<(), Stop<E>> {
        // A tape is read from a file, and any file may be one.
        let mut file = tempfile::NamedTempFile::new().map_err(failed(name))?;
        let mut input = io::stdin().lock();
        let most = self.limits.checked_file as u64;
        let copied = io::copy(&mut input.by_ref().take(most + 1), &mut file).map_err(failed(name))?;
        // Only a tape may have any size.
        if copied > most && self.kind(&head_of(file.path()).map_err(failed(name))?).is_some() {
            io::copy(&mut input, &mut file).map_err(failed(name))?;
        }
        self.file(file.path(), name)
    }

    fn folder(&mut self, path: &Path, name: &str) -> Result<(), Stop<E>> {
        let real = path.canonicalize().map_err(failed(name))?;
        if self.within.contains(&real) {
            return Err(FilesError::Circle(name.to_owned()).into());
        }
        let entries = std::fs::read_dir(path).map_err(failed(name))?;
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(failed(name))?;
        if let Ok(tape) = TapeReader::open(path, self.limits)
            && self.known.is_none_or(|known| known == FileKind::Dump)
        {
            // Its messages are one conversation.
            self.tape(tape, name)?;
            self.note(Some(FileKind::Dump), name);
            paths.retain(|path| place(path).is_none());
        }
        paths.sort_by_cached_key(|path| (place(path).unwrap_or((u64::MAX, false)), path.clone()));
        self.within.push(real);
        for path in paths {
            let name = path.file_name().unwrap_or_default();
            if !name.as_encoded_bytes().starts_with(b".") {
                self.read(&path).map_err(Stop::Taker)?;
            }
        }
        self.within.pop();
        Ok(())
    }

    /// What a file with these first bytes is, as far as they tell.
    fn kind(&self, head: &[u8]) -> Option<FileKind> {
        self.known.or_else(|| FileKind::of_head(head))
    }

    fn file(&mut self, path: &Path, name: &str) -> Result<(), Stop<E>> {
        let kind = self.kind(&head_of(path).map_err(failed(name))?);
        if let Some(looks) = kind.and_then(FileKind::looks) {
            let tape = TapeReader::open_as(path, Some(looks), self.limits)?;
            self.tape(tape, name)?;
            self.note(kind, name);
            return Ok(());
        }
        let most = self.limits.checked_file as u64;
        let mut bytes = Vec::new();
        let (file, facts) = open_file(path).map_err(failed(name))?;
        if facts.len() <= most {
            file.take(most + 1)
                .read_to_end(&mut bytes)
                .map_err(failed(name))?;
        }
        if facts.len().max(bytes.len() as u64) > most {
            let path = name.to_owned();
            return Err(FilesError::TooLarge { path, most }.into());
        }
        let (kind, messages) = messages_of(&Bytes::from(bytes), kind);
        self.note(Some(kind), name);
        for (index, raw) in (0..).zip(messages) {
            let specimen = Specimen {
                source: name.to_owned(),
                index,
                raw,
                ..Specimen::default()
            };
            (self.take)(specimen).map_err(Stop::Taker)?;
        }
        Ok(())
    }

    /// Passes on the messages of a tape.
    fn tape(&mut self, mut tape: TapeReader, name: &str) -> Result<(), Stop<E>> {
        let mut index = 0;
        while let Some(entry) = tape.next()? {
            let TapeRecord::Message(message) = entry else {
                continue;
            };
            (self.take)(Specimen::received(name.to_owned(), index, message)).map_err(Stop::Taker)?;
            index += 1;
        }
        let report = tape.report();
        let told = report.problems().into_iter().chain(report.notes());
        self.seen.told.extend(told.map(|text| FileNote {
            source: name.to_owned(),
            text,
            lacks: !report.is_whole(),
        }));
        Ok(())
    }

    /// Notes as what a file was read.
    fn note(&mut self, kind: Option<FileKind>, name: &str) {
        if let Some(kind) = kind {
            let kinds = self.seen.kinds.entry(kind);
            kinds.or_insert_with(|| (0, name.to_owned())).0 += 1;
        }
    }
}

fn failed(name: &str) -> impl Fn(io::Error) -> FilesError {
    move |source| {
        let path = name.into();
        FilesError::Tape(TapeError::Read { path, source })
    }
}
