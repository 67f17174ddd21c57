//! Search over all stored messages: the search runs elsewhere; moving through its matches is here.

use super::list::select;
use crate::model::{Effects, LongWork, Matches, Numbers, State};
use natsbridge_engine::counted;

/// Moves to the next or previous match; searches first if the matches are not known yet.
pub(crate) fn find_stored(state: &mut State, forward: bool, effects: &mut Effects) {
    if state.messages.matches.until < state.store.range().end {
        state.messages.matches.pending = Some(forward);
        effects.push(LongWork::Find(state.search.text().to_owned()));
    } else {
        go_to_match(state, forward, effects);
    }
}

/// Accepts the search results.
pub(super) fn take_matches(state: &mut State, seqs: Numbers, until: u64, effects: &mut Effects) {
    let pending = state.messages.matches.pending.take();
    state.messages.matches = Matches {
        seqs,
        until,
        pending: None,
    };
    if let Some(forward) = pending {
        go_to_match(state, forward, effects);
    }
}

fn go_to_match(state: &mut State, forward: bool, effects: &mut Effects) {
    let messages = &state.messages;
    let here = messages.selected.unwrap_or(0);
    // Only listed messages can be selected.
    let shown = |seq: &u64| messages.list.holds(*seq);
    let seqs = &messages.matches.seqs;
    let at = |place| seqs.get(place);
    let found = if forward {
        let ahead = seqs.position(here.saturating_add(1));
        (ahead..seqs.len()).chain(0..ahead).filter_map(at).find(shown)
    } else {
        let passed = seqs.position(here);
        let places = (passed..seqs.len()).chain(0..passed);
        places.rev().filter_map(at).find(shown)
    };
    let Some(seq) = found else {
        let hidden = match seqs.len() {
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
