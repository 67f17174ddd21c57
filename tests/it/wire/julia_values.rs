//! What Julia really writes (and reads): base64, JSON text, timestamps and a whole envelope, against our readers.

use bytes::Bytes;
use natsbridge_wire::{
    Code, Dialect, Kind, Limits, Value, decode_base64, decode_blob, decode_message, encode_base64, read,
};
use serde_json::Value as Json;

fn text_json() -> Json {
    serde_json::from_str(include_str!("../../fixtures/julia/text.json")).unwrap()
}

fn case(name: &str) -> String {
    let text = text_json();
    let mut cases = text["cases"].as_array().unwrap().iter();
    let case = cases.find(|case| case["name"] == name).unwrap();
    case["out"].as_str().unwrap().to_owned()
}

#[test]
fn base64_is_read_and_written_as_julia_does() {
    let all: Vec<u8> = (0..=255).collect();
    for (name, bytes) in [
        ("base64-hello", &b"Hello!"[..]),
        ("base64-empty", b""),
        ("base64-1byte", &[0xff]),
        ("base64-2bytes", &[0xfb, 0xff]),
        ("base64-alphabet", &[0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff]),
        ("base64-unicode", "héllo 日本語 🚀".as_bytes()),
        ("base64-256", &all),
        ("base64-encode-json", b"{\"key\":\"value\"}"),
    ] {
        let text = case(name);
        let (decoded, form) = decode_base64(&text).unwrap();
        assert_eq!((decoded.as_slice(), form), (bytes, <_>::default()), "{name}");
        assert_eq!(encode_base64(bytes), text, "{name}");
    }
    let long = case("base64-long-no-linebreaks");
    assert_eq!(encode_base64(&decode_base64(&long).unwrap().0), long);
}

#[test]
fn julias_envelope_is_read_whole() {
    let text = text_json();
    let raw = Bytes::from(text["envelope_d1"]["json"].as_str().unwrap().to_owned());
    let message = decode_message(&raw, "/chat/room1", &Limits::default());
    let (dialect, envelope) = message.envelope.as_ref().unwrap();
    assert_eq!(*dialect, Dialect::V0_4);
    assert!(envelope.broker_url.starts_with("nats://"));
    let values: Vec<_> = message
        .payloads
        .iter()
        .map(|payload| (&*payload.dataname, payload.kind))
        .collect();
    assert_eq!(
        values,
        [
            ("msg", Kind::Text),
            ("cfg", Kind::Dictionary),
            ("chat", Kind::Table),
            ("blob", Kind::Binary)
        ]
    );
    assert!(matches!(&message.payloads[0].value, Value::Text(text) if &**text == "héllo 日本語 🚀"));
    let Value::Json(json) = &message.payloads[1].value else {
        panic!("{:?}", message.payloads[1].value);
    };
    assert_eq!(json.root().get("nan").unwrap().raw(), "null");
    assert_eq!(message.payloads[3].body, (0..=255).collect::<Vec<u8>>().into());
    assert!(
        message
            .findings
            .iter()
            .all(|finding| finding.code != Code::SizeMismatch)
    );
}

#[test]
fn every_timestamp_that_julia_writes_is_understood() {
    for (name, code) in [
        ("now", Some(Code::TimestampWithoutZone)),
        ("now-utc", Some(Code::TimestampWithoutZone)),
        ("datetime-ms0", Some(Code::TimestampWithoutZone)),
        ("datetime-ms120", Some(Code::TimestampWithoutZone)),
        ("datetime-ms100", Some(Code::TimestampWithoutZone)),
        ("datetime-ms7", Some(Code::TimestampWithoutZone)),
        ("datetime-midnight", Some(Code::TimestampWithoutZone)),
        ("date", Some(Code::TimestampWithoutZone)),
        ("datetime-format-z", None),
        ("datetime-format-quoted-z", None),
    ] {
        let text = format!(r#"{{"timestamp":"{}","payloads":[]}}"#, case(name));
        let found = read(text.as_bytes()).findings.into_iter();
        let found = found
            .map(|finding| finding.code)
            .find(|code| code.name().contains("timestamp"));
        assert_eq!(found, code, "{name}");
    }
}

#[test]
fn json_that_julia_writes_opens_as_a_dictionary() {
    let text = text_json();
    let mut count = 0;
    for case in text["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        if !name.starts_with("json-") || name == "json-invalid-utf8" {
            continue;
        }
        count += 1;
        let out = case["out"].as_str().unwrap().to_owned();
        let mut findings = Vec::new();
        let value = decode_blob(Kind::Dictionary, &out.into(), &Limits::default(), &mut findings);
        assert!(value.is_ok(), "{name}: {value:?}");
        let big = ["json-ints", "json-uint64", "json-bigint", "json-uuid"].contains(&name);
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        let huge = ["json-uint64", "json-bigint", "json-uuid"].contains(&name);
        let expected = [(big, Code::BigInteger), (huge, Code::HugeInteger)];
        let expected: Vec<_> = expected
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, code)| *code)
            .collect();
        assert_eq!(codes, expected, "{name}");
    }
    assert!(count > 20);
}

#[test]
fn a_dictionary_in_hash_order_is_an_envelope() {
    let text = case("dict-order");
    let Some((dialect, envelope)) = read(text.as_bytes()).envelope else {
        panic!("no envelope");
    };
    assert_eq!((dialect, &*envelope.send_to), (Dialect::V0_4, "/chat/room1"));
}
