//! Going from a list to the message that it tells of.

use crate::model::{Effects, Overlay, Pane, State, ViewEffect};
use crate::update::messages::select;

/// Opens a message and its findings; `gone` says that it is not kept any more.
pub(super) fn go_to_message(state: &mut State, seq: u64, gone: &str, effects: &mut Effects) {
    if seq < state.store.range().start {
        return effects.note(gone);
    }
    if !state.messages.list.holds(seq) {
        let text = "That message is filtered out: Esc in Messages clears the filter.";
        return effects.note(text);
    }
    state.overlay.open = Overlay::None;
    select(state, seq, effects);
    state.focus.pane = Pane::Inspector;
    effects.push(ViewEffect::LookInto(seq, true));
}
