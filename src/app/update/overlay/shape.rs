//! The shape of a subject: opening it, and opening the message that changed it.

use super::go_to::go_to_message;
use crate::model::{Action, Effects, Overlay, Pane, ShapeRow, ShapeSheet, State, SubjectCursor, levels};

/// Shows the shape of the subject under the cursor of Subjects, elsewhere of the selected message's.
pub(crate) fn show_shape(state: &mut State, effects: &mut Effects) {
    let Some(subject) = subject_meant(state) else {
        return effects
            .note("Select a message or a subject first: its shape is what its messages look like.");
    };
    match state
        .store
        .shapes(|shapes| shapes.of(&subject).map(ShapeSheet::of))
    {
        Some(sheet) => state.overlay.open = Overlay::Shape(0, sheet),
        None => effects.note("Nothing is known of this subject's shape yet."),
    }
}

fn subject_meant(state: &State) -> Option<std::sync::Arc<str>> {
    if state.focus.pane == Pane::Subjects
        && let Some(SubjectCursor::Node(node)) = state.subjects.cursor
    {
        let path = state.subjects.tree.path(node);
        let is_meant = |subject: &str| {
            let levels = levels(subject);
            path.len() == levels.len() && path.iter().zip(levels).all(|(a, b)| **a == *b)
        };
        let all = state.store.subjects().into_iter();
        let mut all = all.map(|stats| stats.subject);
        return all.find(|subject| is_meant(subject));
    }
    let seq = state.messages.selected?;
    let row = state.store.row(seq)?;
    Some(state.store.subject(row.subject))
}

/// Applies an action in the list; `false` if it is not handled there.
pub(super) fn act_on_shape(state: &mut State, action: Action, effects: &mut Effects) -> bool {
    let Overlay::Shape(chosen, sheet) = &mut state.overlay.open else {
        return false;
    };
    if action == Action::Open {
        match sheet.rows.get(*chosen) {
            Some(ShapeRow::Change(change)) => {
                let seq = change.seq;
                go_to_message(state, seq, "That message is no longer kept.", effects);
            }
            _ => effects.note("Enter opens the message of a change; this is a field."),
        }
        return true;
    }
    let Some(steps) = action.distance(8) else {
        return false;
    };
    let subject = sheet.subject.clone();
    let fresh = state
        .store
        .shapes(|shapes| shapes.of(&subject).map(ShapeSheet::of));
    if let Some(fresh) = fresh {
        *sheet = fresh;
    }
    *chosen = chosen
        .saturating_add_signed(steps)
        .min(sheet.rows.len().saturating_sub(1));
    true
}
