//! JSON read tolerantly, with its offsets: a cursor over its text, values that stay their own text, paths into them.

mod cursor;
mod json_text;
mod layout;
mod node;
mod number;
mod repeated;
mod same;
mod shape;
mod string_ends;
mod text;
mod value_path;
mod walk;
mod writer;

pub(crate) use cursor::{Cursor, Deviations, Fault, Item};
pub(crate) use number::{EXACT, survives};
pub(crate) use repeated::{RepeatedKey, repeated_keys};
pub(crate) use shape::Shape;
pub(crate) use text::{mended, plain_run, unescape};

pub(crate) use value_path::quoted;
pub(crate) use writer::{text_size, write_compact, write_number, write_text, write_value};

pub use json_text::{JsonError, JsonText};
pub use node::JsonNode;
pub use number::{Decimal, Number};
pub use shape::Shape as JsonKind;
pub use value_path::{ValuePath, ValuePathError};
pub use walk::{JsonStep, JsonWalk};
pub use writer::{ObjectWriter, escape_json, escape_json_lines, write_array};
