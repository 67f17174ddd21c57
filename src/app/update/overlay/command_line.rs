//! The command line: any action by its name, and commands that take their argument right away instead of prompting
//! for it.

use crate::model::{ACTIONS, Action, Effect, ImageMode, LineEdit, Overlay, Purpose, State};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::{FilterFault, KINDS, Severity};

/// What argument a command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// The answer to a prompt.
    Answer(Purpose),
    /// A theme.
    Theme,
    /// A kind of payload.
    Kind,
    /// A way to draw images.
    Images,
    /// A message number.
    Number,
}

/// A command that takes an argument.
#[derive(Debug, Clone, Copy)]
pub struct CommandRow {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub argument: Argument,
    /// The action to run without an argument; `None` if an argument is required.
    pub alone: Option<Action>,
}

const fn asks(name: &'static str, purpose: Purpose, alone: Action) -> CommandRow {
    CommandRow {
        name,
        argument: Argument::Answer(purpose),
        alone: Some(alone),
    }
}

/// The commands that take an argument; all other action names are commands without one.
pub const COMMANDS: &[CommandRow] = &[
    asks("filter", Purpose::Filter, Action::Filter),
    asks("search", Purpose::Search, Action::Search),
    asks("subscribe", Purpose::Subscribe, Action::Subscribe),
    asks("highlight", Purpose::Highlight, Action::Highlight),
    asks("save", Purpose::SaveAs, Action::SavePayload),
    asks("record", Purpose::RecordTo, Action::Record),
    asks("pipe", Purpose::Pipe, Action::Pipe),
    asks("plot-value", Purpose::PlotValue, Action::PlotValue),
    CommandRow {
        name: "theme",
        argument: Argument::Theme,
        alone: Some(Action::Themes),
    },
    CommandRow {
        name: "view-as",
        argument: Argument::Kind,
        alone: Some(Action::ViewAs),
    },
    CommandRow {
        name: "images",
        argument: Argument::Images,
        alone: None,
    },
    CommandRow {
        name: "go",
        argument: Argument::Number,
        alone: None,
    },
];

/// The meaning of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning<'t> {
    Nothing,
    Act(Action),
    Answer(Purpose, &'t str),
    Theme(usize),
    Kind(usize),
    Images(ImageMode),
    Message(u64),
}

