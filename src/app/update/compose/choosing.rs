//! The lists of the Compose pane: opening one, and what a chosen row does.

use super::captured::take_payload;
use super::leaving::answered;
use super::payloads::{add, set_kind};
use super::sending::send_now;
use super::texts::{edit_outside, write_here, written};
use crate::model::{
    Asked, ChoiceKind, ComposeEffect, Content, ContentOrigin, Effects, Overlay, PromptKind, State, Then, Way,
};
use crate::update::prompt::prompt;
use natsbridge_engine::{CopyFormat, PayloadRow};
use natsbridge_wire::{DIALECTS, KINDS};

/// Opens a list.
pub(super) fn choose(state: &mut State, choices: ChoiceKind) {
    let rows = choices.list(&state.compose).rows;
    let at = rows.iter().position(|row| row.current).unwrap_or(0);
    state.overlay.open = Overlay::Choices(choices, at);
}

/// Applies the chosen row of a list.
pub(super) fn take_choice(state: &mut State, choices: ChoiceKind, row: usize, effects: &mut Effects) {
    let composer = &mut state.compose;
    match choices {
        ChoiceKind::Source(at) => {
            if let Some(origin) = ContentOrigin::ALL.get(row) {
                take_origin(state, at, *origin, effects);
            }
        }
        ChoiceKind::Kind(at) => {
            if let Some(kind) = KINDS.get(row) {
                set_kind(composer, at, kind.kind);
            }
        }
        ChoiceKind::Dialect => {
            if let Some(dialect) = DIALECTS.get(row) {
                composer.message.dialect = dialect.dialect;
                composer.changed();
            }
        }
        ChoiceKind::Columns(_) => {}
        ChoiceKind::CopyFormat => {
            if let Some(form) = CopyFormat::ALL.get(row) {
                let message = Box::new(composer.message.clone());
                let way = Way::new(&state.connection.state, &composer.settings);
                effects.push(ComposeEffect::CopyFormat(*form, message, way));
            }
        }
        ChoiceKind::Replace(then) => answered(state, row, then, effects),
        ChoiceKind::Wait => {
            if row == 1 {
                send_now(state, true, effects);
            }
        }
        ChoiceKind::Quit(_) => answered(state, row, Then::Quit, effects),
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
            prompt(state, PromptKind::Compose(Asked::PayloadFile(at)), "", effects);
        }
        ContentOrigin::Clipboard => prompt(state, PromptKind::Compose(Asked::Paste(at)), "", effects),
        ContentOrigin::Captured => take_payload(composer, at, &state.inspector, effects),
    }
}
