//! Why a job's message was not sent; each reads as a sentence.

use crate::bridge::BridgeError;
use crate::composition::ComposeError;
use crate::connect::ConnectError;
use crate::connection::ConnectionError;
use crate::wording::sentence;
use std::error::Error;

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobError {
    #[error(
        "Not connected to {0} at the moment; the message was not sent. Send it again once connected, or let \
         it wait for the connection."
    )]
    Away(String),
    #[error("Cannot connect to send: {0}.")]
    Connect(#[source] ConnectError),
    #[error("{0}.")]
    Down(#[source] ConnectionError),
    #[error("The payloads could not be read; nothing was sent.")]
    Unread,
    #[error("{}", sentence(.0))]
    Compose(#[from] ComposeError),
    #[error("{}", sentence(.0))]
    Bridge(#[from] BridgeError),
    /// An answerer gave none.
    #[error("{0}")]
    NoAnswer(#[source] Box<dyn Error + Send + Sync>),
}
