//! The state of the Compose pane: the message, the cursor, what is being typed, and the plan for sending it. How it is
//! changed stands in `update/compose`.

use super::content::{Content, TextEdit};
use super::field::{FORM_FIELDS, Field, FieldRow, Shown};
use super::jobs::Jobs;
use super::next::Then;
use super::planning::Planning;
use super::settings::{SendSettings, SendTimes};
use super::spot::{Cell, FormRow};
use super::typing::FieldEdit;
use super::values::{field_note, field_text, turn_field, write_field};
use crate::model::figures::counted;
use natsbridge_engine::{Composition, Issue, PayloadRow, ResponderView, Source, issues, literal};
use natsbridge_wire::{Kind, Severity};
use std::path::PathBuf;

/// A text shown for review before it is copied or saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextShown {
    /// Its title.
    pub title: String,
    /// It, not yet safe for a terminal.
    pub body: String,
}

/// The message being written, and everything about it.
#[derive(Debug, Clone)]
pub struct Composer {
    /// The message.
    pub message: Composition,
    /// How it is sent.
    pub settings: SendSettings,
    /// The row under the cursor.
    pub cursor: FormRow,
    /// The cell under the cursor, in the row of a payload.
    pub cell: Cell,
    /// Whether the rarely used fields are shown.
    pub unfolded: bool,
    /// The line being typed.
    pub typing: Option<FieldEdit>,
    /// The text being edited in the whole pane.
    pub writing: Option<TextEdit>,
    /// What is wrong with the message, as far as this is known without reading files.
    pub issues: Vec<Issue>,
    /// What would go out.
    pub planning: Planning,
    /// Sends, in progress and past.
    pub jobs: Jobs,
    /// Armed automatic answers.
    pub responders: Vec<ResponderView>,
    /// The draft file it came from or was saved to.
    pub draft: Option<PathBuf>,
    /// A text shown for review: the dry run, or the message in another format.
    pub text: Option<TextShown>,
    /// What to do once the draft is saved.
    pub(crate) then: Then,
    /// The payload removed last, and its position.
    pub(crate) removed: Option<(usize, PayloadRow)>,
    /// Incremented by every change.
    pub(crate) revision: u64,
    /// The revision that was last saved or sent.
    pub(crate) kept: u64,
    /// Source of numbers for edits, sends and responders.
    numbers: u64,
}

impl Default for Composer {
    fn default() -> Self {
        let message = Composition::default();
        Self {
            issues: issues(&message),
            message,
            settings: SendSettings::default(),
            cursor: FormRow::Field(Field::Subject),
            cell: Cell::default(),
            unfolded: false,
            typing: None,
            writing: None,
            planning: Planning::default(),
            jobs: Jobs::default(),
            responders: vec![],
            draft: None,
            text: None,
            then: Then::default(),
            removed: None,
            revision: 0,
            kept: 0,
            numbers: 0,
        }
    }
}

impl Composer {
    /// Whether the message has changes that are neither saved nor sent.
    pub fn is_edited(&self) -> bool {
        self.revision != self.kept
    }

    /// Whether the message is still empty.
    pub fn is_blank(&self) -> bool {
        self.revision == 0 || self.message == Composition::default()
    }

    /// Whether the message holds something that is neither saved nor sent.
    pub fn would_be_lost(&self) -> bool {
        self.is_edited() && !self.is_blank()
    }

    /// Whether keys go into a line being typed rather than run commands.
    pub fn is_typing(&self) -> bool {
        self.typing.is_some() || self.writing.is_some()
    }

    /// What would be lost if the workbench quit now, a few words each.
    pub(crate) fn losses(&self) -> Vec<String> {
        let mut losses = Vec::new();
        if self.would_be_lost() {
            losses.push("an unsent, unsaved message".to_owned());
        }
        match self.jobs.running().count() {
            0 => {}
            running => losses.push(counted(running, "send") + " in progress"),
        }
        match self.responders.len() {
            0 => {}
            armed => losses.push(counted(armed, "armed responder")),
        }
        losses
    }

    /// How it is sent, if it can be; otherwise where something is missing, and what.
    pub(crate) fn ready(&self) -> Result<SendTimes, (FormRow, String)> {
        let worst = self.issues.iter().find(|issue| issue.severity == Severity::Error);
        if let Some(issue) = worst {
            return Err((FormRow::of(&issue.place), issue.text.clone()));
        }
        let read = self.settings.read();
        read.map_err(|(field, why)| (FormRow::Field(field), why))
    }

    /// Records a change; everything derived from the message is recomputed.
    pub(crate) fn changed(&mut self) {
        self.revision += 1;
        self.issues = issues(&self.message);
    }

    /// Records that the message has been saved or sent.
    pub(crate) fn keep(&mut self) {
        self.kept = self.revision;
    }

