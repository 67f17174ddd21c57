//! Which messages of a stream are wanted.

use jiff::Timestamp;

/// Where to start in a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Start {
    /// At the first message held.
    #[default]
    First,
    /// At that number.
    Sequence(u64),
    /// At the first message from that time on.
    Time(Timestamp),
    /// So many messages before the end.
    Newest(u64),
    /// With the last message of every subject.
    LastPerSubject,
}

/// A part of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryRequest {
    /// The stream.
    pub stream: String,
    /// Where to start.
    pub start: Start,
    /// Only messages on subjects that this pattern matches.
    pub subject: Option<String>,
    /// Most messages; `None` takes all up to the end.
    pub most: Option<u64>,
}
