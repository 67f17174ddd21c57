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
    fn new(kind: ConnectErrorKind, sentence: impl Into<String>) -> Self {
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

    /// The broker refused us.
    pub(super) fn refused(sentence: String) -> Self {
        Self::new(ConnectErrorKind::Refused, sentence)
    }

    /// It may be different the next time.
    pub(crate) fn unreachable(sentence: impl Into<String>) -> Self {
        Self::new(ConnectErrorKind::Unreachable, sentence)
    }

    /// The same with the error behind it.
    pub(crate) fn because(self, cause: Cause) -> Self {
        Self {
            cause: Some(cause),
            ..self
        }
    }

    /// Whether trying again will not help: the broker refused us, or would.
    pub(crate) fn is_final(&self) -> bool {
        self.kind != ConnectErrorKind::Unreachable
    }

    /// What stands in the way.
    pub fn kind(&self) -> ConnectErrorKind {
        self.kind
    }
}
