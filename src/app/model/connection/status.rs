//! What is known of the connection: its state, the context it was made by, the recording. It asks for nothing itself.

use natsbridge_engine::{ConnectionState, RecordingView, ServerInfo};

/// The connection as the workbench sees it.
#[derive(Debug, Clone)]
pub struct ConnectionStatus {
    /// Its state.
    pub state: ConnectionState,
    /// Since when it is in this state, microseconds since the Unix epoch.
    pub since_us: i64,
    /// Whether there has ever been a connection.
    pub was_connected: bool,
    /// The context connected by.
    pub context: Option<String>,
    /// The context being read.
    pub switching: Option<String>,
    /// The recording under way.
    pub recording: Option<RecordingView>,
}

/// What a new state of the connection means for the rest of the workbench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ConnectionChange {
    /// A server was connected to that was not before.
    pub(crate) connected: bool,
    /// A tape has just been loaded to its end.
    pub(crate) tape_loaded: bool,
}

impl ConnectionStatus {
    /// No connection yet.
    pub(crate) fn new(context: Option<String>, now_us: i64) -> Self {
        Self {
            state: ConnectionState::Offline,
            since_us: now_us,
            was_connected: false,
            context,
            switching: None,
            recording: None,
        }
    }

    /// The server, while there is a connection to it.
    pub fn server(&self) -> Option<&ServerInfo> {
        server(&self.state)
    }

    /// Whether the server has streams.
    pub fn has_streams(&self) -> bool {
        self.server().is_some_and(|server| server.jetstream)
    }

    /// Whether a tape is shown.
    pub fn is_tape(&self) -> bool {
        matches!(self.state, ConnectionState::Tape { .. })
    }

    /// Takes over a new state.
    pub(crate) fn take(&mut self, state: ConnectionState, now_us: i64) -> ConnectionChange {
        if std::mem::discriminant(&self.state) != std::mem::discriminant(&state) {
            self.since_us = now_us;
        }
        let loaded = |state: &ConnectionState| matches!(state, ConnectionState::Tape { percent: None, .. });
        let now = server(&state);
        let change = ConnectionChange {
            connected: now.is_some() && now != self.server(),
            tape_loaded: loaded(&state) && !loaded(&self.state),
        };
        self.was_connected |= now.is_some();
        self.state = state;
        change
    }
}

fn server(state: &ConnectionState) -> Option<&ServerInfo> {
    match state {
        ConnectionState::Connected { server, .. } => Some(server),
        _ => None,
    }
}
