//! The last search goes on in the pane that has the focus.

use crate::model::{Effects, Pane, State};
use crate::update::compose::find_row;
use crate::update::messages::find_stored;
use crate::update::subjects::find_subject;

/// Goes to the next (or previous) match of the search.
pub(crate) fn find(state: &mut State, forward: bool, effects: &mut Effects) {
    if state.search.is_empty() {
        return effects.note("No search yet: press / to start one.");
    }
    let search = &state.search;
    let found = match state.focus.pane {
        Pane::Subjects => find_subject(state, effects),
        Pane::Messages => {
            find_stored(state, forward, effects);
            true
        }
        Pane::Timeline => state.timeline.find(search, forward, &state.store),
        Pane::Compose => find_row(&mut state.compose, forward, |text| search.admits(text)),
        Pane::Inspector => true,
    };
    if !found {
        let text = state.search.text();
        effects.note(format!("No match for \"{text}\" here."));
    }
}
