//! Search over all stored messages: the search runs elsewhere; moving through its matches is here.

use super::list::{select, settle};
use crate::model::{Effects, LongWork, Matches, Numbers, Overlay, PromptKind, State, TextFilter};
use natsbridge_engine::counted;

/// Moves to the next or previous match; searches first if the matches are not known yet.
pub(crate) fn find_stored(state: &mut State, forward: bool, effects: &mut Effects) {
    if state.messages.matches.until < state.store.range().end {
        state.messages.matches.pending = Some(forward);
        ask(state, effects);
    } else {
        go_to_match(state, forward, effects);
    }
}

/// Searches for what is typed so far, from where the search began.
pub(crate) fn find_typed(state: &mut State, text: &str, effects: &mut Effects) {
    state.search = TextFilter::new(text);
    let matches = &mut state.messages.matches;
    *matches = Matches {
        asked: matches.asked.take(),
        pending: Some(true),
        ..Matches::default()
    };
    if state.search.is_empty() {
        state.messages.matches.pending = None;
        state.overlay.told = None;
        return go_back(state, effects);
    }
    state.overlay.told = Some("searching …".to_owned());
    ask(state, effects);
}

/// Whether what is typed was found already, so that nothing is left to do but to stay there.
pub(crate) fn is_found(state: &State, text: &str) -> bool {
    let matches = &state.messages.matches;
    let same = TextFilter::new(text) == state.search && !state.search.is_empty();
    let known = matches.pending.is_none() && matches.until >= state.store.range().end;
    same && known && state.messages.selected.is_some_and(|seq| matches.has(seq))
}

/// Selects again what was selected before a text was typed.
pub(crate) fn go_back(state: &mut State, effects: &mut Effects) {
    let (_, selected, follow) = state.overlay.search_before.clone();
    (state.messages.selected, state.messages.follow) = (selected, follow);
    settle(state, effects);
}

/// Has the text searched for; one that is searched for already comes to its end first, then it is this one's turn.
fn ask(state: &mut State, effects: &mut Effects) {
    let matches = &mut state.messages.matches;
    if matches.asked.is_none() || state.works.is_empty() {
        let text = state.search.text().to_owned();
        matches.asked = Some(text.clone());
        effects.push(LongWork::Find(text));
    }
}

/// Accepts the search results.
pub(super) fn take_matches(state: &mut State, text: &str, seqs: Numbers, until: u64, effects: &mut Effects) {
    state.messages.matches.asked = None;
    let pending = state.messages.matches.pending;
    if text != state.search.text() {
        // Another text was typed in the meantime.
        if pending.is_some() {
            ask(state, effects);
        }
        return;
    }
    state.messages.matches = Matches {
        seqs,
        until,
        pending: None,
        asked: None,
    };
    let types = matches!(state.overlay.open, Overlay::Prompt(PromptKind::Search, _));
    match pending {
        Some(_) if types => show_typed(state, effects),
        Some(forward) => go_to_match(state, forward, effects),
        None => {}
    }
}

/// Selects the match after the message where the search began, and tells how many there are.
fn show_typed(state: &mut State, effects: &mut Effects) {
    let (_, before, _) = state.overlay.search_before;
    let found = state.messages.matches.seqs.len();
    let mut told = counted(found, "match");
    if let Some(seq) = nearest(state, before.unwrap_or(0), true) {
        select(state, seq, effects);
    } else {
        if found > 0 {
            told += ", hidden by the filter";
        }
        go_back(state, effects);
    }
    state.overlay.told = Some(told);
}

/// The next or previous match that is listed, around the end.
fn nearest(state: &State, here: u64, forward: bool) -> Option<u64> {
    let messages = &state.messages;
    // Only listed messages can be selected.
    let shown = |seq: &u64| messages.list.holds(*seq);
    let seqs = &messages.matches.seqs;
    let at = |place| seqs.get(place);
    if forward {
        let ahead = seqs.position(here.saturating_add(1));
        (ahead..seqs.len()).chain(0..ahead).filter_map(at).find(shown)
    } else {
        let passed = seqs.position(here);
        let places = (passed..seqs.len()).chain(0..passed);
        places.rev().filter_map(at).find(shown)
    }
}

fn go_to_match(state: &mut State, forward: bool, effects: &mut Effects) {
    let here = state.messages.selected.unwrap_or(0);
    let Some(seq) = nearest(state, here, forward) else {
        let hidden = match state.messages.matches.seqs.len() {
            0 => String::new(),
            hidden => format!(" {} hidden by the filter.", counted(hidden, "match")),
        };
        let text = format!("No match for \"{}\" here.{hidden}", state.search.text());
        return effects.note(text);
    };
    let wrapped = if forward { seq < here } else { seq > here };
    if wrapped {
        let edge = if forward {
            "last match; continued from the first"
        } else {
            "first match; continued from the last"
        };
        effects.note(format!("That was the {edge}."));
    }
    select(state, seq, effects);
}
