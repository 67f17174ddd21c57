//! Multi-line texts: what they belong to, which are too large to edit in the pane, and what a list shows of them.

use super::field::Field;
use crate::model::figures::{count, counted, size};
use natsbridge_wire::Limits;

/// What a multi-line text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// The content of a payload.
    Payload(usize),
    /// A field.
    Field(Field),
}

/// A text being edited in the whole pane. The screen holds it until it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEdit {
    /// What it belongs to.
    pub content: Content,
    /// Distinguishes one edit from the next.
    pub number: u64,
}

/// Pasted text with normalised line ends; terminals send their own.
pub fn pasted_text(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Why a text with this many bytes and lines, and a longest line of this many bytes, is too large to edit in the
/// pane; a sentence, or `None`.
pub fn too_large_to_edit(bytes: usize, lines: usize, longest: usize, limits: &Limits) -> Option<String> {
    let takes = |what: String| Some(format!("{what}: too large for this editor."));
    if bytes > limits.editor_bytes {
        takes(format!("The text is {}", size(bytes as u64)))
    } else if lines > limits.editor_lines {
        takes(format!("The text has {} lines", count(lines as u64)))
    } else if longest > limits.editor_line {
        takes(format!("A line of the text is {}", size(longest as u64)))
    } else {
        None
    }
}

/// Like [`too_large_to_edit`], for a given text.
pub fn text_too_large(text: &str, limits: &Limits) -> Option<String> {
    let lines = text.split('\n');
    let (count, longest) = lines.fold((0, 0), |(count, longest), line| {
        (count + 1, line.len().max(longest))
    });
    too_large_to_edit(text.len(), count, longest, limits)
}

/// Characters of a first line that are examined.
const FIRST: usize = 400;
/// Texts larger than this are not counted in lines: a list is drawn often.
const COUNTED: usize = 64 << 20;

/// What a list shows of a text: its first line, and the number of lines if it is cheap to count.
pub fn text_words(text: &str) -> String {
    if text.is_empty() {
        return "empty".into();
    }
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or_default();
    let cut = first.char_indices().nth(FIRST).map(|(at, _)| at);
    let first = &first[..cut.unwrap_or(first.len())];
    if text.len() > COUNTED {
        return format!("{first} …");
    }
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let lines = ends + usize::from(!text.ends_with('\n'));
    match (lines, cut) {
        (1, None) => first.to_owned(),
        (1, Some(_)) => format!("{first} …"),
        (lines, _) => format!("{first} … {}", counted(lines, "line")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_a_list_is_its_first_line() {
        assert_eq!(text_words("one"), "one");
        assert_eq!(text_words("\none\ntwo"), "one … 3 lines");
        assert_eq!(text_words(""), "empty");
    }

    #[test]
    fn all_lines_of_a_large_text_are_counted() {
        let text = "a line that was pasted\n".repeat(60_000);
        assert_eq!(text_words(&text), "a line that was pasted … 60,000 lines");
        let long = "x".repeat(5000) + "\ny";
        assert!(text_words(&long).ends_with("x … 2 lines"));
        assert!(text_words(&long).len() < 500);
    }
}
