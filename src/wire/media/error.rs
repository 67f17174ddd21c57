//! Why media cannot be read: a sentence and the finding it becomes.

use crate::bounds::Excess;
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

    /// It is a format that is only named here: a `thing` that cannot be shown as people would want it.
    #[cfg(feature = "media")]
    pub(super) fn not_shown(format: &str, thing: &str, shown: &str) -> Self {
        let format = format.to_ascii_uppercase();
        let message =
            format!("A {thing} in the format {format} is not {shown} here: open it in another program.");
        Self::new(Code::MediaNotShown, message)
    }
}

impl From<Excess> for MediaError {
    fn from(excess: Excess) -> Self {
        Self::new(Code::ExaminedInPart, format!("The image {excess}."))
    }
}

impl From<io::Error> for MediaError {
    fn from(error: io::Error) -> Self {
        let message = format!("The payload cannot be read from its file: {error}.");
        Self::new(Code::PayloadUnreadable, message)
    }
}
