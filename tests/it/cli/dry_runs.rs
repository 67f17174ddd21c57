//! `send --dry-run`: exactly what would go out, without a broker, in every dialect.

use crate::support::binary::{Folder, natsbridge};
use natsbridge_wire::{Limits, Table, decode_base64};
use serde_json::Value;

fn dry(args: &[&str]) -> Value {
    let mut line = vec!["send", "/chat/room1", "--dry-run"];
    line.extend(args);
    let run = natsbridge(&line);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.out.lines().count(), 1, "one line: {run:?}");
    serde_json::from_str(&run.out).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn sorted(text: &str) -> Vec<&str> {
    let mut words: Vec<_> = text.split_whitespace().collect();
    words.sort_unstable();
    words
}

const SNAKE: &str = "correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name \
    receiver_id reply_to reply_to_msg_id broker_url metadata payloads";
const CAMEL: &str = "correlationId msgId timestamp sendTo msgPurpose senderName senderId receiverName receiverId \
    replyTo replyToMsgId brokerURL metadata payloads";

#[test]
fn every_dialect_has_exactly_its_keys_and_words() {
    let oldest = CAMEL
        .replace("brokerURL", "BrokerURL")
        .replace("metadata", "note");
    for (dialect, envelope_keys, type_key, word) in [
        ("v0.0", oldest.as_str(), "type", "json"),
        ("v0.4", CAMEL, "type", "dictionary"),
        ("readme", SNAKE, "type", "dictionary"),
        ("v0.4.3", SNAKE, "payload_type", "dictionary"),
        ("v0.5", SNAKE, "payload_type", "dictionary"),
    ] {
        let envelope = dry(&[
            "--dialect",
            dialect,
            "--text",
            "m=Hello",
            "--dictionary",
            "d={\"a\":1.50}",
        ]);
        assert_eq!(keys(&envelope), sorted(envelope_keys), "{dialect}");
        let payloads = envelope["payloads"].as_array().unwrap();
        let payload_keys = format!("id dataname {type_key} transport encoding size data metadata");
        for payload in payloads {
            assert_eq!(keys(payload), sorted(&payload_keys), "{dialect}");
        }
        assert_eq!(payloads[0][type_key], "text", "{dialect}");
        assert_eq!(payloads[0]["data"], "SGVsbG8=", "{dialect}");
        assert_eq!(payloads[0]["size"], 5, "{dialect}");
        assert_eq!(payloads[1][type_key], word, "{dialect}");
        assert_eq!(
            payloads[1]["data"], "eyJhIjoxLjUwfQ==",
            "the number keeps its text"
        );
    }
}

#[test]
fn the_default_dialect_speaks_to_all() {
    let envelope = dry(&["--jsontable", "rows=[{\"id\":1}]"]);
    for key in sorted(SNAKE).into_iter().chain(sorted(CAMEL)) {
        assert!(!envelope[key].is_null(), "{key}");
    }
    let payload = &envelope["payloads"][0];
    assert_eq!(payload["type"], "dictionary");
    assert_eq!(payload["payload_type"], "jsontable");
}

