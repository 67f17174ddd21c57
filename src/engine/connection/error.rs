//! Why something could not be done over a connection, in words for people.

use crate::subjects::SubjectError;
use crate::wording::grouped;

/// Why something could not be done over a connection, as a sentence with what to try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    /// The subject or pattern is invalid.
    #[error(transparent)]
    BadSubject(#[from] SubjectError),
    /// The reply subject is invalid.
    #[error("the reply subject is invalid: {0}")]
    BadReply(#[source] SubjectError),
    /// The subjects do not fit into a line of the protocol.
    #[error(
        "the subject and the reply subject have {} bytes together, but brokers accept {}: choose shorter ones",
        grouped(*.bytes), grouped(*.most)
    )]
    LongSubjects {
        /// Bytes of both.
        bytes: usize,
        /// Bytes that brokers accept.
        most: usize,
    },
    /// A header cannot be sent.
    #[error(
        "the header {0:?} cannot be sent: names must not contain a colon, space or control character, \
         values no line break"
    )]
    BadHeader(String),
    /// The broker does not permit it.
    #[error("not permitted to {deed} {subject}: ask for permission or use other credentials")]
    NotPermitted {
        /// `publish to` or `subscribe to`.
        deed: &'static str,
        /// Subject or pattern.
        subject: String,
    },
    /// The message is larger than the broker accepts.
    #[error(
        "the message has {} bytes encoded, but the server accepts {}: send large payloads by link, or \
         send it in smaller parts",
        grouped(*.size), grouped(*.most)
    )]
    TooLarge {
        /// Bytes with headers.
        size: usize,
        /// Bytes the server accepts.
        most: usize,
    },
    /// It was opened to read only.
    #[error(
        "this connection is read-only: nothing is published, uploaded or deleted; leave out --read-only, or \
         take the context out of read_only in the settings"
    )]
    ReadOnly,
    /// There is no connection at the moment.
    #[error("not connected to {address} at the moment")]
    Down {
        /// `host:port`.
        address: String,
    },
}
