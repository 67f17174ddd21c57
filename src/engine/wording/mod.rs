//! Words for people: numbers with separators, sentences, the cause behind an error.

mod cause;
mod digits;
mod root_cause;
mod sentence;

pub(crate) use root_cause::{causes, root};

pub use cause::Cause;
pub use digits::{counted, grouped};
pub use sentence::sentence;
