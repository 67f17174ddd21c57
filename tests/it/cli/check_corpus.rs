//! Every code of the doctor has a message that has the trouble and one that nearly has it, and over all of them `check`
//! says exactly what stands in `tests/fixtures/checks.txt`. `NATSBRIDGE_UPDATE=1 cargo test --test it check_corpus` writes
//! that file anew; look at what changed. The messages are made by `tests/peers/make_check_fixtures.py`; what is too large
//! for a file, or needs a file server, is made here.

use crate::support::binary::{Folder, natsbridge};
use crate::support::link_server::LinkServer;
use natsbridge_engine::{Checked, Examiner, SelectedReaders, Specimen};
use natsbridge_wire::{
    Blob, Budget, Code, Limits, READERS, ReadAt, Readability, decode_message, decode_message_with,
    judge_readers, rewrite_for,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Messages too large to be kept as files.
const LARGE: [Code; 6] = [
    Code::TooManyPayloads,
    Code::MessageTooLarge,
    Code::OverMaxPayload,
    Code::PayloadTooLarge,
    Code::OversizeDirect,
    Code::OverPeerLimit,
];
/// Links that have to be fetched.
const LINKED: [Code; 8] = [
    Code::LinkNotFetched,
    Code::LinkRefused,
    Code::LinkGone,
    Code::LinkUnreachable,
    Code::LinkTooLarge,
    Code::LinkSizeMismatch,
    Code::LinkEncoded,
    Code::PayloadUnreadable,
];

/// Whether a code is about shapes: it needs messages before it, or a file. `cli::shapes` and the learner's own tests have them.
fn is_filed_elsewhere(code: Code) -> bool {
    LARGE.contains(&code) || LINKED.contains(&code) || code.is_of_shape()
}

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Everything that a line of `check --json --for all` tells: of the message, and of those who cannot read it.
fn told(line: &Value) -> (Vec<&str>, BTreeSet<&str>) {
    let code = |told: &'_ Value| -> Option<&'static str> {
        let name = told["code"].as_str().expect("a code");
        Some(Code::from_name(name).expect("a known code").name())
    };
    let findings: Vec<&str> = line["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(code)
        .collect();
    let readers = line["readers"]
        .as_object()
        .expect("readers were asked for")
        .values();
    let reasons = readers.flat_map(|reader| reader["reasons"].as_array().unwrap());
    let only = reasons
        .filter_map(code)
        .filter(|code| !findings.contains(code))
        .collect();
    (findings, only)
}

/// Codes in their order; one that comes again and again is counted.
fn counted(codes: &[&str]) -> String {
    let mut text = String::new();
    for run in codes.chunk_by(|a, b| a == b) {
        let _ = write!(text, " {}", run[0]);
        if run.len() > 1 {
            let _ = write!(text, "×{}", run.len());
        }
    }
    text
}

#[test]
fn over_the_whole_corpus_check_says_exactly_the_expected_codes() {
    let folders =
        ["checks", "envelopes", "nats-dump"].map(|name| fixtures().join(name).display().to_string());
    let mut args = vec!["check", "--json", "--for", "all"];
    args.extend(folders.iter().map(String::as_str));
    let run = natsbridge(&args);
    assert_eq!(run.code, Some(1), "{}", run.err);
    let root = format!("{}/", fixtures().display());
    let mut golden = String::new();
    for line in run.out.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let source = line["source"].as_str().unwrap().strip_prefix(&root).unwrap();
        let (findings, only) = told(&line);
        let _ = write!(golden, "{source}#{}:{}", line["index"], counted(&findings));
        if !only.is_empty() {
            let _ = write!(golden, " | {}", only.into_iter().collect::<Vec<_>>().join(" "));
        }
        golden.push('\n');
    }
    let path = fixtures().join("checks.txt");
    if std::env::var("NATSBRIDGE_UPDATE").is_ok() {
        std::fs::write(&path, &golden).unwrap();
    }
    assert_eq!(golden, std::fs::read_to_string(&path).unwrap());
}

#[test]
fn every_code_has_a_message_that_has_it_and_one_that_nearly_has_it() {
    let golden = std::fs::read_to_string(fixtures().join("checks.txt")).unwrap();
    let says = |name: &str, file: &str, code: &str| {
        let start = format!("checks/{name}/{file}.");
        let mut lines = golden.lines().filter(|line| line.starts_with(&start)).peekable();
        assert!(lines.peek().is_some(), "{name} has no {file}");
        lines.any(|line| {
            let (_, told) = line.split_once(':').unwrap();
            told.split([' ', '×']).any(|word| word == code)
        })
    };
    let mut filed = 0;
    for code in Code::ALL {
        // What is examined in part takes hundreds of megabytes: `cli::memory` has such messages.
        if is_filed_elsewhere(*code) || *code == Code::ExaminedInPart {
            continue;
        }
        let name = code.name();
        assert!(says(name, "hit", name), "{name} is not found where it is");
        assert!(!says(name, "miss", name), "{name} is found where it is not");
        filed += 1;
    }
    assert_eq!(
        filed,
        std::fs::read_dir(fixtures().join("checks")).unwrap().count()
    );
}

fn envelope(payloads: &[Value]) -> String {
    json!({"correlation_id": "256e050c-c0ea-4f6f-b042-000000000001", "msg_id": "256e050c-c0ea-4f6f-b042-000000000002",
           "timestamp": "2026-02-22T14:16:57.123Z", "send_to": "lab", "msg_purpose": "test", "sender_name": "lab",
           "sender_id": "256e050c-c0ea-4f6f-b042-000000000003", "receiver_name": "", "receiver_id": "", "reply_to": "",
           "reply_to_msg_id": "", "broker_url": "nats://broker.example.com:4222", "metadata": {}, "payloads": payloads})
    .to_string()
}

fn direct(kind: &str, body: &[u8]) -> Vec<u8> {
    let payload = json!({"id": "256e050c-c0ea-4f6f-b042-0000000000a1", "dataname": "it", "payload_type": kind,
                         "transport": "direct", "encoding": "base64", "size": body.len(),
                         "data": natsbridge_wire::encode_base64(body), "metadata": {}});
    envelope(&[payload]).into_bytes()
}

fn linked(url: &str, size: u64) -> String {
    let payload = json!({"id": "256e050c-c0ea-4f6f-b042-0000000000a1", "dataname": "it", "payload_type": "binary",
                         "transport": "link", "encoding": "none", "size": size, "data": url, "metadata": {}});
    envelope(&[payload])
}

fn examined(raw: Vec<u8>) -> Checked {
    let asked = vec![SelectedReaders::named("micropython").unwrap()];
    let limits = Limits::DEFAULT;
    let specimen = Specimen {
        raw: raw.into(),
        ..Specimen::default()
    };
    Examiner::new(asked, &limits).examine(&specimen, None)
}

fn has(checked: &Checked, code: Code) -> bool {
    let readers = checked.readers.iter().flat_map(|answer| &answer.reasons);
    let found = checked.findings.iter().map(|finding| finding.code);
    found
        .chain(readers.map(|reason| reason.code))
        .any(|found| found == code)
}

#[test]
fn large_messages_are_told_from_those_that_are_just_small_enough() {
    let limits = Limits::DEFAULT;
    let padded = |bytes: usize| {
        let mut message = direct("text", b"Hello");
        message.resize(bytes, b' ');
        message
    };
    let json = |bytes: usize| {
        let mut body = vec![b' '; bytes];
        body[..2].copy_from_slice(b"{}");
        direct("dictionary", &body)
    };
    let most = limits.payloads_per_envelope;
    let several = |count: usize| {
        let payload = |i: usize| {
            json!({"id": format!("256e050c-c0ea-4f6f-b042-{i:012x}"), "dataname": "it", "payload_type": "text",
                   "transport": "direct", "encoding": "base64", "size": 0, "data": "", "metadata": {}})
        };
        envelope(&(0..count).map(payload).collect::<Vec<_>>()).into_bytes()
    };
    for (code, hit, miss) in [
        (
            Code::MessageTooLarge,
            padded(limits.direct_message + 1),
            padded(limits.direct_message),
        ),
        (Code::TooManyPayloads, several(most + 1), several(most)),
        (Code::OverMaxPayload, padded((1 << 20) + 1), padded(1 << 20)),
        (
            Code::PayloadTooLarge,
            json(limits.json_value + 1),
            json(limits.json_value),
        ),
        (
            Code::OversizeDirect,
            direct("binary", &vec![7; 1_000_000]),
            direct("binary", &vec![7; 999_999]),
        ),
        (Code::OverPeerLimit, padded(50_001), padded(50_000)),
    ] {
        assert!(LARGE.contains(&code));
        assert!(has(&examined(hit), code), "{}", code.name());
        assert!(!has(&examined(miss), code), "{}", code.name());
    }
}

/// The codes that `check` tells of a message with this link, and what it prints of the one asked for.
fn fetched(folder: &Folder, which: &str, url: &str, size: u64) -> Vec<String> {
    let file = folder.file("linked.json", linked(url, size).as_bytes());
    let settings = folder.file("settings.toml", b"[limits]\nlink_bytes = 100\n");
    let run = natsbridge(&[
        "check",
        "--json",
        "--fetch",
        which,
        "--config",
        &settings[1..],
        &file[1..],
    ]);
    let line: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:?}"));
    let findings = line["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn links_are_told_by_what_they_lead_to() {
    let server = LinkServer::with(&[
        ("/here", "200 OK", "Hello"),
        ("/packed", "200 OK\r\nContent-Encoding: br", "Hello"),
        ("/vast", "200 OK", &"x".repeat(101)),
    ]);
    let (here, folder) = (server.url("/here"), Folder::new());
    let closed = {
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/here", gone.local_addr().unwrap())
    };
    for (code, which, url, size) in [
        (Code::LinkNotFetched, "allowed", here.as_str(), 5),
        (Code::LinkRefused, "always", "http://169.254.169.254/latest", 5),
        (Code::LinkGone, "always", &server.url("/elsewhere"), 5),
        (Code::LinkUnreachable, "always", &closed, 5),
        (Code::LinkTooLarge, "always", &server.url("/vast"), 101),
        (Code::LinkSizeMismatch, "always", &here, 6),
        (Code::LinkEncoded, "always", &server.url("/packed"), 5),
    ] {
        assert!(LINKED.contains(&code));
        let told = fetched(&folder, which, url, size);
        assert!(
            told.iter().any(|told| told == code.name()),
            "{}: {told:?}",
            code.name()
        );
    }
    // The link that is as it should be has one finding: it leads to the sender's own machine.
    assert_eq!(fetched(&folder, "always", &here, 5), ["link-local-host"]);
    assert_eq!(fetched(&folder, "never", &here, 6), ["link-local-host"]);
}

/// A file that is gone when it is read.
#[derive(Debug)]
struct Lost;

impl ReadAt for Lost {
    fn size(&self) -> u64 {
        9
    }

    fn read_at(&self, _: u64, _: &mut [u8]) -> io::Result<()> {
        Err(io::ErrorKind::NotFound.into())
    }
}

#[test]
fn a_fetched_file_that_is_lost_is_told() {
    let raw = linked("https://files.example.com/f", 9)
        .replace("binary", "text")
        .into_bytes()
        .into();
    let codes = |blob: Blob| -> Vec<Code> {
        let message = decode_message_with(&raw, "", &Budget::whole(&Limits::DEFAULT), &|_| {
            Some(blob.clone())
        });
        message.findings.iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes(Blob::Stored(Arc::new(Lost))), [Code::PayloadUnreadable]);
    assert_eq!(codes(Blob::from(b"all there".to_vec())), []);
}

/// What mending does for the broken messages of the corpus: a line for each, with what every peer that could not read
/// all of it gets then. Nothing is left where mending can help; the rest stands there by name.
#[test]
fn over_the_whole_corpus_mending_does_exactly_what_it_should() {
    let mut folders: Vec<_> = std::fs::read_dir(fixtures().join("checks"))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    folders.sort_by_key(std::fs::DirEntry::file_name);
    let mut golden = String::new();
    for folder in folders {
        let Ok(raw) = std::fs::read(folder.path().join("hit.json")) else {
            continue;
        };
        let message = decode_message(&raw.into(), "lab.rows", &Limits::DEFAULT);
        let _ = write!(golden, "{}:", folder.file_name().display());
        for (answer, reader) in judge_readers(&message, READERS).iter().zip(READERS) {
            if answer.reads == Readability::Yes {
                continue;
            }
            let mut ids = 0;
            let mut new_id = || {
                ids += 1;
                format!("256e050c-c0ea-4f6f-b042-{ids:012}")
            };
            let told = match rewrite_for(&message, reader, &Limits::DEFAULT, None, &mut new_id) {
                Ok(mended) if mended.left.is_empty() && mended.lost.is_empty() => "read".to_owned(),
                Ok(mended) if mended.left.is_empty() => "the-rest".to_owned(),
                Ok(mended) => {
                    let left: BTreeSet<_> = mended.left.iter().map(|reason| reason.code.name()).collect();
                    left.into_iter().collect::<Vec<_>>().join("+")
                }
                Err(_) => "cannot".to_owned(),
            };
            let _ = write!(golden, " {}={told}", reader.name);
        }
        golden.push('\n');
    }
    let path = fixtures().join("mended.txt");
    if std::env::var("NATSBRIDGE_UPDATE").is_ok() {
        std::fs::write(&path, &golden).unwrap();
    }
    assert_eq!(golden, std::fs::read_to_string(&path).unwrap());
}
