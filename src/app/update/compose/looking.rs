//! The Compose pane's overlays: its lists, texts for review, path prompts.

use super::choosing::take_choice;
use super::payloads::turn_column;
use crate::model::{Action, Asked, ChoiceKind, Effects, Overlay, PromptKind, State};
use crate::update::clipboard::copy;
use crate::update::prompt::prompt;

/// Rows that a page of a list moves.
const PAGE: usize = 8;

/// Applies an action to one of these overlays; `false` if it does not handle the action.
pub(crate) fn act_on_compose_overlay(state: &mut State, action: Action, effects: &mut Effects) -> bool {
    let rows = action.distance(PAGE);
    match state.overlay.open.clone() {
        Overlay::Choices(ChoiceKind::Columns(at), chosen)
            if matches!(action, Action::Left | Action::Right | Action::NextValue) =>
        {
            turn_column(&mut state.compose, at, chosen, action != Action::Left);
        }
        Overlay::Choices(choices, chosen) => match (action, rows) {
            (Action::Open, _) => {
                state.overlay.open = Overlay::None;
                take_choice(state, choices, chosen, effects);
            }
            (_, Some(rows)) => {
                let last = choices.rows(&state.compose).saturating_sub(1);
                state.overlay.open = Overlay::Choices(choices, chosen.saturating_add_signed(rows).min(last));
            }
            _ => return false,
        },
        Overlay::Text(top) => match (action, rows) {
            (Action::Open | Action::CopyPayload, _) => copy_text(state, effects),
            (Action::SaveDraft | Action::SavePayload, _) => {
                prompt(state, PromptKind::Compose(Asked::SaveText), "", effects);
            }
            (_, Some(rows)) => {
                let text = state.compose.text.as_ref();
                let last = text.map_or(0, |text| text.body.lines().count().saturating_sub(1));
                state.overlay.open = Overlay::Text(top.saturating_add_signed(rows).min(last));
            }
            _ => return false,
        },
        _ => return false,
    }
    true
}

fn copy_text(state: &mut State, effects: &mut Effects) {
    let Some(text) = &state.compose.text else { return };
    let otherwise = ("Too large", " Press w to save it to a file.");
    if copy(text.body.as_bytes(), &state.limits, otherwise, effects) {
        state.overlay.open = Overlay::None;
    }
}