impl State {
    /// Parses a line; the error says where it is wrong, and why.
    fn command<'t>(&self, text: &'t str) -> Result<Meaning<'t>, FilterFault> {
        let line = text.trim_start();
        let start = text.len() - line.len();
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let argument = rest.trim();
        let at = start + name.len() + 1 + (rest.len() - rest.trim_start().len());
        let wrong = |what: String| FilterFault::new(at..at + argument.len(), what);
        if name.is_empty() {
            return Ok(Meaning::Nothing);
        }
        let Some(row) = COMMANDS.iter().find(|row| row.name == name) else {
            let named = 0..start + name.len();
            let action = Action::from_id(name).ok_or_else(|| {
                FilterFault::new(named, format!("unknown command {name}; Tab lists the commands"))
            })?;
            if argument.is_empty() {
                return Ok(Meaning::Act(action));
            }
            return Err(wrong(format!("{name} takes no argument")));
        };
        if argument.is_empty() {
            let needs = || FilterFault::new(start..text.len(), format!("{name} needs an argument"));
            return row.alone.map(Meaning::Act).ok_or_else(needs);
        }
        match row.argument {
            Argument::Answer(purpose) => {
                if matches!(purpose, Purpose::Filter | Purpose::Highlight) {
                    MessageFilter::new(argument).map_err(|fault| {
                        FilterFault::new(at + fault.at.start..at + fault.at.end, fault.what.clone())
                    })?;
                }
                Ok(Meaning::Answer(purpose, argument))
            }
            Argument::Theme => self
                .themes
                .iter()
                .position(|name| name == argument)
                .map(Meaning::Theme)
                .ok_or_else(|| wrong(format!("unknown theme {argument}; Tab lists the themes"))),
            Argument::Kind => KINDS
                .iter()
                .position(|row| row.name == argument)
                .map(Meaning::Kind)
                .ok_or_else(|| wrong(format!("unknown kind {argument}; Tab lists the kinds"))),
            Argument::Images => ImageMode::from_word(argument)
                .map(Meaning::Images)
                .ok_or_else(|| wrong(format!("images can be drawn as {}", ImageMode::words()))),
            Argument::Number => {
                let number = argument.replace([',', '_'], "").parse();
                number
                    .map(Meaning::Message)
                    .map_err(|_| wrong("a message number is a whole number".into()))
            }
        }
    }

    /// Checks a command while it is typed.
    pub(super) fn check_command(&mut self, text: &str) {
        self.verdict = Some(self.command(text).map(|_| ()));
    }

    /// Runs a command; returns an action that is to be run afterwards. An invalid line is prompted for again.
    pub(super) fn run_command(&mut self, line: &LineEdit, effects: &mut Vec<Effect>) -> Option<Action> {
        let text = line.text().to_owned();
        match self.command(&text) {
            Err(fault) => {
                self.tell(Severity::Error, format!("{fault}."));
                self.overlay = Overlay::Prompt(Purpose::Command, line.clone());
            }
            Ok(Meaning::Nothing) => {}
            Ok(Meaning::Act(action)) => return Some(action),
            Ok(Meaning::Answer(purpose, argument)) => {
                super::act::answer(self, purpose, &LineEdit::new(argument), effects);
            }
            Ok(Meaning::Theme(at)) => self.theme.clone_from(&self.themes[at]),
            Ok(Meaning::Kind(at)) => self.view_as(at, effects),
            Ok(Meaning::Images(mode)) => self.images = mode,
            Ok(Meaning::Message(seq)) => self.go_to_number(seq, effects),
        }
        None
    }

    fn go_to_number(&mut self, seq: u64, effects: &mut Vec<Effect>) {
        if self.view.get(self.view.position(seq)) == Some(seq) {
            crate::update::dispatch::select(self, seq, effects);
            return;
        }
        let held = self.store.range();
        let why = if held.contains(&seq) {
            "it is filtered out"
        } else {
            "it is no longer in memory"
        };
        self.tell(Severity::Note, format!("Cannot go to message {seq}: {why}."));
    }

    /// Completions of a command line.
    pub(super) fn command_offers(&self, line: &LineEdit) -> Vec<String> {
        /// Completions offered at a time.
        const MOST: usize = 8;
        let text = line.text();
        let Some((name, rest)) = text.split_once(' ') else {
            let names = COMMANDS.iter().map(|row| row.name);
            let others = ACTIONS
                .iter()
                .map(|row| row.id)
                .filter(|id| names.clone().all(|name| name != *id));
            let all = names.clone().chain(others).filter(|id| *id != "command-line");
            let starts = all.clone().filter(|name| name.starts_with(text));
            let holds = all.filter(|name| !name.starts_with(text) && name.contains(text));
            let fitting = starts
                .chain(holds)
                .filter(|name| *name != text && !text.is_empty());
            return fitting.take(MOST).map(str::to_owned).collect();
        };
        let Some(row) = COMMANDS.iter().find(|row| row.name == name) else {
            return vec![];
        };
        let head = |word: String| format!("{name} {word}");
        let begins = |word: &String| word.starts_with(rest.trim_start()) && word != rest;
        let known: Vec<String> = match row.argument {
            Argument::Answer(purpose @ (Purpose::Filter | Purpose::Highlight | Purpose::Subscribe)) => {
                let offers = self.prompt_offers(purpose, &LineEdit::new(rest));
                return offers.into_iter().map(head).collect();
            }
            Argument::Answer(Purpose::Pipe) => self
                .tools
                .decoders
                .iter()
                .map(|decoder| decoder.name.clone())
                .collect(),
            Argument::Theme => self.themes.clone(),
            Argument::Kind => KINDS.iter().map(|row| row.name.to_owned()).collect(),
            Argument::Images => ImageMode::ALL.iter().map(|mode| mode.word().to_owned()).collect(),
            Argument::Answer(_) | Argument::Number => vec![],
        };
        known.into_iter().filter(begins).take(MOST).map(head).collect()
    }
}
