//! Actions in Subjects: moving the cursor over subscriptions, streams and the tree, and acting on them.

use super::streams::{list_streams, stop_stream};
use crate::model::{Action, Effects, Overlay, Pane, State, SubjectCursor, Subjects, SubjectsMsg};
use crate::update::messages::narrow_to_cursor;
use natsbridge_engine::{Command, SubscriptionCommand, SubscriptionView};

/// Takes in what the mouse does in Subjects.
pub(crate) fn subjects_message(state: &mut State, message: SubjectsMsg, effects: &mut Effects) {
    match message {
        SubjectsMsg::Select(row) => click(state, row, effects),
        SubjectsMsg::Scroll(rows) => scroll(state, rows, effects),
    }
}

/// Applies an action to Subjects.
pub(crate) fn act_in_subjects(state: &mut State, action: Action, effects: &mut Effects) {
    match action {
        Action::ToggleFold => fold(state, None, effects),
        Action::ListStreams => list_streams(state, effects),
        Action::PauseSubscription => {
            if let Some(view) = subscription(&state.subjects, effects) {
                let command = SubscriptionCommand::Pause(view.id, !view.paused);
                effects.push(Command::Subscriptions(command));
            }
        }
        Action::RemoveSubscription => {
            if stop_stream(&state.subjects, effects) {
                return;
            }
            if let Some(view) = subscription(&state.subjects, effects) {
                effects.push(Command::Subscriptions(SubscriptionCommand::Remove(view.id)));
                state.subjects.cursor = None;
            }
        }
        Action::Left => fold(state, Some(true), effects),
        Action::Right => fold(state, Some(false), effects),
        Action::Open => open(state),
        _ => {
            if let Some(rows) = action.distance(state.messages.page) {
                scroll(state, rows, effects);
            }
        }
    }
}

/// Moves the cursor to the next subject with the text searched for; `false` if there is none.
pub(crate) fn find_subject(state: &mut State, effects: &mut Effects) -> bool {
    let search = &state.search;
    let found = state.subjects.find(|name| search.admits(name));
    if found {
        moved(state, effects);
    }
    found
}

/// The cursor was moved: the list is narrowed to its row.
fn moved(state: &mut State, effects: &mut Effects) {
    state.messages.only = None;
    narrow_to_cursor(state, effects);
}

/// Moves the cursor to a row.
fn select(state: &mut State, row: usize, effects: &mut Effects) {
    if let Some(cursor) = state.subjects.at_row(row) {
        state.subjects.cursor = Some(cursor);
        moved(state, effects);
    }
}

/// A click selects; a click on the selected row opens or folds it.
fn click(state: &mut State, row: usize, effects: &mut Effects) {
    match state.subjects.cursor {
        Some(SubjectCursor::Stream(_)) if row == state.subjects.row() => open(state),
        Some(_) if row == state.subjects.row() => fold(state, None, effects),
        Some(_) | None => select(state, row, effects),
    }
}

/// Moves the cursor by so many rows.
fn scroll(state: &mut State, rows: isize, effects: &mut Effects) {
    let last = state.subjects.rows().saturating_sub(1);
    let row = state.subjects.row().saturating_add_signed(rows).min(last);
    select(state, row, effects);
}

/// Folds or unfolds the node under the cursor (`None` toggles); if that is already the case, moves to its parent or
/// first child.
fn fold(state: &mut State, folded: Option<bool>, effects: &mut Effects) {
    let Some(SubjectCursor::Node(id)) = state.subjects.cursor else {
        return;
    };
    let tree = &mut state.subjects.tree;
    let (leaf, is) = (tree.node(id).is_leaf(), tree.node(id).is_folded());
    match folded {
        Some(true) if leaf || is => {
            if let Some(parent) = tree.parent(id) {
                state.subjects.cursor = Some(SubjectCursor::Node(parent));
                moved(state, effects);
            }
        }
        Some(false) if leaf => {}
        Some(false) if !is => scroll(state, 1, effects),
        folded => tree.fold(id, folded.unwrap_or(!is)),
    }
}

/// What can be done with a stream; a subject's messages.
fn open(state: &mut State) {
    match state.subjects.stream_at_cursor() {
        Some(stream) => state.overlay.open = Overlay::Stream(0, stream.name.clone()),
        None => state.focus.pane = Pane::Messages,
    }
}

/// The subscription under the cursor.
fn subscription(subjects: &Subjects, effects: &mut Effects) -> Option<SubscriptionView> {
    let found = subjects.subscription_at_cursor().cloned();
    if found.is_none() {
        effects.note("Put the cursor on a subscription first; they are at the top.");
    }
    found
}
