//! Why a context cannot be used, in words for people.

/// Why a context cannot be used, as a sentence that names the file and what to try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ContextError(pub String);
