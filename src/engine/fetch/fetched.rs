//! The request and result of a download, with its findings.

use crate::http::{Progress, Retry};
use crate::wording::grouped;
use natsbridge_wire::{Blob, Code, Finding};
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
