//! Why there is no HTTP client on this machine. What goes wrong with a request is told by who sends it.

use crate::wording::Cause;

/// This machine has no working HTTP or TLS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {deed} on this machine: {source}")]
pub struct HttpError {
    /// What failed: `set up TLS`.
    pub deed: &'static str,
    /// Why.
    pub source: Cause,
}
