//! Requests a plan of what would be sent, a moment after the last change; the latest request wins.

use crate::model::{ComposeEffect, Composer, Effects, Listeners, Planning, State, Subjects, Way};
use natsbridge_engine::{Place, Store};

/// The subject to plan with while none is set.
const STAND_IN: &str = "subject";

/// Notices changes, and requests a plan once they have settled.
pub(crate) fn attend_plan(state: &mut State, effects: &mut Effects) {
    let (composer, now_us) = (&mut state.compose, state.now_us);
    if composer.is_blank() {
        composer.planning = Planning::default();
        return;
    }
    let way = Way::new(&state.connection.state, &composer.settings);
    let basis = (composer.revision, way);
    composer.planning.see(basis.clone(), now_us);
    if composer.planning.due(now_us) != Some(0) {
        return;
    }
    let mut message = Box::new(composer.message.clone());
    let listeners = Listeners::of(&message, &composer.responders, &state.subjects, &state.store);
    // An invalid subject is reported beside it; the payloads can be planned anyway.
    let mut issues = composer.issues.iter();
    if issues.any(|issue| issue.place == Place::Subject) {
        message.subject = STAND_IN.into();
    }
    composer.planning.ask(basis.clone(), listeners);
    effects.push(ComposeEffect::Plan(basis.0, message, basis.1));
}

/// Updates who is known to receive the message, because a listener came or went.
pub(crate) fn refresh_listeners(composer: &mut Composer, subjects: &Subjects, store: &Store) {
    if composer.planning.plan.is_some() {
        let (message, responders) = (&composer.message, &composer.responders);
        composer.planning.listeners = Listeners::of(message, responders, subjects, store);
    }
}
