//! The lists of the Compose pane: opening one, and what a chosen row does.

use super::captured::{take_content, take_payload};
use super::leaving::answered;
use super::payloads::{add, set_kind};
use super::sending::send_now;
use super::texts::{edit_outside, write_here, written};
use crate::model::{
    Answer, Asked, ChoicesFor, ComposeWork, Content, ContentOrigin, Effects, Overlay, Purpose, State, Then,
    Way,
};
use crate::update::prompt::prompt;
use natsbridge_engine::{CopyAs, PayloadRow};
use natsbridge_wire::{DIALECTS, KINDS};

/// Opens a list.
pub(super) fn choose(state: &mut State, choices: ChoicesFor) {
    let rows = choices.list(&state.compose).rows;
    let at = rows.iter().position(|row| row.current).unwrap_or(0);
    state.overlay.open = Overlay::Choices(choices, at);
}

/// Applies the chosen row of a list.
pub(super) fn take_choice(state: &mut State, choices: ChoicesFor, row: usize, effects: &mut Effects) {
    let composer = &mut state.compose;
    match choices {
        ChoicesFor::Source(at) => {
            if let Some(origin) = ContentOrigin::ALL.get(row) {
                take_origin(state, at, *origin, effects);
            }
        }
        ChoicesFor::Kind(at) => {
            if let Some(kind) = KINDS.get(row) {
                set_kind(composer, at, kind.kind);
            }
        }
        ChoicesFor::Dialect => {
            if let Some(dialect) = DIALECTS.get(row) {
                composer.message.dialect = dialect.dialect;
                composer.changed();
            }
        }
        ChoicesFor::Columns(_) => {}
        ChoicesFor::CopyAs => {
            if let Some(form) = CopyAs::ALL.get(row) {
                let message = Box::new(composer.message.clone());
                let way = Way::new(&state.connection.state, &composer.settings);
                effects.push(ComposeWork::CopyAs(*form, message, way));
            }
        }
        ChoicesFor::Replace(next) => take_answer(state, row, Then::Next(next), effects),
        ChoicesFor::Wait => {
            if row == 1 {
                send_now(state, true, effects);
            }
        }
        ChoicesFor::Quit(_) => take_answer(state, row, Then::Quit, effects),
    }
}

fn take_answer(state: &mut State, row: usize, then: Then, effects: &mut Effects) {
    if let Some(answer) = Answer::offered(&state.compose).get(row) {
        answered(state, *answer, then, effects);
    }
}

fn take_origin(state: &mut State, at: Option<usize>, origin: ContentOrigin, effects: &mut Effects) {
    let composer = &mut state.compose;
    match origin {
        ContentOrigin::Typed | ContentOrigin::Editor => {
            let at = at.unwrap_or_else(|| add(composer, PayloadRow::text("message", "")));
            let content = Content::Payload(at);
            if composer.content(content).is_none() {
                written(composer, content, String::new());
            }
            if origin == ContentOrigin::Editor {
                edit_outside(composer, content, effects);
            } else {
                write_here(composer, content, &state.limits, effects);
            }
        }
        ContentOrigin::File => {
            prompt(state, Purpose::Compose(Asked::PayloadFile(at)), "", effects);
        }
        ContentOrigin::Clipboard => prompt(state, Purpose::Compose(Asked::Paste(at)), "", effects),
        ContentOrigin::Captured => match at {
            None => take_payload(composer, &state.inspector, effects),
            Some(at) => take_content(composer, at, &state.inspector, effects),
        },
    }
}
