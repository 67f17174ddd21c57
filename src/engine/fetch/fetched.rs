//! The request and result of a download, with its findings.

use super::download::Downloaded;
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
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The bytes; a large body's in a file that goes with the last clone.
    pub blob: Blob,
    /// The size that the server announced (Content-Length).
    pub announced: Option<u64>,
    /// Findings, with paths relative to the payload.
    pub findings: Vec<Finding>,
    /// How long it took, pauses included.
    pub took: Duration,
    /// Tries it took.
    pub tries: u32,
}

impl Fetched {
    /// Compares declared, announced and received size.
    pub(super) fn new(downloaded: Downloaded, declared: Option<u64>) -> Self {
        let Downloaded {
            blob,
            announced,
            encoded,
            took,
            tries,
        } = downloaded;
        let mut findings = Vec::new();
        if let Some(declared) = declared.filter(|declared| *declared != blob.len()) {
            let announced = announced.map_or("announced no size".to_owned(), |size| {
                format!("announced {}", grouped(size))
            });
            let message = format!(
                "the envelope declares {} bytes, the server {announced} and sent {}",
                grouped(declared),
                grouped(blob.len())
            );
            findings.push(Finding::new(Code::LinkSizeMismatch, "data", message));
        }
        if let Some(encoding) = encoded {
            let message =
                format!("the server sent it with Content-Encoding {encoding}; it is kept as received");
            findings.push(Finding::new(Code::LinkEncoded, "data", message));
        }
        Self {
            blob,
            announced,
            findings,
            took,
            tries,
        }
    }
}
