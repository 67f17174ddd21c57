//! Why a table cannot be opened or made, with the code of the finding it becomes.

use crate::wire::finding::Code;

/// Why a table cannot be opened; shown as a sentence, with the code of the finding it becomes.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct TableError {
    /// Which finding it is.
    pub code: Code,
    /// The sentence.
    pub message: String,
}

impl TableError {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::ArrowInvalid, message)
    }

    pub(super) fn limit(message: impl Into<String>) -> Self {
        Self::new(Code::ArrowLimit, message)
    }
}
