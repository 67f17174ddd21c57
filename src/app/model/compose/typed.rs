//! Typing into a line of the form: each change applies at once, so that errors are shown while typing.

use super::composer::Composer;
use super::field::Field;
use super::spot::{Cell, Spot};
use super::typing::{Line, Typing};
use crate::model::typing::{Edit, LineEdit, Offers};

impl Composer {
    /// Starts typing into a field; `known` are the values offered as completions.
    pub(crate) fn type_field(&mut self, field: Field, known: Vec<String>) {
        self.cursor = Spot::Field(field);
        let text = field.text(self);
        self.start(Line::Field(field), text, known);
    }

    /// Starts to type a payload's name.
    pub(crate) fn type_name(&mut self, at: usize) {
        let Some(row) = self.message.payloads.get(at) else {
            return;
        };
        let name = row.name.clone();
        (self.cursor, self.cell) = (Spot::Payload(at), Cell::Name);
        self.start(Line::Name(at), name, vec![]);
    }

    fn start(&mut self, line_of: Line, text: String, known: Vec<String>) {
        let offers = Offers::new(known, &text);
        self.typing = Some(Typing {
            line_of,
            line: LineEdit::new(text),
            offers,
        });
    }

    /// Applies a change to the line being typed.
    pub(crate) fn type_change(&mut self, change: &Edit) {
        let Some(typing) = &mut self.typing else {
            return;
        };
        typing.line.apply(change);
        typing.offers.narrow(typing.line.text());
        self.take_line();
    }

    /// Chooses among what is offered; `false` where nothing is.
    pub(crate) fn step_offer(&mut self, rows: isize) -> bool {
        self.typing
            .as_mut()
            .is_some_and(|typing| typing.offers.step(rows))
    }

    /// Applies the chosen completion, or the first; `false` if there is none.
    pub(crate) fn take_offer(&mut self) -> bool {
        let Some(typing) = &mut self.typing else {
            return false;
        };
        let Some(text) = typing.offers.best() else {
            return false;
        };
        typing.line = LineEdit::new(text);
        typing.offers.narrow(typing.line.text());
        self.take_line();
        true
    }

    /// Whether a completion was chosen, so that Enter applies it.
    pub(crate) fn has_chosen(&self) -> bool {
        self.typing
            .as_ref()
            .is_some_and(|typing| typing.offers.chosen.is_some())
    }

    /// Stops typing; the text is kept.
    pub(crate) fn end_typing(&mut self) -> Option<Line> {
        self.typing.take().map(|typing| typing.line_of)
    }

    fn take_line(&mut self) {
        let Some(typing) = &self.typing else { return };
        let (line_of, text) = (typing.line_of, typing.line.text().to_owned());
        match line_of {
            Line::Field(field) => {
                if field.text(self) != text {
                    field.write(&text, self);
                }
            }
            Line::Name(at) => {
                if let Some(row) = self.message.payloads.get_mut(at).filter(|row| row.name != text) {
                    row.name = text;
                    self.changed();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_counts_at_once_and_stays() {
        let mut composer = Composer::default();
        composer.type_field(Field::Subject, vec!["/chat/room1".into(), "/data/daily".into()]);
        for c in "dat".chars() {
            composer.type_change(&Edit::Insert(c));
        }
        assert_eq!(composer.message.subject, "dat");
        assert!(composer.take_offer());
        assert_eq!(composer.message.subject, "/data/daily");
        assert_eq!(composer.end_typing(), Some(Line::Field(Field::Subject)));
        assert!(!composer.is_typing() && composer.is_edited());
    }

    #[test]
    fn moving_within_a_line_changes_nothing() {
        let mut composer = Composer::default();
        composer.type_field(Field::Purpose, vec![]);
        composer.type_change(&Edit::Left);
        assert!(!composer.is_edited());
    }
}
