//! The fields of the form, in order: label, placeholder, how each is edited. The only list of them.

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

macro_rules! fields {
    ($($variant:ident $label:literal $edits:ident $shown:ident $empty:literal $about:literal)*) => {
        /// A field of the form.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the table describes each")]
        pub enum Field { $($variant),* }

        /// All fields, in the order of the form.
        pub const FORM_FIELDS: &[FieldRow] = &[$(FieldRow {
            field: Field::$variant, label: $label, empty: $empty, about: $about, edits: EditMode::$edits,
            shown: Shown::$shown,
        }),*];
    };
}

fields! {
    Subject "to" Line Always "a subject" "The subject to send to"
    Purpose "purpose" Line Always "none" "The purpose: chat, ACK or any word"
    Receiver "receiver" Line Always "everyone" "The name of the receiver"
    ReplyTo "reply to" Line Always "nowhere" "The subject for replies"
    Mode "as" Turn Always "" "A message, or a request expecting replies"
    Timeout "wait" Line Request "5s" "How long to wait: 5s, 500ms, 2m"
    Replies "replies" Line Request "1" "How many replies to wait for; 0 for all"
    Dialect "dialect" Turn Rare "" "Which spelling of the envelope to use"
    Correlation "correlation" Line Rare "a new one for each message" "The id of the conversation"
    Answers "reply to id" Line Rare "none" "The id of the message this one answers"
    ReceiverId "receiver id" Line Rare "everyone" "The id of the receiver"
    Sender "sender" Line Rare "nobody" "The sender's name in the envelope"
    Metadata "metadata" Text Rare "{}" "A JSON object with anything else"
    Headers "headers" Text Rare "none" "NATS headers, one per line: Name: value"
    Transport "transport" Turn Rare "" "Payloads inside the message, or by link"
    JetStream "stream" Turn Rare "" "Wait until a stream has stored it"
    Count "count" Line Rare "once" "How often to send it, each with new ids"
    Rate "rate" Line Rare "as fast as possible" "The rate: 10/s, 0.5/s or 30/m"
}

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
