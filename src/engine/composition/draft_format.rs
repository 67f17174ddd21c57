//! The text format of drafts: every key by name, TOML or JSON. Pure text; files and paths are handled elsewhere.

use super::composition::{Composition, PayloadRow, Source};
use super::named::Named;
use crate::bridge::TransportChoice;
use crate::wording::Cause;
use natsbridge_wire::{ColumnType, Dialect, Kind, decode_base64, encode_base64};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Which language a draft is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Toml,
    Json,
}

/// What is wrong with a draft's text and where, both counted from 1.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) why: String,
}

/// A composition in the draft format. Missing keys have the values of an empty composition.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Draft {
    subject: String,
    purpose: String,
    sender_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    receiver_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    receiver_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reply_to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reply_to_msg_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    correlation_id: String,
    metadata: String,
    dialect: Named<Dialect>,
    transport: Named<TransportChoice>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    jetstream: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headers: Vec<Header>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payloads: Vec<DraftPayload>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    name: String,
    value: String,
}

/// A payload; exactly one of `text`, `file`, `base64` and `missing` says where its content is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Spelled", into = "Spelled")]
struct DraftPayload(PayloadRow);

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelled {
    name: String,
    kind: Named<Kind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    columns: Vec<Column>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    column_type: Named<ColumnType>,
}

/// What is wrong with a payload of a draft; the reader adds the place.
#[derive(Debug, thiserror::Error)]
enum PayloadMistake {
    #[error("payload {0:?} is not valid base64 from character {1} on")]
    Base64(String, usize),
    #[error("payload {0:?} must have exactly one of text, file and base64 as its content")]
    Content(String),
}

impl TryFrom<Spelled> for DraftPayload {
    type Error = PayloadMistake;

    fn try_from(spelled: Spelled) -> Result<Self, PayloadMistake> {
        let Spelled {
            name,
            kind: Named(kind),
            text,
            file,
            base64,
            origin,
            missing,
            columns,
        } = spelled;
        let source = match (text, file, base64, missing) {
            (Some(text), None, None, None) => Source::Text(text),
            (None, Some(file), None, None) => Source::File(file.into()),
            (None, None, Some(base64), None) => {
                let (body, _) =
                    decode_base64(&base64).map_err(|at| PayloadMistake::Base64(name.clone(), at))?;
                Source::Bytes {
                    body: body.into(),
                    origin: origin.unwrap_or_default(),
                }
            }
            (None, None, None, Some(why)) => Source::Missing { why },
            _ => return Err(PayloadMistake::Content(name)),
        };
        let types = columns
            .into_iter()
            .map(|column| (column.name, column.column_type.0));
        Ok(Self(PayloadRow {
            name,
            kind,
            source,
            types: types.collect(),
        }))
    }
}

impl From<DraftPayload> for Spelled {
    fn from(DraftPayload(row): DraftPayload) -> Self {
        let mut spelled = Self {
            name: row.name,
            kind: Named(row.kind),
            text: None,
            file: None,
            base64: None,
            origin: None,
            missing: None,
            columns: vec![],
        };
        match row.source {
            Source::Text(text) => spelled.text = Some(text),
            // Writers of drafts make sure that the path is valid text and the bytes are in memory.
            Source::File(path) => spelled.file = Some(path.to_string_lossy().into_owned()),
            Source::Bytes { body, origin } => {
                spelled.base64 = Some(encode_base64(body.memory().map_or(&[], |bytes| bytes)));
                spelled.origin = Some(origin).filter(|origin| !origin.is_empty());
            }
            Source::Missing { why } => spelled.missing = Some(why),
        }
        let columns = row.types.into_iter();
        spelled.columns = columns
            .map(|(name, chosen)| Column {
                name,
                column_type: Named(chosen),
            })
            .collect();
        spelled
    }
}

impl Default for Draft {
    fn default() -> Self {
        Composition::default().into()
    }
}

