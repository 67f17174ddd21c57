//! The interop corpus: what goes wrong between real peers, and the diagnosis each case must get.

use bytes::Bytes;
use natsbridge_wire::{Code, Dialect, Limits, PayloadState, Value, decode_message, scan};

const GOOD: &str = r#"{"correlationId":"256e050c-c0ea-4f6f-b042-359317418527","msgId":"0d67f451-d4e0-4727-9b5b-5d6def3ff8c6","timestamp":"2026-02-22T14:16:57.123Z","sendTo":"/chat/room1","msgPurpose":"chat","senderName":"NATSBridge","senderId":"cbd326ab-e213-4fef-9a7c-1991b289f9c2","receiverName":"","receiverId":"","replyTo":"","replyToMsgId":"","brokerURL":"nats://localhost:4222","metadata":{},"payloads":[{"id":"9f5d77a1-5512-491b-935b-220e610531ce","dataname":"message","type":"text","transport":"direct","encoding":"base64","size":5,"data":"SGVsbG8=","metadata":{}}]}"#;

/// The good envelope with one text replaced by another, its findings, and whether it is still an envelope.
type Case = (&'static str, &'static str, &'static [Code], bool);

const CASES: &[Case] = &[
    // The text as a whole.
    ("\"chat\"", "\"chat\n\"", &[Code::MalformedJson], false),
    ("}]}", "}]", &[Code::MalformedJson], false),
    ("}]}", "}]}{}", &[Code::MalformedJson], false),
    ("\"payloads\":", "\"payloads\":,", &[Code::MalformedJson], false),
    (
        "{\"correlationId\"",
        "{'correlationId'",
        &[Code::MalformedJson],
        false,
    ),
    (
        "\"metadata\":{},\"p",
        "\"metadata\":{\"a\":None},\"p",
        &[Code::MalformedJson],
        false,
    ),
    (
        "\"metadata\":{},\"p",
        "\"metadata\":{\"a\":1,},\"p",
        &[Code::MalformedJson],
        false,
    ),
    (
        "\"metadata\":{},\"p",
        "\"metadata\":{\"a\":NaN},\"p",
        &[Code::NonFiniteNumber],
        true,
    ),
    (
        "\"metadata\":{},\"p",
        "\"metadata\":{\"a\":-Infinity},\"p",
        &[Code::NonFiniteNumber],
        true,
    ),
    (
        "\"size\":5",
        "\"size\":NaN",
        &[Code::NonFiniteNumber, Code::BadSize],
        true,
    ),
    ("\"NATSBridge\"", "\"\\ud83d\"", &[Code::LoneSurrogate], true),
    (
        "\"metadata\":{},\"p",
        "\"metadata\":{\"a\":\"\\ude00\"},\"p",
        &[Code::LoneSurrogate],
        true,
    ),
    (
        "\"metadata\":{},\"p",
        "\"metadata\":{\"a\":9007199254740993},\"p",
        &[Code::BigInteger],
        true,
    ),
    (
        "{\"correlationId\"",
        "\u{FEFF}{\"correlationId\"",
        &[Code::ByteOrderMark],
        true,
    ),
    // Keys.
    ("\"sendTo\":\"/chat/room1\",", "", &[Code::MissingField], true),
    (
        "\"receiverId\":\"\"",
        "\"receiverId\":null",
        &[Code::NullField],
        true,
    ),
    (
        "\"msgPurpose\":\"chat\"",
        "\"msgPurpose\":7",
        &[Code::WrongFieldType],
        true,
    ),
    (
        "\"msgPurpose\":\"chat\"",
        "\"msgPurpose\":[\"chat\"]",
        &[Code::WrongFieldType],
        true,
    ),
    (
        "\"metadata\":{},\"p",
        "\"metadata\":\"x\",\"p",
        &[Code::WrongFieldType],
        true,
    ),
    (
        "\"metadata\":{},\"p",
        "\"metadata\":null,\"p",
        &[Code::NullField],
        true,
    ),
    (
        "\"msgPurpose\":\"chat\"",
        "\"msgPurpose\":\"a\",\"msgPurpose\":\"chat\"",
        &[Code::DuplicateKey],
        true,
    ),
    (
        "\"metadata\":{},\"p",
        "\"metadata\":{},\"priority\":1,\"p",
        &[Code::UnknownField],
        true,
    ),
    ("\"brokerURL\"", "\"BrokerURL\"", &[Code::OldSpelling], true),
    ("\"senderName\"", "\"sender_name\"", &[Code::MixedDialects], true),
    (
        "\"type\":\"text\"",
        "\"payload_type\":\"text\"",
        &[Code::MixedDialects],
        true,
    ),
    // What fields hold.
    (
        "14:16:57.123Z",
        "14:16:57.12",
        &[Code::TimestampWithoutZone],
        true,
    ),
    (
        "2026-02-22T14:16:57.123Z",
        "22 Feb 2026",
        &[Code::BadTimestamp],
        true,
    ),
    (
        "0d67f451-d4e0-4727",
        "0d67f451-d4e0-1727",
        &[Code::IdNotUuid],
        true,
    ),
    ("nats://localhost", "localhost", &[Code::BrokerUrlScheme], true),
    (
        "nats://localhost",
        "nats://ada:secret@localhost",
        &[Code::BrokerUrlCredentials],
        true,
    ),
    ("/chat/room1", "/chat/*", &[Code::WildcardInSlashSubject], true),
    // Payloads.
    (
        "\"direct\",\"encoding\":\"base64\",\"size\":5,\"data\":\"SGVsbG8=\"",
        "\"claim\",\"encoding\":\"none\",\"size\":5,\"data\":\"http:\\/\\/h.example\\/f\"",
        &[Code::UnknownTransport, Code::LinkNotFetched],
        true,
    ),
    (
        "\"payloads\":[",
        "\"payloads\":[7,",
        &[Code::WrongFieldType, Code::RawJsonData],
        true,
    ),
    (
        "\"type\":\"text\"",
        "\"type\":\"txt\"",
        &[Code::UnknownKind],
        true,
    ),
    ("\"type\":\"text\",", "", &[Code::MissingField], true),
    (
        "\"type\":\"text\"",
        "\"type\":\"text\",\"payload_type\":\"binary\"",
        &[Code::MixedDialects, Code::KindDisagrees],
        true,
    ),
    ("\"data\":\"SGVsbG8=\",", "", &[Code::MissingData], true),
    (
        "\"data\":\"SGVsbG8=\"",
        "\"data\":null",
        &[Code::MissingData],
        true,
    ),
    (
        "\"dataname\":\"message\"",
        "\"dataname\":\"\"",
        &[Code::EmptyDataname],
        true,
    ),
    (
        "\"transport\":\"direct\"",
        "\"transport\":\"inline\"",
        &[Code::UnknownTransport],
        true,
    ),
    (
        "\"direct\",\"encoding\":\"base64\",\"size\":5,\"data\":\"SGVsbG8=\"",
        "\"direct\",\"encoding\":\"none\",\"size\":5,\"data\":\"http://h.example/f\"",
        &[Code::TransportDisagrees, Code::LinkNotFetched],
        true,
    ),
    (
        "\"direct\",\"encoding\":\"base64\",\"size\":5,\"data\":\"SGVsbG8=\"",
        "\"link\",\"encoding\":\"none\",\"size\":5,\"data\":\"http://localhost:8080/f\"",
        &[Code::LinkLocalHost, Code::LinkNotFetched],
        true,
    ),
    (
        "\"direct\",\"encoding\":\"base64\",\"size\":5,\"data\":\"SGVsbG8=\"",
        "\"link\",\"encoding\":\"base64\",\"size\":5,\"data\":\"https://h.example/f\"",
        &[Code::EncodingDisagrees, Code::LinkNotFetched],
        true,
    ),
    (
        "\"direct\",\"encoding\":\"base64\",\"size\":5,\"data\":\"SGVsbG8=\"",
        "\"link\",\"encoding\":\"none\",\"size\":5,\"data\":\"SGVsbG8=\"",
        &[Code::TransportDisagrees, Code::LinkNotHttp, Code::LinkNotFetched],
        true,
    ),
    (
        "\"encoding\":\"base64\"",
        "\"encoding\":\"hex\"",
        &[Code::UnknownEncoding],
        true,
    ),
    (
        "\"encoding\":\"base64\"",
        "\"encoding\":\"arrow-ipc\"",
        &[Code::EncodingDisagrees],
        true,
    ),
    (
        "\"SGVsbG8=\"",
        "{\"a\":1}",
        &[Code::RawJsonData, Code::SizeMismatch],
        true,
    ),
    ("\"SGVsbG8=\"", "\"SGVsbG8\"", &[Code::Base64Unpadded], true),
    ("\"SGVsbG8=\"", "\"SGVsbG8=\\n\"", &[Code::Base64Whitespace], true),
    (
        "\"SGVsbG8=\"",
        "\"data:;base64,SGVsbG8=\"",
        &[Code::Base64DataUrl],
        true,
    ),
    ("\"SGVsbG8=\"", "\"SGVsbG9=\"", &[Code::Base64TrailingBits], true),
    (
        "\"size\":5,\"data\":\"SGVsbG8=\"",
        "\"size\":2,\"data\":\"w6-_\"",
        &[Code::Base64UrlSafe, Code::SizeMismatch, Code::TextNotUtf8],
        true,
    ),
    ("\"SGVsbG8=\"", "\"SGV?bG8=\"", &[Code::BadBase64], true),
    ("\"size\":5", "\"size\":8", &[Code::SizeMismatch], true),
    ("\"size\":5", "\"size\":\"5\"", &[Code::BadSize], true),
    ("\"size\":5", "\"size\":-5", &[Code::BadSize], true),
    (
        "\"type\":\"text\"",
        "\"type\":\"dictionary\"",
        &[Code::BadDictionary],
        true,
    ),
    (
        "\"size\":5,\"data\":\"SGVsbG8=\"",
        "\"size\":4,\"data\":\"iVBORw==\"",
        &[Code::TextNotUtf8, Code::KindMismatch],
        true,
    ),
];

fn codes(raw: &[u8]) -> (Option<Dialect>, Vec<Code>) {
    let message = decode_message(&Bytes::copy_from_slice(raw), "/chat/room1", &Limits::default());
    let mut codes: Vec<_> = message.findings.iter().map(|finding| finding.code).collect();
    codes.sort();
    codes.dedup();
    (message.envelope.map(|(dialect, _)| dialect), codes)
}

#[test]
fn the_good_envelope_is_good() {
    assert_eq!(codes(GOOD.as_bytes()), (Some(Dialect::V0_4), vec![]));
}

#[test]
fn every_broken_envelope_gets_its_diagnosis() {
    for (from, to, expected, envelope) in CASES {
        assert!(GOOD.contains(from), "{from}");
        let broken = GOOD.replacen(from, to, 1);
        let (dialect, found) = codes(broken.as_bytes());
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(found, expected, "{from} -> {to}");
        assert_eq!(dialect.is_some(), *envelope, "{from} -> {to}");
        assert_eq!(scan(broken.as_bytes()).dialect, dialect, "{from} -> {to}");
        let links = found.iter().filter(|code| **code == Code::LinkNotFetched).count();
        assert_eq!(
            usize::from(scan(broken.as_bytes()).links),
            links,
            "{from} -> {to}"
        );
        assert_eq!(scan(broken.as_bytes()).broken, !envelope, "{from} -> {to}");
    }
}

#[test]
fn malformed_json_is_told_with_its_offset() {
    let cut = &GOOD[..GOOD.len() - 10];
    let message = decode_message(&Bytes::from(cut), "", &Limits::default());
    assert_eq!(message.findings[0].offset, Some(cut.len()));
    let quoted = GOOD.replacen("{\"correlationId\"", "{'correlationId'", 1);
    let message = decode_message(&Bytes::from(quoted), "", &Limits::default());
    assert_eq!(message.findings[0].offset, Some(1));
    assert!(message.findings[0].message.contains("json.dumps"));
}

#[test]
fn bytes_that_are_no_utf8_are_told_and_the_envelope_read_on() {
    let mut raw = GOOD.as_bytes().to_vec();
    let at = GOOD.find("NATSBridge").unwrap();
    raw[at] = 0xff;
    let message = decode_message(&Bytes::from(raw.clone()), "", &Limits::default());
    assert_eq!(
        (message.findings[0].code, message.findings[0].offset),
        (Code::NotUtf8, Some(at))
    );
    assert_eq!(message.envelope.unwrap().1.sender_name, "\u{FFFD}ATSBridge");
    assert_eq!(scan(&raw).sender, "\u{FFFD}ATSBridge");
    // What is told of the rest stands where it stands in the bytes.
    let end = raw.len() - 1;
    raw[end] = b']';
    let message = decode_message(&Bytes::from(raw), "", &Limits::default());
    let told = message
        .findings
        .iter()
        .find(|finding| finding.code == Code::MalformedJson);
    assert_eq!(told.unwrap().offset, Some(end), "{told:?}");
}

/// Row 6.
#[test]
fn nesting_is_read_to_127_levels_and_refused_beyond() {
    let nested = |levels: usize| {
        let value = "[".repeat(levels) + &"]".repeat(levels);
        GOOD.replacen(
            "\"metadata\":{},\"p",
            &format!("\"metadata\":{{\"a\":{value}}},\"p"),
            1,
        )
    };
    // Two levels are the envelope's and the metadata's own.
    assert_eq!(codes(nested(125).as_bytes()), (Some(Dialect::V0_4), vec![]));
    for levels in [126, 127, 128, 129, 10_000, 1_000_000] {
        let raw = nested(levels);
        let (dialect, mut found) = codes(raw.as_bytes());
        found.retain(|code| *code != Code::OverMaxPayload);
        assert_eq!((dialect, found), (None, vec![Code::JsonTooDeep]), "{levels}");
        // Its place is told, and what came is shown.
        let message = decode_message(&Bytes::from(raw.clone()), "", &Limits::default());
        let told = message
            .findings
            .iter()
            .find(|finding| finding.code == Code::JsonTooDeep);
        assert_eq!(told.unwrap().offset, raw.find('[').map(|at| at + 125), "{levels}");
        assert_eq!(message.payloads[0].body.len() as usize, raw.len(), "{levels}");
    }
}

#[test]
fn payloads_over_the_limit_are_counted_and_said() {
    let start = GOOD.find("{\"id\"").unwrap();
    let one = &GOOD[start..GOOD.len() - 2];
    let many = GOOD.replacen(one, &vec![one; 1030].join(","), 1);
    let limits = Limits {
        findings: 5000,
        ..Limits::default()
    };
    let message = decode_message(&Bytes::from(many.clone()), "", &limits);
    assert_eq!(message.payloads.len(), limits.payloads_per_envelope);
    let found = message
        .findings
        .iter()
        .find(|finding| finding.code == Code::TooManyPayloads)
        .unwrap();
    assert!(found.message.contains("1030"), "{}", found.message);
    let duplicates = message
        .findings
        .iter()
        .filter(|finding| finding.code == Code::DuplicatePayloadId);
    assert_eq!(duplicates.count(), limits.payloads_per_envelope - 1);
    assert_eq!(scan(many.as_bytes()).payloads, 1030);
    let message = decode_message(&Bytes::from(many), "", &Limits::default());
    let last = message.findings.last().unwrap();
    assert_eq!((last.code, message.findings.len()), (Code::MoreFindings, 1001));
}

#[test]
fn messages_and_values_over_the_limit_are_not_decoded() {
    let limits = Limits {
        direct_message: 100,
        ..Limits::default()
    };
    let message = decode_message(&Bytes::from(GOOD), "", &limits);
    assert_eq!(message.findings[0].code, Code::MessageTooLarge);
    assert_eq!(message.payloads[0].state, PayloadState::TooLarge);
    let limits = Limits {
        json_value: 3,
        ..Limits::default()
    };
    let dictionary = GOOD.replacen("\"text\"", "\"dictionary\"", 1);
    let message = decode_message(&Bytes::from(dictionary), "", &limits);
    assert_eq!(message.findings[0].code, Code::PayloadTooLarge);
    assert_eq!(message.payloads[0].state, PayloadState::TooLarge);
    assert!(message.payloads[0].error.is_some());
}

#[test]
fn a_plain_message_gets_the_view_its_bytes_deserve() {
    let view = |raw: &'static [u8]| {
        let message = decode_message(&Bytes::from_static(raw), "", &Limits::default());
        let codes: Vec<_> = message.findings.iter().map(|finding| finding.code).collect();
        (
            message.payloads[0].kind.name(),
            message.payloads[0].value.clone(),
            codes,
        )
    };
    for (raw, kind, codes) in [
        (&b""[..], "text", vec![Code::EmptyMessage]),
        (b"hello", "text", vec![Code::NotAnEnvelope]),
        (
            b"BMW is a word, no bitmap \xc3\xa9",
            "image",
            vec![Code::NotAnEnvelope],
        ),
        (b"{\"temperature\":21.5}", "dictionary", vec![Code::NotAnEnvelope]),
        (b"[1,2,3]", "dictionary", vec![Code::NotAnEnvelope]),
        (
            b"{\"temperature\":NaN}",
            "dictionary",
            vec![Code::NotAnEnvelope, Code::NonFiniteNumber],
        ),
        (b"{\"temperature\"", "text", vec![Code::NotAnEnvelope]),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "image",
            vec![Code::NotAnEnvelope],
        ),
        (b"\0\x01\xff", "binary", vec![Code::NotAnEnvelope]),
        (b"%PDF-1.7 \xff\xff", "binary", vec![Code::NotAnEnvelope]),
    ] {
        let (found, value, found_codes) = view(raw);
        // Whether these few bytes open as a picture is for the picture's reader to say.
        if kind != "image" {
            assert_eq!(found, kind, "{raw:?}");
            assert_eq!(found_codes, codes, "{raw:?}");
            assert_eq!(matches!(value, Value::Text(_)), kind == "text", "{raw:?}");
        }
    }
    let twice = serde_json::to_string(GOOD).unwrap();
    let message = decode_message(&Bytes::from(twice), "", &Limits::default());
    assert!(message.findings[0].message.contains("encoded twice"));
}
