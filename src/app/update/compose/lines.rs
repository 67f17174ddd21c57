//! Typing into a line of the form: each change applies at once, so that errors are shown while typing.

use crate::model::{Cell, Completions, Composer, Edit, Field, FieldEdit, FormRow, LineEdit};

/// Starts typing into a field; `known` are the values offered as completions.
pub(super) fn type_field(composer: &mut Composer, field: Field, known: Vec<String>) {
    let text = composer.field_text(field);
    start(composer, FormRow::Field(field), text, known);
}

/// Starts to type a payload's name.
pub(super) fn type_name(composer: &mut Composer, at: usize) {
    let Some(row) = composer.message.payloads.get(at) else {
        return;
    };
    let name = row.name.clone();
    composer.cell = Cell::Name;
    start(composer, FormRow::Payload(at), name, vec![]);
}

fn start(composer: &mut Composer, line_of: FormRow, text: String, known: Vec<String>) {
    composer.cursor = line_of;
    let offers = Completions::new(known, &text);
    composer.typing = Some(FieldEdit {
        line_of,
        line: LineEdit::new(text),
        offers,
    });
}

/// Applies a change to the line being typed.
pub(crate) fn type_change(composer: &mut Composer, change: &Edit) {
    let Some(typing) = &mut composer.typing else {
        return;
    };
    typing.line.apply(change);
    typing.offers.narrow(typing.line.text());
    take_line(composer);
}

/// Chooses among what is offered; `false` where nothing is.
pub(super) fn step_offer(composer: &mut Composer, rows: isize) -> bool {
    let typing = composer.typing.as_mut();
    typing.is_some_and(|typing| typing.offers.step(rows))
}

/// Applies the chosen completion, or the first; `false` if there is none.
pub(super) fn take_offer(composer: &mut Composer) -> bool {
    let Some(typing) = &mut composer.typing else {
        return false;
    };
    let Some(text) = typing.offers.best() else {
        return false;
    };
    typing.line = LineEdit::new(text);
    typing.offers.narrow(typing.line.text());
    take_line(composer);
    true
}

/// Whether a completion was chosen, so that Enter applies it.
pub(super) fn has_chosen(composer: &Composer) -> bool {
    let typing = composer.typing.as_ref();
    typing.is_some_and(|typing| typing.offers.chosen.is_some())
}

/// Stops typing; the text is kept.
pub(crate) fn end_typing(composer: &mut Composer) -> Option<FormRow> {
    composer.typing.take().map(|typing| typing.line_of)
}

fn take_line(composer: &mut Composer) {
    let Some(typing) = &composer.typing else { return };
    let (line_of, text) = (typing.line_of, typing.line.text().to_owned());
    match line_of {
        FormRow::Field(field) => {
            if composer.field_text(field) != text {
                composer.write_field(field, &text);
            }
        }
        FormRow::Payload(at) => {
            let row = composer.message.payloads.get_mut(at);
            if let Some(row) = row.filter(|row| row.name != text) {
                row.name = text;
                composer.changed();
            }
        }
        FormRow::More | FormRow::Add | FormRow::Send | FormRow::Responder(_) | FormRow::Job(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_counts_at_once_and_stays() {
        let mut composer = Composer::default();
        type_field(
            &mut composer,
            Field::Subject,
            vec!["/chat/room1".into(), "/data/daily".into()],
        );
        for c in "dat".chars() {
            type_change(&mut composer, &Edit::Insert(c));
        }
        assert_eq!(composer.message.subject, "dat");
        assert!(take_offer(&mut composer));
        assert_eq!(composer.message.subject, "/data/daily");
        assert_eq!(end_typing(&mut composer), Some(FormRow::Field(Field::Subject)));
        assert!(!composer.is_typing() && composer.is_edited());
    }

    #[test]
    fn moving_within_a_line_changes_nothing() {
        let mut composer = Composer::default();
        type_field(&mut composer, Field::Purpose, vec![]);
        type_change(&mut composer, &Edit::Left);
        assert!(!composer.is_edited());
    }
}
