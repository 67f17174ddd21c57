//! A message being filtered: each part is computed on first use.

use crate::doctor::{Examination, Sequence, examine_received};
use crate::message::{Found, MessageDigest, Row, StoredMessage};
use crate::store::{MORE_WORDS, Store};
use natsbridge_wire::{DecodedMessage, Depth, Dialect, Digest, KindSet, Limits, scan};
use std::cell::{Cell, OnceCell};
use std::sync::Arc;

/// A message to be looked at.
pub struct Candidate<'a> {
    subject: OnceCell<Arc<str>>,
    bytes: u64,
    at_us: i64,
    limits: &'a Limits,
    sequence: Sequence,
    message: OnceCell<Option<StoredMessage>>,
    /// Where it is stored, with what its row tells, so that its bytes need not be read for that.
    stored: Option<(&'a Store, &'a Row)>,
    digest: OnceCell<Digest<'static>>,
    examination: OnceCell<Option<Arc<Examination>>>,
    looked: Cell<u64>,
}

impl<'a> Candidate<'a> {
    /// A row of a store; whatever is wanted of it is taken from there, with what was examined before.
    pub fn stored(store: &'a Store, row: &'a Row) -> Self {
        Self {
            stored: Some((store, row)),
            ..Self::new(row.bytes.into(), row.at_us, store.limits())
        }
    }

    /// A whole message.
    pub fn whole(message: StoredMessage, limits: &'a Limits) -> Self {
        let candidate = Self::new(message.payload.len() as u64, message.at_us, limits);
        Self {
            subject: OnceCell::from(message.subject.clone()),
            message: OnceCell::from(Some(message)),
            ..candidate
        }
    }

    fn new(bytes: u64, at_us: i64, limits: &'a Limits) -> Self {
        Self {
            subject: OnceCell::new(),
            bytes,
            at_us,
            limits,
            sequence: Sequence::default(),
            message: OnceCell::new(),
            stored: None,
            digest: OnceCell::new(),
            examination: OnceCell::new(),
            looked: Cell::new(0),
        }
    }

    /// The same message, with what those before it tell; a store knows that by itself.
    #[must_use]
    pub fn following(self, sequence: Sequence) -> Self {
        Self { sequence, ..self }
    }

    /// Its subject.
    pub fn subject(&self) -> &str {
        self.subject.get_or_init(|| {
            let subject = self.stored.map(|(store, row)| store.subject(row.subject));
            subject.unwrap_or_default()
        })
    }

    /// Its bytes.
    pub fn size(&self) -> u64 {
        self.bytes
    }

    /// When it came, microseconds since the Unix epoch.
    pub fn at_us(&self) -> i64 {
        self.at_us
    }

    /// Bytes that were looked at so far: what this cost.
    pub fn looked(&self) -> u64 {
        self.looked.get()
    }

    /// The message; `None` if the store has evicted it.
    pub fn message(&self) -> Option<&StoredMessage> {
        let fetch = || self.stored.and_then(|(store, row)| store.message(row.seq));
        self.message.get_or_init(fetch).as_ref()
    }

    fn look(&self, cost: u64) {
        self.looked.set(self.looked.get() + self.bytes * cost);
    }

    /// What a quick scan of its bytes tells.
    pub fn digest(&self) -> &Digest<'static> {
        self.digest.get_or_init(|| {
            self.look(1);
            self.message()
                .map_or_else(Digest::default, |message| scan(&message.payload).into_owned())
        })
    }

    /// Its sender.
    pub fn sender(&self) -> &str {
        self.word(|row| &row.sender)
            .unwrap_or_else(|| &self.digest().sender)
    }

    /// Its purpose.
    pub fn purpose(&self) -> &str {
        self.word(|row| &row.purpose)
            .unwrap_or_else(|| &self.digest().purpose)
    }

    /// Its dialect; `None`: no envelope.
    pub fn dialect(&self) -> Option<Dialect> {
        match self.row() {
            Some(row) => row.dialect,
            None => self.digest().dialect,
        }
    }

    /// The kinds of its payloads.
    pub fn kinds(&self) -> KindSet {
        self.row().map_or_else(|| self.digest().kinds, |row| row.kinds)
    }

    /// How many payloads it has, and how many of them are links.
    pub fn payloads(&self) -> (u16, u16) {
        match self.row() {
            Some(row) => (row.payloads, row.links),
            None => (self.digest().payloads, self.digest().links),
        }
    }

    /// A word of its row, if it is sure to stand there as in the message: long ones are cut, and those that there was no room
    /// for read as others do.
    fn word(&self, of: impl Fn(&MessageDigest) -> &Arc<str>) -> Option<&str> {
        let word = of(self.row()?);
        let whole = word.len() + char::MAX.len_utf8() <= self.limits.field_cells;
        (whole && **word != *MORE_WORDS).then_some(&**word)
    }

    fn row(&self) -> Option<&MessageDigest> {
        self.stored?.1.digest.as_ref()
    }

    /// All of it.
    pub fn decoded(&self) -> Option<&DecodedMessage<'_>> {
        self.examination().map(|examination| &*examination.decoded)
    }

    /// What is wrong with it, in few bytes; costs nothing if it was examined before.
    pub fn found(&self) -> Option<Found> {
        let known = self.stored.and_then(|(store, row)| store.found(row.seq));
        known.or_else(|| Some(self.examination()?.found))
    }

    /// Its examination, if one was needed.
    pub fn into_examination(self) -> Option<Arc<Examination>> {
        self.examination.into_inner().flatten()
    }

    fn examination(&self) -> Option<&Arc<Examination>> {
        let examine = || {
            self.look(8);
            if let Some((store, row)) = self.stored {
                return store.examine(row.seq);
            }
            let examination =
                examine_received(self.message()?, self.sequence, None, Depth::Glance, self.limits);
            Some(Arc::new(examination))
        };
        self.examination.get_or_init(examine).as_ref()
    }
}
