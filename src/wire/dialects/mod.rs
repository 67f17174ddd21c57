//! The dialects of the envelope: their keys and kind names. One row each in the registry.

mod evidence;
mod field;
mod registry;

pub(crate) use evidence::{DialectDetector, KeySighting};
pub(crate) use field::{PayloadField, Spelling};

pub use field::{FIELDS, Field, FieldSpec};
pub use registry::{DIALECTS, Dialect, DialectSpec, KindNames};