#[test]
fn options_reach_their_fields() {
    let envelope = dry(&[
        "--dialect",
        "readme",
        "--text",
        "m=x",
        "--purpose",
        "ACK",
        "--sender-name",
        "me",
        "--receiver-name",
        "you",
        "--receiver-id",
        "r1",
        "--reply-to",
        "/back",
        "--reply-to-msg-id",
        "q1",
        "--correlation-id",
        "c1",
        "--metadata",
        "{\"k\":[1]}",
        "--server",
        "nats://broker:4333",
    ]);
    for (key, value) in [
        ("send_to", "/chat/room1"),
        ("msg_purpose", "ACK"),
        ("sender_name", "me"),
        ("receiver_name", "you"),
        ("receiver_id", "r1"),
        ("reply_to", "/back"),
        ("reply_to_msg_id", "q1"),
        ("correlation_id", "c1"),
    ] {
        assert_eq!(envelope[key], value, "{key}");
    }
    assert_eq!(envelope["metadata"]["k"][0], 1);
    assert!(envelope["broker_url"].as_str().unwrap().contains("broker:4333"));
    assert!(envelope["timestamp"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn credentials_never_go_into_the_envelope() {
    let run = natsbridge(&[
        "send",
        "a",
        "--dry-run",
        "--text",
        "m=x",
        "-s",
        "nats://u:S3CRET@h:4222",
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        !run.out.contains("S3CRET") && !run.err.contains("S3CRET"),
        "{run:?}"
    );
}

#[test]
fn order_is_kept_and_files_and_content_decide() {
    let folder = Folder::new();
    let csv = format!("rows={}", folder.file("rows.csv", b"id,name\n1,ann\n2,bob\n"));
    let json = format!("more={}", folder.file("rows.json", b"[{\"id\":1}]"));
    let png = format!("picture={}", folder.file("p", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
    let raw = format!("raw={}", folder.file("raw", &[0xff, 0, 0x80]));
    let envelope = dry(&[
        "--dialect",
        "v0.5",
        "--table",
        &csv,
        "--text",
        "t=@@home",
        "--table",
        &json,
        "--payload",
        &png,
        "--payload",
        &raw,
        "--binary",
        &raw,
    ]);
    let payloads = envelope["payloads"].as_array().unwrap();
    let seen: Vec<_> = payloads
        .iter()
        .map(|payload| {
            (
                payload["dataname"].as_str().unwrap(),
                payload["payload_type"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("rows", "arrowtable"),
            ("t", "text"),
            ("more", "arrowtable"),
            ("picture", "image"),
            ("raw", "binary"),
            ("raw", "binary"),
        ]
    );
    assert_eq!(payloads[1]["data"], "QGhvbWU=", "a literal @home");
    assert!(
        payloads[0]["data"].as_str().unwrap().starts_with("/////"),
        "an Arrow stream begins with FF FF FF FF"
    );
}

#[test]
fn a_payload_over_the_threshold_goes_by_link_unless_told_otherwise() {
    let folder = Folder::new();
    let big = format!("big={}", folder.file("big", &vec![7; 2000]));
    let run = natsbridge(&["send", "a", "--dry-run", "--threshold", "1000", "--binary", &big]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.err.contains("big would be sent by link"),
        "it names the payload: {run:?}"
    );
    let envelope: Value = serde_json::from_str(&run.out).unwrap();
    let payload = &envelope["payloads"][0];
    assert_eq!(payload["transport"], "link");
    assert_eq!(payload["encoding"], "none");
    assert_eq!(payload["size"], 2000);
    assert_eq!(payload["data"], "http://localhost:8080");
    let small = dry(&["--transport", "link", "--text", "m=x"]);
    assert_eq!(small["payloads"][0]["transport"], "link");
    let direct = dry(&["--threshold", "1000", "--transport", "direct", "--binary", &big]);
    assert_eq!(direct["payloads"][0]["transport"], "direct");
}

#[test]
fn rows_of_spreadsheets_are_read_in_the_encoding_that_is_named_and_what_was_filled_up_is_said() {
    let folder = Folder::new();
    let file = folder.file("rows.csv", b"sep=;\nname;price\nM\xfcller;1.10;\nd'Arc\n");
    let table = format!("rows={file}");
    let line = ["send", "/chat/room1", "--dry-run", "--table", &table];
    let refused = natsbridge(&line);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.err.contains("byte 0xfc in line 3 is not UTF-8") && refused.err.contains("--encoding"),
        "{refused:?}"
    );
    let run = natsbridge(&[&line[..], &["--encoding", "latin-1"]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    for said in [
        "rows: 1 row has fewer values than the 2 names, first row 2 (line 4) with 1",
        "rows: 1 row ends in a separator with nothing behind it, first row 1 (line 3)",
    ] {
        assert!(run.err.contains(said), "{said}: {run:?}");
    }
    let envelope: Value = serde_json::from_str(&run.out).unwrap();
    let data = decode_base64(envelope["payloads"][0]["data"].as_str().unwrap())
        .unwrap()
        .0;
    let table = Table::open(&data.into(), &Limits::DEFAULT, &mut Vec::new()).unwrap();
    assert_eq!(table.row_json(0).to_string(), r#"{"name":"Müller","price":1.1}"#);
}

#[test]
fn metadata_that_no_double_holds_goes_out_as_it_was_given() {
    let run = natsbridge(&[
        "send",
        "a",
        "--dry-run",
        "--text",
        "m=x",
        "--metadata",
        r#"{"far":1e1000,"p":0.10}"#,
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out.contains(r#""metadata":{"far":1e1000,"p":0.10}"#),
        "{run:?}"
    );
}
