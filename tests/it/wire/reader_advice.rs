//! Advice follows the readers' verdict: a message that no peer can read is an error, whatever was done to its keys and words;
//! a type that is missing is named as the envelope's dialect names it, with what the bytes are.

use natsbridge_engine::{Examination, Surroundings, examine};
use natsbridge_wire::{
    Code, DIALECTS, Dialect, Envelope, EnvelopePayload, FIELDS, KINDS, Kind, KindNames, Limits, READERS,
    Readability, ReaderStack, Severity, table_from_csv, write_envelope,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

fn examined(raw: &[u8]) -> Examination {
    examine(&raw.to_vec().into(), &Surroundings::default(), &Limits::DEFAULT)
}

/// Whether all peers that can take whatever is sent in their dialect fail.
fn nobody_reads(examination: &Examination) -> bool {
    let full = READERS
        .iter()
        .filter(|reader| reader.family != ReaderStack::Ours && reader.tables && reader.most_bytes.is_none());
    let mut answers = examination.readers(full).into_iter();
    answers.all(|answer| answer.reads == Readability::No)
}

/// Whether it is spelled as one of the two dialects that none of those peers speaks: programs by the document of v0.4.1, and
/// from before the first release, read it.
fn is_whole_in_an_unlisted_dialect(examination: &Examination) -> bool {
    let Some((dialect, envelope)) = &examination.decoded.envelope else {
        return false;
    };
    let vocabulary = match dialect {
        Dialect::Readme => KindNames::V0_4,
        Dialect::V0_0 => KindNames::V0_0,
        _ => return false,
    };
    let known = |word: &str| word.is_empty() || KINDS.iter().any(|row| row.kind.word(vocabulary) == word);
    let mut payloads = envelope.payloads.iter();
    !examination.found.codes.contains(Code::MixedDialects)
        && payloads.all(|payload| known(&payload.declared_type))
}

fn has_an_error_if_nobody_reads(raw: &[u8]) -> Result<bool, String> {
    let examination = examined(raw);
    if examination.decoded.envelope.is_none() || !nobody_reads(&examination) {
        return Ok(false);
    }
    if examination.found.worst() == Some(Severity::Error) || is_whole_in_an_unlisted_dialect(&examination) {
        return Ok(true);
    }
    let text = String::from_utf8_lossy(raw);
    Err(format!("nobody reads this, and it has no error: {text}"))
}

fn files_under(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_under(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "json") {
            found.push(path);
        }
    }
}

fn envelopes() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files = Vec::new();
    files_under(&root.join("checks"), &mut files);
    files_under(&root.join("envelopes"), &mut files);
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn every_fixture_that_nobody_reads_has_an_error() {
    let nobody = envelopes()
        .iter()
        .filter(|raw| has_an_error_if_nobody_reads(raw).unwrap())
        .count();
    assert!(nobody > 10, "{nobody}");
}

/// What is done to a key: 0 snake_case, 1 camelCase, 2 both, 3 neither, more: as it was.
type Change = u8;

/// The envelope with its keys, type keys and kind words changed.
fn mutated(raw: &[u8], keys: &[Change], types: &[(Change, usize)]) -> Option<Vec<u8>> {
    let Value::Object(envelope) = serde_json::from_slice(raw).ok()? else {
        return None;
    };
    let mut changed = Map::new();
    for (key, value) in envelope {
        let row = FIELDS.iter().position(|row| row.camel == key || row.snake == key);
        let Some(at) = row else {
            changed.insert(key, value);
            continue;
        };
        let row = &FIELDS[at];
        let names: &[&str] = match keys[at % keys.len()] {
            0 => &[row.snake],
            1 => &[row.camel],
            2 => &[row.snake, row.camel],
            3 => &[],
            _ => &[&key],
        };
        for name in names {
            changed.insert((*name).to_owned(), value.clone());
        }
    }
    if let Some(Value::Array(payloads)) = changed.get_mut("payloads") {
        for (at, payload) in payloads.iter_mut().enumerate() {
            let Value::Object(payload) = payload else { continue };
            let (change, word) = types[at % types.len()];
            let word = WORDS.get(word).map(|word| json!(word));
            let own = payload.remove("payload_type").or(payload.remove("type"));
            let Some(word) = word.or(own) else { continue };
            let names: &[&str] = match change {
                0 => &["payload_type"],
                1 => &["type"],
                2 => &["payload_type", "type"],
                _ => &[],
            };
            for name in names {
                payload.insert((*name).to_owned(), word.clone());
            }
        }
    }
    serde_json::to_vec(&changed).ok()
}

