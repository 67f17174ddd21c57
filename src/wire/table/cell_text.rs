//! Cell values as text for the eye: top-level text as it is, nested values like JSON, never more than the cap.

use super::view::{View, entry, view};
use std::fmt::{Result, Write};

/// A text that refuses to grow beyond its cap: writing stops with an error, which ends every loop above it.
#[derive(Debug)]
pub(super) struct Brief {
    text: String,
    most: usize,
}

impl Brief {
    /// What `work` writes, cut with `…` to at most `most` bytes.
    pub fn write(most: usize, work: impl FnOnce(&mut Self) -> Result) -> String {
        let mut out = Self {
            text: String::new(),
            most,
        };
        if work(&mut out).is_err() {
            let room = most.saturating_sub('…'.len_utf8());
            out.text.truncate(out.text.floor_char_boundary(room));
            out.text.push('…');
        }
        out.text
    }
}

impl Write for Brief {
    fn write_str(&mut self, text: &str) -> Result {
        let room = self.most - self.text.len();
        let fits = text.floor_char_boundary(room);
        self.text.push_str(&text[..fits]);
        if fits == text.len() {
            Ok(())
        } else {
            Err(std::fmt::Error)
        }
    }
}

/// One value; `nested` says that it stands inside another one, where text is quoted.
pub(super) fn write_view(value: &View, nested: bool, out: &mut Brief) -> Result {
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
                write_view(&view(*values, *extension, index), true, out)?;
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

fn separate(needed: bool, out: &mut Brief) -> Result {
    if needed { out.write_str(", ") } else { Ok(()) }
}

fn write_quoted(text: &str, out: &mut Brief) -> Result {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_a_character() {
        let cut = |text: &str, most| Brief::write(most, |out| out.write_str(text));
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcdefgh", 6), "abc…");
        assert_eq!(cut("ééééé", 6), "é…");
    }
}
