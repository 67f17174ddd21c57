//! Facts about streams. Plain data.

use serde::Deserialize;

/// The last number that a message can have; what claims a later one is no answer of a broker.
pub(super) const LAST: u64 = i64::MAX as u64;

/// What a stream said about a message it took.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PublishAck {
    /// The stream.
    pub stream: String,
    /// The message's number in it.
    #[serde(default, rename = "seq")]
    pub sequence: u64,
    /// Whether it had the message already.
    #[serde(default)]
    pub duplicate: bool,
}

/// What is known of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamInfo {
    /// Name.
    pub name: String,
    /// Subjects it captures.
    pub subjects: Vec<String>,
    /// Messages it holds.
    pub messages: u64,
    /// Bytes it holds.
    pub bytes: u64,
    /// First and last number.
    pub sequences: (u64, u64),
    /// Whether reading consumes (a work queue or interest stream): then it is only polled, never read through a
    /// consumer.
    pub consuming: bool,
}

/// The streams as a session last saw them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamsView {
    /// Streams by name.
    pub streams: Vec<StreamInfo>,
    /// Those followed live now, by name.
    pub followed: Vec<String>,
    /// Why they could not be listed, as a sentence.
    pub trouble: Option<String>,
}