    /// A number that has not been used before.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Starts editing another message, which counts as unchanged.
    pub(crate) fn replace(&mut self, message: Composition, draft: Option<PathBuf>) {
        self.message = message;
        self.draft = draft;
        // It is sent once, whatever the previous settings were.
        self.settings = SendSettings::default();
        self.cursor = match (self.message.subject.is_empty(), self.message.payloads.is_empty()) {
            (true, _) => FormRow::Field(Field::Subject),
            (false, true) => FormRow::Add,
            (false, false) => FormRow::Payload(0),
        };
        self.cell = Cell::default();
        (self.typing, self.writing, self.removed) = (None, None, None);
        self.changed();
        self.keep();
    }

    /// The text of a field as the form shows it.
    pub fn field_text(&self, field: Field) -> String {
        field_text(field, &self.message, &self.settings)
    }

    /// A short explanation of the value of a field; mostly empty.
    pub fn field_note(&self, field: Field) -> &'static str {
        field_note(field, &self.message, &self.settings)
    }

    /// Whether a field differs from its default.
    pub fn is_set(&self, field: Field) -> bool {
        self.field_text(field) != field_text(field, &Composition::default(), &SendSettings::default())
    }

    /// Applies a text to a field; fields that are cycled through ignore it.
    pub(crate) fn write_field(&mut self, field: Field, text: &str) {
        if write_field(field, text, &mut self.message, &mut self.settings) {
            self.changed();
        }
    }

    /// Cycles to the next or previous value of a field that has only a few.
    pub(crate) fn turn_field(&mut self, field: Field, forward: bool) {
        if turn_field(field, forward, &mut self.message, &mut self.settings) {
            self.changed();
        }
    }

    /// The rows of the form, in order.
    pub fn spots(&self) -> Vec<FormRow> {
        let fields = |shown: Shown| FORM_FIELDS.iter().filter(move |row| row.shown == shown);
        let field = |row: &FieldRow| FormRow::Field(row.field);
        let mut spots: Vec<FormRow> = fields(Shown::Always).map(field).collect();
        if self.settings.request {
            spots.extend(fields(Shown::Request).map(field));
        }
        spots.push(FormRow::More);
        if self.unfolded {
            spots.extend(fields(Shown::Rare).map(field));
        }
        spots.extend((0..self.message.payloads.len()).map(FormRow::Payload));
        spots.extend([FormRow::Add, FormRow::Send]);
        spots.extend(self.responders.iter().map(|view| FormRow::Responder(view.id)));
        spots.extend(self.jobs.iter().map(|job| FormRow::Job(job.id)));
        spots
    }

    /// The place of the cursor among the rows.
    pub fn row(&self) -> usize {
        let spots = self.spots();
        spots.iter().position(|spot| *spot == self.cursor).unwrap_or(0)
    }

    /// The payload under the cursor.
    pub fn payload_at_cursor(&self) -> Option<usize> {
        match self.cursor {
            FormRow::Payload(at) => Some(at).filter(|at| *at < self.message.payloads.len()),
            _ => None,
        }
    }

    /// The rarely used fields that are set, as `label value`: what is hidden must not be overlooked.
    pub fn folded(&self) -> Vec<(&'static str, String)> {
        let rare = FORM_FIELDS.iter().filter(|row| row.shown == Shown::Rare);
        // The dialect is shown beside the subject.
        let said = rare.filter(|row| row.field != Field::Dialect && self.is_set(row.field));
        said.map(|row| (row.label, self.field_text(row.field))).collect()
    }

    /// The text of this content; `None` if it is bytes or a file.
    pub fn content(&self, content: Content) -> Option<String> {
        match content {
            Content::Field(field) => Some(self.field_text(field)),
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
            Content::Payload(at) => {
                let row = self.message.payloads.get(at);
                row.map(|row| row.name.clone()).unwrap_or_default()
            }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::compose::field::EditMode;

    #[test]
    fn every_typed_field_gives_back_what_was_written() {
        for row in FORM_FIELDS.iter().filter(|row| row.edits != EditMode::Turn) {
            let mut composer = Composer::default();
            composer.write_field(row.field, "A-b: 1");
            assert_eq!(composer.field_text(row.field), "A-b: 1", "{}", row.label);
            assert!(
                composer.is_set(row.field) && composer.is_edited(),
                "{}",
                row.label
            );
        }
    }

    #[test]
    fn every_value_of_a_turn_comes_by_and_back() {
        for row in FORM_FIELDS.iter().filter(|row| row.edits == EditMode::Turn) {
            let mut composer = Composer::default();
            let first = composer.field_text(row.field);
            let mut seen = vec![first.clone()];
            loop {
                composer.turn_field(row.field, true);
                let now = composer.field_text(row.field);
                if now == first {
                    break;
                }
                assert!(!seen.contains(&now));
                seen.push(now);
            }
            assert!(seen.len() > 1, "{}", row.label);
            composer.turn_field(row.field, false);
            assert_eq!(
                composer.field_text(row.field),
                seen[seen.len() - 1],
                "{}",
                row.label
            );
        }
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
