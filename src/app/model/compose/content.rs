//! Texts of several lines: what they belong to, and which are too large to be written in the pane.

use super::field::Field;
use crate::model::figures::{count, size};
use natsbridge_wire::Limits;

/// What a text of several lines belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// The content of a payload.
    Payload(usize),
    /// A field.
    Field(Field),
}

/// A text being written in the whole pane. The screen holds it until it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writing {
    /// What it belongs to.
    pub content: Content,
    /// Tells one writing from the next.
    pub number: u64,
}

/// A pasted text with the line ends that a text has: terminals send their own.
pub fn pasted_text(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Why a text of so many bytes and lines, the longest of so many bytes, is too large for the editor of the pane; a
/// sentence, `None` if it is not.
pub fn too_large_to_edit(bytes: usize, lines: usize, longest: usize, limits: &Limits) -> Option<String> {
    let takes = |what: String| Some(format!("{what}: more than the editor here takes well."));
    if bytes > limits.editor_bytes {
        takes(format!("The text has {}", size(bytes as u64)))
    } else if lines > limits.editor_lines {
        takes(format!("The text has {} lines", count(lines as u64)))
    } else if longest > limits.editor_line {
        takes(format!("A line of the text has {}", size(longest as u64)))
    } else {
        None
    }
}

/// As [`too_large_to_edit`], of a text at hand.
pub fn text_too_large(text: &str, limits: &Limits) -> Option<String> {
    let lines = text.split('\n');
    let (count, longest) = lines.fold((0, 0), |(count, longest), line| {
        (count + 1, line.len().max(longest))
    });
    too_large_to_edit(text.len(), count, longest, limits)
}
