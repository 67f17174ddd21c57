//! Completions of the line in a prompt: commands, terms of filters, known subjects and names.

use super::commands::{Argument, COMMANDS};
use super::known::known_values;
use crate::model::{ACTIONS, Completions, Field, ImageMode, LineEdit, PromptKind, State};
use natsbridge_engine::FILTER_FIELDS;
use natsbridge_wire::KINDS;

/// Words that join terms of a filter.
const JOINTS: [&str; 3] = ["and", "or", "not"];

/// Possible completions of this line. A view's completions arrive with its verdict.
pub(super) fn prompt_offers(state: &State, purpose: PromptKind, line: &LineEdit) -> Vec<String> {
    match purpose {
        PromptKind::Command => command_offers(state, line),
        PromptKind::Filter | PromptKind::Highlight => completed(line, |start| filter_words(state, start)),
        PromptKind::Subscribe if !line.text().is_empty() => {
            let known = known_values(state, Field::Subject);
            Completions::new(known, line.text()).shown
        }
        PromptKind::Pipe => Completions::new(decoders(state), line.text()).shown,
        _ => vec![],
    }
}

fn decoders(state: &State) -> Vec<String> {
    let decoders = state.tools.decoders.iter();
    decoders.map(|decoder| decoder.name.clone()).collect()
}

/// Completions of a command line.
fn command_offers(state: &State, line: &LineEdit) -> Vec<String> {
    /// Completions offered at a time.
    const MOST: usize = 8;
    let text = line.text();
    let Some((name, rest)) = text.split_once(' ') else {
        let names = COMMANDS.iter().map(|row| row.name);
        let others = ACTIONS.iter().map(|row| row.id);
        let others = others.filter(|id| names.clone().all(|name| name != *id));
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
        Argument::Answer(purpose @ (PromptKind::Filter | PromptKind::Highlight | PromptKind::Subscribe)) => {
            let offers = prompt_offers(state, purpose, &LineEdit::new(rest));
            return offers.into_iter().map(head).collect();
        }
        Argument::Answer(PromptKind::Pipe) => decoders(state),
        Argument::Theme => state.appearance.themes.clone(),
        Argument::Kind => KINDS.iter().map(|row| row.name.to_owned()).collect(),
        Argument::Images => ImageMode::ALL.iter().map(|mode| mode.word().to_owned()).collect(),
        Argument::Answer(_) | Argument::Number => vec![],
    };
    known.into_iter().filter(begins).take(MOST).map(head).collect()
}

/// Completions of a filter term: fields, values of fields that have only a few, and conjunctions.
fn filter_words(state: &State, start: &str) -> Vec<String> {
    let Some(sign) = start.find(['=', '!', '~', '<', '>']) else {
        let names = FILTER_FIELDS.iter().map(|row| row.name);
        let fitting = names.chain(JOINTS).filter(|name| begins(name, start));
        return fitting.map(str::to_owned).collect();
    };
    let value = start[sign..].trim_start_matches(['=', '!', '~', '<', '>']);
    let (head, name) = (&start[..start.len() - value.len()], &start[..sign]);
    let Some(row) = FILTER_FIELDS.iter().find(|row| row.name == name) else {
        return vec![];
    };
    let few = (row.values)();
    let known = match name {
        _ if !few.is_empty() => few.into_iter().map(str::to_owned).collect(),
        "subject" => known_values(state, Field::Subject),
        "sender" | "receiver" => known_values(state, Field::Receiver),
        "purpose" => known_values(state, Field::Purpose),
        _ => return vec![],
    };
    let known = known.into_iter();
    let fitting = known.filter(|word| begins(word, value) && !word.contains(' '));
    fitting.map(|word| format!("{head}{word}")).collect()
}

pub(super) fn begins(word: &str, start: &str) -> bool {
    word.len() > start.len() && word.to_lowercase().starts_with(&start.to_lowercase())
}

/// The lines that result where the word before the cursor is completed.
pub(super) fn completed(line: &LineEdit, words: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    /// Lines offered at a time.
    const MOST: usize = 6;
    let (before, after) = line.text().split_at(line.before().len());
    let start = before.rfind([' ', '(']).map_or(0, |at| at + 1);
    let (kept, word) = before.split_at(start);
    if word.is_empty() {
        return vec![];
    }
    let whole = words(word).into_iter().take(MOST);
    whole.map(|word| format!("{kept}{word}{after}")).collect()
}
