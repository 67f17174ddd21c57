//! The state of the connection as the screen shows it.

use std::time::Duration;

/// What the server reported about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its largest message, in bytes.
    pub max_payload: usize,
    /// Whether it offers JetStream.
    pub jetstream: bool,
    /// Address we are connected to, `host:port`.
    pub address: String,
    /// Whether the connection is encrypted (the broker's certificate was verified then).
    pub tls: bool,
    /// An inbox of this connection that is never used: inboxes of requests look the same and have the same length.
    pub inbox: String,
    /// Whether nothing can be published, uploaded or deleted over the connection.
    pub read_only: bool,
}

/// The state of the connection, always known.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionState {
    /// Trying; what, how often, why the last try failed.
    Connecting {
        /// Address.
        address: String,
        /// Tries so far.
        tries: u32,
        /// Why the last one failed.
        last_error: Option<String>,
    },
    /// Connected.
    Connected {
        /// What the server said.
        server: ServerInfo,
        /// Round trip, once measured.
        rtt: Option<Duration>,
        /// No answer for a while.
        silent: bool,
    },
    /// Lost, being rebuilt.
    Lost {
        /// Address.
        address: String,
        /// Cause.
        cause: String,
    },
    /// Ended for good, with advice.
    Refused {
        /// Address.
        address: String,
        /// Cause.
        cause: String,
    },
    /// Showing a tape: there is no broker.
    Tape {
        /// Its file's name.
        name: String,
        /// The share that is loaded, in per cent; `None` once it is all here.
        percent: Option<u8>,
    },
    /// Without a broker.
    Offline,
}
