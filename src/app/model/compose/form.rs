//! The rows of the form and the cursor over them: fields, the group of rarely used ones, payloads, and the Add and
//! Send rows.

use super::composer::Composer;
use super::field::{FORM_FIELDS, Field, FieldRow, Shown};
use super::spot::Spot;
use natsbridge_engine::Source;

impl Composer {
    /// The rows of the form, in order.
    pub fn spots(&self) -> Vec<Spot> {
        let fields = |shown: Shown| FORM_FIELDS.iter().filter(move |row| row.shown == shown);
        let field = |row: &FieldRow| Spot::Field(row.field);
        let mut spots: Vec<Spot> = fields(Shown::Always).map(field).collect();
        if self.settings.request {
            spots.extend(fields(Shown::Request).map(field));
        }
        spots.push(Spot::More);
        if self.unfolded {
            spots.extend(fields(Shown::Rare).map(field));
        }
        spots.extend((0..self.message.payloads.len()).map(Spot::Payload));
        spots.extend([Spot::Add, Spot::Send]);
        spots.extend(self.responders.iter().map(|view| Spot::Responder(view.id)));
        spots.extend(self.jobs.iter().map(|job| Spot::Job(job.id)));
        spots
    }

    /// The place of the cursor among the rows.
    pub fn row(&self) -> usize {
        let spots = self.spots();
        spots.iter().position(|spot| *spot == self.cursor).unwrap_or(0)
    }

    /// Moves the cursor by so many rows.
    pub(crate) fn step(&mut self, rows: isize) {
        let spots = self.spots();
        let at = self.row().saturating_add_signed(rows).min(spots.len() - 1);
        self.cursor = spots[at];
    }

    /// Moves the cursor to a row; `false` if it stood there already.
    pub(crate) fn go_to(&mut self, row: usize) -> bool {
        let spots = self.spots();
        let to = spots[row.min(spots.len() - 1)];
        std::mem::replace(&mut self.cursor, to) != to
    }

    /// Moves the cursor to another cell of a payload's row.
    pub(crate) fn step_cell(&mut self, right: bool) {
        self.cell = self.cell.step(right);
    }

    /// The payload under the cursor.
    pub fn payload_at_cursor(&self) -> Option<usize> {
        match self.cursor {
            Spot::Payload(at) => Some(at).filter(|at| *at < self.message.payloads.len()),
            _ => None,
        }
    }

    /// Moves the cursor to the next or previous row with this text, wrapping around; `false` if there is none.
    pub(crate) fn find(&mut self, forward: bool, admits: impl Fn(&str) -> bool) -> bool {
        let spots = self.spots();
        let (here, all) = (self.row(), spots.len());
        let steps = (1..=all).map(|step| if forward { here + step } else { here + all - step } % all);
        let found = steps
            .map(|at| spots[at])
            .find(|spot| self.texts(*spot).iter().any(|text| admits(text)));
        if let Some(spot) = found {
            self.cursor = spot;
        }
        found.is_some()
    }

    /// The text of a row, for searching.
    fn texts(&self, spot: Spot) -> Vec<String> {
        match spot {
            Spot::Field(field) => vec![field.row().label.to_owned(), field.text(self)],
            Spot::Payload(at) => self.message.payloads.get(at).map_or_else(Vec::new, |row| {
                let content = match &row.source {
                    Source::Text(text) => text.clone(),
                    Source::File(path) => path.display().to_string(),
                    _ => String::new(),
                };
                vec![row.name.clone(), row.kind.name().to_owned(), content]
            }),
            Spot::More | Spot::Add | Spot::Send | Spot::Responder(_) | Spot::Job(_) => vec![],
        }
    }

    /// The rarely used fields that are set, as `label value`: what is hidden must not be overlooked.
    pub fn folded(&self) -> Vec<(&'static str, String)> {
        let rare = FORM_FIELDS.iter().filter(|row| row.shown == Shown::Rare);
        // The dialect is shown beside the subject.
        let said = rare.filter(|row| row.field != Field::Dialect && row.field.is_set(self));
        said.map(|row| (row.label, row.field.text(self))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_engine::PayloadRow;

    #[test]
    fn the_cursor_stays_on_the_form_whatever_goes_from_under_it() {
        let mut composer = Composer::default();
        composer.step(isize::MAX);
        assert_eq!(composer.cursor, Spot::Send);
        composer.step(isize::MIN + 1);
        assert_eq!(composer.cursor, Spot::Field(Field::Subject));
        composer.message.payloads.push(PayloadRow::text("a", ""));
        composer.cursor = Spot::Payload(0);
        composer.message.payloads.clear();
        assert_eq!((composer.payload_at_cursor(), composer.row()), (None, 0));
    }

    #[test]
    fn rows_are_found_by_what_they_say() {
        let mut composer = Composer::default();
        composer
            .message
            .payloads
            .push(PayloadRow::text("first", "about wine"));
        composer
            .message
            .payloads
            .push(PayloadRow::text("second", "about grapes"));
        let mut find = |text: &str, forward| {
            composer
                .find(forward, |said| said.contains(text))
                .then_some(composer.cursor)
        };
        assert_eq!(find("grapes", true), Some(Spot::Payload(1)));
        assert_eq!(find("about", true), Some(Spot::Payload(0)));
        assert_eq!(find("about", false), Some(Spot::Payload(1)));
        assert_eq!(find("purpose", true), Some(Spot::Field(Field::Purpose)));
        assert_eq!(find("beer", true), None);
    }

    #[test]
    fn what_is_folded_away_is_said_where_it_matters() {
        let mut composer = Composer::default();
        assert_eq!(composer.folded(), []);
        composer.message.jetstream = true;
        assert_eq!(composer.folded(), [("stream", "acknowledged".to_owned())]);
        let folded = composer.spots().len();
        composer.unfolded = true;
        assert!(composer.spots().len() > folded);
        composer.unfolded = false;
        composer.settings.request = true;
        assert_eq!(
            composer.spots().len(),
            folded + 2,
            "a request has a time and a number"
        );
    }
}
