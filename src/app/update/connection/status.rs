//! Changes of the connection: the log tells of them, a new server is asked for its streams.

use crate::model::{ConnectionChange, Effects, State, WorkEffect};
use crate::update::subjects::list_streams;
use natsbridge_engine::ConnectionState;
use natsbridge_wire::Severity;

/// Takes over a new state of the connection.
pub(crate) fn connected(state: &mut State, connection: ConnectionState, effects: &mut Effects) {
    if let Some((severity, words)) = connection_words(&connection) {
        state.notices.log(severity, words, state.now_us);
    }
    let ConnectionChange {
        connected,
        tape_loaded,
    } = state.connection.take(connection, state.now_us);
    if tape_loaded && let Some(seq) = state.inspector.wanted {
        // The content of its links may come later on the tape.
        state.inspector.open(state.now_us);
        effects.push(WorkEffect::Open(seq));
    }
    if connected {
        list_streams(state, effects);
    }
}

/// The log line for a change of the connection.
fn connection_words(connection: &ConnectionState) -> Option<(Severity, String)> {
    Some(match connection {
        ConnectionState::Connected {
            server,
            silent: false,
            ..
        } => (
            Severity::Note,
            format!("Connected to {} (version {}).", server.address, server.version),
        ),
        ConnectionState::Connected { server, .. } => (
            Severity::Warning,
            format!("{} is not responding.", server.address),
        ),
        ConnectionState::Lost { address, cause } => {
            (Severity::Error, format!("Connection to {address} lost: {cause}"))
        }
        ConnectionState::Refused { address, cause } => {
            (Severity::Error, format!("Access to {address} denied: {cause}"))
        }
        _ => return None,
    })
}
