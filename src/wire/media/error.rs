//! Why media cannot be read: a sentence and the finding it becomes.

use crate::findings::Code;
use std::io;

/// Why an image, audio or video cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MediaError {
    /// Which finding it is.
    pub code: Code,
    /// The sentence.
    pub message: String,
}

impl MediaError {
    /// An error with its sentence.
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl From<io::Error> for MediaError {
    fn from(error: io::Error) -> Self {
        let message = format!("The payload cannot be read from its file: {error}.");
        Self::new(Code::PayloadUnreadable, message)
    }
}
