//! What is asked of the fetcher and what it answers: facts about a link, its download, findings about that. Fetches
//! nothing itself.

use super::error::FetchError;
use crate::http::{Progress, Retry};
use crate::wording::grouped;
use natsbridge_wire::{Blob, Code, Finding};
use std::net::IpAddr;
use std::time::Duration;

/// One download.
#[derive(Debug, Clone, Default)]
pub struct FetchRequest {
    /// The link.
    pub url: String,
    /// The size that the envelope declares.
    pub declared: Option<u64>,
    /// Most bytes to take; `None` takes the limit.
    pub most: Option<u64>,
    /// Where the progress is counted; those who join a running download see none.
    pub progress: Progress,
    /// Automatic: it is fetched only if the policy allows its host, redirects included.
    pub unasked: bool,
    /// Tries and pauses.
    pub retry: Retry,
    /// Whether the SHA-256 of a large body is wanted: then it is made while the body comes.
    pub digest: bool,
}

/// What was downloaded.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// The bytes; a large body's in a file that goes with the last clone.
    pub blob: Blob,
    /// The size that the server announced (Content-Length).
    pub announced: Option<u64>,
    /// Content-Encoding that nobody asked for; the bytes are as they came.
    pub encoded: Option<String>,
    /// How long it took, pauses included.
    pub took: Duration,
    /// Tries it took; 0 if it was not downloaded but kept from elsewhere.
    pub tries: u32,
}

impl Fetched {
    /// Findings, with paths relative to the payload: compares declared, announced and received size.
    pub fn findings(&self, declared: Option<u64>) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(declared) = declared.filter(|declared| *declared != self.blob.len()) {
            let announced = self.announced.map_or("announced no size".to_owned(), |size| {
                format!("announced {}", grouped(size))
            });
            let message = format!(
                "the envelope declares {} bytes, the server {announced} and sent {}",
                grouped(declared),
                grouped(self.blob.len())
            );
            findings.push(Finding::new(Code::LinkSizeMismatch, "data", message));
        }
        if let Some(encoding) = &self.encoded {
            let message =
                format!("the server sent it with Content-Encoding {encoding}; it is kept as received");
            findings.push(Finding::new(Code::LinkEncoded, "data", message));
        }
        findings
    }
}

/// The server's answer to a request for a link without fetching it (HTTP HEAD).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Status: 200 exists, 404 is gone.
    pub status: u16,
    /// Content-Length, if it said one.
    pub length: Option<u64>,
}

/// What is known of a link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkInfo {
    /// The URL without credentials.
    pub url: String,
    /// Host and port.
    pub host: String,
    /// The addresses that the host has, as resolved here.
    pub addresses: Vec<IpAddr>,
    /// Why it will not be fetched; `None` where it may be.
    pub refused: Option<FetchError>,
    /// Whether it is fetched automatically.
    pub allowed: bool,
    /// Whether it is here already.
    pub cached: bool,
    /// What the server said, if it was asked.
    pub head: Option<Result<Head, FetchError>>,
}
