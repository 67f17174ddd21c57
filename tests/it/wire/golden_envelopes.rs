//! Golden envelopes, as peers of every version write them: dialect, kinds and findings of each.

use bytes::Bytes;
use natsbridge_wire::{
    Code, Dialect, Kind, Limits, PayloadState, Value, decode_message, read, scan, write_envelope,
};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

type Golden = (&'static str, &'static [Kind], &'static [Code]);

const LOCAL: Code = Code::LinkNotFetched;

const GOLDEN: &[Golden] = &[
    ("v0.0/text", &[Kind::Text], &[Code::OldSpelling]),
    ("v0.0/config-as-json", &[Kind::Dictionary], &[Code::OldSpelling]),
    (
        "v0.0/table-link",
        &[Kind::Table],
        &[Code::OldSpelling, Code::TimestampWithoutZone, LOCAL],
    ),
    ("v0.4/text", &[Kind::Text], &[]),
    (
        "v0.4/julia-mixed",
        &[Kind::Text, Kind::Dictionary, Kind::Table, Kind::Binary],
        &[Code::TimestampWithoutZone],
    ),
    (
        "v0.4/python-mixed",
        &[Kind::Text, Kind::Binary, Kind::Dictionary],
        &[],
    ),
    (
        "v0.4/julia-broadcast-null-receiver",
        &[Kind::Table],
        &[
            Code::NullField,
            Code::TimestampWithoutZone,
            Code::EncodingDisagrees,
        ],
    ),
    ("v0.4/js-link", &[Kind::Table], &[LOCAL]),
    (
        "v0.4/micropython-newline",
        &[Kind::Dictionary],
        &[Code::IdNotUuid, Code::Base64Whitespace],
    ),
    ("v0.4/request", &[Kind::Dictionary], &[Code::IdNotUuid]),
    ("readme/text", &[Kind::Text], &[]),
    ("readme/mixed", &[Kind::Text, Kind::Image, Kind::Table], &[]),
    ("readme/no-payloads", &[], &[]),
    ("readme/link", &[Kind::Binary], &[LOCAL]),
    ("v0.4.3/table", &[Kind::Table], &[]),
    ("v0.4.3/table-of-json-rows", &[Kind::Table], &[Code::TableIsJson]),
    ("v0.4.3/mixed", &[Kind::Text, Kind::Table], &[]),
    ("v0.5/arrowtable", &[Kind::Table], &[]),
    ("v0.5/jsontable", &[Kind::JsonTable], &[]),
    ("v0.5/jsontable-raw", &[Kind::JsonTable], &[Code::RawJsonData]),
    (
        "v0.5/mixed",
        &[Kind::Text, Kind::Dictionary, Kind::Table],
        &[LOCAL],
    ),
    ("universal/text", &[Kind::Text], &[]),
    ("universal/tables", &[Kind::Table, Kind::JsonTable], &[]),
    ("universal/link", &[Kind::Table], &[LOCAL]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/envelopes")
}

fn golden(name: &str) -> Bytes {
    fs::read(root().join(name).with_extension_added("json"))
        .unwrap()
        .into()
}

trait WithExtensionAdded {
    fn with_extension_added(self, extension: &str) -> PathBuf;
}

impl WithExtensionAdded for PathBuf {
    /// `with_extension` would cut at the dots of the dialects' names.
    fn with_extension_added(self, extension: &str) -> PathBuf {
        let mut name = self.into_os_string();
        name.push(".");
        name.push(extension);
        name.into()
    }
}

#[test]
fn every_golden_envelope_is_read_as_meant() {
    for (name, kinds, codes) in GOLDEN {
        let message = decode_message(&golden(name), "/chat/room1", &Limits::default());
        let (dialect, envelope) = message.envelope.as_ref().unwrap();
        assert_eq!(dialect.name(), name.split('/').next().unwrap(), "{name}");
        let found: Vec<_> = message.payloads.iter().map(|payload| payload.kind).collect();
        assert_eq!(found, *kinds, "{name}");
        // What the Arrow data itself is worth saying is the table's matter.
        let found: BTreeSet<_> = message.findings.iter().map(|finding| finding.code).collect();
        let found: Vec<_> = found
            .iter()
            .filter(|code| !code.name().starts_with("arrow"))
            .collect();
        let expected: BTreeSet<_> = codes.iter().collect();
        assert_eq!(
            found,
            expected.into_iter().collect::<Vec<_>>(),
            "{name}: {:?}",
            message.findings
        );
        assert!(
            message.payloads.iter().all(|payload| payload.error.is_none()),
            "{name}"
        );
        assert_eq!(envelope.payloads.len(), message.payloads.len());
    }
}

#[test]
fn the_list_of_golden_envelopes_is_complete() {
    let mut listed: Vec<_> = GOLDEN.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let mut there = Vec::new();
    for folder in fs::read_dir(root()).unwrap().map(Result::unwrap) {
        for file in fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
            let (folder, file) = (folder.file_name(), file.file_name());
            let file = file.to_str().unwrap().strip_suffix(".json").unwrap().to_owned();
            there.push(format!("{}/{file}", folder.to_str().unwrap()));
        }
    }
    listed.sort();
    there.sort();
    assert_eq!(listed, there);
}

#[test]
fn scanning_agrees_with_reading() {
    for (name, kinds, _) in GOLDEN {
        let bytes = golden(name);
        let digest = scan(&bytes);
        let Some((dialect, envelope)) = read(&bytes).envelope else {
            panic!("{name} is no envelope");
        };
        assert_eq!(digest.dialect, Some(dialect), "{name}");
        assert_eq!(digest.sender, envelope.sender_name, "{name}");
        assert_eq!(usize::from(digest.payloads), kinds.len(), "{name}");
        assert!(kinds.iter().all(|kind| digest.kinds.contains(*kind)), "{name}");
        assert!(!digest.broken, "{name}");
    }
}

#[test]
fn what_is_read_can_be_written_in_every_dialect() {
    for (name, ..) in GOLDEN {
        let bytes = golden(name);
        let Some((dialect, envelope)) = read(&bytes).envelope else {
            panic!("{name} is no envelope");
        };
        let written = write_envelope(&envelope, dialect);
        let Some((again, copy)) = read(&written).envelope else {
            panic!("{name}, written again, is no envelope");
        };
        assert_eq!((dialect, &envelope), (again, &copy), "{name}");
        let universal = write_envelope(&envelope, Dialect::Universal);
        assert_eq!(scan(&universal).dialect, Some(Dialect::Universal), "{name}");
    }
}

#[test]
fn values_and_bodies_of_a_mixed_message_stand() {
    let message = decode_message(&golden("v0.4/python-mixed"), "", &Limits::default());
    let [text, avatar, config] = &message.payloads[..] else {
        panic!("three payloads");
    };
    assert!(matches!(&text.value, Value::Text(text) if &**text == "Hello with image! é"));
    assert_eq!((avatar.kind, avatar.media_type), (Kind::Binary, "image/png"));
    assert!(avatar.body.slice(0..4).unwrap().starts_with(b"\x89PNG"));
    let Value::Json(json) = &config.value else {
        panic!("{:?}", config.value);
    };
    let interval = json.root().get("update_interval").unwrap();
    assert_eq!(interval.number(), Some("60"));
    let link = decode_message(&golden("readme/link"), "", &Limits::default());
    assert_eq!(link.payloads[0].state, PayloadState::NotFetched);
    assert!(
        link.payloads[0]
            .url
            .as_ref()
            .unwrap()
            .starts_with("http://files.example.com")
    );
}
