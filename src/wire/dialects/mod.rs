//! The dialects of the envelope: which keys, which vocabulary. One row each in the registry.

mod dialect;
mod registry;

pub use dialect::{Dialect, Vocabulary};
pub use registry::{DIALECTS, DialectRow};
