//! The fields of the form in their order: label, what an empty one means, how each is changed. The only list of them.

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
        "A message, or a request with answers",
    ),
    row(
        Field::Timeout,
        "wait",
        (Edits::Line, Shown::Request),
        "5s",
        "The time for answers: 5s, 500ms, 2m",
    ),
    row(
        Field::Replies,
        "answers",
        (Edits::Line, Shown::Request),
        "1",
        "How many answers; 0 takes all in time",
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
        "correlation",
        RARE,
        "a new one with each message",
        "The id of the conversation it belongs to",
    ),
    row(
        Field::Answers,
        "answer to",
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
        "A JSON object: whatever else it says",
    ),
    row(
        Field::Headers,
        "headers",
        (Edits::Text, Shown::Rare),
        "none",
        "NATS headers, one a line: Name: value",
    ),
    row(
        Field::Transport,
        "transport",
        (Edits::Turn, Shown::Rare),
        "",
        "Payloads inside the message, or by link",
    ),
    row(
        Field::JetStream,
        "stream",
        (Edits::Turn, Shown::Rare),
        "",
        "Whether it waits for a stream to have it",
    ),
    row(
        Field::Count,
        "times",
        RARE,
        "once",
        "How often it is sent, with new ids each",
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
