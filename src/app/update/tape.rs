//! What cannot be done on a tape.

use crate::model::{Action, ConnectionStatus, Effects};

/// Tells that there is no broker, if a tape is shown.
pub(crate) fn is_only_a_tape(connection: &ConnectionStatus, effects: &mut Effects) -> bool {
    let tape = connection.is_tape();
    if tape {
        effects.note("This is a tape, so there is no broker. Use natsbridge replay to send it.");
    }
    tape
}

/// Whether an action needs a broker.
pub(crate) fn needs_broker(action: Action) -> bool {
    matches!(
        action,
        Action::Subscribe
            | Action::PauseSubscription
            | Action::RemoveSubscription
            | Action::ListStreams
            | Action::Contexts
            | Action::Reconnect
            | Action::Record
            | Action::SendMessage
            | Action::ArmResponder
    )
}
