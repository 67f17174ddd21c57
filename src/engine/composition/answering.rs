//! Creates compositions from a captured message: a reply to it, or the same message again. Pure; missing content is
//! marked.

use super::composition::Composition;
use super::payload_row::{PayloadRow, Source};
use super::variables::literal;
use crate::message::StoredMessage;
use natsbridge_wire::{Blob, DecodedMessage, DecodedPayload, Kind, Limits, PayloadState};

/// Headers with this prefix are set by the server; a stream would take a message with an old one for a duplicate.
const SERVERS_OWN: &str = "nats-";

/// The name of the one payload of a message that was no envelope.
const PLAIN_NAME: &str = "message";

/// The answer to a message, without payloads yet: to the subject that its envelope names for answers, else to its
/// NATS reply subject (empty if there is neither: then the answer's [`issues`](super::issues::issues) say so). It keeps the
/// correlation id, names the message and its sender, and is spelled in the message's dialect.
pub fn compose_answer(message: &StoredMessage, decoded: &DecodedMessage<'_>) -> Composition {
    let inbox = message.reply.as_deref().unwrap_or_default();
    let Some((dialect, envelope)) = &decoded.envelope else {
        return Composition {
            subject: literal(inbox),
            ..Composition::default()
        };
    };
    let subject = if envelope.reply_to.is_empty() {
        inbox
    } else {
        &envelope.reply_to
    };
    Composition {
        subject: literal(subject),
        receiver_name: literal(&envelope.sender_name),
        receiver_id: literal(&envelope.sender_id),
        reply_to_msg_id: literal(&envelope.msg_id),
        correlation_id: literal(&envelope.correlation_id),
        dialect: *dialect,
        ..Composition::default()
    }
}

/// A message once more, to be edited: everything as it was, in its dialect, with ids of its own (the correlation id
/// stays where it answers another message). A message that was no envelope becomes the one payload of an envelope.
/// The server's own headers (`Nats-…`), metadata of single payloads and keys that no dialect knows are left out. A
/// payload whose bytes are not here says so as [`Source::Missing`].
pub fn compose_again(message: &StoredMessage, decoded: &DecodedMessage<'_>) -> Composition {
    let origin = format!("message {} on {}", message.seq, message.subject);
    let payloads = decoded.payloads.iter().map(|payload| row(payload, &origin));
    let headers = message.headers.iter().filter(|(name, _)| !is_servers_own(name));
    let plain = Composition {
        subject: literal(&message.subject),
        headers: headers
            .flat_map(|(name, values)| values.iter().map(|value| (name.clone(), literal(value))))
            .collect(),
        payloads: payloads.collect(),
        ..Composition::default()
    };
    let Some((dialect, envelope)) = &decoded.envelope else {
        return plain;
    };
    let correlation_id = if envelope.reply_to_msg_id.is_empty() {
        String::new()
    } else {
        literal(&envelope.correlation_id)
    };
    Composition {
        purpose: literal(&envelope.msg_purpose),
        sender_name: literal(&envelope.sender_name),
        receiver_name: literal(&envelope.receiver_name),
        receiver_id: literal(&envelope.receiver_id),
        reply_to: literal(&envelope.reply_to),
        reply_to_msg_id: literal(&envelope.reply_to_msg_id),
        correlation_id,
        metadata: literal(&envelope.metadata.0),
        dialect: *dialect,
        ..plain
    }
}

fn is_servers_own(name: &str) -> bool {
    let head = name.get(..SERVERS_OWN.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(SERVERS_OWN))
}

fn row(payload: &DecodedPayload<'_>, origin: &str) -> PayloadRow {
    let name = if payload.dataname.is_empty() {
        PLAIN_NAME
    } else {
        &payload.dataname
    };
    PayloadRow {
        name: name.to_owned(),
        kind: payload.kind,
        source: source(payload, origin),
        types: vec![],
        encoding: None,
    }
}

fn source(payload: &DecodedPayload<'_>, origin: &str) -> Source {
    let missing = |why: String| Source::Missing { why };
    match payload.state {
        PayloadState::NotFetched => {
            return missing(
                "its content is behind a link that was not fetched: fetch it and edit the message again, \
                 or choose a file"
                    .into(),
            );
        }
        PayloadState::Failed | PayloadState::TooLarge if payload.body.is_empty() => {
            let why = payload.error.as_deref().unwrap_or("it cannot be decoded");
            let why = why.trim_end_matches('.');
            return missing(format!("its content is not available: {why}; choose a file"));
        }
        _ => {}
    }
    match editable(payload) {
        Some(text) => Source::Text(literal(text)),
        None => Source::Bytes {
            body: payload.body.clone(),
            origin: origin.to_owned(),
        },
    }
}

/// The payload's own text, where it is one that a person may edit.
fn editable<'a>(payload: &'a DecodedPayload<'_>) -> Option<&'a str> {
    let Blob::Memory(bytes) = &payload.body else {
        return None;
    };
    let is_text = matches!(payload.kind, Kind::Text | Kind::Dictionary | Kind::JsonTable);
    let short = bytes.len() <= Limits::in_force().json_value;
    (is_text && short)
        .then(|| std::str::from_utf8(bytes).ok())
        .flatten()
}
