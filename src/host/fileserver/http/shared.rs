//! State shared by all requests of one file server.

use super::access::Access;
use super::answer::Refusal;
use super::claims::Claims;
use super::counted_body::{CountedBody, too_large};
use crate::fileserver::storage::{Facts, Key, StoredFiles};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use hyper::HeaderMap;
use hyper::header::HOST;
use std::sync::Arc;

/// One file server's files and rules.
pub struct Shared {
    /// What is kept.
    pub files: Arc<StoredFiles>,
    /// One-shot files being taken.
    pub claims: Arc<Claims>,
    /// Who may upload.
    pub access: Access,
    /// Where clients reach it, without the token.
    pub address: String,
    /// What URLs in answers begin with, if that was said.
    pub public_url: Option<String>,
}

impl Shared {
    /// Takes in a file that surely has so many bytes.
    pub async fn take_in(
        &self,
        key: &Key,
        facts: Facts,
        source: BoxStream<'_, Result<Bytes, Refusal>>,
        surely: u64,
    ) -> Result<Facts, Refusal> {
        let limits = &self.files.limits;
        let most = limits.fileserver_file;
        // What is refused anyway is refused before it comes.
        if surely > most {
            return Err(too_large(most));
        }
        let arrival = self.files.begin(surely)?;
        if facts.name.len() > limits.fileserver_name {
            let most = limits.fileserver_name;
            return Err(Refusal::bad(format!("A file name must not exceed {most} bytes.")));
        }
        let mut counted = CountedBody::new(source, arrival, most);
        let stored = self.files.backend.store(key, facts, counted.stream()).await;
        let arrival = counted.finish()?;
        let stored = stored?;
        arrival.keep();
        Ok(stored)
    }

    /// What URLs in an answer begin with: as was said, else the address that the client used.
    pub fn base_url(&self, headers: &HeaderMap) -> String {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let used = || host.map(|host| format!("http://{host}"));
        let base = self.public_url.clone().or_else(used);
        base.unwrap_or_else(|| self.address.clone())
    }
}
