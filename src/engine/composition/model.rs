//! A message as it is being written: what the compose pane edits, a draft file holds and `send --draft` sends. Data
//! only; it reads no file and knows no broker.

use crate::engine::bridge::TransportChoice;
use crate::wire::{Blob, ColumnType, Dialect, Kind};
use std::path::PathBuf;

/// A message being written. Texts may hold variables (`{{uuid}}`, `{{now}}` …), which are filled when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composition {
    /// Subject to send to.
    pub subject: String,
    /// What it is for (`chat`, `ACK` … any word).
    pub purpose: String,
    /// Sender's name.
    pub sender_name: String,
    /// Receiver's name; empty for everybody.
    pub receiver_name: String,
    /// Receiver's id; empty for everybody.
    pub receiver_id: String,
    /// Subject for answers; empty for none.
    pub reply_to: String,
    /// Id of the message that this one answers; empty for none.
    pub reply_to_msg_id: String,
    /// Correlation id; empty for a new one with each message.
    pub correlation_id: String,
    /// Metadata, a JSON object as text.
    pub metadata: String,
    /// Spelling of the envelope.
    pub dialect: Dialect,
    /// NATS headers.
    pub headers: Vec<(String, String)>,
    /// Whether payloads go direct or by link.
    pub transport: TransportChoice,
    /// Whether a stream's acknowledgement is waited for.
    pub jetstream: bool,
    /// Payloads in order.
    pub payloads: Vec<PayloadRow>,
}

/// One payload being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadRow {
    /// Its name (`dataname`).
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Where its content comes from.
    pub source: Source,
    /// Types that were chosen for columns, by column name, where rows are turned into a table.
    pub types: Vec<(String, ColumnType)>,
}

/// Where a payload's content comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Typed or pasted text.
    Text(String),
    /// A file, read when it is sent.
    File(PathBuf),
    /// Bytes at hand, such as a payload of a captured message, and where they are from.
    Bytes {
        /// The bytes.
        body: Blob,
        /// Where they are from, for people.
        origin: String,
    },
}

impl Default for Composition {
    fn default() -> Self {
        Self {
            subject: String::new(),
            purpose: "chat".into(),
            sender_name: "NATSBridge".into(),
            receiver_name: String::new(),
            receiver_id: String::new(),
            reply_to: String::new(),
            reply_to_msg_id: String::new(),
            correlation_id: String::new(),
            metadata: "{}".into(),
            dialect: Dialect::default(),
            headers: vec![],
            transport: TransportChoice::Auto,
            jetstream: false,
            payloads: vec![],
        }
    }
}

impl PayloadRow {
    /// A payload of typed text.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: Kind::Text,
            source: Source::Text(text.into()),
            types: vec![],
        }
    }
}
