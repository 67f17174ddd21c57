//! What the store returns: the fixed row the list works on, and the whole message.

use super::found::Found;
use crate::subjects::SubjectId;
use crate::timeline::ConversationId;
use bytes::Bytes;
use natsbridge_wire::{DeliveryInfo, Dialect, KindSet};
use std::sync::Arc;

/// The digest kept per message; texts are interned.
#[derive(Debug, Clone, Default)]
pub struct MessageDigest {
    /// `None`: no envelope.
    pub dialect: Option<Dialect>,
    /// Sender's name (`""` unknown).
    pub sender: Arc<str>,
    /// Purpose.
    pub purpose: Arc<str>,
    /// Kinds of its payloads.
    pub kinds: KindSet,
    /// Payloads, links among them.
    pub payloads: u16,
    /// Links among the payloads.
    pub links: u16,
    /// Sum of the declared sizes.
    pub declared_bytes: u64,
    /// What was found in it; `None` until it is examined.
    pub found: Option<Found>,
    /// The conversation it belongs to, which may have been evicted since.
    pub conversation: Option<ConversationId>,
}

/// One row of the message list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Running number from 1; never reused, so that a selection survives eviction.
    pub seq: u64,
    /// Arrival, microseconds since the Unix epoch.
    pub at_us: i64,
    /// Subject, interned; its text is in [`Store::subject`](crate::store::Store::subject).
    pub subject: SubjectId,
    /// Payload bytes.
    pub bytes: u32,
    /// `None` until the digest worker has processed it.
    pub digest: Option<MessageDigest>,
}

/// One whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Running number.
    pub seq: u64,
    /// Arrival, microseconds since the Unix epoch.
    pub at_us: i64,
    /// Subject.
    pub subject: Arc<str>,
    /// NATS reply subject.
    pub reply: Option<String>,
    /// Header names and values in order.
    pub headers: Vec<(String, Vec<String>)>,
    /// Payload as it came.
    pub payload: Bytes,
}

impl StoredMessage {
    /// How it was received, as far as it matters for checks.
    pub fn circumstances(&self) -> DeliveryInfo<'_> {
        DeliveryInfo {
            subject: &self.subject,
            reply: self.reply.as_deref(),
            at_us: Some(self.at_us),
            headers: &self.headers,
        }
    }
}
