//! What is wrong with a message: codes, severities, and what is quoted of it.

mod finding;
mod quoted;

pub(crate) use finding::Findings;
#[cfg(test)]
pub(crate) use finding::told;
pub(crate) use quoted::{quoted, shortened};

pub use finding::{Code, Finding, Severity};
