//! The tour goes on: by an action that was done, or by what it led to.

use crate::model::{Action, State, TOUR};

/// Goes on where the step that waits was taken, by that action if one was done just now.
pub(crate) fn attend_tour(state: &mut State, did: Option<Action>) {
    let step = state.overlay.tour.and_then(|at| TOUR.get(at));
    if step.is_some_and(|step| step.is_taken(state, did)) {
        state.overlay.tour = state.overlay.tour.map(|at| at + 1);
    }
}
