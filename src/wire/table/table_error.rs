//! Why a table cannot be opened or made, with the code of the finding it becomes.

use crate::bounds::{Excess, caught};
use crate::findings::Code;
use arrow::error::ArrowError;
use std::fmt::Display;
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

    /// An error where there is more than a limit allows.
    pub(super) fn within<T: PartialOrd + Copy>(
        found: T,
        most: T,
        message: impl FnOnce() -> String,
    ) -> Result<(), Self> {
        if found > most {
            Err(Self::limit(message()))
        } else {
            Ok(())
        }
    }

    /// What a library complains of, without its type's prefix.
    pub(super) fn because(what: &str, error: &impl Display) -> Self {
        let text = error.to_string();
        let plain = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
        Self::invalid(format!("{what}: {plain}"))
    }

    /// Runs work of the Arrow library, which panics on some inconsistent lengths.
    pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Self>) -> Result<T, Self> {
        let panicked = || Self::invalid("the Arrow decoder failed on inconsistent lengths");
        caught(work).unwrap_or_else(|| Err(panicked()))
    }
}

impl From<ArrowError> for TableError {
    fn from(error: ArrowError) -> Self {
        Self::because("the Arrow data is inconsistent", &error)
    }
}

impl From<Excess> for TableError {
    fn from(excess: Excess) -> Self {
        Self::new(Code::ExaminedInPart, format!("the table {excess}"))
    }
}

impl From<io::Error> for TableError {
    fn from(error: io::Error) -> Self {
        let message = format!("the table cannot be read from its file: {error}");
        Self::new(Code::PayloadUnreadable, message)
    }
}
