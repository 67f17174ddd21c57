//! A message to be checked, and what was found. Data only.

use crate::message::StoredMessage;
use bytes::Bytes;
use natsbridge_wire::{Answer, DeliveryInfo, Dialect, Finding, Severity};

/// A message with where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Specimen {
    /// A file, `-` for standard input, or the subject of a live message.
    pub source: String,
    /// Which message of the source, from 0.
    pub index: u64,
    /// Its NATS subject; empty where nobody knows it.
    pub subject: String,
    /// Its NATS reply subject.
    pub reply: Option<String>,
    /// When it came, microseconds since the Unix epoch, where somebody knows.
    pub at_us: Option<i64>,
    /// Its headers.
    pub headers: Vec<(String, Vec<String>)>,
    /// Its bytes.
    pub raw: Bytes,
}

impl Specimen {
    /// A message as it was received or recorded; it is the one of that number in its source.
    pub fn received(source: String, index: u64, message: StoredMessage) -> Self {
        Self {
            source,
            index,
            subject: message.subject.to_string(),
            reply: message.reply,
            at_us: Some(message.at_us),
            headers: message.headers,
            raw: message.payload,
        }
    }

    /// How it was received, as far as it matters for checks.
    pub fn circumstances(&self) -> DeliveryInfo<'_> {
        DeliveryInfo {
            subject: &self.subject,
            reply: self.reply.as_deref(),
            at_us: self.at_us,
            headers: &self.headers,
        }
    }
}

/// What was found about a message.
#[derive(Debug, Clone)]
pub struct Checked {
    /// As in [`Specimen`].
    pub source: String,
    /// As in [`Specimen`].
    pub index: u64,
    /// As in [`Specimen`].
    pub subject: String,
    /// Its dialect; `None` for a message that is no envelope.
    pub dialect: Option<Dialect>,
    /// The name that its sender gives itself.
    pub sender: String,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// Who can read it, for those that were asked about.
    pub readers: Vec<Answer>,
}

impl Checked {
    /// The worst that was found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(Finding::severity).max()
    }
}
