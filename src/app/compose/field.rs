//! The fields of the form in their order: label, what an empty one means, how each is read and changed. The only list
//! of them.

use super::composer::Composer;
use crate::engine::TransportChoice;
use crate::wire::{DIALECTS, Dialect};

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table below says what each is")]
pub enum Field {
    Subject,
    Purpose,
    Receiver,
    ReplyTo,
    Mode,
    Timeout,
    Replies,
    Dialect,
    Correlation,
    Answers,
    ReceiverId,
    Sender,
    Metadata,
    Headers,
    Transport,
    JetStream,
    Count,
    Rate,
}

/// How a field is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edits {
    /// Typed on its line.
    Line,
    /// One of a few values, taken in turn.
    Turn,
    /// A text of several lines, written in the whole pane.
    Text,
}

/// When a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Always.
    Always,
    /// While the message is a request.
    Request,
    /// While the rare fields are unfolded.
    Rare,
}

/// What the form knows of one field.
#[derive(Debug, Clone, Copy)]
pub struct FieldRow {
    /// The field.
    pub field: Field,
    /// The word before it.
    pub label: &'static str,
    /// What stands there while it is empty.
    pub empty: &'static str,
    /// What it is for, as a sentence without the full stop.
    pub about: &'static str,
    /// How it is changed.
    pub edits: Edits,
    /// When it is shown.
    pub shown: Shown,
}

const fn row(
    field: Field,
    label: &'static str,
    (edits, shown): (Edits, Shown),
    empty: &'static str,
    about: &'static str,
) -> FieldRow {
    FieldRow {
        field,
        label,
        empty,
        about,
        edits,
        shown,
    }
}

const LINE: (Edits, Shown) = (Edits::Line, Shown::Always);
const RARE: (Edits, Shown) = (Edits::Line, Shown::Rare);

/// All fields, in the order of the form.
pub const FORM_FIELDS: &[FieldRow] = &[
    row(
        Field::Subject,
        "to",
        LINE,
        "a subject",
        "The subject it is sent to",
    ),
    row(
        Field::Purpose,
        "purpose",
        LINE,
        "none",
        "What it is for: chat, ACK or any word",
    ),
    row(
        Field::Receiver,
        "receiver",
        LINE,
        "everybody",
        "The name of who is meant",
    ),
    row(
        Field::ReplyTo,
        "reply to",
        LINE,
        "nowhere",
        "The subject for answers",
    ),
    row(
        Field::Mode,
        "as",
        (Edits::Turn, Shown::Always),
        "",
        "A message, or a request that waits for answers",
    ),
    row(
        Field::Timeout,
        "wait",
        (Edits::Line, Shown::Request),
        "5s",
        "How long answers are waited for: 5s, 500ms, 2m",
    ),
    row(
        Field::Replies,
        "answers",
        (Edits::Line, Shown::Request),
        "1",
        "How many answers are waited for; 0 takes all until the time is up",
    ),
    row(
        Field::Dialect,
        "dialect",
        (Edits::Turn, Shown::Rare),
        "",
        "How the envelope is spelled",
    ),
    row(
        Field::Correlation,
        "conversation",
        RARE,
        "a new one with each message",
        "The correlation id of the conversation it belongs to",
    ),
    row(
        Field::Answers,
        "answers no.",
        RARE,
        "none",
        "The id of the message that it answers",
    ),
    row(
        Field::ReceiverId,
        "receiver id",
        RARE,
        "everybody",
        "The id of who is meant",
    ),
    row(Field::Sender, "sender", RARE, "nobody", "Our name in it"),
    row(
        Field::Metadata,
        "metadata",
        (Edits::Text, Shown::Rare),
        "{}",
        "A JSON object for whatever else it should say",
    ),
    row(
        Field::Headers,
        "headers",
        (Edits::Text, Shown::Rare),
        "none",
        "Headers of NATS, one on a line: Name: value",
    ),
    row(
        Field::Transport,
        "transport",
        (Edits::Turn, Shown::Rare),
        "",
        "Whether payloads go inside the message or by link",
    ),
    row(
        Field::JetStream,
        "stream",
        (Edits::Turn, Shown::Rare),
        "",
        "Whether a stream's acknowledgement is waited for",
    ),
    row(
        Field::Count,
        "times",
        RARE,
        "once",
        "How often it is sent, each time with new ids",
    ),
    row(
        Field::Rate,
        "pace",
        RARE,
        "one after the other",
        "How often in a time: 10/s, 0.5/s, 30/m",
    ),
];

impl Field {
    /// Its row in the table.
    pub fn row(self) -> &'static FieldRow {
        &FORM_FIELDS[self as usize]
    }

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
            Self::JetStream => "not asked".into(),
            Self::Count => composer.settings.count.clone(),
            Self::Rate => composer.settings.rate.clone(),
        }
    }

    /// What stands behind the value to explain it; empty for most.
    pub fn note(self, composer: &Composer) -> &'static str {
        match self {
            Self::Dialect => composer.message.dialect.row().about,
            Self::Mode if composer.settings.request => "waits for answers",
            Self::Mode => "sent and done",
            Self::Transport => match composer.message.transport {
                TransportChoice::Auto => "large payloads go by link",
                TransportChoice::Direct => "all inside the message",
                TransportChoice::Link => "all by link",
            },
            Self::JetStream if composer.message.jetstream => "a stream has to confirm that it has it",
            _ => "",
        }
    }

    /// Whether its value is not the one that a new message has.
    pub fn is_set(self, composer: &Composer) -> bool {
        self.text(composer) != self.text(&Composer::default())
    }

    /// Takes over a text; fields that are taken in turn take none.
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

    /// Takes the next value of a field that has a few, or the one before.
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

/// The value after (or before) another in a list, around the end.
pub(crate) fn turned<T: Copy + PartialEq>(all: &[T], now: T, forward: bool) -> T {
    let at = all.iter().position(|one| *one == now).unwrap_or(0);
    let steps = if forward { 1 } else { all.len().saturating_sub(1) };
    all.get((at + steps) % all.len().max(1)).copied().unwrap_or(now)
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

/// Headers out of such a text; a line without a colon is a name without a value, and said to be wrong elsewhere.
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

    #[test]
    fn rows_stand_at_their_fields() {
        for (at, row) in FORM_FIELDS.iter().enumerate() {
            assert_eq!(row.field as usize, at, "{}", row.label);
        }
    }

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
