//! The cursor over the rows of the form.

use crate::model::{Composer, FormRow, around};
use natsbridge_engine::Source;

/// Moves the cursor by so many rows.
pub(super) fn step(composer: &mut Composer, rows: isize) {
    go_to(composer, composer.row().saturating_add_signed(rows));
}

/// Moves the cursor to a row; `false` if it stood there already.
pub(super) fn go_to(composer: &mut Composer, row: usize) -> bool {
    let spots = composer.spots();
    let to = spots[row.min(spots.len() - 1)];
    std::mem::replace(&mut composer.cursor, to) != to
}

/// Moves the cursor to a row, unfolding it if need be.
pub(super) fn show(composer: &mut Composer, spot: FormRow) {
    if !composer.spots().contains(&spot) {
        composer.unfolded = true;
    }
    composer.cursor = spot;
}

/// Moves the cursor to the next or previous row with this text, wrapping around; `false` if there is none.
pub(crate) fn find_row(composer: &mut Composer, forward: bool, admits: impl Fn(&str) -> bool) -> bool {
    let spots = composer.spots();
    let mut steps = around(composer.row(), spots.len(), forward).map(|at| spots[at]);
    let found = steps.find(|spot| texts(composer, *spot).iter().any(|text| admits(text)));
    if let Some(spot) = found {
        composer.cursor = spot;
    }
    found.is_some()
}

/// The text of a row, for searching.
fn texts(composer: &Composer, spot: FormRow) -> Vec<String> {
    match spot {
        FormRow::Field(field) => vec![field.row().label.to_owned(), composer.field_text(field)],
        FormRow::Payload(at) => composer.message.payloads.get(at).map_or_else(Vec::new, |row| {
            let content = match &row.source {
                Source::Text(text) => text.clone(),
                Source::File(path) => path.display().to_string(),
                Source::Bytes { .. } | Source::Missing { .. } => String::new(),
            };
            vec![row.name.clone(), row.kind.name().to_owned(), content]
        }),
        FormRow::More | FormRow::Add | FormRow::Send | FormRow::Responder(_) | FormRow::Job(_) => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;
    use natsbridge_engine::PayloadRow;

    #[test]
    fn the_cursor_stays_on_the_form_whatever_goes_from_under_it() {
        let mut composer = Composer::default();
        step(&mut composer, isize::MAX);
        assert_eq!(composer.cursor, FormRow::Send);
        step(&mut composer, isize::MIN + 1);
        assert_eq!(composer.cursor, FormRow::Field(Field::Subject));
        composer.message.payloads.push(PayloadRow::text("a", ""));
        composer.cursor = FormRow::Payload(0);
        composer.message.payloads.clear();
        assert_eq!((composer.payload_at_cursor(), composer.row()), (None, 0));
    }

    #[test]
    fn rows_are_found_by_what_they_say() {
        let mut composer = Composer::default();
        let payloads = &mut composer.message.payloads;
        payloads.push(PayloadRow::text("first", "about wine"));
        payloads.push(PayloadRow::text("second", "about grapes"));
        let mut find = |text: &str, forward| {
            find_row(&mut composer, forward, |said| said.contains(text)).then_some(composer.cursor)
        };
        assert_eq!(find("grapes", true), Some(FormRow::Payload(1)));
        assert_eq!(find("about", true), Some(FormRow::Payload(0)));
        assert_eq!(find("about", false), Some(FormRow::Payload(1)));
        assert_eq!(find("purpose", true), Some(FormRow::Field(Field::Purpose)));
        assert_eq!(find("beer", true), None);
    }
}
