//! Why a table cannot be opened or made, with the code of the finding it becomes.

use crate::findings::Code;
use arrow::error::ArrowError;
use std::io;

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

    /// The Arrow library's complaint without its type's prefix.
    pub(super) fn inconsistent(error: &ArrowError) -> Self {
        let text = error.to_string();
        let plain = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
        Self::invalid(format!("the Arrow data is inconsistent: {plain}"))
    }

    /// The Arrow library panicked.
    pub(super) fn panicked() -> Self {
        Self::invalid("the Arrow decoder failed on inconsistent lengths")
    }
}

impl From<io::Error> for TableError {
    fn from(error: io::Error) -> Self {
        let message = format!("the table cannot be read from its file: {error}");
        Self::new(Code::PayloadUnreadable, message)
    }
}
