//! Faults that must be told at the first look at a message, and told once.

use bytes::Bytes;
use natsbridge_wire::{Code, DecodedMessage, Kind, Limits, PayloadState, Value, decode_blob, decode_message};

/// The start of a picture that claims 60,000 × 60,000 pixels; a picture's size is read without reading the picture.
const BOMB: &[u8] = b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x60\xea\0\0\x60\xea\0\0\x01\0\x18\0\
    \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

fn decoded(raw: impl Into<Bytes>) -> DecodedMessage<'static> {
    decode_message(&raw.into(), "", &Limits::DEFAULT)
}

fn times(message: &DecodedMessage<'_>, code: Code) -> usize {
    let codes = message.findings.iter().map(|finding| finding.code);
    codes.filter(|found| *found == code).count()
}

#[test]
fn a_picture_of_too_many_pixels_is_told_without_looking_at_it() {
    let mut findings = vec![];
    let body = Bytes::from_static(BOMB);
    let why = decode_blob(Kind::Image, &body.clone().into(), &Limits::DEFAULT, &mut findings)
        .unwrap_err()
        .message;
    assert!(why.contains("60000 × 60000"), "{why}");
    assert_eq!(findings[0].code, Code::ImageLimit);
    let plain = decoded(body);
    assert_eq!(times(&plain, Code::ImageLimit), 1, "{:?}", plain.findings);
    assert_eq!(plain.payloads[0].state, PayloadState::Decoded);
    assert!(matches!(plain.payloads[0].value, Value::Binary));
}

#[test]
fn a_number_beyond_every_double_is_a_number() {
    let mut findings = vec![];
    let body = Bytes::from_static(b"\xEF\xBB\xBF {\"a\":1,\n\"b\":1e400} ");
    let read = decode_blob(
        Kind::Dictionary,
        &body.clone().into(),
        &Limits::DEFAULT,
        &mut findings,
    );
    let Ok(Value::Json(json)) = read else {
        panic!("{read:?}");
    };
    assert_eq!(json.root().get("b").unwrap().number(), Some("1e400"));
    assert_eq!(json.as_str(), "{\"a\":1,\n\"b\":1e400}");
    assert_eq!(
        json.as_str().as_ptr(),
        body[4..].as_ptr(),
        "the bytes of the payload are shared"
    );
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::ByteOrderMark, Code::NumberBeyondDouble]);
}

#[test]
fn what_follows_a_byte_order_mark_is_told_by_its_offset_in_the_payload() {
    let mut findings = vec![];
    let body = Bytes::from_static(b"\xEF\xBB\xBF{\"a\":}");
    let read = decode_blob(Kind::Dictionary, &body.into(), &Limits::DEFAULT, &mut findings);
    assert!(read.unwrap_err().message.contains("from byte 8 on"));
    assert_eq!(
        (findings[0].code, findings[0].offset),
        (Code::BadDictionary, Some(8))
    );
}

#[test]
fn deep_nesting_of_an_envelope_is_told_once() {
    let deep = format!(r#"{{"msg_id":"a","payloads":[],"metadata":{}}}"#, "[".repeat(200));
    let message = decoded(deep);
    assert_eq!(times(&message, Code::JsonTooDeep), 1, "{:?}", message.findings);
}
