//! What actions, the mouse and workers do in Messages.

use super::list::{filter_by, follow, pause, pay_owed, scroll, select, settle};
use super::search::take_matches;
use crate::model::{Action, Effects, Follow, MessagesMsg, Pane, State, ViewEffect, WorkEffect};
use natsbridge_wire::Severity;

/// Applies an action to Messages.
pub(crate) fn act_in_messages(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::Follow => match state.messages.follow {
            Follow::Following => pause(&mut state.messages, &mut state.inspector, state.now_us),
            Follow::Paused { .. } => follow(state, effects),
        },
        Action::TimeFormat => state.messages.clock = state.messages.clock.next(),
        Action::Bottom | Action::LineEnd => follow(state, effects),
        Action::Open if state.messages.list.is_scanning() => state.messages.opens = true,
        Action::Open => open(state, effects),
        _ => {
            if let Some(rows) = action.distance(state.messages.page) {
                scroll(state, rows, effects);
            }
        }
    }
}

/// Goes into the selected message; if that is filtered out, into the first that is left.
fn open(state: &mut State, effects: &mut Effects) {
    let messages = &state.messages;
    let hidden = messages.selected.is_some_and(|seq| !messages.list.holds(seq));
    if let Some(first) = messages.list.get(0).filter(|_| hidden) {
        select(state, first, effects);
    }
    if let Some(seq) = state.messages.selected {
        pause(&mut state.messages, &mut state.inspector, state.now_us);
        state.focus.pane = Pane::Inspector;
        effects.push(ViewEffect::LookInto(seq, false));
    }
}

/// Takes in what concerns Messages.
pub(crate) fn messages_message(state: &mut State, message: MessagesMsg, effects: &mut Effects) {
    match message {
        MessagesMsg::Select(seq) => select(state, seq, effects),
        MessagesMsg::Scroll(rows) => scroll(state, rows, effects),
        MessagesMsg::Shown(seqs) => {
            // What is on screen is examined before the rest.
            state.store.list(seqs.iter().copied());
            let messages = &mut state.messages;
            if let Some(describe) = messages.rows.want(&seqs, &messages.highlights, state.now_us) {
                effects.push(WorkEffect::Describe(describe));
            }
        }
        MessagesMsg::Filter(text) => {
            if let Err(fault) = filter_by(state, &text, effects) {
                effects.tell(Severity::Error, format!("Cannot filter: {fault}."));
            }
        }
        MessagesMsg::Sifted(sifted) => {
            state.messages.list.take(sifted);
            settle(state, effects);
            pay_owed(state, effects);
            if !state.messages.list.is_scanning() && std::mem::take(&mut state.messages.opens) {
                open(state, effects);
            }
        }
        MessagesMsg::Described(described) => state.messages.rows.take(described),
        MessagesMsg::Found(text, seqs, until) => take_matches(state, &text, seqs, until, effects),
    }
}
