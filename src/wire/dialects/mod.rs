//! The dialects of the envelope: their keys and kind names. One row each in the registry.

mod dialect;
mod evidence;
mod field;
mod registry;

pub(crate) use evidence::{Evidence, Sighting};
pub(crate) use field::{PayloadField, Spelling};

pub use dialect::{Dialect, Vocabulary};
pub use field::{FIELDS, Field, FieldRow};
pub use registry::{DIALECTS, DialectRow};