impl From<Composition> for Draft {
    fn from(composition: Composition) -> Self {
        let headers = composition.headers.into_iter();
        Self {
            subject: composition.subject,
            purpose: composition.purpose,
            sender_name: composition.sender_name,
            receiver_name: composition.receiver_name,
            receiver_id: composition.receiver_id,
            reply_to: composition.reply_to,
            reply_to_msg_id: composition.reply_to_msg_id,
            correlation_id: composition.correlation_id,
            metadata: composition.metadata,
            dialect: Named(composition.dialect),
            transport: Named(composition.transport),
            jetstream: composition.jetstream,
            headers: headers.map(|(name, value)| Header { name, value }).collect(),
            payloads: composition.payloads.into_iter().map(DraftPayload).collect(),
        }
    }
}

impl From<Draft> for Composition {
    fn from(draft: Draft) -> Self {
        let headers = draft.headers.into_iter();
        Self {
            subject: draft.subject,
            purpose: draft.purpose,
            sender_name: draft.sender_name,
            receiver_name: draft.receiver_name,
            receiver_id: draft.receiver_id,
            reply_to: draft.reply_to,
            reply_to_msg_id: draft.reply_to_msg_id,
            correlation_id: draft.correlation_id,
            metadata: draft.metadata,
            dialect: draft.dialect.0,
            headers: headers.map(|header| (header.name, header.value)).collect(),
            transport: draft.transport.0,
            jetstream: draft.jetstream,
            payloads: draft.payloads.into_iter().map(|payload| payload.0).collect(),
        }
    }
}

/// Reads a draft's text; its paths are as they are written.
pub(super) fn parse(text: &str, language: Language) -> Result<Composition, Mistake> {
    match language {
        Language::Toml => toml::from_str::<Draft>(text)
            .map(Composition::from)
            .map_err(|error| {
                let (line, column) = line_and_column(text, error.span());
                Mistake {
                    line,
                    column,
                    why: error.message().to_owned(),
                }
            }),
        Language::Json => serde_json::from_str::<Draft>(text)
            .map(Composition::from)
            .map_err(|error| {
                let said = error.to_string();
                let why = said
                    .rsplit_once(" at line ")
                    .map_or(said.as_str(), |(why, _)| why);
                Mistake {
                    line: error.line(),
                    column: error.column(),
                    why: why.to_owned(),
                }
            }),
    }
}

/// Writes a draft's text. Bytes have to be in memory and paths to be text.
pub(super) fn write(composition: &Composition, language: Language) -> Result<String, Cause> {
    let draft = Draft::from(composition.clone());
    match language {
        Language::Toml => toml::to_string_pretty(&draft).map_err(Cause::of),
        Language::Json => serde_json::to_string_pretty(&draft)
            .map(|text| text + "\n")
            .map_err(Cause::of),
    }
}

