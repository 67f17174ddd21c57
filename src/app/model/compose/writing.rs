//! Editing multi-line texts: where a text comes from, and where it goes once it is done.

use super::composer::Composer;
use super::content::{Content, Writing};
use super::field::Field;
use super::spot::Spot;
use natsbridge_engine::{Source, literal, suggest};
use natsbridge_wire::Kind;

impl Composer {
    /// The text of this content; `None` if it is bytes or a file.
    pub fn content(&self, content: Content) -> Option<String> {
        match content {
            Content::Field(field) => Some(field.text(self)),
            Content::Payload(at) => match &self.message.payloads.get(at)?.source {
                Source::Text(text) => Some(text.clone()),
                Source::Bytes { body, .. } => {
                    let bytes = body.memory()?;
                    // It is meant literally: braces in it are not variables.
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

    /// The file extension to use while another program edits it.
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

    /// Starts editing a text in the whole pane.
    pub(crate) fn write(&mut self, content: Content) {
        let number = self.next_number();
        self.typing = None;
        self.writing = Some(Writing { content, number });
    }

    /// Applies a text. A payload that was empty gets the kind that suits its new content.
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

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_engine::PayloadRow;

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
