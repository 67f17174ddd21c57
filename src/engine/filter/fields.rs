//! The fields a filter can test: completion, help and the guide's table are derived from this list.

use natsbridge_wire::{Code, DIALECTS, KINDS, Severity};
use std::fmt::Write as _;

/// A field of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilterField {
    /// Its subject; patterns may be given.
    Subject,
    /// The NATS reply subject.
    Reply,
    /// Name of the sender.
    Sender,
    /// Name of the receiver.
    Receiver,
    /// Purpose.
    Purpose,
    /// Correlation id.
    Correlation,
    /// Message id.
    Message,
    /// Spelling of the envelope.
    Dialect,
    /// Kind of one of its payloads.
    Kind,
    /// How one of its payloads travels.
    Transport,
    /// Number of payloads.
    Payloads,
    /// Bytes of the message.
    Size,
    /// How long ago it came.
    Age,
    /// Code or severity of a finding.
    Finding,
    /// Text in a decoded payload.
    Text,
    /// A header, by its name.
    Header,
    /// A value in a dictionary, by its path.
    Payload,
    /// A value in the envelope's metadata, by its path.
    Metadata,
}

impl FilterField {
    /// Whether its values can be compared with < and >.
    pub(super) fn is_ordered(self) -> bool {
        !matches!(
            self,
            Self::Subject | Self::Text | Self::Dialect | Self::Kind | Self::Transport
        )
    }
}

/// What is known of a field.
#[derive(Debug, Clone, Copy)]
pub struct FilterFieldSpec {
    /// The field.
    pub field: FilterField,
    /// How it is typed; a name that ends in a dot takes a name or path after it.
    pub name: &'static str,
    /// What it holds, as a phrase.
    pub doc: &'static str,
    /// A filter that uses it.
    pub example: &'static str,
    /// The values that it can have, where they are few.
    pub values: fn() -> Vec<&'static str>,
}

fn any() -> Vec<&'static str> {
    vec![]
}

const fn row(field: FilterField, [name, doc, example]: [&'static str; 3]) -> FilterFieldSpec {
    FilterFieldSpec {
        field,
        name,
        doc,
        example,
        values: any,
    }
}

/// All fields, in the order in which they are listed to people.
pub const FILTER_FIELDS: &[FilterFieldSpec] = &[
    row(
        FilterField::Subject,
        ["subject", "subject, or a pattern of subjects", "subject=chat.>"],
    ),
    row(
        FilterField::Reply,
        ["reply", "NATS reply subject", "reply~_INBOX"],
    ),
    row(
        FilterField::Sender,
        ["sender", "name of the sender", "sender=web-ui"],
    ),
    row(
        FilterField::Receiver,
        ["receiver", "name of the receiver", "receiver=py-edge"],
    ),
    row(
        FilterField::Purpose,
        ["purpose", "purpose of the message", "purpose=chat"],
    ),
    row(
        FilterField::Correlation,
        [
            "correlation",
            "correlation id, or the start of one",
            "correlation=7f3a91c2",
        ],
    ),
    row(
        FilterField::Message,
        ["message", "message id, or the start of one", "message=01d2"],
    ),
    FilterFieldSpec {
        values: || DIALECTS.iter().map(|row| row.name).collect(),
        ..row(
            FilterField::Dialect,
            ["dialect", "dialect of the envelope, or none", "dialect=v0.4"],
        )
    },
    FilterFieldSpec {
        values: || KINDS.iter().map(|row| row.name).collect(),
        ..row(
            FilterField::Kind,
            ["kind", "kind of any of its payloads", "kind=table"],
        )
    },
    FilterFieldSpec {
        values: || vec!["direct", "link"],
        ..row(
            FilterField::Transport,
            ["transport", "transport of any of its payloads", "transport=link"],
        )
    },
    row(
        FilterField::Payloads,
        ["payloads", "number of payloads", "payloads>1"],
    ),
    row(
        FilterField::Size,
        ["size", "size of the message in bytes", "size>100kB"],
    ),
    row(FilterField::Age, ["age", "time since it arrived", "age<5min"]),
    FilterFieldSpec {
        values: || {
            let severities = [Severity::Note, Severity::Warning, Severity::Error].map(Severity::name);
            severities
                .into_iter()
                .chain(Code::ALL.iter().map(|code| code.name()))
                .collect()
        },
        ..row(
            FilterField::Finding,
            ["finding", "code or severity of a finding", "finding>=warning"],
        )
    },
    row(
        FilterField::Text,
        ["text", "text in any decoded payload", "text~\"red wine\""],
    ),
    row(
        FilterField::Header,
        ["header.", "a header, by name", "header.Trace=abc"],
    ),
    row(
        FilterField::Payload,
        [
            "payload.",
            "a value in a dictionary, by path",
            "payload.config.rate>3",
        ],
    ),
    row(
        FilterField::Metadata,
        ["metadata.", "a value in the metadata, by path", "metadata.x=y"],
    ),
];

impl FilterFieldSpec {
    /// The field of that name, with the name or path after its dot.
    pub fn find(typed: &str) -> Option<(&'static Self, &str)> {
        FILTER_FIELDS
            .iter()
            .find_map(|row| match row.name.strip_suffix('.') {
                None => row.name.eq_ignore_ascii_case(typed).then_some((row, "")),
                Some(name) => {
                    let (head, rest) = typed.split_at_checked(name.len())?;
                    let rest = rest
                        .strip_prefix('.')
                        .or_else(|| rest.starts_with('[').then_some(rest))?;
                    (head.eq_ignore_ascii_case(name) && !rest.is_empty()).then_some((row, rest))
                }
            })
    }

    /// Its name for people: one that takes something after its dot ends in an ellipsis.
    pub(super) fn shown(&self) -> String {
        match self.name.strip_suffix('.') {
            Some(name) => format!("{name}.…"),
            None => self.name.to_owned(),
        }
    }
}

/// The guide's table of fields, as Markdown.
pub fn filter_table_markdown() -> String {
    let mut text = String::from("| field | meaning | example |\n|---|---|---|\n");
    for row in FILTER_FIELDS {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| `{}` | {} | `{}` |", row.shown(), row.doc, row.example);
    }
    text
}
