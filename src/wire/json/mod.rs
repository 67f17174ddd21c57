//! JSON read tolerantly, with its offsets and its numbers as they were written.

mod cursor;
mod number_texts;
mod string_ends;
mod text;

pub(crate) use cursor::{Cursor, Fault, Item, Oddities, Shape};
pub(crate) use text::{mended, plain_run, unescape};

pub use number_texts::{NumberTexts, number_texts};