/// The line and column of a place in a text, both from 1.
fn line_and_column(text: &str, place: Option<Range<usize>>) -> (usize, usize) {
    let at = place.map_or(0, |place| place.start.min(text.len()));
    let head = &text.as_bytes()[..at];
    let start = memchr::memrchr(b'\n', head).map_or(0, |end| end + 1);
    let line = 1 + memchr::memchr_iter(b'\n', head).count();
    (line, 1 + String::from_utf8_lossy(&head[start..]).chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::composition::named::Name;
    use natsbridge_wire::Blob;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[a-z \\\\\"'\n\r\t{}=#\u{0}\u{7f}é]{0,30}",
            Just(String::new())
        ]
    }

    fn payload() -> impl Strategy<Value = PayloadRow> {
        let source = prop_oneof![
            text().prop_map(Source::Text),
            "[a-z./]{1,12}".prop_map(|path| Source::File(path.into())),
            text().prop_map(|why| Source::Missing { why }),
            (prop::collection::vec(any::<u8>(), 0..40), text()).prop_map(|(bytes, origin)| Source::Bytes {
                body: Blob::from(bytes),
                origin
            }),
        ];
        let types = prop::collection::vec((text(), prop::sample::select(ColumnType::ALL)), 0..3);
        let kind = prop::sample::select(<Kind as Name>::all());
        (text(), kind, source, types).prop_map(|(name, kind, source, types)| PayloadRow {
            name,
            kind,
            source,
            types,
        })
    }

    fn composition() -> impl Strategy<Value = Composition> {
        let texts = prop::collection::vec(text(), 9);
        let dialect = prop::sample::select(<Dialect as Name>::all());
        let transport = prop::sample::select(TransportChoice::ALL);
        let headers = prop::collection::vec((text(), text()), 0..3);
        let payloads = prop::collection::vec(payload(), 0..4);
        (texts, dialect, transport, any::<bool>(), headers, payloads).prop_map(
            |(texts, dialect, transport, jetstream, headers, payloads)| {
                let mut made = Composition {
                    dialect,
                    headers,
                    transport,
                    jetstream,
                    payloads,
                    ..Composition::default()
                };
                for ((_, field), text) in made.texts_mut().into_iter().zip(texts) {
                    *field = text;
                }
                made
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was(composition in composition()) {
            for language in [Language::Toml, Language::Json] {
                let text = write(&composition, language).unwrap();
                let read = parse(&text, language);
                prop_assert!(read.is_ok(), "{read:?} in {text}");
                prop_assert_eq!(&read.unwrap(), &composition, "{}", text);
            }
        }

        #[test]
        fn no_text_makes_the_reader_fail_otherwise_than_with_a_place(text in any::<String>()) {
            for language in [Language::Toml, Language::Json] {
                if let Err(mistake) = parse(&text, language) {
                    prop_assert!(mistake.line <= 1 + text.matches('\n').count());
                }
            }
        }
    }

    #[test]
    fn a_draft_is_nice_to_read() {
        let composition = Composition {
            subject: "/chat/room1".into(),
            metadata: r#"{"priority": 1}"#.into(),
            headers: vec![("Trace".into(), "on".into())],
            payloads: vec![
                PayloadRow::text("message", "Hello,\n\n\"you\" there\n"),
                PayloadRow {
                    kind: Kind::Table,
                    source: Source::File("rows.csv".into()),
                    types: vec![("zip".into(), ColumnType::Text)],
                    ..PayloadRow::text("rows", "")
                },
            ],
            ..Composition::default()
        };
        assert_eq!(
            write(&composition, Language::Toml).unwrap(),
            r#"subject = "/chat/room1"
purpose = "chat"
sender_name = "NATSBridge"
metadata = '{"priority": 1}'
dialect = "universal"
transport = "auto"

[[headers]]
name = "Trace"
value = "on"

[[payloads]]
name = "message"
kind = "text"
text = """
Hello,

"you" there
"""

[[payloads]]
name = "rows"
kind = "table"
file = "rows.csv"

[[payloads.columns]]
name = "zip"
type = "text"
"#
        );
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let payload = "subject = 'a'\n[[payloads]]\nname = 'p'\nkind = 'text'\n";
        for (text, line, why) in [
            (
                "subject = 'a'\nsubjct = 'b'\n".to_owned(),
                2,
                "unknown field `subjct`",
            ),
            (
                "subject = 'a'\ndialect = 'v9'\n".into(),
                2,
                "unknown dialect \"v9\"; use one of universal",
            ),
            (
                payload.replace("'text'", "'words'"),
                4,
                "unknown kind \"words\"; use one of text",
            ),
            (payload.into(), 2, "exactly one of text, file and base64"),
            (format!("{payload}text = 'a'\nfile = 'b'\n"), 2, "exactly one of"),
            (format!("{payload}txt = 'a'\n"), 5, "unknown field `txt`"),
            (
                format!("{payload}base64 = 'a*'\n"),
                2,
                "is not valid base64 from character 1 on",
            ),
            ("subject = \n".into(), 1, ""),
        ] {
            let mistake = parse(&text, Language::Toml).unwrap_err();
            assert_eq!(mistake.line, line, "{text}: {mistake:?}");
            assert!(mistake.why.contains(why), "{mistake:?}");
        }
        let mistake = parse("{\n \"subjct\": 1}", Language::Json).unwrap_err();
        assert_eq!(mistake.line, 2);
        assert!(mistake.why.contains("unknown field `subjct`") && !mistake.why.contains("line"));
    }
}
