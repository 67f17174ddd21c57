//! The dialects of the envelope: which keys, which vocabulary. One row each in the registry.

mod dialect;
mod evidence;
mod field;
mod registry;

pub use dialect::{Dialect, Vocabulary};
pub use evidence::{Evidence, Sighting};
pub use field::{FIELDS, Field, FieldRow, PayloadField, Spelling};
pub use registry::{DIALECTS, DialectRow};
