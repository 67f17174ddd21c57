//! Actions in Subjects: moving the cursor over subscriptions, streams and the tree, and acting on them.

use crate::model::{Action, Effect, Overlay, Pane, State, SubjectCursor};
use natsbridge_engine::{Command, SubscriptionView};
use natsbridge_wire::Severity;

/// Moves the cursor of Subjects to a row and narrows the list to it.
pub fn select_subject(state: &mut State, row: usize, effects: &mut Vec<Effect>) {
    let cursor = if let Some(view) = state.subscriptions.get(row) {
        Some(SubjectCursor::Subscription(view.id))
    } else {
        let row = row - state.subscriptions.len();
        let streams = state.streams.streams.len();
        if row < streams {
            Some(SubjectCursor::Stream(row))
        } else {
            let node = state.tree.visible().get(row - streams);
            node.map(|node| SubjectCursor::Node(*node))
        }
    };
    if cursor.is_some() {
        (state.cursor, state.only) = (cursor, None);
        state.narrow_to_cursor(effects);
    }
}

/// A click selects; a click on the selected row opens or folds it.
pub fn click_subject(state: &mut State, row: usize, effects: &mut Vec<Effect>) {
    if state.cursor.is_some() && row == state.subject_row() {
        match state.cursor {
            Some(SubjectCursor::Stream(_)) => open_subject(state),
            _ => fold(state, None, effects),
        }
    } else {
        select_subject(state, row, effects);
    }
}

/// Moves the cursor of Subjects by so many rows.
pub fn scroll_subjects(state: &mut State, rows: isize, effects: &mut Vec<Effect>) {
    let last = state.subject_rows().saturating_sub(1);
    let row = state.subject_row().saturating_add_signed(rows).min(last);
    select_subject(state, row, effects);
}

/// Applies an action to Subjects.
pub fn act_in_subjects(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::ToggleFold => fold(state, None, effects),
        Action::ListStreams => state.list_streams(effects),
        Action::PauseSubscription => {
            if let Some(view) = subscription(state) {
                effects.push(Effect::Session(Command::Pause(view.id, !view.paused)));
            }
        }
        Action::RemoveSubscription => {
            if state.stop_stream(effects) {
                return;
            }
            if let Some(view) = subscription(state) {
                effects.push(Effect::Session(Command::Remove(view.id)));
                state.cursor = None;
            }
        }
        Action::Left => fold(state, Some(true), effects),
        Action::Right => fold(state, Some(false), effects),
        Action::Open => open_subject(state),
        _ => {
            if let Some(rows) = action.distance(state.page) {
                scroll_subjects(state, rows, effects);
            }
        }
    }
}

/// Folds or unfolds the node under the cursor (`None` toggles); if that is already the case, moves to its parent or
/// first child.
fn fold(state: &mut State, folded: Option<bool>, effects: &mut Vec<Effect>) {
    let Some(SubjectCursor::Node(id)) = state.cursor else {
        return;
    };
    let node = state.tree.node(id);
    let (leaf, is) = (node.is_leaf(), node.is_folded());
    match folded {
        Some(true) if leaf || is => {
            if let Some(parent) = state.tree.parent(id) {
                (state.cursor, state.only) = (Some(SubjectCursor::Node(parent)), None);
                state.narrow_to_cursor(effects);
            }
        }
        Some(false) if leaf => {}
        Some(false) if !is => scroll_subjects(state, 1, effects),
        folded => state.tree.fold(id, folded.unwrap_or(!is)),
    }
}

/// What can be done with a stream; a subject's messages.
fn open_subject(state: &mut State) {
    match state.stream_at_cursor() {
        Some(stream) => state.overlay = Overlay::Stream(0, stream.name.clone()),
        None => state.focus = Pane::Messages,
    }
}

/// The subscription under the cursor.
fn subscription(state: &mut State) -> Option<SubscriptionView> {
    let found = match state.cursor {
        Some(SubjectCursor::Subscription(id)) => state.subscriptions.iter().find(|view| view.id == id),
        None => state.subscriptions.first(),
        Some(SubjectCursor::Stream(_) | SubjectCursor::Node(_)) => None,
    };
    let found = found.cloned();
    if found.is_none() {
        state.tell(
            Severity::Note,
            "Put the cursor on a subscription first; they are at the top.",
        );
    }
    found
}
