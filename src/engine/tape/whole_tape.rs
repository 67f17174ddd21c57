//! A tape of messages that are at hand: it appears under its name once it is whole, and is nowhere if the writing is given
//! up.

use super::block::Piece;
use super::counts::RecordingCounts;
use super::encode::Opening;
use super::error::TapeError;
use super::intake::Intake;
use super::writer::{Writer, survive_file_size_limit};
use crate::files::NewFile;
use crate::message::{Gap, Incoming};
use natsbridge_wire::Limits;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver};

/// Where what is on a tape came from, for its first line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TapeOrigin {
    /// The broker's address; empty if it is not known.
    pub server: String,
    /// Patterns subscribed to.
    pub subjects: Vec<String>,
}

/// A tape being written.
pub(crate) struct WholeTape {
    path: PathBuf,
    /// Becomes the tape.
    part: NewFile,
    writer: Writer<File>,
    intake: Intake,
    pieces: Receiver<Piece>,
    tally: Arc<RecordingCounts>,
}

/// What is on a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TapeContent {
    /// Messages.
    pub(crate) messages: u64,
    /// The size of the file, in bytes.
    pub(crate) bytes: u64,
    /// Messages that it only counts.
    pub(crate) missed: u64,
}

impl WholeTape {
    /// Begins a tape whose first message came at that time; an error where there is something under that name already.
    pub(crate) fn create(
        path: &Path,
        origin: &TapeOrigin,
        started_us: i64,
        limits: &Limits,
    ) -> Result<Self, TapeError> {
        survive_file_size_limit();
        // Looked at before the work; what comes to be under that name later is not overwritten either.
        if path.symlink_metadata().is_ok() {
            return Err(TapeError::Exists(path.to_owned()));
        }
        let made = NewFile::create_in(path.parent().unwrap_or(path));
        let made = made.and_then(|part| Ok((part.file().try_clone()?, part)));
        let (file, part) = made.map_err(|error| unsaved(path, error))?;
        let tally = Arc::new(RecordingCounts::new(path.to_owned(), started_us, None));
        let (given, pieces) = mpsc::channel();
        let mut writer = Writer::new(file, Arc::clone(&tally), limits);
        writer.begin(&Opening {
            started_us,
            server: &origin.server,
            subjects: &origin.subjects,
        });
        Ok(Self {
            path: path.to_owned(),
            part,
            writer,
            intake: Intake::new(given, Arc::clone(&tally), limits, None),
            pieces,
            tally,
        })
    }

    /// Writes messages, in order.
    pub(crate) fn take(&mut self, messages: &[Incoming<'_>]) -> Result<(), TapeError> {
        self.intake.take(messages);
        self.write()
    }

    /// Counts a message whose body, of so many bytes, is not at hand.
    pub(crate) fn miss(&mut self, payload: u64) {
        self.intake.miss(payload);
    }

    /// Notes a time in which messages may be missing, before the next message, whose number here it gets.
    pub(crate) fn gap(&mut self, gap: Gap) -> Result<(), TapeError> {
        self.intake.gap(gap, 0);
        self.write()
    }

    /// Writes the last line; then the file gets its name, unless `wanted` says by now that nobody wants it.
    pub(crate) fn finish(mut self, wanted: impl FnOnce() -> bool) -> Result<Option<TapeContent>, TapeError> {
        self.intake.tell_missed();
        self.write()?;
        self.writer.end().map_err(|error| unsaved(&self.path, error))?;
        if !wanted() {
            return Ok(None);
        }
        let named = self.part.appear(self.path.file_name().unwrap_or_default());
        named.map_err(|(error, _)| match error.kind() {
            ErrorKind::AlreadyExists => TapeError::Exists(self.path.clone()),
            _ => unsaved(&self.path, error),
        })?;
        let count = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
        Ok(Some(TapeContent {
            messages: count(&self.tally.messages),
            bytes: count(&self.tally.bytes),
            missed: count(&self.tally.missed),
        }))
    }

    fn write(&mut self) -> Result<(), TapeError> {
        let mut pieces = self.pieces.try_iter();
        let written = pieces.try_for_each(|piece| self.writer.encode(piece));
        written.map_err(|error| unsaved(&self.path, error))
    }
}

fn unsaved(path: &Path, source: io::Error) -> TapeError {
    let path = path.to_owned();
    TapeError::Save { path, source }
}
