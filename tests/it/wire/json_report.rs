//! The JSON contract of `listen --json`: keys, their order and what stands under them.

use bytes::Bytes;
use natsbridge_wire::{
    DeliveryInfo, Dialect, Envelope, EnvelopePayload, Kind, Limits, PrintLimits, RawJson, decode_message,
    write_envelope, write_line,
};
use serde_json::{Value as Json, json};

fn line(raw: impl Into<Bytes>) -> Json {
    serde_json::from_str(&text(raw)).unwrap()
}

fn text(raw: impl Into<Bytes>) -> String {
    let headers = [("K".to_owned(), vec!["v".to_owned(), "w".to_owned()])];
    let came = DeliveryInfo {
        subject: "/chat/room1",
        reply: None,
        at_us: Some(1_795_428_000_123_456),
        headers: &headers,
    };
    let mut line = Vec::new();
    let message = decode_message(&raw.into(), "/chat/room1", &Limits::default());
    let print = PrintLimits {
        rows: 100,
        bytes: 1 << 20,
    };
    assert!(write_line(&mut line, 7, &came, &message, print));
    String::from_utf8(line).unwrap()
}

fn keys(value: &Json) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn envelope() -> Envelope<'static> {
    Envelope {
        correlation_id: "256e050c-c0ea-4f6f-b042-359317418527".into(),
        timestamp: "2026-02-22T14:16:57.123Z".into(),
        sender_name: "ada".into(),
        metadata: RawJson(r#"{"b":1,"a":12345678901234567}"#.into()),
        payloads: vec![
            EnvelopePayload::direct("1", "hello", Kind::Text, b"Hello"),
            EnvelopePayload::direct("2", "cfg", Kind::Dictionary, br#"{"z":1,"a":[null]}"#),
            EnvelopePayload::direct("3", "bytes", Kind::Binary, &[0, 255]),
            EnvelopePayload::direct("4", "broken", Kind::Text, &[255]),
            EnvelopePayload::link("5", "rows", Kind::Table, "http://files.example.com/f", 2_000_000),
        ],
        ..Envelope::default()
    }
}

#[test]
fn an_envelope_is_reported_to_the_letter() {
    let line = line(write_envelope(&envelope(), Dialect::V0_4));
    assert_eq!(
        keys(&line),
        [
            "seq", "at", "subject", "reply", "headers", "bytes", "dialect", "envelope", "findings"
        ]
    );
    assert_eq!(
        (&line["seq"], &line["reply"], &line["dialect"]),
        (&json!(7), &Json::Null, &json!("v0.4"))
    );
    assert_eq!(line["at"], "2026-11-23T10:00:00.123456Z");
    assert_eq!(line["headers"], json!({"K": ["v", "w"]}));
    assert_eq!(
        keys(&line["envelope"]),
        [
            "correlation_id",
            "msg_id",
            "timestamp",
            "send_to",
            "msg_purpose",
            "sender_name",
            "sender_id",
            "receiver_name",
            "receiver_id",
            "reply_to",
            "reply_to_msg_id",
            "broker_url",
            "metadata",
            "payloads"
        ]
    );
    assert_eq!(
        line["envelope"]["metadata"].to_string(),
        r#"{"b":1,"a":12345678901234567}"#
    );
    let payloads = &line["envelope"]["payloads"];
    let payload_keys = [
        "id",
        "dataname",
        "declared_type",
        "kind",
        "transport",
        "encoding",
        "size",
        "bytes",
        "sha256",
        "media_type",
        "url",
        "metadata",
        "state",
        "value",
    ];
    for index in [0, 1, 2, 4] {
        assert_eq!(keys(&payloads[index]), payload_keys);
    }
    let text = &payloads[0];
    assert_eq!(text["value"], "Hello");
    assert_eq!(
        (&text["size"], &text["bytes"], &text["url"]),
        (&json!(5), &json!(5), &Json::Null)
    );
    assert_eq!(
        text["sha256"],
        "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969"
    );
    assert_eq!(payloads[1]["value"].to_string(), r#"{"z":1,"a":[null]}"#);
    assert_eq!(
        (&payloads[2]["value"], &payloads[2]["state"]),
        (&Json::Null, &json!("decoded"))
    );
    let link = &payloads[4];
    assert_eq!(
        (&link["state"], &link["bytes"], &link["sha256"]),
        (&json!("not-fetched"), &Json::Null, &Json::Null)
    );
    assert_eq!(
        (&link["url"], &link["declared_type"]),
        (&json!("http://files.example.com/f"), &json!("table"))
    );
}

#[test]
fn a_payload_that_failed_says_why() {
    let line = line(write_envelope(&envelope(), Dialect::V0_5));
    let broken = &line["envelope"]["payloads"][3];
    assert_eq!(
        (&broken["state"], &broken["value"]),
        (&json!("failed"), &Json::Null)
    );
    assert!(broken["error"].as_str().unwrap().contains("UTF-8"));
    let findings = line["findings"].as_array().unwrap();
    let finding = findings
        .iter()
        .find(|finding| finding["code"] == "text-not-utf8")
        .unwrap();
    assert_eq!(
        keys(finding),
        ["code", "severity", "path", "message", "advice", "offset"]
    );
    assert_eq!(
        (&finding["severity"], &finding["path"]),
        (&json!("error"), &json!("payloads[3].data"))
    );
    let id = findings
        .iter()
        .find(|finding| finding["code"] == "id-not-uuid")
        .unwrap();
    assert_eq!(keys(id), ["code", "severity", "path", "message", "advice"]);
}

#[test]
fn a_plain_message_has_text_or_base64() {
    let text = line("hello");
    assert_eq!(
        (&text["envelope"], &text["dialect"], &text["text"]),
        (&Json::Null, &Json::Null, &json!("hello"))
    );
    assert_eq!(text["bytes"], 5);
    let bytes = line(&b"\xff\xfe"[..]);
    assert_eq!(bytes["base64"], "//4=");
    assert!(bytes.get("text").is_none());
}

#[test]
fn unknown_keys_are_shown() {
    let line = text(r#"{"msg_id":"m","payloads":[],"priority":[1, 2.50]}"#);
    assert!(
        line.contains(r#","extra":{"priority":[1,2.50]}},"findings""#),
        "{line}"
    );
}

#[test]
fn a_number_beyond_every_double_is_decoded() {
    let mut envelope = envelope();
    let body = br#"{"far": 1e1000}"#;
    envelope.payloads = vec![EnvelopePayload::direct("1", "cfg", Kind::Dictionary, body)];
    let line = text(write_envelope(&envelope, Dialect::V0_5));
    assert!(
        line.contains(r#","state":"decoded","value":{"far":1e1000}}]"#),
        "{line}"
    );
}

/// As they were sent, whatever a double makes of them.
#[test]
fn numbers_with_a_fraction_come_back_as_they_were() {
    let body = r#"{"v":[31.245270191439438,121.48791951161945,0.10,2.5e-300,-0]}"#;
    let mut envelope = envelope();
    envelope.payloads = vec![EnvelopePayload::direct(
        "1",
        "cfg",
        Kind::Dictionary,
        body.as_bytes(),
    )];
    let line = text(write_envelope(&envelope, Dialect::V0_5));
    assert!(line.contains(&format!(r#","value":{body}"#)), "{line}");
}
