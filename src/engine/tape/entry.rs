//! The content of a tape, whatever its format. Data only.

use crate::message::{Gap, StoredMessage};
use bytes::Bytes;

/// One thing on a tape, in the order of the file.
#[derive(Debug, Clone)]
pub enum TapeRecord {
    /// What the tape says of itself.
    Start(TapeHeader),
    /// A message; its number is the one that it had when it was recorded.
    Message(StoredMessage),
    /// A time in which messages may be missing.
    Gap(Gap),
    /// Messages that arrived while the recorder could not keep up.
    Missed {
        /// The number of the first.
        from: u64,
        /// How many.
        messages: u64,
    },
    /// What a link leads to.
    Link {
        /// The link.
        url: String,
        /// Its bytes, checked against their SHA-256.
        body: Bytes,
    },
    /// The recording was closed properly.
    End {
        /// How many messages had come until then, those that were missed among them.
        came: u64,
    },
    /// Bytes that are not a record, or no longer one.
    Damaged(u64),
    /// A message of a dump that cannot be read, with its file and why.
    Unreadable(String),
    /// A whole record of a kind that this version does not know.
    Unknown,
}

/// What a tape says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TapeHeader {
    /// The version of its format.
    pub version: u32,
    /// What wrote it.
    pub product: String,
    /// When, microseconds since the Unix epoch.
    pub started_us: i64,
    /// The broker's address.
    pub server: String,
    /// Subjects that were subscribed to at the start.
    pub subjects: Vec<String>,
}
