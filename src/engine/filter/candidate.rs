//! A message being filtered: each part is computed on first use.

use crate::message::{Row, StoredMessage};
use crate::store::Store;
use natsbridge_wire::{DecodedMessage, Digest, Limits, circumstance_findings, decode_message, scan};
use std::cell::{Cell, OnceCell};
use std::sync::Arc;

/// A message to be looked at.
pub struct Candidate<'a> {
    subject: Arc<str>,
    bytes: u64,
    at_us: i64,
    limits: &'a Limits,
    message: OnceCell<Option<StoredMessage>>,
    fetch: Option<(&'a Store, u64)>,
    digest: OnceCell<Digest<'static>>,
    decoded: OnceCell<Option<DecodedMessage>>,
    looked: Cell<u64>,
}

impl<'a> Candidate<'a> {
    /// A row of a store; its bytes are taken from there when they are wanted.
    pub fn stored(store: &'a Store, row: &Row) -> Self {
        Self {
            subject: store.subject(row.subject),
            bytes: row.bytes.into(),
            at_us: row.at_us,
            limits: store.limits(),
            message: OnceCell::new(),
            fetch: Some((store, row.seq)),
            digest: OnceCell::new(),
            decoded: OnceCell::new(),
            looked: Cell::new(0),
        }
    }

    /// A whole message.
    pub fn whole(message: StoredMessage, limits: &'a Limits) -> Self {
        Self {
            subject: message.subject.clone(),
            bytes: message.payload.len() as u64,
            at_us: message.at_us,
            limits,
            message: OnceCell::from(Some(message)),
            fetch: None,
            digest: OnceCell::new(),
            decoded: OnceCell::new(),
            looked: Cell::new(0),
        }
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
        let fetch = || self.fetch.and_then(|(store, seq)| store.message(seq));
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
        let decode = || {
            self.look(8);
            let message = self.message()?;
            let mut decoded = decode_message(&message.payload, &message.subject, self.limits);
            let around = circumstance_findings(&decoded, &message.circumstances());
            decoded.findings.extend(around);
            Some(decoded)
        };
        self.decoded.get_or_init(decode).as_ref()
    }
}
