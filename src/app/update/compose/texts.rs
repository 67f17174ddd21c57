//! Editing multi-line texts, in the pane or in another program, and where they go once they are done.

use crate::model::{Composer, Content, Effects, FormRow, TerminalEffect, TextEdit, text_too_large};
use natsbridge_engine::{Source, suggest};
use natsbridge_wire::{Kind, Limits};

/// Starts to write a text in the pane, if it is not too large for that.
pub(super) fn write_here(composer: &mut Composer, content: Content, limits: &Limits, effects: &mut Effects) {
    let text = composer.content(content).unwrap_or_default();
    if let Some(why) = text_too_large(&text, limits) {
        return tell_too_large(&why, effects);
    }
    let number = composer.next_number();
    composer.typing = None;
    composer.writing = Some(TextEdit { content, number });
}

/// A text written in the pane is done.
pub(super) fn done_writing(composer: &mut Composer, writing: TextEdit, text: String) -> bool {
    let current = composer.writing == Some(writing);
    if current {
        composer.writing = None;
        written(composer, writing.content, text);
    }
    current
}

/// Says what to do with a text that the pane does not take.
pub(super) fn tell_too_large(why: &str, effects: &mut Effects) {
    effects.note(format!("{why} Press E to open it in your own editor."));
}

/// Hands a text to the person's own editor.
pub(super) fn edit_outside(composer: &Composer, content: Content, effects: &mut Effects) {
    let Some(text) = composer.content(content) else {
        return effects.note("Only text can be edited here; press s to choose other content.");
    };
    let ending = composer.content_ending(content);
    effects.push(TerminalEffect::EditOutside(content, text, ending));
}

/// Applies a text. A payload that was empty gets the kind that suits its new content.
pub(super) fn written(composer: &mut Composer, content: Content, text: String) {
    if composer.content(content).as_deref() == Some(text.as_str()) {
        return;
    }
    match content {
        Content::Field(field) => composer.write_field(field, &text),
        Content::Payload(at) => {
            let Some(row) = composer.message.payloads.get_mut(at) else {
                return;
            };
            let was_empty = matches!(&row.source, Source::Text(before) if before.is_empty());
            row.source = Source::Text(text);
            if was_empty && row.kind == Kind::Text {
                row.kind = suggest(&row.source).kind;
            }
            composer.cursor = FormRow::Payload(at);
            composer.changed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;
    use natsbridge_engine::PayloadRow;

    #[test]
    fn an_empty_payload_takes_the_kind_of_its_first_text_and_keeps_the_chosen_one() {
        let mut composer = Composer::default();
        composer.message.payloads = vec![PayloadRow::text("a", ""), PayloadRow::text("b", "x")];
        written(&mut composer, Content::Payload(0), r#"{"on": true}"#.into());
        written(&mut composer, Content::Payload(1), r#"{"on": true}"#.into());
        let kinds: Vec<Kind> = composer.message.payloads.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, [Kind::Dictionary, Kind::Text]);
        assert!(composer.is_edited());
    }

    #[test]
    fn a_text_that_did_not_change_is_no_change() {
        let mut composer = Composer::default();
        written(&mut composer, Content::Field(Field::Metadata), "{}".into());
        assert!(!composer.is_edited());
    }
}
