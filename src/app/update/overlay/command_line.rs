//! The command line: what the command that was typed does. It is checked where it is typed.

use super::answer::answer;
use crate::model::{Action, Effects, LineEdit, PromptKind, State};
use crate::update::inspector::view_as;
use crate::update::messages::{save_tape_of, select};
use crate::update::prompt::{Meaning, meaning_of, refuse};

/// Runs a command; returns an action that is to be run afterwards. An invalid line is prompted for again.
pub(super) fn run_command(state: &mut State, line: &LineEdit, effects: &mut Effects) -> Option<Action> {
    match meaning_of(line.text(), &state.appearance.themes) {
        Err(fault) => {
            refuse(
                &mut state.overlay,
                PromptKind::Command,
                line.clone(),
                &fault.to_string(),
            );
        }
        Ok(Meaning::Nothing) => {}
        Ok(Meaning::Act(action)) => return Some(action),
        Ok(Meaning::Answer(purpose, argument)) => {
            answer(state, purpose, &LineEdit::new(argument), effects);
        }
        Ok(Meaning::Tape(word, file)) => {
            if let Err(why) = save_tape_of(state, word, file, effects) {
                state.overlay.verdict = None;
                refuse(&mut state.overlay, PromptKind::Command, line.clone(), &why);
            }
        }
        Ok(Meaning::Theme(at)) => state.appearance.show_theme(at),
        Ok(Meaning::Kind(at)) => view_as(&state.inspector, at, effects),
        Ok(Meaning::Images(mode)) => state.appearance.images = mode,
        Ok(Meaning::Message(seq)) => go_to_number(state, seq, effects),
    }
    None
}

fn go_to_number(state: &mut State, seq: u64, effects: &mut Effects) {
    if state.messages.list.holds(seq) {
        select(state, seq, effects);
        return;
    }
    let why = if state.store.range().contains(&seq) {
        "it is filtered out"
    } else {
        "it is no longer kept"
    };
    effects.note(format!("Cannot go to message {seq}: {why}."));
}
