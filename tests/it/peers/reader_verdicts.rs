//! What we say of readers is what readers do: the verdicts beside real Python, node, a browser's `atob` and `MicroPython`.

use crate::support::binary::Folder;
use crate::support::real::{micropython, node, peer, python};
use natsbridge_wire::{
    Dialect, Envelope, EnvelopePayload, Kind, Limits, READERS, Readability, decode_message, encode_base64,
    judge_readers, write_envelope,
};
use std::path::PathBuf;
use std::process::Command;

/// A message, and what a reader that gets it prints.
struct Case {
    name: &'static str,
    raw: Vec<u8>,
    got: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// An envelope with one payload, its data put there as base64 text.
fn message(dialect: Dialect, kind: Kind, body: &[u8]) -> String {
    const ID: &str = "256e050c-c0ea-4f6f-b042-359317418527";
    let envelope = Envelope {
        correlation_id: ID.into(),
        msg_id: ID.into(),
        timestamp: "2026-02-22T14:16:57.123Z".into(),
        send_to: "/chat/room1".into(),
        msg_purpose: "chat".into(),
        sender_name: "ada".into(),
        payloads: vec![EnvelopePayload::direct(ID, "data", kind, body)],
        ..Envelope::default()
    };
    String::from_utf8(write_envelope(&envelope, dialect)).unwrap()
}

fn table(name: &str, rows: usize, dialect: Dialect) -> Case {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/arrow/{name}.arrow"));
    Case {
        name: "a table",
        raw: message(dialect, Kind::Table, &std::fs::read(path).unwrap()).into_bytes(),
        got: format!("rows {rows}"),
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for dialect in [Dialect::V0_4, Dialect::V0_4_3, Dialect::V0_5, Dialect::Universal] {
        let of = |name, kind, body: &[u8], change: &dyn Fn(String) -> String| Case {
            name,
            raw: change(message(dialect, kind, body)).into_bytes(),
            got: hex(body),
        };
        let bytes = b"\xfb\xff\xbf\x00";
        let coded = encode_base64(bytes);
        let swap = |from: &str, to: &str| {
            let (from, to) = (from.to_owned(), to.to_owned());
            move |text: String| {
                assert!(text.contains(&from), "{text}");
                text.replacen(&from, &to, 1)
            }
        };
        cases.extend([
            of("a text", Kind::Text, "Grüße".as_bytes(), &|text| text),
            of("bytes", Kind::Binary, bytes, &|text| text),
            of("a dictionary", Kind::Dictionary, b"{\"a\":[1]}", &|text| text),
            of("rows", Kind::JsonTable, b"[{\"a\":1}]", &|text| text),
            of("large", Kind::Binary, &vec![7; 60_000], &|text| text),
            of(
                "the URL-safe alphabet",
                Kind::Binary,
                bytes,
                &swap(&coded, "-_-_AA=="),
            ),
            of(
                "no padding",
                Kind::Binary,
                bytes,
                &swap(&coded, coded.trim_end_matches('=')),
            ),
            of(
                "a newline",
                Kind::Binary,
                bytes,
                &swap(&coded, &format!("{coded}\\n")),
            ),
            of("no base64", Kind::Binary, bytes, &swap(&coded, "{}")),
            of(
                "NaN",
                Kind::Binary,
                bytes,
                &swap("\"metadata\":{}", "\"metadata\":{\"a\":NaN}"),
            ),
            of("a byte order mark", Kind::Binary, bytes, &|text| {
                format!("\u{feff}{text}")
            }),
            of("cut", Kind::Binary, bytes, &|text| {
                text[..text.len() - 2].to_owned()
            }),
            of("text that is no UTF-8", Kind::Text, b"a\xff", &|text| text),
            of(
                "a dictionary that is no JSON",
                Kind::Dictionary,
                b"{\"a\":}",
                &|text| text,
            ),
            table("seed-small", 4, dialect),
            table("file", 20, dialect),
            table("lz4", 300, dialect),
            table("views", 3, dialect),
            table("dictionary-delta", 5, dialect),
        ]);
    }
    cases
}

/// What the reader says, a line per case; `None` where it is not on this machine.
fn said(reader: &str, files: &[PathBuf]) -> Option<Vec<String>> {
    let (mut command, script, how): (Command, _, _) = match reader {
        "python" => (python()?, "reads.py", "snake"),
        "micropython" => (micropython()?, "reads.py", "camel"),
        "javascript" => (node()?, "reads.js", "node"),
        "browser" => (node()?, "reads.js", "browser"),
        _ => return None,
    };
    let output = command.arg(peer(script)).arg(how).args(files).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(
        lines.len(),
        files.len(),
        "{reader}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(lines)
}

#[test]
fn what_we_say_of_readers_is_what_they_do() {
    let (folder, cases) = (Folder::new(), cases());
    let files: Vec<PathBuf> = (0..cases.len())
        .map(|index| folder.path().join(format!("{index}.json")))
        .collect();
    for (case, file) in cases.iter().zip(&files) {
        std::fs::write(file, &case.raw).unwrap();
    }
    let mut wrong = Vec::new();
    for reader in READERS {
        let Some(lines) = said(reader.name, &files) else {
            continue;
        };
        for (case, line) in cases.iter().zip(lines) {
            let decoded = decode_message(&case.raw.clone().into(), "a", &Limits::DEFAULT);
            let answer = judge_readers(&decoded, [reader]).remove(0);
            let gets = line == format!("yes {}", case.got);
            let agrees = match answer.reads {
                Readability::Yes => gets,
                Readability::No => !gets,
                // What only some versions do, one version cannot tell.
                Readability::Partly => true,
            };
            if !agrees {
                let dialect = decoded.envelope.map(|(dialect, _)| dialect.name());
                wrong.push(format!(
                    "{} of {}, {dialect:?}: we say {} {:?}, it says {line:.90}",
                    case.name,
                    reader.name,
                    answer.reads.name(),
                    answer.reasons
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
