//! Overlays over the panes: help, palette, prompts, pickers.

use super::help::HelpAt;
use super::problems::ProblemsAt;
use super::shape::ShapeSheet;
use super::tape::{TapeChoice, TapeScope};
use crate::model::compose::{Asked, ChoiceKind};
use crate::model::messages::MarkUse;
use crate::model::typing::LineEdit;
use natsbridge_wire::{Answer, Kind};

/// What a view asks the user for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewQuestion {
    /// What the view knows it by.
    pub id: &'static str,
    /// The prompt's title.
    pub title: &'static str,
    /// One sentence about what may be typed.
    pub advice: &'static str,
}

/// What a prompt asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// A pattern to subscribe to.
    Subscribe,
    /// A text to search for.
    Search,
    /// A text to filter messages by.
    Filter,
    /// A text to filter conversations by.
    FilterConversations,
    /// A file to write conversations to.
    ExportConversations,
    /// A file to write problems to.
    ExportProblems,
    /// A file to save the payload to.
    SaveAs,
    /// A file to record to.
    RecordTo,
    /// A file to save these messages to, as a tape.
    SaveTape(TapeScope),
    /// A number of the stream to load from.
    FromSequence,
    /// A time to load the stream from.
    SinceTime,
    /// Something about the message being written.
    Compose(Asked),
    /// A command.
    Command,
    /// A filter for messages to highlight.
    Highlight,
    /// The command that a payload goes through.
    Pipe,
    /// The value to plot across messages.
    PlotValue,
    /// What the view on screen asks for.
    View(ViewQuestion),
}

impl PromptKind {
    /// The prompt's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Subscribe => "Subscribe to",
            Self::Search => "Search",
            Self::Filter => "Filter",
            Self::SaveAs => "Save the payload as",
            Self::RecordTo => "Record to",
            Self::SaveTape(TapeScope::All) => "Save everything kept to",
            Self::SaveTape(TapeScope::Shown) => "Save the messages shown to",
            Self::SaveTape(TapeScope::Marked) => "Save the marked messages to",
            Self::SaveTape(TapeScope::Selected(_)) => "Save the message to",
            Self::SaveTape(TapeScope::Conversation(_)) => "Save the conversation to",
            Self::FilterConversations => "Filter conversations",
            Self::ExportConversations => "Export conversations to",
            Self::ExportProblems => "Export problems to",
            Self::FromSequence => "Load stream from number",
            Self::SinceTime => "Load stream since",
            Self::Command => "Command",
            Self::Highlight => "Highlight messages",
            Self::Pipe => "Pipe payload through",
            Self::PlotValue => "Plot across this subject's messages",
            Self::Compose(asked) => asked.title(),
            Self::View(question) => question.title,
        }
    }

    /// One sentence about what may be typed.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Subscribe => "A subject; * matches one token between dots, > the rest.",
            Self::Search => "Any text; case only matters if it contains capitals.",
            Self::Filter => "A word, kind=table, size>1MB, text~wine; and or not ( )",
            Self::SaveAs => "A new file; Tab completes, ~ is your home directory.",
            Self::RecordTo => "A new file; from now on, secrets included. :save-tape saves what came before.",
            Self::SaveTape(_) => {
                "A tape, with the messages as they came; .html makes a page for any browser."
            }
            Self::FilterConversations => "Text in id, name, subject, purpose or state. Empty shows all.",
            Self::ExportConversations => {
                "Ends in .html, .json, .trace.json (Chrome), .mmd (Mermaid) or .txt."
            }
            Self::ExportProblems => {
                "Ends in .html, .json, .csv or .md; every kind of problem, with an example."
            }
            Self::FromSequence => "A sequence number; the first message usually has number 1.",
            Self::SinceTime => {
                "A time ago (15 min, 2 h), a time of day (12:30) or a date and time (2026-01-31 12:30)."
            }
            Self::Command => "Any action by name; filter, theme, save and go take an argument",
            Self::Highlight => "A filter; the same one again removes it. Empty removes all.",
            Self::Pipe => "A decoder from the settings, or a command with {{subject}} {{dataname}} {{kind}}",
            Self::PlotValue => "A path into a dictionary, like data.temp, or a table column.",
            Self::Compose(asked) => asked.advice(),
            Self::View(question) => question.advice,
        }
    }

    /// Whether it is a path that is asked for.
    pub fn is_path(self) -> bool {
        let own = matches!(
            self,
            Self::SaveAs | Self::RecordTo | Self::SaveTape(_) | Self::ExportConversations
        );
        own || matches!(self, Self::Compose(asked) if asked.is_path())
    }

    /// The key its answers are remembered by; paths are not remembered.
    pub(crate) fn history(self) -> Option<&'static str> {
        Some(match self {
            Self::Filter => "filter",
            Self::FilterConversations => "filter-conversations",
            Self::Search => "search",
            Self::Subscribe => "subscribe",
            Self::Highlight => "highlight",
            Self::Command => "command",
            Self::Pipe => "pipe",
            Self::PlotValue => "plot-value",
            Self::View(question) => question.id,
            Self::ExportConversations
            | Self::ExportProblems
            | Self::SaveAs
            | Self::RecordTo
            | Self::SaveTape(_)
            | Self::FromSequence
            | Self::SinceTime
            | Self::Compose(_) => return None,
        })
    }
}

/// What is shown over the panes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// What can be done in the focused pane.
    Help(HelpAt),
    /// The command palette: what is typed, and which of its rows is chosen.
    Palette(LineEdit, usize),
    /// A question with one line to answer.
    Prompt(PromptKind, LineEdit),
    /// Kinds that a payload could be shown as: the chosen row, and the kind that it is.
    Kinds(usize, Kind),
    /// Peers the message can be mended for: the chosen row, and how much each can read now.
    Readers(usize, Vec<Answer>),
    /// The problems of everything received.
    Problems(ProblemsAt),
    /// The shape of a subject: the chosen row, and what is listed.
    Shape(usize, ShapeSheet),
    /// The theme picker: the chosen row, and the theme to go back to.
    Themes(usize, String),
    /// The context picker: the chosen row, and the names.
    Contexts(usize, Vec<String>),
    /// What to do with the stream of that name: the chosen row.
    Stream(usize, String),
    /// What to save as a tape: the chosen row, and the choices.
    Tape(usize, Vec<TapeChoice>),
    /// The marks, and what a letter is asked for.
    Marks(MarkUse),
    /// A list of the Compose pane, and the chosen row.
    Choices(ChoiceKind, usize),
    /// The text the Compose pane shows for review, scrolled by this many rows.
    Text(usize),
}

impl Overlay {
    /// What is asked for, where that is a prompt.
    pub fn purpose(&self) -> Option<PromptKind> {
        match self {
            Self::Prompt(purpose, _) => Some(*purpose),
            _ => None,
        }
    }
}
