//! Why there is no connection, in words for people.

use crate::wording::Cause;

/// What stands between us and a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectErrorKind {
    /// The addresses, credentials or certificates given cannot be used; nobody was asked.
    Options,
    /// The broker refused us.
    Refused,
    /// No broker was reached, or nothing could be agreed on; the next attempt may succeed.
    Unreachable,
}

/// Why a connection did not come about, as a sentence that names the address and what to try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct ConnectError {
    kind: ConnectErrorKind,
    sentence: String,
    #[source]
    cause: Option<Cause>,
}

impl ConnectError {
    /// An error with its sentence.
    pub(crate) fn new(kind: ConnectErrorKind, sentence: impl Into<String>) -> Self {
        Self {
            kind,
            sentence: sentence.into(),
            cause: None,
        }
    }

    /// Addresses, credentials or certificates that cannot be used.
    pub(super) fn options(sentence: impl Into<String>) -> Self {
        Self::new(ConnectErrorKind::Options, sentence)
    }

    /// The same with the error behind it.
    pub(super) fn because(self, cause: Cause) -> Self {
        Self {
            cause: Some(cause),
            ..self
        }
    }

    /// The same, said of another address.
    pub(crate) fn said_of(self, place: &str, other: &str) -> Self {
        Self {
            sentence: self.sentence.replace(place, other),
            ..self
        }
    }

    /// What stands in the way.
    pub fn kind(&self) -> ConnectErrorKind {
        self.kind
    }
}
