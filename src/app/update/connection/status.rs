//! Changes of the connection: the log tells of them, a new server is asked for its streams.

use crate::model::{Effects, State, WorkEffect};
use crate::update::subjects::list_streams;
use natsbridge_engine::ConnectionState;
use natsbridge_wire::Severity;

/// Takes over a new state of the connection.
pub(crate) fn connected(state: &mut State, connection: ConnectionState, effects: &mut Effects) {
    let status = &mut state.connection;
    let words = connection_words(&connection);
    // Round trips change all the time, which is nothing to log.
    if let Some((severity, words)) =
        words.filter(|words| connection_words(&status.state).as_ref() != Some(words))
    {
        state.notices.log(severity, words, state.now_us);
    }
    let (server, whole) = (status.server().cloned(), status.is_whole_tape());
    status.take(connection, state.now_us);
    let connected = status.server().is_some() && status.server() != server.as_ref();
    let loaded = status.is_whole_tape() && !whole;
    if loaded && let Some(seq) = state.inspector.wanted {
        // The content of its links may come later on the tape.
        state.inspector.open(state.now_us);
        effects.push(WorkEffect::Open(seq, state.inspector.tab));
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
