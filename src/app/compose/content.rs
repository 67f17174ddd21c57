//! Texts of several lines: what is being written in the whole pane, where it goes, what it came to.

use super::composer::Composer;
use super::field::Field;
use super::form::Spot;
use crate::app::figures::{count, size};
use crate::engine::{Source, literal, suggest};
use crate::wire::{Kind, Limits};

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

impl Composer {
    /// The text behind it; `None` where there are bytes or a file.
    pub fn content(&self, content: Content) -> Option<String> {
        match content {
            Content::Field(field) => Some(field.text(self)),
            Content::Payload(at) => match &self.message.payloads.get(at)?.source {
                Source::Text(text) => Some(text.clone()),
                Source::Bytes { body, .. } => {
                    let bytes = body.memory()?;
                    // What stands in it is meant as it stands: its braces are no variables.
                    std::str::from_utf8(bytes).ok().map(literal)
                }
                Source::File(_) | Source::Missing { .. } => None,
            },
        }
    }

    /// Its name for people.
    pub fn content_name(&self, content: Content) -> String {
        match content {
            Content::Field(field) => field.row().label.to_owned(),
            Content::Payload(at) => self
                .message
                .payloads
                .get(at)
                .map_or_else(String::new, |row| row.name.clone()),
        }
    }

    /// The name ending of a file that holds it while another program edits it.
    pub(crate) fn content_ending(&self, content: Content) -> &'static str {
        match content {
            Content::Field(Field::Metadata) => "json",
            Content::Field(_) => "txt",
            Content::Payload(at) => match self.message.payloads.get(at).map(|row| row.kind) {
                Some(Kind::Dictionary | Kind::JsonTable) => "json",
                Some(Kind::Table) => "csv",
                _ => "txt",
            },
        }
    }

    /// Starts to write a text in the whole pane.
    pub(crate) fn write(&mut self, content: Content) {
        let number = self.next_number();
        self.typing = None;
        self.writing = Some(Writing { content, number });
    }

    /// Takes over a text. A payload that was empty gets the kind that suits what it holds now.
    pub(crate) fn written(&mut self, content: Content, text: String) {
        if self.content(content).as_deref() == Some(text.as_str()) {
            return;
        }
        match content {
            Content::Field(field) => field.write(&text, self),
            Content::Payload(at) => {
                let Some(row) = self.message.payloads.get_mut(at) else {
                    return;
                };
                let was_empty = matches!(&row.source, Source::Text(before) if before.is_empty());
                row.source = Source::Text(text);
                if was_empty && row.kind == Kind::Text {
                    row.kind = suggest(&row.source).kind;
                }
                self.cursor = Spot::Payload(at);
                self.changed();
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::PayloadRow;

    #[test]
    fn an_empty_payload_takes_the_kind_of_its_first_text_and_keeps_the_chosen_one() {
        let mut composer = Composer::default();
        composer.message.payloads = vec![PayloadRow::text("a", ""), PayloadRow::text("b", "x")];
        composer.written(Content::Payload(0), r#"{"on": true}"#.into());
        composer.written(Content::Payload(1), r#"{"on": true}"#.into());
        let kinds: Vec<Kind> = composer.message.payloads.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, [Kind::Dictionary, Kind::Text]);
        assert!(composer.is_edited());
    }

    #[test]
    fn a_text_that_did_not_change_is_no_change() {
        let mut composer = Composer::default();
        composer.written(Content::Field(Field::Metadata), "{}".into());
        assert!(!composer.is_edited());
    }
}
