//! The values of the fields: how each is read from the message and written to it.

use super::composer::Composer;
use super::field::Field;
use super::turned::turned;
use natsbridge_engine::TransportChoice;
use natsbridge_wire::{DIALECTS, Dialect};

impl Field {
    /// Its text as the form shows it.
    pub fn text(self, composer: &Composer) -> String {
        let message = &composer.message;
        match self {
            Self::Subject => message.subject.clone(),
            Self::Purpose => message.purpose.clone(),
            Self::Receiver => message.receiver_name.clone(),
            Self::ReplyTo => message.reply_to.clone(),
            Self::Mode if composer.settings.request => "request".into(),
            Self::Mode => "message".into(),
            Self::Timeout => composer.settings.timeout.clone(),
            Self::Replies => composer.settings.replies.clone(),
            Self::Dialect => message.dialect.name().into(),
            Self::Correlation => message.correlation_id.clone(),
            Self::Answers => message.reply_to_msg_id.clone(),
            Self::ReceiverId => message.receiver_id.clone(),
            Self::Sender => message.sender_name.clone(),
            Self::Metadata => message.metadata.clone(),
            Self::Headers => headers_text(&message.headers),
            Self::Transport => transport_name(message.transport).into(),
            Self::JetStream if message.jetstream => "acknowledged".into(),
            Self::JetStream => "not waited for".into(),
            Self::Count => composer.settings.count.clone(),
            Self::Rate => composer.settings.rate.clone(),
        }
    }

    /// A short explanation of the value; mostly empty.
    pub fn note(self, composer: &Composer) -> &'static str {
        match self {
            Self::Dialect => composer.message.dialect.row().about,
            Self::Mode if composer.settings.request => "waits for replies",
            Self::Mode => "no reply expected",
            Self::Transport => match composer.message.transport {
                TransportChoice::Auto => "large payloads go by link",
                TransportChoice::Direct => "all payloads inside the message",
                TransportChoice::Link => "all payloads by link",
            },
            Self::JetStream if composer.message.jetstream => "waits until a stream has stored it",
            _ => "",
        }
    }

    /// Whether it differs from its default.
    pub fn is_set(self, composer: &Composer) -> bool {
        self.text(composer) != self.text(&Composer::default())
    }

    /// Applies a text; fields that are cycled through ignore it.
    pub(crate) fn write(self, text: &str, composer: &mut Composer) {
        let text = text.to_owned();
        let message = &mut composer.message;
        match self {
            Self::Subject => message.subject = text,
            Self::Purpose => message.purpose = text,
            Self::Receiver => message.receiver_name = text,
            Self::ReplyTo => message.reply_to = text,
            Self::Timeout => composer.settings.timeout = text,
            Self::Replies => composer.settings.replies = text,
            Self::Correlation => message.correlation_id = text,
            Self::Answers => message.reply_to_msg_id = text,
            Self::ReceiverId => message.receiver_id = text,
            Self::Sender => message.sender_name = text,
            Self::Metadata => message.metadata = text,
            Self::Headers => message.headers = headers(&text),
            Self::Count => composer.settings.count = text,
            Self::Rate => composer.settings.rate = text,
            Self::Mode | Self::Dialect | Self::Transport | Self::JetStream => return,
        }
        composer.changed();
    }

    /// Cycles to the next or previous value of a field that has only a few.
    pub(crate) fn turn(self, forward: bool, composer: &mut Composer) {
        let message = &mut composer.message;
        match self {
            Self::Mode => composer.settings.request = !composer.settings.request,
            Self::Dialect => message.dialect = turned(&dialects(), message.dialect, forward),
            Self::Transport => message.transport = turned(TRANSPORTS, message.transport, forward),
            Self::JetStream => message.jetstream = !message.jetstream,
            _ => return,
        }
        composer.changed();
    }
}

const TRANSPORTS: &[TransportChoice] = &[
    TransportChoice::Auto,
    TransportChoice::Direct,
    TransportChoice::Link,
];

fn dialects() -> Vec<Dialect> {
    DIALECTS.iter().map(|row| row.dialect).collect()
}

fn transport_name(choice: TransportChoice) -> &'static str {
    match choice {
        TransportChoice::Auto => "auto",
        TransportChoice::Direct => "direct",
        TransportChoice::Link => "link",
    }
}

/// Headers as text: one on a line.
pub(crate) fn headers_text(headers: &[(String, String)]) -> String {
    let lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    lines.join("\n")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::compose::field::{Edits, FORM_FIELDS};

    #[test]
    fn every_typed_field_gives_back_what_was_written() {
        for row in FORM_FIELDS.iter().filter(|row| row.edits != Edits::Turn) {
            let mut composer = Composer::default();
            row.field.write("A-b: 1", &mut composer);
            assert_eq!(row.field.text(&composer), "A-b: 1", "{}", row.label);
            assert!(
                row.field.is_set(&composer) && composer.is_edited(),
                "{}",
                row.label
            );
        }
    }

    #[test]
    fn every_value_of_a_turn_comes_by_and_back() {
        for row in FORM_FIELDS.iter().filter(|row| row.edits == Edits::Turn) {
            let mut composer = Composer::default();
            let first = row.field.text(&composer);
            let mut seen = vec![first.clone()];
            loop {
                row.field.turn(true, &mut composer);
                let now = row.field.text(&composer);
                if now == first {
                    break;
                }
                assert!(!seen.contains(&now));
                seen.push(now);
            }
            assert!(seen.len() > 1, "{}", row.label);
            row.field.turn(false, &mut composer);
            assert_eq!(row.field.text(&composer), seen[seen.len() - 1], "{}", row.label);
        }
    }
}
