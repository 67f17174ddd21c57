//! Completions of the line in a prompt: commands, terms of filters, known subjects and names.

use super::commands::{Argument, COMMANDS, TAPE_WORDS};
use super::known::known_values;
use super::paths::known_paths;
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
        Argument::Tape => TAPE_WORDS.map(|word| format!("{word} ")).into(),
        Argument::Images => ImageMode::ALL.iter().map(|mode| mode.word().to_owned()).collect(),
        Argument::Answer(_) | Argument::Number => vec![],
    };
    known.into_iter().filter(begins).take(MOST).map(head).collect()
}

/// Completions of a filter term: fields, paths into the message in the inspector, values of fields that have only a few, and
/// conjunctions.
fn filter_words(state: &State, start: &str) -> Vec<String> {
    let below = |field: &str| start.len() >= field.len() && begins(start, &field[..field.len() - 1]);
    if let Some(field) = ["payload.", "metadata."].into_iter().find(|field| below(field)) {
        let paths = known_paths(state, field).into_iter();
        return paths.filter(|path| begins(path, start)).collect();
    }
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

/// Whether the word before the cursor may become the name of a field of filters, or a word that joins terms.
pub(crate) fn begins_a_field(line: &LineEdit) -> bool {
    let before = line.before();
    let word = before[word_start(before)..].to_lowercase();
    let mut names = FILTER_FIELDS.iter().map(|row| row.name).chain(JOINTS);
    !word.is_empty() && names.any(|name| name.starts_with(&word))
}

/// Whether a word begins so, its quote left out or not.
pub(super) fn begins(word: &str, start: &str) -> bool {
    let (word, start) = (word.to_lowercase(), start.to_lowercase());
    let bare = word.strip_prefix('"').unwrap_or(&word);
    word.len() > start.len() && (word.starts_with(&start) || bare.starts_with(&start))
}

/// The lines that result where the word before the cursor is completed.
pub(super) fn completed(line: &LineEdit, words: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    /// Lines offered at a time.
    const MOST: usize = 6;
    let (before, after) = line.text().split_at(line.before().len());
    let (kept, word) = before.split_at(word_start(before));
    if word.is_empty() {
        return vec![];
    }
    let whole = words(word).into_iter().take(MOST);
    whole.map(|word| format!("{kept}{word}{after}")).collect()
}

/// Where the word at the end of a text begins: after a blank or parenthesis that is in no quotes.
fn word_start(text: &str) -> usize {
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' | '(' if !quoted => start = at + 1,
            _ => {}
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_quotes_are_completed_as_one_word() {
        let words = |start: &str| {
            let known = ["\"total amount\"", "\"say \\\"hi\\\" (x)\"", "score"];
            known
                .into_iter()
                .filter(|word| begins(word, start))
                .map(str::to_owned)
                .collect()
        };
        for (typed, offered) in [
            ("\"total a", "\"total amount\""),
            ("score>3 (\"TOTAL", "score>3 (\"total amount\""),
            ("\"say \\\"hi\\\" (", "\"say \\\"hi\\\" (x)\""),
            ("note=\"a (b\" and sc", "note=\"a (b\" and score"),
            ("tot", "\"total amount\""),
        ] {
            assert_eq!(completed(&LineEdit::new(typed), words), [offered], "{typed}");
        }
    }
}
