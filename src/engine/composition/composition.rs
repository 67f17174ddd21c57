//! A message as it is being written: what the compose pane edits, a draft file holds and `send --draft` sends. Data
//! only, with how a draft spells it; it reads no file and knows no broker.

use super::location::Place;
use super::payload_row::{PayloadRow, Source};
use super::variables::is_filled;
use super::{header_rows, named};
use crate::bridge::{SendOptions, TransportChoice};
use natsbridge_wire::Dialect;
use serde::{Deserialize, Serialize};

/// A message being written. Texts may hold variables (`{{uuid}}`, `{{now}}` …), which are filled when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Composition {
    /// Subject to send to.
    pub subject: String,
    /// What it is for (`chat`, `ACK` … any word).
    pub purpose: String,
    /// Sender's name.
    pub sender_name: String,
    /// Receiver's name; empty for everybody.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub receiver_name: String,
    /// Receiver's id; empty for everybody.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub receiver_id: String,
    /// Subject for answers; empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reply_to: String,
    /// Id of the message that this one answers; empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reply_to_msg_id: String,
    /// Correlation id; empty for a new one with each message.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub correlation_id: String,
    /// Metadata, a JSON object as text.
    pub metadata: String,
    /// Spelling of the envelope.
    #[serde(with = "named")]
    pub dialect: Dialect,
    /// Whether payloads go direct or by link.
    #[serde(with = "named")]
    pub transport: TransportChoice,
    /// Whether a stream's acknowledgement is waited for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub jetstream: bool,
    /// NATS headers.
    #[serde(skip_serializing_if = "Vec::is_empty", with = "header_rows")]
    pub headers: Vec<(String, String)>,
    /// Payloads in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payloads: Vec<PayloadRow>,
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

impl Composition {
    /// Its send options; `base` supplies what a composition does not set: broker, file server, threshold.
    pub fn options(&self, base: &SendOptions) -> SendOptions {
        SendOptions {
            correlation_id: Some(self.correlation_id.clone()).filter(|id| !id.is_empty()),
            msg_purpose: self.purpose.clone(),
            sender_name: self.sender_name.clone(),
            receiver_name: self.receiver_name.clone(),
            receiver_id: self.receiver_id.clone(),
            reply_to: self.reply_to.clone(),
            reply_to_msg_id: self.reply_to_msg_id.clone(),
            metadata: self.metadata.clone(),
            dialect: self.dialect,
            headers: self.headers.clone(),
            transport: self.transport,
            jetstream: self.jetstream,
            ..base.clone()
        }
    }

    /// Whether it contains variables, so that two messages of it may differ.
    pub fn varies(&self) -> bool {
        let fields = self.texts().into_iter().map(|(_, text)| text);
        let values = self.headers.iter().map(|(_, value)| value.as_str());
        let contents = self.payloads.iter().filter_map(|row| match &row.source {
            Source::Text(text) => Some(text.as_str()),
            _ => None,
        });
        fields.chain(values).chain(contents).any(is_filled)
    }

    /// The texts of the envelope in which variables are filled, headers apart.
    pub(super) fn texts(&self) -> [(Place, &str); 9] {
        [
            (Place::Subject, &self.subject),
            (Place::Purpose, &self.purpose),
            (Place::SenderName, &self.sender_name),
            (Place::ReceiverName, &self.receiver_name),
            (Place::ReceiverId, &self.receiver_id),
            (Place::ReplyTo, &self.reply_to),
            (Place::ReplyToMsgId, &self.reply_to_msg_id),
            (Place::CorrelationId, &self.correlation_id),
            (Place::Metadata, &self.metadata),
        ]
    }

    /// As [`texts`](Self::texts), to be filled.
    pub(super) fn texts_mut(&mut self) -> [(Place, &mut String); 9] {
        [
            (Place::Subject, &mut self.subject),
            (Place::Purpose, &mut self.purpose),
            (Place::SenderName, &mut self.sender_name),
            (Place::ReceiverName, &mut self.receiver_name),
            (Place::ReceiverId, &mut self.receiver_id),
            (Place::ReplyTo, &mut self.reply_to),
            (Place::ReplyToMsgId, &mut self.reply_to_msg_id),
            (Place::CorrelationId, &mut self.correlation_id),
            (Place::Metadata, &mut self.metadata),
        ]
    }
}
