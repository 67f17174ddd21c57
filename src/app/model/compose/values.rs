//! The values of the fields: how each is read from the message and written to it.

use super::field::Field;
use super::settings::SendSettings;
use crate::model::turned::turned;
use natsbridge_engine::{Composition, TransportChoice};
use natsbridge_wire::{DIALECTS, Dialect};

/// The text of a field as the form shows it.
pub(super) fn field_text(field: Field, message: &Composition, settings: &SendSettings) -> String {
    match field {
        Field::Subject => message.subject.clone(),
        Field::Purpose => message.purpose.clone(),
        Field::Receiver => message.receiver_name.clone(),
        Field::ReplyTo => message.reply_to.clone(),
        Field::Mode if settings.request => "request".into(),
        Field::Mode => "message".into(),
        Field::Timeout => settings.timeout.clone(),
        Field::Replies => settings.replies.clone(),
        Field::Dialect => message.dialect.name().into(),
        Field::Correlation => message.correlation_id.clone(),
        Field::Answers => message.reply_to_msg_id.clone(),
        Field::ReceiverId => message.receiver_id.clone(),
        Field::Sender => message.sender_name.clone(),
        Field::Metadata => message.metadata.clone(),
        Field::Headers => headers_text(&message.headers),
        Field::Transport => message.transport.name().into(),
        Field::JetStream if message.jetstream => "acknowledged".into(),
        Field::JetStream => "not waited for".into(),
        Field::Count => settings.count.clone(),
        Field::Rate => settings.rate.clone(),
    }
}

/// A short explanation of the value of a field; mostly empty.
pub(super) fn field_note(field: Field, message: &Composition, settings: &SendSettings) -> &'static str {
    match field {
        Field::Dialect => message.dialect.row().about,
        Field::Mode if settings.request => "waits for replies",
        Field::Mode => "no reply expected",
        Field::Transport => match message.transport {
            TransportChoice::Auto => "large payloads go by link",
            TransportChoice::Direct => "all payloads inside the message",
            TransportChoice::Link => "all payloads by link",
        },
        Field::JetStream if message.jetstream => "waits until a stream has stored it",
        _ => "",
    }
}

/// Applies a text to a field; fields that are cycled through ignore it. Whether it took the text.
pub(super) fn write_field(
    field: Field,
    text: &str,
    message: &mut Composition,
    settings: &mut SendSettings,
) -> bool {
    let text = text.to_owned();
    match field {
        Field::Subject => message.subject = text,
        Field::Purpose => message.purpose = text,
        Field::Receiver => message.receiver_name = text,
        Field::ReplyTo => message.reply_to = text,
        Field::Timeout => settings.timeout = text,
        Field::Replies => settings.replies = text,
        Field::Correlation => message.correlation_id = text,
        Field::Answers => message.reply_to_msg_id = text,
        Field::ReceiverId => message.receiver_id = text,
        Field::Sender => message.sender_name = text,
        Field::Metadata => message.metadata = text,
        Field::Headers => message.headers = headers(&text),
        Field::Count => settings.count = text,
        Field::Rate => settings.rate = text,
        Field::Mode | Field::Dialect | Field::Transport | Field::JetStream => return false,
    }
    true
}

/// Cycles to the next or previous value of a field that has only a few. Whether it is such a field.
pub(super) fn turn_field(
    field: Field,
    forward: bool,
    message: &mut Composition,
    settings: &mut SendSettings,
) -> bool {
    match field {
        Field::Mode => settings.request = !settings.request,
        Field::Dialect => message.dialect = turned(&dialects(), message.dialect, forward),
        Field::Transport => message.transport = turned(TransportChoice::ALL, message.transport, forward),
        Field::JetStream => message.jetstream = !message.jetstream,
        _ => return false,
    }
    true
}

fn dialects() -> Vec<Dialect> {
    DIALECTS.iter().map(|row| row.dialect).collect()
}

/// Headers as text: one on a line.
fn headers_text(headers: &[(String, String)]) -> String {
    let lines = headers.iter().map(|(name, value)| format!("{name}: {value}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Parses headers from such a text; a line without a colon becomes a name without a value, which is reported
/// elsewhere.
fn headers(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            (name.trim().to_owned(), value.trim().to_owned())
        })
        .collect()
}