const WORDS: [&str; 8] = [
    "text",
    "json",
    "dictionary",
    "table",
    "arrowtable",
    "jsontable",
    "binary",
    "spreadsheet",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn whatever_is_done_to_keys_and_words_who_has_no_reader_has_an_error(
        which in 0usize..1000,
        // Mostly one spelling, so that single keys stand out.
        common in 0u8..5,
        odd in prop::collection::vec((0usize..14, 0u8..5), 0..4),
        types in prop::collection::vec((0u8..4, 0usize..16), 1..4),
    ) {
        let envelopes = envelopes();
        let mut keys = [common; 14];
        for (at, change) in odd {
            keys[at] = change;
        }
        if let Some(raw) = mutated(&envelopes[which % envelopes.len()], &keys, &types) {
            let told = has_an_error_if_nobody_reads(&raw);
            prop_assert!(told.is_ok(), "{}", told.unwrap_err());
        }
    }
}

fn written(dialect: Dialect, payloads: Vec<EnvelopePayload<'_>>) -> String {
    let envelope = Envelope {
        payloads,
        ..Envelope::default()
    };
    String::from_utf8(write_envelope(&envelope, dialect)).unwrap()
}

/// What is told of a missing type: its path and sentence.
fn missing_type(raw: &str) -> (Dialect, String, String) {
    let examination = examined(raw.as_bytes());
    let (dialect, _) = examination.decoded.envelope.as_ref().unwrap();
    let missing: Vec<_> = examination
        .findings()
        .iter()
        .filter(|finding| finding.code == Code::MissingField)
        .collect();
    assert_eq!(missing.len(), 1, "{missing:?}");
    (*dialect, missing[0].path.to_string(), missing[0].message.clone())
}

fn without_type(text: &str, word: &str) -> String {
    let bare = text.replace(&format!(r#""payload_type":"{word}","#), "");
    bare.replace(&format!(r#""type":"{word}","#), "")
}

#[test]
fn a_missing_type_is_named_as_the_dialect_does_with_what_the_bytes_are() {
    let table = table_from_csv(b"city,temp\nOslo,3\n")
        .unwrap()
        .to_stream()
        .unwrap();
    let bodies: [(&[u8], &str, Kind); 5] = [
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89",
            "image/png",
            Kind::Image,
        ),
        (&table, "an Arrow table", Kind::Table),
        (b"{\"rate\":5}", "JSON", Kind::Dictionary),
        (b"[{\"rate\":5}]", "JSON rows", Kind::JsonTable),
        (b"Hello", "text", Kind::Text),
    ];
    for row in DIALECTS {
        for (body, what, kind) in bodies {
            let payload = EnvelopePayload::direct("1", "it", Kind::Binary, body);
            let whole = written(row.dialect, vec![payload]);
            let (dialect, path, message) = missing_type(&without_type(&whole, "binary"));
            // Without any type key, nothing tells the snake_case dialects apart: it is the one that peers write now.
            let (expected, key) = match row.dialect {
                Dialect::Readme | Dialect::V0_4_3 => (Dialect::V0_5, "payload_type"),
                other => (other, row.type_key),
            };
            assert_eq!(dialect, expected, "{}", row.name);
            assert_eq!(path, format!("payloads[0].{key}"), "{}", row.name);
            let word = kind.word(expected.row().vocabulary);
            assert!(
                message.ends_with(&format!("its data is {what}: the word is {word}")),
                "{message}"
            );
            let says = match expected {
                Dialect::Universal => "the payload has neither type nor payload_type".to_owned(),
                _ => format!("{key} is missing"),
            };
            assert!(message.starts_with(&says), "{message}");
        }
    }
}

#[test]
fn the_other_payloads_tell_the_dialect_of_one_without_a_type() {
    for row in DIALECTS {
        let one = |id: &'static str, kind, body: &'static [u8]| EnvelopePayload::direct(id, "it", kind, body);
        let payloads = vec![one("1", Kind::Binary, b"\0\x01"), one("2", Kind::Table, b"")];
        let whole = written(row.dialect, payloads);
        let (dialect, path, message) = missing_type(&without_type(&whole, "binary"));
        assert_eq!(
            (dialect, path),
            (row.dialect, format!("payloads[0].{}", row.type_key))
        );
        // Bytes that nothing is known about.
        assert!(!message.contains("its data"), "{message}");
    }
}
