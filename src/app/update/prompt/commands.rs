//! The table of commands that take their argument right away instead of prompting for it, and the meaning of a line.

use crate::model::{Action, ImageMode, PromptKind};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::{FilterError, KINDS};

/// What argument a command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// The answer to a prompt.
    Answer(PromptKind),
    /// A theme.
    Theme,
    /// A kind of payload.
    Kind,
    /// A way to draw images.
    Images,
    /// A message number.
    Number,
    /// A file for a tape, with a word before it for what is to be saved.
    Tape,
}

/// A command that takes an argument.
#[derive(Debug, Clone, Copy)]
pub struct CommandSpec {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub argument: Argument,
    /// The action to run without an argument; `None` if an argument is required.
    pub alone: Option<Action>,
}

const fn takes(name: &'static str, argument: Argument, alone: Option<Action>) -> CommandSpec {
    CommandSpec {
        name,
        argument,
        alone,
    }
}

const fn asks(name: &'static str, purpose: PromptKind, alone: Action) -> CommandSpec {
    takes(name, Argument::Answer(purpose), Some(alone))
}

/// The commands that take an argument; all other action names are commands without one.
pub const COMMANDS: &[CommandSpec] = &[
    asks("filter", PromptKind::Filter, Action::Filter),
    asks("search", PromptKind::Search, Action::Search),
    asks("subscribe", PromptKind::Subscribe, Action::Subscribe),
    asks("highlight", PromptKind::Highlight, Action::Highlight),
    asks("save", PromptKind::SaveAs, Action::SavePayload),
    asks("record", PromptKind::RecordTo, Action::Record),
    asks("pipe", PromptKind::Pipe, Action::Pipe),
    asks("plot-value", PromptKind::PlotValue, Action::PlotValue),
    takes("theme", Argument::Theme, Some(Action::Themes)),
    takes("view-as", Argument::Kind, Some(Action::ViewAs)),
    takes("images", Argument::Images, None),
    takes("go", Argument::Number, None),
    takes("save-tape", Argument::Tape, Some(Action::SaveTape)),
];

/// What can be saved as a tape; without a word it is the first.
pub(super) const TAPE_WORDS: [&str; 4] = ["all", "shown", "marked", "conversation"];

/// The meaning of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning<'t> {
    /// Nothing was typed.
    Nothing,
    /// An action, to be run.
    Act(Action),
    /// The answer to a prompt.
    Answer(PromptKind, &'t str),
    /// A theme, by its place.
    Theme(usize),
    /// A kind of payload, by its place.
    Kind(usize),
    /// A way to draw images.
    Images(ImageMode),
    /// A message, by its number.
    Message(u64),
    /// Messages that are to be saved as a tape, by their word, and the file.
    Tape(&'t str, &'t str),
}

/// Parses a line; the error says where it is wrong, and why.
pub(crate) fn meaning_of<'t>(text: &'t str, themes: &[String]) -> Result<Meaning<'t>, FilterError> {
    let line = text.trim_start();
    let start = text.len() - line.len();
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    let argument = rest.trim();
    let at = start + name.len() + 1 + (rest.len() - rest.trim_start().len());
    let wrong = |what: String| FilterError::new(at..at + argument.len(), what);
    if name.is_empty() {
        return Ok(Meaning::Nothing);
    }
    let Some(row) = COMMANDS.iter().find(|row| row.name == name) else {
        let unknown = || format!("unknown command {name}; Tab lists the commands");
        let action = Action::from_id(name);
        let action = action.ok_or_else(|| FilterError::new(0..start + name.len(), unknown()))?;
        if argument.is_empty() {
            return Ok(Meaning::Act(action));
        }
        return Err(wrong(format!("{name} takes no argument")));
    };
    if argument.is_empty() {
        let needs = || FilterError::new(start..text.len(), format!("{name} needs an argument"));
        return row.alone.map(Meaning::Act).ok_or_else(needs);
    }
    match row.argument {
        Argument::Answer(purpose) => {
            if matches!(purpose, PromptKind::Filter | PromptKind::Highlight) {
                MessageFilter::new(argument).map_err(|fault| {
                    FilterError::new(at + fault.at.start..at + fault.at.end, fault.what.clone())
                })?;
            }
            Ok(Meaning::Answer(purpose, argument))
        }
        Argument::Theme => {
            let theme = themes
                .iter()
                .position(|name| name == argument)
                .map(Meaning::Theme);
            theme.ok_or_else(|| wrong(format!("unknown theme {argument}; Tab lists the themes")))
        }
        Argument::Kind => {
            let kind = KINDS
                .iter()
                .position(|row| row.name == argument)
                .map(Meaning::Kind);
            kind.ok_or_else(|| wrong(format!("unknown kind {argument}; Tab lists the kinds")))
        }
        Argument::Images => {
            let mode = ImageMode::from_word(argument).map(Meaning::Images);
            mode.ok_or_else(|| wrong(format!("images can be drawn as {}", ImageMode::words())))
        }
        Argument::Number => {
            let number = argument.replace([',', '_'], "").parse().map(Meaning::Message);
            number.map_err(|_| wrong("a message number is a whole number".into()))
        }
        Argument::Tape => {
            let (word, file) = argument.split_once(' ').unwrap_or((argument, ""));
            if !TAPE_WORDS.contains(&word) {
                return Ok(Meaning::Tape(TAPE_WORDS[0], argument));
            }
            let file = file.trim_start();
            let named = (!file.is_empty()).then_some(Meaning::Tape(word, file));
            named.ok_or_else(|| wrong(format!("a file name is missing after {word}")))
        }
    }
}
