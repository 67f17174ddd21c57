//! Why a send or receive failed: each reads as a sentence with what to try, and keeps the error behind it.

use crate::connect::ConnectError;
use crate::connection::ConnectionError;
use crate::servers::LinkError;
use crate::streams::StreamError;
use crate::subjects::SubjectError;
use natsbridge_wire::TableError;
use std::io;

/// Why a send, a request or a receive failed.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The message cannot go out over the connection.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// No stream stored the message.
    #[error(transparent)]
    Stream(StreamError),
    /// The subject is invalid.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// A payload cannot be serialized or read.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The metadata is not a JSON object.
    #[error("the metadata is not a JSON object ({0}); write {{\"key\": \"value\"}}")]
    Metadata(#[source] serde_json::Error),
    /// The message cannot be sent as the options have it; the sentence says what to change.
    #[error("{0}")]
    Refused(String),
    /// A file server cannot be used, or a link is not reachable.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// A payload could not be uploaded.
    #[error("{0}. Nothing was sent.")]
    NotUploaded(#[source] LinkError),
    /// A file server answered an upload with a status that means failure.
    #[error("the file server answered the upload of '{dataname}' with status {status}. Nothing was sent.")]
    UploadStatus {
        /// The payload's name.
        dataname: String,
        /// The HTTP status.
        status: u16,
    },
    /// What was received is no envelope.
    #[error("the message is not a NATSBridge envelope: {0}")]
    NotAnEnvelope(String),
    /// A link of a received message could not be fetched.
    #[error("payload '{dataname}' could not be fetched: {source}")]
    NotFetched {
        /// The payload's name.
        dataname: String,
        /// Why.
        source: LinkError,
    },
}

/// Why a payload cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The value cannot be expressed in JSON.
    #[error("payload '{dataname}' cannot be sent as {kind}: {source}")]
    Json {
        /// The payload's name.
        dataname: String,
        /// The name of its kind.
        kind: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// The table cannot be written as an Arrow stream.
    #[error("payload '{dataname}' cannot be sent as table: {source}")]
    Table {
        /// The payload's name.
        dataname: String,
        /// Why.
        source: TableError,
    },
    /// The file that holds the payload cannot be read.
    #[error("payload '{dataname}' cannot be read: {source}")]
    Read {
        /// The payload's name.
        dataname: String,
        /// Why.
        source: io::Error,
    },
}

impl From<StreamError> for BridgeError {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Connection(error) => error.into(),
            error => Self::Stream(error),
        }
    }
}
