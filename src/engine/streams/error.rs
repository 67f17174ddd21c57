//! Why a stream request failed, in words for people.

use crate::connection::ConnectionError;
use crate::wording::Cause;
use std::time::Duration;

/// Names of streams told when one is not found.
const NAMES_TOLD: usize = 20;

/// Why something could not be done with JetStream, as a sentence with what to try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The broker, or the account, has no JetStream.
    #[error(
        "JetStream is not available at {address}: start the broker with it (nats-server -js), or use an \
         account that may use it"
    )]
    Off {
        /// `host:port`.
        address: String,
    },
    /// There is no such stream.
    #[error("there is no stream {stream:?} at {address}; {}", those(known))]
    Unknown {
        /// The stream.
        stream: String,
        /// `host:port`.
        address: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// No stream captures the subject.
    #[error(
        "no stream captures {subject}, so the message was not stored: create one (nats stream add NAME \
         --subjects '{subject}'), or send it without waiting for a stream"
    )]
    NotCaptured {
        /// The subject.
        subject: String,
    },
    /// The stream said no.
    #[error("the stream that captures {subject} rejected the message: {why}")]
    NotTaken {
        /// The subject.
        subject: String,
        /// Its reason, with what to try.
        why: String,
    },
    /// The stream does not end with the message that the publisher expected.
    #[error(
        "the stream that captures {subject} rejected the message: {why}, another message came first; check it and send \
         again with the right expectation"
    )]
    Overtaken {
        /// The subject.
        subject: String,
        /// Its reason.
        why: String,
    },
    /// No acknowledgement came.
    #[error(
        "no stream acknowledged the message on {subject} within {} s: it may or may not be stored; \
         sending it again with the same Nats-Msg-Id stores it only once",
        after.as_secs_f32()
    )]
    NotKnown {
        /// The subject.
        subject: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// Nobody leads the cluster, or the stream, at the moment.
    #[error(
        "JetStream at {address} has no leader at the moment: the cluster may be choosing one, or too many of its servers \
         are away; try again"
    )]
    Leaderless {
        /// `host:port`.
        address: String,
    },
    /// JetStream did not answer.
    #[error(
        "JetStream at {address} did not answer within {} s: it may be busy or have no leader; try again",
        after.as_secs_f32()
    )]
    Silent {
        /// `host:port`.
        address: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// JetStream refused, or answered what cannot be read.
    #[error("{asked} failed at {address}: {why}")]
    Failed {
        /// What was asked for, `STREAM.LIST`.
        asked: String,
        /// `host:port`.
        address: String,
        /// Its own words.
        #[source]
        why: Cause,
    },
    /// The request was not even sent.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
}

impl StreamError {
    /// Whether asking again may help.
    pub(crate) fn passes(&self) -> bool {
        self.wants_a_leader() || matches!(self, Self::Off { .. } | Self::Failed { .. })
    }

    /// Whether a cluster that has a leader again would answer.
    pub(crate) fn wants_a_leader(&self) -> bool {
        matches!(
            self,
            Self::Leaderless { .. } | Self::Silent { .. } | Self::Connection(ConnectionError::Down { .. })
        )
    }
}

fn those(known: &[String]) -> String {
    if known.is_empty() {
        return "there are none".into();
    }
    let named = known.get(..NAMES_TOLD).unwrap_or(known).join(", ");
    match known.len().saturating_sub(NAMES_TOLD) {
        0 => format!("the streams are {named}"),
        more => format!("the streams are {named} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_streams_there_are_are_named() {
        let unknown = |known: Vec<String>| StreamError::Unknown {
            stream: "X".into(),
            address: "h:1".into(),
            known,
        };
        assert_eq!(
            unknown(vec![]).to_string(),
            "there is no stream \"X\" at h:1; there are none"
        );
        let many = (0..25).map(|n| format!("S{n}")).collect();
        let text = unknown(many).to_string();
        assert!(text.ends_with("S19 and 5 more"), "{text}");
    }
}
