//! JSON read tolerantly, with its offsets and its numbers as they were written; paths into it.

mod cursor;
mod number_texts;
mod string_ends;
mod text;
mod value_path;

pub(crate) use cursor::{Cursor, Deviations, Fault, Item, Shape};
pub(crate) use text::{mended, plain_run, unescape};

pub(crate) use value_path::quoted;

pub use number_texts::{NumberTexts, number_texts};
pub use value_path::{ValuePath, ValuePathError};
