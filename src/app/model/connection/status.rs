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
        match &self.state {
            ConnectionState::Connected { server, .. } => Some(server),
            _ => None,
        }
    }

    /// Whether the server has streams.
    pub fn has_streams(&self) -> bool {
        self.server().is_some_and(|server| server.jetstream)
    }

    /// Whether a tape is shown.
    pub fn is_tape(&self) -> bool {
        matches!(self.state, ConnectionState::Tape { .. })
    }

    /// Whether a tape is shown that is loaded to its end.
    pub fn is_whole_tape(&self) -> bool {
        matches!(self.state, ConnectionState::Tape { percent: None, .. })
    }

    /// Takes over a new state.
    pub(crate) fn take(&mut self, state: ConnectionState, now_us: i64) {
        if std::mem::discriminant(&self.state) != std::mem::discriminant(&state) {
            self.since_us = now_us;
        }
        self.state = state;
        self.was_connected |= self.server().is_some();
    }
}
