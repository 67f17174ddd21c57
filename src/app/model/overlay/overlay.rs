//! What may lie over the panes: help, palette, prompts, pickers.

use super::problems::ProblemsAt;
use crate::model::compose::{Asked, ChoicesFor};
use crate::model::messages::MarkUse;
use crate::model::typing::LineEdit;
use natsbridge_wire::{Answer, Kind};

/// What a view asks a person for.
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
pub enum Purpose {
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
    /// A number of the stream to load from.
    FromSequence,
    /// A time to load the stream from.
    SinceTime,
    /// Something about the message being written.
    Compose(Asked),
    /// A command.
    Command,
    /// Which messages stand out.
    Highlight,
    /// The command that a payload goes through.
    Pipe,
    /// The value that is plotted over messages.
    PlotValue,
    /// What the view on screen asks for.
    View(ViewQuestion),
}

impl Purpose {
    /// The prompt's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Subscribe => "Subscribe to",
            Self::Search => "Search",
            Self::Filter => "Filter",
            Self::SaveAs => "Save the payload as",
            Self::RecordTo => "Record to",
            Self::FilterConversations => "Filter conversations",
            Self::ExportConversations => "Write conversations to",
            Self::ExportProblems => "Write problems to",
            Self::FromSequence => "Load the stream from number",
            Self::SinceTime => "Load the stream since",
            Self::Command => "Command",
            Self::Highlight => "Highlight messages",
            Self::Pipe => "Pipe the payload through",
            Self::PlotValue => "Plot over the messages of this subject",
            Self::Compose(asked) => asked.title(),
            Self::View(question) => question.title,
        }
    }

    /// One sentence about what may be typed.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Subscribe => "A subject; * stands for one token between dots, > for all that follow.",
            Self::Search => "Any text; case counts only if it has capitals.",
            Self::Filter => "A word, kind=table, size>1MB, text~wine; and or not ( )",
            Self::SaveAs => "A file that does not exist yet; Tab completes, ~ is your home.",
            Self::RecordTo => {
                "A file that does not exist yet; it will hold messages as they come, secrets included."
            }
            Self::FilterConversations => "Text in id, name, subject, purpose or state. Empty shows all.",
            Self::ExportConversations => "Ends in .json, .trace.json (Chrome), .mmd (Mermaid) or .txt.",
            Self::ExportProblems => "Ends in .json, .csv or .md; every sort of problem, with its example.",
            Self::FromSequence => "A sequence number; the first message is usually 1.",
            Self::SinceTime => {
                "How long ago (15 min, 2 h), a time (12:30) or a date with it (2026-01-31 12:30)."
            }
            Self::Command => "Any action by its name; filter, theme, save, go take something behind",
            Self::Highlight => "A filter; typed again it is taken away. Empty takes all away.",
            Self::Pipe => "A decoder of the settings, or a command with {{subject}} {{dataname}} {{kind}}",
            Self::PlotValue => "A path into dictionaries, like data.temp, or a column of tables.",
            Self::Compose(asked) => asked.advice(),
            Self::View(question) => question.advice,
        }
    }
}

/// What lies over the panes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The keys of the focused pane, scrolled by so many rows.
    Help(usize),
    /// The command palette: what is typed, and which of its rows is chosen.
    Palette(LineEdit, usize),
    /// A question with one line to answer.
    Prompt(Purpose, LineEdit),
    /// Kinds that a payload could be shown as: the chosen row, and the kind that it is.
    Kinds(usize, Kind),
    /// Peers that the message can be mended for: the chosen row, and what each makes of it now.
    Readers(usize, Vec<Answer>),
    /// The problems of everything received.
    Problems(ProblemsAt),
    /// The theme picker: the chosen row, and the theme to go back to.
    Themes(usize, String),
    /// The context picker: the chosen row, and the names.
    Contexts(usize, Vec<String>),
    /// What to do with the stream of that name: the chosen row.
    Stream(usize, String),
    /// The marks, and what a letter is asked for.
    Marks(MarkUse),
    /// A list of the Compose pane, and the chosen row.
    Choices(ChoicesFor, usize),
    /// The text that the Compose pane wants to be looked at, scrolled by so many rows.
    Text(usize),
}

impl Overlay {
    /// What is asked for, where that is a prompt.
    pub fn purpose(&self) -> Option<Purpose> {
        match self {
            Self::Prompt(purpose, _) => Some(*purpose),
            _ => None,
        }
    }
}
