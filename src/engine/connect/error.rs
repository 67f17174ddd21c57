//! Why there is no connection, in words for people.

/// Why a connection did not come about, as a sentence that names the address and what to try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConnectError(pub String);
