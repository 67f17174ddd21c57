//! The envelope for all layers: normalised names, borrowed text. Spellings are handled by the dialects.

use crate::dialects::{Field, KindNames};
use crate::kinds::Kind;
use std::borrow::Cow;

/// JSON text as received: valid JSON, exact numbers, not parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawJson<'a>(pub Cow<'a, str>);

impl Default for RawJson<'_> {
    fn default() -> Self {
        Self(Cow::Borrowed("{}"))
    }
}

/// A message envelope; field names are those of the `readme` dialect. A missing or null field is `""`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "the fields are documented in the NATSBridge document under these very names"
)]
pub struct Envelope<'a> {
    pub correlation_id: Cow<'a, str>,
    pub msg_id: Cow<'a, str>,
    pub timestamp: Cow<'a, str>,
    pub send_to: Cow<'a, str>,
    pub msg_purpose: Cow<'a, str>,
    pub sender_name: Cow<'a, str>,
    pub sender_id: Cow<'a, str>,
    pub receiver_name: Cow<'a, str>,
    pub receiver_id: Cow<'a, str>,
    pub reply_to: Cow<'a, str>,
    pub reply_to_msg_id: Cow<'a, str>,
    pub broker_url: Cow<'a, str>,
    pub metadata: RawJson<'a>,
    pub payloads: Vec<EnvelopePayload<'a>>,
    /// Keys that no dialect knows, in the order they came.
    pub extra: Vec<(Cow<'a, str>, RawJson<'a>)>,
}

/// How a payload is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Transport {
    /// Inside the envelope, as base64.
    #[default]
    Direct,
    /// As a URL (claim check).
    Link,
}

impl Transport {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Link => "link",
        }
    }
}

/// The value of `data`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Data<'a> {
    /// Nothing, or null.
    #[default]
    Missing,
    /// A JSON string: base64 text (direct) or a URL (link).
    Text(Cow<'a, str>),
    /// Any other JSON value, as its text.
    Json(RawJson<'a>),
    /// Raw bytes of a direct payload, base64-encoded straight into the message when it is written. Reading
    /// never gives this.
    Bytes(Cow<'a, [u8]>),
}

/// One named, typed payload; by default nameless, direct, of kind binary and without data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnvelopePayload<'a> {
    /// Identifier, any string.
    pub id: Cow<'a, str>,
    /// The name receivers look it up by.
    pub dataname: Cow<'a, str>,
    /// The type as the sender spelled it.
    pub declared_type: Cow<'a, str>,
    /// What the declared type means.
    pub kind: Kind,
    /// How it travels.
    pub transport: Transport,
    /// The encoding the sender claims.
    pub encoding: Cow<'a, str>,
    /// The byte count the sender claims, before base64.
    pub size: Option<u64>,
    /// The data as it stands in the envelope.
    pub data: Data<'a>,
    /// Payload-level metadata.
    pub metadata: RawJson<'a>,
    /// Keys that no dialect knows.
    pub extra: Vec<(Cow<'a, str>, RawJson<'a>)>,
}

impl RawJson<'_> {
    /// The same text, owned.
    pub fn into_owned(self) -> RawJson<'static> {
        RawJson(Cow::Owned(self.0.into_owned()))
    }
}

impl Data<'_> {
    /// The same data, owned.
    pub fn into_owned(self) -> Data<'static> {
        match self {
            Self::Missing => Data::Missing,
            Self::Text(text) => Data::Text(own(text)),
            Self::Json(json) => Data::Json(json.into_owned()),
            Self::Bytes(bytes) => Data::Bytes(Cow::Owned(bytes.into_owned())),
        }
    }
}

impl<'a> EnvelopePayload<'a> {
    /// A payload that carries `body` (its serialized bytes) within the envelope; encoded when it is written.
    ///
    /// # Examples
    ///
    /// ```
    /// use natsbridge_wire::{Data, EnvelopePayload, Kind};
    ///
    /// let payload = EnvelopePayload::direct("id-1", "message", Kind::Text, b"Hello");
    /// assert_eq!(payload.size, Some(5));
    /// assert_eq!(payload.data, Data::Bytes(b"Hello".into()));
    /// ```
    pub fn direct(
        id: impl Into<Cow<'a, str>>,
        dataname: impl Into<Cow<'a, str>>,
        kind: Kind,
        body: impl Into<Cow<'a, [u8]>>,
    ) -> Self {
        let body = body.into();
        Self {
            id: id.into(),
            dataname: dataname.into(),
            kind,
            declared_type: Cow::Borrowed(kind.word(KindNames::V0_5)),
            encoding: Cow::Borrowed("base64"),
            size: Some(body.len() as u64),
            data: Data::Bytes(body),
            ..Self::default()
        }
    }
}

