//! The raw-first message store: append-only segments, fixed rows, oldest out first, exact counters.

use super::counters::Counters;
use super::row::{Row, StoredMessage};
use super::subjects::{SubjectId, SubjectStats};
use crate::wire::Limits;
use std::ops::Range;
use std::sync::Arc;

/// One message on its way into the store, borrowed from the client.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Arrival, microseconds since the Unix epoch.
    pub at_us: i64,
    /// Subject.
    pub subject: &'a str,
    /// NATS reply subject.
    pub reply: Option<&'a str>,
    /// Headers, if any.
    pub headers: Option<&'a async_nats::HeaderMap>,
    /// Payload.
    pub payload: &'a [u8],
}

/// The store; clones share it. Every call is short: the screen never waits for the network nor the other way round.
#[derive(Debug, Clone)]
pub struct Store {
    limits: Arc<Limits>,
}

impl Store {
    /// An empty store under these limits.
    pub fn new(limits: Arc<Limits>) -> Self {
        Self { limits }
    }
    /// Stores a batch in order; copies the bytes.
    pub fn append<'a>(&self, batch: impl IntoIterator<Item = Incoming<'a>>) {
        let _ = (batch, &self.limits);
    }
    /// Sequence numbers held now: first kept .. next to come.
    pub fn range(&self) -> Range<u64> {
        1..1
    }
    /// The rows with these numbers that are still held, oldest first.
    pub fn rows(&self, seqs: Range<u64>) -> Vec<Row> {
        let _ = seqs;
        vec![]
    }
    /// One row.
    pub fn row(&self, seq: u64) -> Option<Row> {
        let _ = seq;
        None
    }
    /// One whole message.
    pub fn message(&self, seq: u64) -> Option<StoredMessage> {
        let _ = seq;
        None
    }
    /// Calls `visit` with the subject id of each held row from `from` on, oldest first; returns the next number to scan.
    pub fn scan_subjects(&self, from: u64, visit: impl FnMut(u64, SubjectId)) -> u64 {
        let _ = (from, visit);
        1
    }
    /// Digests up to `most` rows that have none yet, outside the lock; returns how many it did.
    pub fn digest_pending(&self, most: usize) -> usize {
        let _ = most;
        0
    }
    /// Text of a subject.
    pub fn subject(&self, id: SubjectId) -> Arc<str> {
        let _ = id;
        "".into()
    }
    /// All subjects seen, in order of first appearance.
    pub fn subjects(&self) -> Vec<SubjectStats> {
        vec![]
    }
    /// The counters (`received` and `dropped` are kept up to date by the session).
    pub fn counters(&self) -> Counters {
        Counters::default()
    }
    /// Forgets all messages (not the counters).
    pub fn clear(&self) {}
}
