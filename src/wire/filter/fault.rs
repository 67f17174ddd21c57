//! What is wrong with a filter, and where in its text.

use std::ops::Range;

/// What is wrong with a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct FilterError {
    /// The bytes of the text that are wrong; empty at the end where something is missing.
    pub at: Range<usize>,
    /// What is wrong and what to try, as a sentence without its full stop.
    pub what: String,
}

impl FilterError {
    /// A fault at these bytes.
    pub fn new(at: Range<usize>, what: impl Into<String>) -> Self {
        Self {
            at,
            what: what.into(),
        }
    }
}
