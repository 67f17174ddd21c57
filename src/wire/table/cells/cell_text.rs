//! Cell values as display text: top-level text unchanged, nested values like JSON, within the limit.

use super::brief::BoundedString;
use super::view::{View, entry, part, view};
use std::fmt::{Result, Write};

/// One value as text of at most so many bytes.
pub(crate) fn write_text(value: &View, most: usize) -> String {
    BoundedString::write(most, |out| write_view(value, false, out))
}

/// One value; `nested` says that it stands inside another one, where text is quoted.
pub(super) fn write_view(value: &View, nested: bool, out: &mut BoundedString) -> Result {
    match value {
        View::Null => out.write_str("null"),
        View::Bool(value) => write!(out, "{value}"),
        View::Int(value) => write!(out, "{value}"),
        View::UInt(value) => write!(out, "{value}"),
        // Debug writes the shortest digits that read back as the same number, and exponents where they are shorter.
        View::Single(value) => write!(out, "{value:?}"),
        View::Double(value) => write!(out, "{value:?}"),
        View::Number(text) | View::Word(text) => out.write_str(text),
        View::Text(text) if nested => write_quoted(text, out),
        View::Text(text) => out.write_str(text),
        View::Bytes(bytes) => {
            out.write_str("hex:")?;
            bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
        }
        View::List {
            values,
            range,
            extension,
        } => {
            out.write_str("[")?;
            for index in range.clone() {
                separate(index > range.start, out)?;
                write_view(&view(*values, extension, index), true, out)?;
            }
            out.write_str("]")
        }
        View::Struct { array, index, tuple } => {
            out.write_str(if *tuple { "(" } else { "{" })?;
            for (position, field) in array.fields().iter().enumerate() {
                separate(position > 0, out)?;
                if !tuple {
                    write!(out, "{}: ", field.name())?;
                }
                write_view(&entry(array, position, *index), true, out)?;
            }
            out.write_str(if *tuple { ")" } else { "}" })
        }
        View::Tensor {
            values,
            start,
            dimensions,
        } => {
            out.write_str("[")?;
            for at in 0..dimensions.first().map_or(0, |(length, _)| *length) {
                separate(at > 0, out)?;
                write_view(&part(*values, *start, dimensions, at), true, out)?;
            }
            out.write_str("]")
        }
        View::Map { entries, range } => {
            out.write_str("{")?;
            for index in range.clone() {
                separate(index > range.start, out)?;
                write_view(&entry(entries, 0, index), true, out)?;
                out.write_str(": ")?;
                write_view(&entry(entries, 1, index), true, out)?;
            }
            out.write_str("}")
        }
    }
}

fn separate(needed: bool, out: &mut BoundedString) -> Result {
    if needed { out.write_str(", ") } else { Ok(()) }
}

fn write_quoted(text: &str, out: &mut BoundedString) -> Result {
    out.write_char('"')?;
    for letter in text.chars() {
        match letter {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            other => out.write_char(other)?,
        }
    }
    out.write_char('"')
}
