//! What a session has received, or some of it, saved as a tape: the other way round from showing one. It blocks, and
//! reads the store a batch at a time, so that receiving goes on meanwhile.

use crate::clock;
use crate::message::{Gap, Headers, Incoming, StoredMessage};
use crate::store::Store;
use crate::tape::{TapeError, TapeOrigin, WholeTape};
use crate::wording::counted;
use natsbridge_wire::Steps;
use std::collections::VecDeque;
use std::ops::Range;
use std::path::Path;

/// Messages read from the store at a time.
const BATCH: usize = 1024;
/// Payload bytes read from the store at a time.
const BATCH_BYTES: usize = 8 << 20;

/// Which messages go onto a tape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TapeSelection {
    /// All with these numbers.
    Range(Range<u64>),
    /// Those with these numbers, ascending.
    These(Vec<u64>),
    /// These, whether the store still has them or not; in the order of their numbers.
    Kept(Vec<StoredMessage>),
}

/// A tape that was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedTape {
    /// Messages that are on it.
    pub messages: u64,
    /// Its size, in bytes.
    pub bytes: u64,
    /// Messages that it only counts: their bodies were too large to be kept.
    pub missed: u64,
    /// Messages that were evicted from memory before they could be saved; the tape has a gap where they belong.
    pub evicted: u64,
}

/// Writes messages of the store to a new tape at `path`, with their arrival times and the gaps between them; `None` if
/// `steps` gave it up, which leaves nothing behind.
///
/// # Errors When there is something under that name, or the file cannot be written whole.
pub fn save_tape(
    store: &Store,
    selection: &TapeSelection,
    origin: &TapeOrigin,
    path: &Path,
    steps: &dyn Steps,
) -> Result<Option<SavedTape>, TapeError> {
    let first = (!selection.is_empty()).then(|| selection.message(0, store).1);
    let started_us = first.flatten().map_or_else(clock::now_us, |first| first.at_us);
    let mut saving = Saving {
        store,
        tape: WholeTape::create(path, origin, started_us, store.limits())?,
        gaps: selection.gaps(store).into(),
        batch: Vec::new(),
        bytes: 0,
        last_us: None,
        evicted: 0,
        unmarked: 0,
    };
    let total = selection.len() as u64;
    for at in 0..selection.len() {
        let (number, message) = selection.message(at, store);
        match message {
            Some(message) => saving.take(number, message)?,
            None => saving.unmarked += 1,
        }
        if saving.is_full() {
            saving.write()?;
            if !steps.step(at as u64 + 1, total) {
                return Ok(None);
            }
        }
    }
    saving.finish(|| steps.step(total, total))
}

impl TapeSelection {
    /// How many messages they are, or were.
    pub fn len(&self) -> usize {
        match self {
            Self::Range(range) => range.end.saturating_sub(range.start) as usize,
            Self::These(numbers) => numbers.len(),
            Self::Kept(messages) => messages.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at a place, which there is, and its message; `None` if that has been evicted.
    pub fn message(&self, at: usize, store: &Store) -> (u64, Option<StoredMessage>) {
        let number = match self {
            Self::Range(range) => range.start + at as u64,
            Self::These(numbers) => numbers[at],
            Self::Kept(messages) => return (messages[at].seq, Some(messages[at].clone())),
        };
        (number, store.message(number))
    }

    /// The gaps that belong to them: of a range those at its ends too.
    fn gaps(&self, store: &Store) -> Vec<Gap> {
        let between = match self {
            Self::Range(range) => range.start..=range.end,
            Self::These(numbers) => match numbers[..] {
                [first, .., last] => first + 1..=last,
                _ => return vec![],
            },
            Self::Kept(messages) => match &messages[..] {
                [first, .., last] => first.seq + 1..=last.seq,
                _ => return vec![],
            },
        };
        let mut gaps = store.gaps();
        gaps.retain(|gap| between.contains(&gap.before));
        gaps
    }
}

/// A tape being saved.
struct Saving<'s> {
    store: &'s Store,
    tape: WholeTape,
    /// Those that are still to be marked.
    gaps: VecDeque<Gap>,
    batch: Vec<StoredMessage>,
    /// Payload bytes in it.
    bytes: usize,
    /// When the last message came.
    last_us: Option<i64>,
    evicted: u64,
    /// Messages that were evicted since the last one that was not.
    unmarked: u64,
}

impl Saving<'_> {
    fn take(&mut self, number: u64, message: StoredMessage) -> Result<(), TapeError> {
        self.mark_gaps(number)?;
        self.mark_evicted(message.at_us)?;
        self.last_us = Some(message.at_us);
        let row = message
            .payload
            .is_empty()
            .then(|| self.store.row(number))
            .flatten();
        if let Some(row) = row.filter(|row| row.bytes > 0) {
            self.write()?;
            self.tape.miss(row.bytes.into());
        } else {
            self.bytes += message.payload.len();
            self.batch.push(message);
        }
        Ok(())
    }

    /// Marks the gaps up to the one before that message.
    fn mark_gaps(&mut self, number: u64) -> Result<(), TapeError> {
        while self.gaps.front().is_some_and(|gap| gap.before <= number)
            && let Some(gap) = self.gaps.pop_front()
        {
            self.write()?;
            self.tape.gap(gap)?;
        }
        Ok(())
    }

    /// Marks that messages are missing between the last one and a time.
    fn mark_evicted(&mut self, to_us: i64) -> Result<(), TapeError> {
        let missing = std::mem::take(&mut self.unmarked);
        if missing == 0 {
            return Ok(());
        }
        self.evicted += missing;
        self.write()?;
        let cause = format!(
            "{} evicted from memory before being saved",
            counted(missing, "message")
        );
        self.tape.gap(Gap {
            before: 0,
            from_us: self.last_us.unwrap_or(to_us),
            to_us,
            cause,
        })
    }

    fn is_full(&self) -> bool {
        self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES
    }

    /// Writes the batch.
    fn write(&mut self) -> Result<(), TapeError> {
        let messages = self.batch.iter();
        let batch = messages.map(|message| Incoming {
            at_us: message.at_us,
            subject: &message.subject,
            reply: message.reply.as_deref(),
            headers: Headers::of(&message.headers),
            payload: &message.payload,
        });
        let batch: Vec<Incoming<'_>> = batch.collect();
        self.tape.take(&batch)?;
        self.batch.clear();
        self.bytes = 0;
        Ok(())
    }

    fn finish(mut self, wanted: impl FnOnce() -> bool) -> Result<Option<SavedTape>, TapeError> {
        self.mark_gaps(u64::MAX)?;
        self.mark_evicted(clock::now_us())?;
        self.write()?;
        let evicted = self.evicted;
        let content = self.tape.finish(wanted)?;
        Ok(content.map(|content| SavedTape {
            messages: content.messages,
            bytes: content.bytes,
            missed: content.missed,
            evicted,
        }))
    }
}
