//! The last search goes on in the pane that has the focus.

use crate::model::{Effects, Matches, Pane, State, ViewEffect};
use crate::update::compose::find_row;
use crate::update::messages::{find_stored, find_typed, go_back};
use crate::update::subjects::find_subject;

/// The most bytes of payloads that are searched at every key.
const AT_ONCE: u64 = 4 << 20;

/// Searches for what is typed so far, in the list or in what is looked at.
pub(super) fn find_as_typed(state: &mut State, text: &str, effects: &mut Effects) {
    if is_viewed(state) {
        let opened = state.inspector.opened.as_ref();
        let payloads = opened.map_or(&[][..], |opened| &opened.decoded.payloads);
        let bytes: u64 = payloads.iter().map(|payload| payload.body.len()).sum();
        // What is larger is searched once the text is complete.
        if bytes <= AT_ONCE {
            effects.push(ViewEffect::SearchTyped(text.to_owned()));
        }
    } else if state.focus.pane == Pane::Messages {
        find_typed(state, text, effects);
    }
}

/// Gives up what was typed: everything is as it was before.
pub(super) fn give_up_search(state: &mut State, effects: &mut Effects) {
    state.overlay.told = None;
    if is_viewed(state) {
        effects.push(ViewEffect::SearchTyped(String::new()));
    } else if state.focus.pane == Pane::Messages {
        go_back(state, effects);
        state.search = state.overlay.search_before.0.clone();
        state.messages.matches = Matches::default();
    }
}

/// Whether what is looked at is searched, not a list.
pub(super) fn is_viewed(state: &State) -> bool {
    state.focus.pane == Pane::Inspector || state.overlay.sheet.is_some()
}

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
