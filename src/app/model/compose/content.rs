//! Multi-line texts: what they belong to, and which are too large to edit in the pane.

use super::field::Field;
use crate::model::figures::{count, size};
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
pub struct Writing {
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
