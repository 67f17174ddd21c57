//! The fields of the form, in order: label, placeholder, how each is edited. The only list of them.

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table below describes each")]
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

/// How a field is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditMode {
    /// Typed on its line.
    Line,
    /// One of a few values, cycled through.
    Turn,
    /// A multi-line text, edited in the whole pane.
    Text,
}

/// When a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Always.
    Always,
    /// While the message is a request.
    Request,
    /// While the rarely used fields are shown.
    Rare,
}

/// Everything known about one field.
#[derive(Debug, Clone, Copy)]
pub struct FieldRow {
    /// The field.
    pub field: Field,
    /// Its label.
    pub label: &'static str,
    /// The placeholder while it is empty.
    pub empty: &'static str,
    /// What it is for, as a sentence without the full stop.
    pub about: &'static str,
    /// How it is changed.
    pub edits: EditMode,
    /// When it is shown.
    pub shown: Shown,
}

const fn row(
    field: Field,
    label: &'static str,
    (edits, shown): (EditMode, Shown),
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

const LINE: (EditMode, Shown) = (EditMode::Line, Shown::Always);
const RARE: (EditMode, Shown) = (EditMode::Line, Shown::Rare);

/// All fields, in the order of the form.
pub const FORM_FIELDS: &[FieldRow] = &[
    row(Field::Subject, "to", LINE, "a subject", "The subject to send to"),
    row(
        Field::Purpose,
        "purpose",
        LINE,
        "none",
        "The purpose: chat, ACK or any word",
    ),
    row(
        Field::Receiver,
        "receiver",
        LINE,
        "everyone",
        "The name of the receiver",
    ),
    row(
        Field::ReplyTo,
        "reply to",
        LINE,
        "nowhere",
        "The subject for replies",
    ),
    row(
        Field::Mode,
        "as",
        (EditMode::Turn, Shown::Always),
        "",
        "A message, or a request expecting replies",
    ),
    row(
        Field::Timeout,
        "wait",
        (EditMode::Line, Shown::Request),
        "5s",
        "How long to wait: 5s, 500ms, 2m",
    ),
    row(
        Field::Replies,
        "replies",
        (EditMode::Line, Shown::Request),
        "1",
        "How many replies to wait for; 0 for all",
    ),
    row(
        Field::Dialect,
        "dialect",
        (EditMode::Turn, Shown::Rare),
        "",
        "Which spelling of the envelope to use",
    ),
    row(
        Field::Correlation,
        "correlation",
        RARE,
        "a new one for each message",
        "The id of the conversation",
    ),
    row(
        Field::Answers,
        "reply to id",
        RARE,
        "none",
        "The id of the message this one answers",
    ),
    row(
        Field::ReceiverId,
        "receiver id",
        RARE,
        "everyone",
        "The id of the receiver",
    ),
    row(
        Field::Sender,
        "sender",
        RARE,
        "nobody",
        "The sender's name in the envelope",
    ),
    row(
        Field::Metadata,
        "metadata",
        (EditMode::Text, Shown::Rare),
        "{}",
        "A JSON object with anything else",
    ),
    row(
        Field::Headers,
        "headers",
        (EditMode::Text, Shown::Rare),
        "none",
        "NATS headers, one per line: Name: value",
    ),
    row(
        Field::Transport,
        "transport",
        (EditMode::Turn, Shown::Rare),
        "",
        "Payloads inside the message, or by link",
    ),
    row(
        Field::JetStream,
        "stream",
        (EditMode::Turn, Shown::Rare),
        "",
        "Wait until a stream has stored it",
    ),
    row(
        Field::Count,
        "count",
        RARE,
        "once",
        "How often to send it, each with new ids",
    ),
    row(
        Field::Rate,
        "rate",
        RARE,
        "as fast as possible",
        "The rate: 10/s, 0.5/s or 30/m",
    ),
];

impl Field {
    /// Its row in the table.
    pub fn row(self) -> &'static FieldRow {
        &FORM_FIELDS[self as usize]
    }
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
    fn labels_and_sentences_fit_into_a_pane_of_fifty_cells() {
        for row in FORM_FIELDS {
            assert!(row.label.len() <= 11, "{}", row.label);
            assert!(row.about.len() <= 42, "{}", row.about);
        }
    }
}
