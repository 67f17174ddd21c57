//! The state of the Compose pane: the message, the cursor, what is being typed, and the plan for sending it.

use super::content::Writing;
use super::field::Field;
use super::jobs::Jobs;
use super::leaving::Then;
use super::planning::Planning;
use super::settings::SendSettings;
use super::spot::{Cell, Spot};
use super::typing::Typing;
use natsbridge_engine::{Composition, Issue, PayloadRow, ResponderView};
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
    pub cursor: Spot,
    /// The cell under the cursor, in the row of a payload.
    pub cell: Cell,
    /// Whether the rarely used fields are shown.
    pub unfolded: bool,
    /// The line being typed.
    pub typing: Option<Typing>,
    /// The text being edited in the whole pane.
    pub writing: Option<Writing>,
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
    pub(crate) numbers: u64,
}

impl Default for Composer {
    fn default() -> Self {
        let mut composer = Self {
            message: Composition::default(),
            settings: SendSettings::default(),
            cursor: Spot::Field(Field::Subject),
            cell: Cell::default(),
            unfolded: false,
            typing: None,
            writing: None,
            issues: vec![],
            planning: Planning::default(),
            jobs: Jobs::default(),
            responders: vec![],
            draft: None,
            text: None,
            then: Then::Stay,
            removed: None,
            revision: 0,
            kept: 0,
            numbers: 0,
        };
        composer.issues = composer.message.issues();
        composer
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

    /// Whether keys go into a line being typed rather than run commands.
    pub fn is_typing(&self) -> bool {
        self.typing.is_some() || self.writing.is_some()
    }

    /// Records a change; everything derived from the message is recomputed.
    pub(crate) fn changed(&mut self) {
        self.revision += 1;
        self.issues = self.message.issues();
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
            (true, _) => Spot::Field(Field::Subject),
            (false, true) => Spot::Add,
            (false, false) => Spot::Payload(0),
        };
        self.cell = Cell::default();
        (self.typing, self.writing, self.removed) = (None, None, None);
        self.changed();
        self.keep();
    }
}
