//! Why a job's message was not sent; each reads as a sentence.

use crate::bridge::BridgeError;
use crate::composition::ComposeError;
use crate::connect::ConnectError;
use crate::connection::ConnectionError;
use crate::wording::sentence;
use std::error::Error;

/// Why a message was not sent, or a request was not answered.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The session has no connection at the moment.
    #[error(
        "Not connected to {0} at the moment; the message was not sent. Send it again once connected, or let \
         it wait for the connection."
    )]
    Away(String),
    /// The connection for sending did not come about.
    #[error("Cannot connect to send: {0}.")]
    Connect(#[source] ConnectError),
    /// The connection for sending is lost.
    #[error("{0}.")]
    Down(#[source] ConnectionError),
    /// What reads the payloads ended early.
    #[error("The payloads could not be read; nothing was sent.")]
    Unread,
    /// The composition cannot become a message.
    #[error("{}", sentence(.0))]
    Compose(#[from] ComposeError),
    /// The message could not be made ready.
    #[error("{}", sentence(.0))]
    Bridge(#[from] BridgeError),
    /// An answerer gave none.
    #[error("{0}")]
    NoAnswer(#[source] Box<dyn Error + Send + Sync>),
    /// An answer could not be sent.
    #[error("The answer to {place} was not sent: {source}.")]
    NotDelivered {
        /// The subject.
        place: String,
        /// Why.
        source: ConnectionError,
    },
}
