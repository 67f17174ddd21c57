//! Who was cut off, and why: for the client's last line, the log, and whoever runs the broker.

use natsbridge_wire::Limits;
use std::fmt;
use std::net::SocketAddr;

/// Why a client was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutOffReason {
    /// It said nothing after it had connected.
    Silent,
    /// It no longer answers.
    Stale,
    /// It took nothing of what was written to it.
    Stalled,
    /// It reads too slowly: more than one client may have waited for it.
    Slow,
    /// It reads too slowly: too much waited for all clients together, most of it for this one.
    SlowestOfMany,
}

impl CutOffReason {
    /// The last line that the client is sent, as the protocol has it.
    pub(super) fn last_line(self) -> &'static [u8] {
        match self {
            Self::Silent => b"-ERR 'Authentication Timeout'\r\n",
            Self::Stale => b"-ERR 'Stale Connection'\r\n",
            Self::Stalled => b"",
            Self::Slow | Self::SlowestOfMany => b"-ERR 'Slow Consumer'\r\n",
        }
    }

    /// What people are told, with the limit that was passed.
    pub(super) fn cause(self, limits: &Limits) -> String {
        match self {
            Self::Silent => format!("it said nothing for {:?}", limits.broker_greeting),
            Self::Stale => "it did not answer".to_owned(),
            Self::Stalled => format!("it took no byte for {:?}", limits.broker_write_time),
            Self::Slow => format!(
                "it read so slowly that {} bytes waited for it",
                limits.broker_pending
            ),
            Self::SlowestOfMany => format!(
                "{} bytes waited for all clients, most of them for this one",
                limits.broker_backlog
            ),
        }
    }
}

/// A client that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// Its number.
    pub client: u64,
    /// What it calls itself, as it sent it.
    pub name: String,
    /// Where it came from.
    pub address: SocketAddr,
    /// Why.
    pub why: CutOffReason,
    /// The same for people, with the limit that was passed.
    pub cause: String,
    /// Bytes of messages that it was not sent any more.
    pub dropped: usize,
}

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client {} at {}", self.client, self.address)?;
        if !self.name.is_empty() {
            write!(f, " ({})", self.name)?;
        }
        write!(f, " was cut off: {}", self.cause)?;
        match self.dropped {
            0 => Ok(()),
            dropped => write!(f, "; {dropped} bytes for it were dropped"),
        }
    }
}
