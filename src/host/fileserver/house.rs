//! State shared by all requests of one file server.

use super::access::Access;
use super::answer::Refusal;
use super::claims::Claims;
use super::intake::{Intake, Source, too_large};
use super::key::{Facts, Key};
use super::shelf::{Shelf, ShelfError};
use super::space::{Arrival, Space};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use hyper::HeaderMap;
use hyper::header::HOST;
use natsbridge_wire::Limits;
use std::sync::Arc;
use std::time::Duration;

/// One file server's storage, accounting and rules.
pub struct House {
    /// Where files are kept.
    pub shelf: Arc<dyn Shelf>,
    /// How much may still come.
    pub space: Arc<Space>,
    /// One-shot files being taken.
    pub claims: Arc<Claims>,
    /// Who may upload.
    pub access: Access,
    /// Limits in force.
    pub limits: Limits,
    /// Where clients reach it, without the token.
    pub address: String,
    /// What URLs in answers begin with, if that was said.
    pub public_url: Option<String>,
    /// The time in microseconds since the Unix epoch.
    pub clock: fn() -> i64,
}

impl House {
    /// The metadata of a file that has not expired.
    pub async fn look(&self, key: &Key) -> Result<Facts, Refusal> {
        let facts = self.shelf.facts(key).await?;
        if facts.is_over((self.clock)()) {
            return Err(Refusal::not_found());
        }
        Ok(facts)
    }

    /// Takes in a file of which so many bytes are announced.
    pub async fn take_in(
        &self,
        key: &Key,
        facts: Facts,
        source: Source<'_>,
        announced: Option<u64>,
    ) -> Result<Facts, Refusal> {
        let most = self.limits.fileserver_file;
        // A multipart body is a little larger than its file.
        let surely = announced.unwrap_or(0).saturating_sub(match source {
            Source::Whole(_) => 0,
            Source::Part(_) => self.limits.fileserver_head as u64,
        });
        // What is refused anyway is refused before it comes.
        if surely > most {
            return Err(too_large(most));
        }
        let mut arrival = Arrival::begin(&self.space);
        if !arrival.grow(self.limits.fileserver_file_overhead) || !self.space.fits(surely) {
            return Err(Refusal::full());
        }
        if facts.name.len() > self.limits.fileserver_name {
            let most = self.limits.fileserver_name;
            return Err(Refusal::bad(format!("A file name must not exceed {most} bytes.")));
        }
        let mut intake = Intake::new(source, arrival, most);
        let stored = self.shelf.store(key, facts, intake.stream()).await;
        let arrival = intake.finish()?;
        let stored = stored?;
        arrival.keep();
        Ok(stored)
    }

    /// Stores bytes of our own.
    pub async fn keep(&self, key: &Key, facts: Facts, bytes: Bytes) -> Result<Facts, ShelfError> {
        let mut arrival = Arrival::begin(&self.space);
        if !arrival.grow(bytes.len() as u64 + self.limits.fileserver_file_overhead) {
            return Err(ShelfError::Full);
        }
        let body = stream::iter((!bytes.is_empty()).then_some(Ok(bytes))).boxed();
        let stored = self.shelf.store(key, facts, body).await?;
        arrival.keep();
        Ok(stored)
    }

    /// Removes a file.
    pub async fn remove(&self, key: &Key, facts: &Facts) -> Result<(), ShelfError> {
        self.shelf.remove(key).await?;
        self.space.freed(self.weight(facts));
        Ok(())
    }

    /// What a file counts.
    pub fn weight(&self, facts: &Facts) -> u64 {
        facts.size.saturating_add(self.limits.fileserver_file_overhead)
    }

    /// When the time of something stored now is up; a wish for less time is granted.
    pub fn expiry(&self, wish: Option<Duration>) -> i64 {
        let ttl = wish.unwrap_or(Duration::MAX).min(self.limits.fileserver_ttl);
        (self.clock)().saturating_add(i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX))
    }

    /// What URLs in an answer begin with: as was said, else the address that the client used.
    pub fn base_url(&self, headers: &HeaderMap) -> String {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let used = || host.map(|host| format!("http://{host}"));
        let base = self.public_url.clone().or_else(used);
        base.unwrap_or_else(|| self.address.clone())
    }

    /// Removes expired files, and measures what is kept.
    pub async fn sweep(&self) -> Result<(), ShelfError> {
        let overhead = self.limits.fileserver_file_overhead;
        let kept = self.shelf.sweep((self.clock)(), overhead).await?;
        self.space.measured(kept, self.shelf.free(), &self.limits);
        Ok(())
    }
}
