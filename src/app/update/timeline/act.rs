//! What actions and the mouse do in the timeline.

use super::export::{ask_where, copy_conversation};
use crate::model::{Action, Effects, ListScope, OpenConversation, Pane, State, TimelineMsg, count};
use crate::update::messages::{narrow_to_cursor, pause, select};
use natsbridge_engine::MessageFilter;

/// Applies an action to the timeline.
pub(crate) fn act_in_timeline(state: &mut State, action: Action, effects: &mut Effects) {
    let (timeline, store, now_us) = (&mut state.timeline, &state.store, state.now_us);
    if timeline.page == 0 {
        // The key that moved the focus here has not been drawn yet.
        timeline.look_again(store, now_us);
    }
    match action {
        Action::Open => open(state, effects),
        Action::FollowConversations => {
            timeline.paused ^= true;
            timeline.look_again(store, now_us);
        }
        Action::SortConversations => {
            timeline.sort = timeline.sort.next();
            timeline.look_again(store, now_us);
        }
        Action::TimeAxis => timeline.linear ^= true,
        Action::ScopeConversations => {
            timeline.scope = timeline.scope.next();
            timeline.look_again(store, now_us);
        }
        Action::Latencies => {
            timeline.latency_row = 0;
            let shows = timeline.latencies.is_some();
            timeline.latencies = (!shows).then(|| store.timeline(|timeline| timeline.latencies()));
        }
        Action::OnlyConversation => only(state, effects),
        Action::CopyConversation => copy_conversation(state, false, effects),
        Action::CopyMermaid => copy_conversation(state, true, effects),
        Action::ExportConversations => ask_where(state, effects),
        Action::Bottom if timeline.open.is_none() => {
            timeline.paused = false;
            timeline.look_again(store, now_us);
        }
        _ => {
            if let Some(rows) = action.distance(timeline.page) {
                timeline.scroll(rows);
                show_chosen(state, effects);
            }
        }
    }
}

/// The message under the cursor of the open conversation is the one looked at, as long as it is kept.
fn show_chosen(state: &mut State, effects: &mut Effects) {
    let chosen = state.timeline.open.as_ref().and_then(OpenConversation::chosen);
    if let Some(seq) = chosen.filter(|seq| state.store.range().contains(seq)) {
        select(state, seq, effects);
    }
}

/// Takes in what the mouse does in the timeline.
pub(crate) fn timeline_message(state: &mut State, message: TimelineMsg, effects: &mut Effects) {
    match message {
        TimelineMsg::Scroll(rows) => {
            state.timeline.scroll(rows);
            show_chosen(state, effects);
        }
        TimelineMsg::Select(row) => click(state, row, effects),
    }
}

/// A click selects a row; a click on the selected one opens it.
fn click(state: &mut State, row: usize, effects: &mut Effects) {
    let timeline = &mut state.timeline;
    if let Some(open) = &mut timeline.open {
        let again = open.cursor == row;
        open.cursor = row.min(open.view.messages.len().saturating_sub(1));
        if again {
            show_message(state, effects);
        } else {
            show_chosen(state, effects);
        }
    } else if let Some(id) = timeline.rows().get(row).copied() {
        let again = timeline.paused && timeline.selected == Some(id);
        (timeline.selected, timeline.paused) = (Some(id), true);
        if again {
            timeline.open(id, None, &state.store, state.now_us);
            show_chosen(state, effects);
        }
    }
}

/// Closes what is open in the timeline; `false` if nothing is, or another pane has the focus.
pub(crate) fn leave_conversation(state: &mut State) -> bool {
    state.focus.pane == Pane::Timeline && state.timeline.leave(&state.store, state.now_us)
}

/// Goes to the conversation of the selected message.
pub(crate) fn go_to_conversation(state: &mut State, effects: &mut Effects) {
    let row = state.messages.selected.and_then(|seq| state.store.row(seq));
    let Some(row) = row else {
        return effects.note("Select a message first, then go to its conversation.");
    };
    let Some(id) = row.digest.and_then(|digest| digest.conversation) else {
        return effects.note(
            "This message belongs to no conversation: it has no ids, expects no reply and answers \
             nothing.",
        );
    };
    if state.timeline.open(id, Some(row.seq), &state.store, state.now_us) {
        state.focus.pane = Pane::Timeline;
    } else {
        effects.note(
            "The conversation of this message is no longer kept: it was idle too long, or there were \
             too many.",
        );
    }
}

/// Returns to the timeline from the messages of one conversation; `false` if the list is not narrowed to one.
pub(crate) fn leave_only(state: &mut State, effects: &mut Effects) -> bool {
    let only = state.messages.only.take().is_some();
    if only {
        narrow_to_cursor(state, effects);
        state.focus.pane = Pane::Timeline;
    }
    only
}

fn open(state: &mut State, effects: &mut Effects) {
    let timeline = &mut state.timeline;
    if timeline.latencies.is_some() {
        return;
    }
    if timeline.open.is_some() {
        show_message(state, effects);
    } else if let Some(id) = timeline.selected {
        timeline.open(id, None, &state.store, state.now_us);
        show_chosen(state, effects);
    }
}

/// Selects the chosen message in the list and opens it.
fn show_message(state: &mut State, effects: &mut Effects) {
    let open = state.timeline.open.as_ref();
    let Some(seq) = open.and_then(OpenConversation::chosen) else {
        return;
    };
    if !state.store.range().contains(&seq) {
        return effects.note(format!(
            "Message {} is no longer kept; only this summary is left.",
            count(seq)
        ));
    }
    if !state.messages.list.holds(seq) {
        (state.subjects.cursor, state.messages.only) = (None, None);
        let list = &mut state.messages.list;
        list.restrict(ListScope::All, MessageFilter::default());
        effects.note("The list's filter was cleared to show this message.");
    }
    select(state, seq, effects);
    state.focus.leave_for(Pane::Inspector);
}

/// Narrows the list of messages to one conversation.
fn only(state: &mut State, effects: &mut Effects) {
    let Some(id) = state.timeline.chosen() else {
        return effects.note("Select a conversation first, then show only its messages.");
    };
    let held = state.store.range();
    let seqs = state.store.timeline(|timeline| timeline.seqs(id));
    if !seqs.iter().any(|seq| held.contains(seq)) {
        return effects
            .note("The messages of this conversation are no longer kept; the conversation itself is.");
    }
    state.messages.only = Some(id);
    narrow_to_cursor(state, effects);
    pause(&mut state.messages, &mut state.inspector, state.now_us);
    state.focus.leave_for(Pane::Messages);
}
