//! Why a send or receive failed, in words for people.

use crate::connect::ConnectError;

/// Why a send or receive failed; each variant's text is a sentence with what to try.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the error messages describe the variants")]
pub enum BridgeError {
    #[error("{0}")]
    Connect(#[from] ConnectError),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Publish(String),
    #[error("{0}")]
    NotAnEnvelope(String),
    /// A file server failed: an upload or a download.
    #[error("{0}")]
    Link(String),
}
