//! The fields of an envelope and of a payload, in wire order, with every spelling of their keys. Reader, scanner and
//! writer are derived from this list.

use super::registry::Dialect;

/// A field of the envelope, in the order in which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Field {
    /// `correlation_id`.
    CorrelationId,
    /// `msg_id`.
    MsgId,
    /// `timestamp`.
    Timestamp,
    /// `send_to`.
    SendTo,
    /// `msg_purpose`.
    MsgPurpose,
    /// `sender_name`.
    SenderName,
    /// `sender_id`.
    SenderId,
    /// `receiver_name`.
    ReceiverName,
    /// `receiver_id`.
    ReceiverId,
    /// `reply_to`.
    ReplyTo,
    /// `reply_to_msg_id`.
    ReplyToMsgId,
    /// `broker_url`.
    BrokerUrl,
    /// `metadata`.
    Metadata,
    /// `payloads`.
    Payloads,
}

/// Which family a key's spelling belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// A single word, the same in every spelling.
    Shared,
    /// `msgId`.
    Camel,
    /// `msg_id`.
    Snake,
    /// `BrokerURL`, `note`.
    Old,
}

/// A field with its two spellings.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    /// The field.
    pub field: Field,
    /// In camelCase.
    pub camel: &'static str,
    /// In snake_case; the same as `camel` for one word.
    pub snake: &'static str,
}

/// All fields of the envelope in the order in which they are written.
pub const FIELDS: &[FieldSpec] = &[
    row(Field::CorrelationId, "correlationId", "correlation_id"),
    row(Field::MsgId, "msgId", "msg_id"),
    row(Field::Timestamp, "timestamp", "timestamp"),
    row(Field::SendTo, "sendTo", "send_to"),
    row(Field::MsgPurpose, "msgPurpose", "msg_purpose"),
    row(Field::SenderName, "senderName", "sender_name"),
    row(Field::SenderId, "senderId", "sender_id"),
    row(Field::ReceiverName, "receiverName", "receiver_name"),
    row(Field::ReceiverId, "receiverId", "receiver_id"),
    row(Field::ReplyTo, "replyTo", "reply_to"),
    row(Field::ReplyToMsgId, "replyToMsgId", "reply_to_msg_id"),
    row(Field::BrokerUrl, "brokerURL", "broker_url"),
    row(Field::Metadata, "metadata", "metadata"),
    row(Field::Payloads, "payloads", "payloads"),
];

const fn row(field: Field, camel: &'static str, snake: &'static str) -> FieldSpec {
    FieldSpec { field, camel, snake }
}

impl Field {
    /// The field that a key names, and how it is spelled.
    #[inline]
    pub fn from_key(key: &[u8]) -> Option<(Self, Spelling)> {
        use Spelling::{Camel, Old, Shared, Snake};
        Some(match key {
            b"correlationId" => (Self::CorrelationId, Camel),
            b"correlation_id" => (Self::CorrelationId, Snake),
            b"msgId" => (Self::MsgId, Camel),
            b"msg_id" => (Self::MsgId, Snake),
            b"timestamp" => (Self::Timestamp, Shared),
            b"sendTo" => (Self::SendTo, Camel),
            b"send_to" => (Self::SendTo, Snake),
            b"msgPurpose" => (Self::MsgPurpose, Camel),
            b"msg_purpose" => (Self::MsgPurpose, Snake),
            b"senderName" => (Self::SenderName, Camel),
            b"sender_name" => (Self::SenderName, Snake),
            b"senderId" => (Self::SenderId, Camel),
            b"sender_id" => (Self::SenderId, Snake),
            b"receiverName" => (Self::ReceiverName, Camel),
            b"receiver_name" => (Self::ReceiverName, Snake),
            b"receiverId" => (Self::ReceiverId, Camel),
            b"receiver_id" => (Self::ReceiverId, Snake),
            b"replyTo" => (Self::ReplyTo, Camel),
            b"reply_to" => (Self::ReplyTo, Snake),
            b"replyToMsgId" => (Self::ReplyToMsgId, Camel),
            b"reply_to_msg_id" => (Self::ReplyToMsgId, Snake),
            b"brokerURL" => (Self::BrokerUrl, Camel),
            b"broker_url" => (Self::BrokerUrl, Snake),
            b"BrokerURL" => (Self::BrokerUrl, Old),
            b"metadata" => (Self::Metadata, Shared),
            b"note" => (Self::Metadata, Old),
            b"payloads" => (Self::Payloads, Shared),
            _ => return None,
        })
    }

    /// Its bit in a set of fields.
    pub fn bit(self) -> u16 {
        1 << self as u8
    }

    /// Its key as `dialect` writes it; the snake_case one for `Universal`, which writes both.
    pub fn key(self, dialect: Dialect) -> &'static str {
        let row = &FIELDS[self as usize];
        match (dialect, self) {
            (Dialect::V0_0, Self::BrokerUrl) => "BrokerURL",
            (Dialect::V0_0, Self::Metadata) => "note",
            (Dialect::V0_0 | Dialect::V0_4, _) => row.camel,
            _ => row.snake,
        }
    }
}

/// A key of a payload object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum PayloadField {
    /// `id`.
    Id,
    /// `dataname`.
    Dataname,
    /// `type`.
    Type,
    /// `payload_type`.
    PayloadType,
    /// `transport`.
    Transport,
    /// `encoding`.
    Encoding,
    /// `size`.
    Size,
    /// `data`.
    Data,
    /// `metadata`; `note` before the first release.
    Metadata,
}

impl PayloadField {
    /// The fields that every dialect has besides type and data.
    pub const REQUIRED: [(Self, &'static str); 6] = [
        (Self::Id, "id"),
        (Self::Dataname, "dataname"),
        (Self::Transport, "transport"),
        (Self::Encoding, "encoding"),
        (Self::Size, "size"),
        (Self::Metadata, "metadata"),
    ];

    /// The field that a key names.
    #[inline]
    pub fn from_key(key: &[u8]) -> Option<Self> {
        Some(match key {
            b"id" => Self::Id,
            b"dataname" => Self::Dataname,
            b"type" => Self::Type,
            b"payload_type" => Self::PayloadType,
            b"transport" => Self::Transport,
            b"encoding" => Self::Encoding,
            b"size" => Self::Size,
            b"data" => Self::Data,
            b"metadata" | b"note" => Self::Metadata,
            _ => return None,
        })
    }

    /// Its bit in a set of payload fields.
    pub fn bit(self) -> u16 {
        1 << self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_recognised() {
        for (index, row) in FIELDS.iter().enumerate() {
            assert_eq!(row.field as usize, index);
            for key in [row.camel, row.snake] {
                assert_eq!(Field::from_key(key.as_bytes()).unwrap().0, row.field, "{key}");
            }
            let (_, spelling) = Field::from_key(row.camel.as_bytes()).unwrap();
            assert_eq!(
                spelling == Spelling::Shared,
                row.camel == row.snake,
                "{}",
                row.camel
            );
        }
        assert_eq!(
            Field::from_key(b"BrokerURL"),
            Some((Field::BrokerUrl, Spelling::Old))
        );
    }
}
