//! The files that are kept, with what is counted of them and how long they stay: the same rules for what clients upload
//! and for what our own process leaves, whatever the backend.

use super::contract::{Backend, StorageError};
use super::key::{Facts, Key};
use super::space::{Arrival, Space};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use natsbridge_wire::Limits;
use std::sync::Arc;
use std::time::Duration;

/// The files of one server.
pub struct StoredFiles {
    /// Where they are kept.
    pub backend: Arc<dyn Backend>,
    /// Limits in force.
    pub limits: Limits,
    space: Arc<Space>,
    clock: fn() -> i64,
}

impl StoredFiles {
    /// What that backend keeps. Nothing is taken in before the first [`Self::sweep`] has counted what is there.
    pub fn new(backend: Arc<dyn Backend>, limits: Limits, clock: fn() -> i64) -> Self {
        Self {
            backend,
            limits,
            space: Arc::default(),
            clock,
        }
    }

    /// The time in microseconds since the Unix epoch.
    pub fn now_us(&self) -> i64 {
        (self.clock)()
    }

    /// The metadata of a file that has not expired.
    pub async fn look(&self, key: &Key) -> Result<Facts, StorageError> {
        let facts = self.backend.facts(key).await?;
        if facts.is_over(self.now_us()) {
            return Err(StorageError::NotFound);
        }
        Ok(facts)
    }

    /// Makes room for a file of which `surely` bytes are announced.
    pub fn begin(&self, surely: u64) -> Result<Arrival, StorageError> {
        let mut arrival = Arrival::begin(&self.space);
        if arrival.grow(self.limits.fileserver_file_overhead) && self.space.fits(surely) {
            Ok(arrival)
        } else {
            Err(StorageError::Full)
        }
    }

    /// Stores bytes of our own.
    pub async fn keep(&self, key: &Key, facts: Facts, bytes: Bytes) -> Result<Facts, StorageError> {
        let mut arrival = self.begin(bytes.len() as u64)?;
        arrival.grow(bytes.len() as u64);
        let body = stream::iter((!bytes.is_empty()).then_some(Ok(bytes))).boxed();
        let stored = self.backend.store(key, facts, body).await?;
        arrival.keep();
        Ok(stored)
    }

    /// Removes a file.
    pub async fn remove(&self, key: &Key, facts: &Facts) -> Result<(), StorageError> {
        self.backend.remove(key).await?;
        self.forget(facts);
        Ok(())
    }

    /// A file is gone from the backend: its bytes no longer count.
    pub fn forget(&self, facts: &Facts) {
        let overhead = self.limits.fileserver_file_overhead;
        self.space.freed(facts.size.saturating_add(overhead));
    }

    /// When the time of something stored now is up; a wish for less time is granted.
    pub fn expiry(&self, wish: Option<Duration>) -> i64 {
        let ttl = wish.unwrap_or(Duration::MAX).min(self.limits.fileserver_ttl);
        let ttl = i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX);
        self.now_us().saturating_add(ttl)
    }

    /// Removes expired files, and measures what is kept.
    pub async fn sweep(&self) -> Result<(), StorageError> {
        let overhead = self.limits.fileserver_file_overhead;
        let kept = self.backend.sweep(self.now_us(), overhead).await?;
        self.space.measured(kept, self.backend.free(), &self.limits);
        Ok(())
    }
}
