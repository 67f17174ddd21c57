//! The list keeps up with the store and with what restricts it; the inspector follows the selection.

use crate::model::{
    Effects, Follow, Inspector, ListScope, Messages, State, SubjectCursor, Subjects, WorkEffect,
};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::FilterError;

/// Catches up with the store, and has the selected message decoded if that is another one now.
pub(crate) fn settle(state: &mut State, effects: &mut Effects) {
    let (messages, now_us) = (&mut state.messages, state.now_us);
    if let Some(sift) = messages.list.advance(&state.store, now_us) {
        effects.push(WorkEffect::Sift(sift));
    }
    if messages.select_again(&state.store) {
        let text = if messages.selected.is_some() {
            "The selected message is no longer kept; the oldest one kept is selected instead."
        } else {
            "The selected message is no longer kept."
        };
        effects.note(text);
    }
    let following = messages.following();
    if let Some(seq) = state.inspector.turn_to(messages.selected, following, now_us) {
        effects.push(WorkEffect::Open(seq, state.inspector.tab));
    }
}

/// Stops following: the message that is selected counts as looked at.
pub(crate) fn pause(messages: &mut Messages, inspector: &mut Inspector, now_us: i64) {
    if messages.pause() {
        inspector.links.hurry(now_us);
    }
}

/// Selects a message and stops following new ones.
pub(crate) fn select(state: &mut State, seq: u64, effects: &mut Effects) {
    pause(&mut state.messages, &mut state.inspector, state.now_us);
    state.messages.selected = Some(seq);
    settle(state, effects);
}

/// Moves the selection by this many rows.
pub(super) fn scroll(state: &mut State, rows: isize, effects: &mut Effects) {
    if state.messages.list.is_scanning() {
        state.messages.owed = state.messages.owed.saturating_add(rows);
        pause(&mut state.messages, &mut state.inspector, state.now_us);
        return;
    }
    if let Some(seq) = state.messages.step(rows) {
        select(state, seq, effects);
    }
}

/// Makes up for the keys that were pressed while the list was filtered.
pub(super) fn pay_owed(state: &mut State, effects: &mut Effects) {
    if !state.messages.list.is_scanning() {
        match std::mem::take(&mut state.messages.owed) {
            0 => {}
            rows => scroll(state, rows, effects),
        }
    }
}

/// Follows new messages again.
pub(super) fn follow(state: &mut State, effects: &mut Effects) {
    state.messages.owed = 0;
    state.messages.follow = Follow::Following;
    settle(state, effects);
}

/// Narrows the list to one conversation, or else to the row under the cursor of Subjects.
pub(crate) fn narrow_to_cursor(state: &mut State, effects: &mut Effects) {
    let narrow = match state.messages.only {
        Some(conversation) => ListScope::Conversation(conversation),
        None => narrow_of(&state.subjects),
    };
    let list = &mut state.messages.list;
    list.restrict(narrow, list.filter().clone());
    settle(state, effects);
}

fn narrow_of(subjects: &Subjects) -> ListScope {
    match subjects.cursor {
        Some(SubjectCursor::Node(node)) => ListScope::Under(subjects.tree.path(node)),
        Some(SubjectCursor::Subscription(_)) if subjects.subscriptions.len() > 1 => subjects
            .subscription_at_cursor()
            .filter(|view| view.pattern != ">")
            .map_or(ListScope::All, |view| ListScope::Pattern(view.pattern.clone())),
        Some(SubjectCursor::Stream(_)) => subjects.stream_at_cursor().map_or(ListScope::All, |stream| {
            ListScope::Stream(stream.name.clone(), stream.subjects.clone())
        }),
        Some(SubjectCursor::Subscription(_)) | None => ListScope::All,
    }
}

/// Shows only matching messages. While the text is invalid, the last valid filter applies.
pub(crate) fn filter_by(state: &mut State, text: &str, effects: &mut Effects) -> Result<(), FilterError> {
    let filter = MessageFilter::new(text);
    state.overlay.verdict = Some(filter.as_ref().map(|_| ()).map_err(Clone::clone));
    let list = &mut state.messages.list;
    list.restrict(list.narrow().clone(), filter?);
    state.messages.opens = false;
    settle(state, effects);
    Ok(())
}
