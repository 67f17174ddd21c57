//! The text format of drafts: every key by name, TOML or JSON. Pure text; files and paths are handled elsewhere.

use super::composition::Composition;
use crate::wording::Cause;
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

/// Reads a draft's text; its paths are as they are written.
pub(super) fn parse(text: &str, language: Language) -> Result<Composition, Mistake> {
    match language {
        Language::Toml => toml::from_str(text).map_err(|error| {
            let (line, column) = line_and_column(text, error.span());
            let why = error.message().to_owned();
            Mistake { line, column, why }
        }),
        Language::Json => serde_json::from_str(text).map_err(|error| {
            let said = error.to_string();
            let why = said.rsplit_once(" at line ").map_or(&*said, |(why, _)| why);
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
    match language {
        Language::Toml => toml::to_string_pretty(composition).map_err(Cause::of),
        Language::Json => serde_json::to_string_pretty(composition)
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
    use crate::bridge::TransportChoice;
    use crate::composition::named::Name;
    use crate::composition::payload_row::{PayloadRow, Source};
    use natsbridge_wire::{Blob, ColumnType, Dialect, Kind, TextEncoding};
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
        let kind = prop::sample::select(Kind::all()).prop_map(|(kind, _)| kind);
        let encoding = prop::option::of(prop::sample::select(TextEncoding::ALL));
        (text(), kind, source, types, encoding).prop_map(|(name, kind, source, types, encoding)| PayloadRow {
            name,
            kind,
            source,
            types,
            encoding,
        })
    }

    fn composition() -> impl Strategy<Value = Composition> {
        let texts = prop::collection::vec(text(), 9);
        let dialect = prop::sample::select(Dialect::all()).prop_map(|(dialect, _)| dialect);
        let transport = prop::sample::select(TransportChoice::ALL);
        let headers = prop::collection::vec((text(), text()), 0..3);
        let payloads = prop::collection::vec(payload(), 0..4);
        (texts, dialect, transport, any::<bool>(), headers, payloads).prop_map(
            |(texts, dialect, transport, jetstream, headers, payloads)| {
                let mut made = Composition {
                    dialect,
                    transport,
                    jetstream,
                    headers,
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
