//! A message being filtered: each part is computed on first use.

use crate::doctor::{Examination, Sequence, examine_received};
use crate::message::{Found, Row, StoredMessage};
use crate::store::Store;
use natsbridge_wire::{DecodedMessage, Digest, Limits, scan};
use std::cell::{Cell, OnceCell};
use std::sync::Arc;

/// A message to be looked at.
pub struct Candidate<'a> {
    subject: Arc<str>,
    bytes: u64,
    at_us: i64,
    limits: &'a Limits,
    sequence: Sequence,
    message: OnceCell<Option<StoredMessage>>,
    stored: Option<(&'a Store, u64)>,
    digest: OnceCell<Digest<'static>>,
    examination: OnceCell<Option<Arc<Examination>>>,
    looked: Cell<u64>,
}

impl<'a> Candidate<'a> {
    /// A row of a store; whatever is wanted of it is taken from there, with what was examined before.
    pub fn stored(store: &'a Store, row: &Row) -> Self {
        Self {
            stored: Some((store, row.seq)),
            ..Self::new(
                store.subject(row.subject),
                row.bytes.into(),
                row.at_us,
                store.limits(),
            )
        }
    }

    /// A whole message.
    pub fn whole(message: StoredMessage, limits: &'a Limits) -> Self {
        let (subject, bytes) = (message.subject.clone(), message.payload.len() as u64);
        let candidate = Self::new(subject, bytes, message.at_us, limits);
        Self {
            message: OnceCell::from(Some(message)),
            ..candidate
        }
    }

    fn new(subject: Arc<str>, bytes: u64, at_us: i64, limits: &'a Limits) -> Self {
        Self {
            subject,
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
        &self.subject
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
        let fetch = || self.stored.and_then(|(store, seq)| store.message(seq));
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

    /// All of it.
    pub fn decoded(&self) -> Option<&DecodedMessage> {
        self.examination().map(|examination| &*examination.decoded)
    }

    /// What is wrong with it, in few bytes; costs nothing if it was examined before.
    pub fn found(&self) -> Option<Found> {
        let known = self.stored.and_then(|(store, seq)| store.found(seq));
        known.or_else(|| Some(self.examination()?.found))
    }

    /// Its examination, if one was needed.
    pub fn into_examination(self) -> Option<Arc<Examination>> {
        self.examination.into_inner().flatten()
    }

    fn examination(&self) -> Option<&Arc<Examination>> {
        let examine = || {
            self.look(8);
            if let Some((store, seq)) = self.stored {
                return store.examine(seq);
            }
            let examination = examine_received(self.message()?, self.sequence, None, self.limits);
            Some(Arc::new(examination))
        };
        self.examination.get_or_init(examine).as_ref()
    }
}