impl EnvelopePayload<'static> {
    /// A payload of `size` bytes that is available under `url`.
    pub fn link(id: &str, dataname: &str, kind: Kind, url: &str, size: u64) -> Self {
        Self {
            id: own(id),
            dataname: own(dataname),
            kind,
            declared_type: Cow::Borrowed(kind.word(KindNames::V0_5)),
            transport: Transport::Link,
            encoding: Cow::Borrowed("none"),
            size: Some(size),
            data: Data::Text(own(url)),
            ..Self::default()
        }
    }
}

impl EnvelopePayload<'_> {
    /// The same payload, owned.
    pub fn into_owned(self) -> EnvelopePayload<'static> {
        EnvelopePayload {
            id: own(self.id),
            dataname: own(self.dataname),
            declared_type: own(self.declared_type),
            kind: self.kind,
            transport: self.transport,
            encoding: own(self.encoding),
            size: self.size,
            data: self.data.into_owned(),
            metadata: self.metadata.into_owned(),
            extra: own_extra(self.extra),
        }
    }
}

impl Envelope<'_> {
    /// The same envelope, owned.
    pub fn into_owned(self) -> Envelope<'static> {
        Envelope {
            correlation_id: own(self.correlation_id),
            msg_id: own(self.msg_id),
            timestamp: own(self.timestamp),
            send_to: own(self.send_to),
            msg_purpose: own(self.msg_purpose),
            sender_name: own(self.sender_name),
            sender_id: own(self.sender_id),
            receiver_name: own(self.receiver_name),
            receiver_id: own(self.receiver_id),
            reply_to: own(self.reply_to),
            reply_to_msg_id: own(self.reply_to_msg_id),
            broker_url: own(self.broker_url),
            metadata: self.metadata.into_owned(),
            payloads: self
                .payloads
                .into_iter()
                .map(EnvelopePayload::into_owned)
                .collect(),
            extra: own_extra(self.extra),
        }
    }
}

impl<'a> Envelope<'a> {
    /// The text of a field; `None` for `metadata` and `payloads`, which are no texts.
    pub fn text(&self, field: Field) -> Option<&Cow<'a, str>> {
        Some(match field {
            Field::CorrelationId => &self.correlation_id,
            Field::MsgId => &self.msg_id,
            Field::Timestamp => &self.timestamp,
            Field::SendTo => &self.send_to,
            Field::MsgPurpose => &self.msg_purpose,
            Field::SenderName => &self.sender_name,
            Field::SenderId => &self.sender_id,
            Field::ReceiverName => &self.receiver_name,
            Field::ReceiverId => &self.receiver_id,
            Field::ReplyTo => &self.reply_to,
            Field::ReplyToMsgId => &self.reply_to_msg_id,
            Field::BrokerUrl => &self.broker_url,
            Field::Metadata | Field::Payloads => return None,
        })
    }

    /// As [`Envelope::text`], to be written.
    pub fn text_mut(&mut self, field: Field) -> Option<&mut Cow<'a, str>> {
        Some(match field {
            Field::CorrelationId => &mut self.correlation_id,
            Field::MsgId => &mut self.msg_id,
            Field::Timestamp => &mut self.timestamp,
            Field::SendTo => &mut self.send_to,
            Field::MsgPurpose => &mut self.msg_purpose,
            Field::SenderName => &mut self.sender_name,
            Field::SenderId => &mut self.sender_id,
            Field::ReceiverName => &mut self.receiver_name,
            Field::ReceiverId => &mut self.receiver_id,
            Field::ReplyTo => &mut self.reply_to,
            Field::ReplyToMsgId => &mut self.reply_to_msg_id,
            Field::BrokerUrl => &mut self.broker_url,
            Field::Metadata | Field::Payloads => return None,
        })
    }
}

fn own<'t>(text: impl Into<Cow<'t, str>>) -> Cow<'static, str> {
    Cow::Owned(text.into().into_owned())
}

fn own_extra(extra: Vec<(Cow<'_, str>, RawJson<'_>)>) -> Vec<(Cow<'static, str>, RawJson<'static>)> {
    extra
        .into_iter()
        .map(|(key, value)| (own(key), value.into_owned()))
        .collect()
}
