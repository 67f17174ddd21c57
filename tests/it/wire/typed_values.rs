//! The short way to typed values against the long one: every plain envelope of ours takes it, and whatever takes it gets
//! what the long way gives.

use super::properties::{edited, raw_object, text};
use bytes::Bytes;
use natsbridge_wire::{
    DIALECTS, DecodedPayload, DecodedValue, Dialect, Envelope, EnvelopePayload, Kind, Limits, PayloadState,
    decode_message, read_values, write_envelope,
};
use proptest::prelude::*;
use std::fs;
use std::path::Path;

fn file(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A payload that decodes as what it is declared to be.
fn sound() -> impl Strategy<Value = EnvelopePayload<'static>> {
    let json = prop_oneof![
        raw_object().prop_map(|object| object.0.into_owned()),
        Just("[1, 9007199254740993, null]".to_owned()),
    ];
    let rows = prop::collection::vec(raw_object(), 0..3).prop_map(|rows| {
        let rows: Vec<_> = rows.iter().map(|row| &*row.0).collect();
        format!("[{}]", rows.join(","))
    });
    let of = |kind, path| Just((kind, file(path)));
    let body = prop_oneof![
        text().prop_map(|text| (Kind::Text, text.into_owned().into_bytes())),
        json.prop_map(|json| (Kind::Dictionary, json.into_bytes())),
        rows.prop_map(|rows| (Kind::JsonTable, rows.into_bytes())),
        prop::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| (Kind::Binary, bytes)),
        of(Kind::Table, "tests/fixtures/arrow/nested.arrow"),
        of(Kind::Image, "assets/demo/rings.png"),
        of(Kind::Audio, "assets/demo/chime.ogg"),
        of(Kind::Video, "assets/demo/clip.webm"),
    ];
    (text(), text(), body, raw_object()).prop_map(|(id, dataname, (kind, body), metadata)| EnvelopePayload {
        metadata,
        ..EnvelopePayload::direct(id, dataname, kind, body)
    })
}

fn envelope() -> impl Strategy<Value = Envelope<'static>> {
    (
        text(),
        text(),
        raw_object(),
        prop::collection::vec(sound(), 0..4),
        "[a-z\"é]{1,4}",
    )
        .prop_map(|(sender_name, send_to, metadata, payloads, key)| Envelope {
            sender_name,
            send_to,
            payloads,
            extra: vec![(format!("x-{key}").into(), metadata.clone())],
            metadata,
            ..Envelope::default()
        })
}

fn written() -> impl Strategy<Value = Vec<u8>> {
    let dialect = prop::sample::select(DIALECTS.iter().map(|row| row.dialect).collect::<Vec<_>>());
    (envelope(), dialect).prop_map(|(envelope, dialect)| write_envelope(&envelope, dialect))
}

fn same(short: &DecodedValue<'_>, long: &DecodedPayload<'_>) -> Result<(), TestCaseError> {
    prop_assert_eq!(long.state, PayloadState::Decoded);
    prop_assert_eq!(&short.dataname, &long.dataname);
    prop_assert_eq!(short.kind, long.kind);
    prop_assert_eq!(format!("{:?}", short.value), format!("{:?}", long.value));
    if short.kind == Kind::Text {
        prop_assert!(short.body.is_empty());
    } else {
        prop_assert_eq!(Some(&short.body), long.body.memory());
    }
    Ok(())
}

/// Whether the short way was taken; if so it gave what the long one gives.
fn taken(bytes: &[u8]) -> Result<bool, TestCaseError> {
    let Some(short) = read_values(bytes, &Limits::DEFAULT) else {
        return Ok(false);
    };
    let long = decode_message(&Bytes::copy_from_slice(bytes), "", &Limits::DEFAULT);
    prop_assert!(long.envelope.is_some());
    prop_assert_eq!(short.len(), long.payloads.len());
    for (short, long) in short.iter().zip(&long.payloads) {
        same(short, long)?;
    }
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_plain_envelope_is_read(bytes in written()) {
        prop_assert!(taken(&bytes)?);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn what_is_read_of_damaged_ones_is_what_the_long_way_reads(bytes in edited(written())) {
        taken(&bytes)?;
    }
}

#[test]
fn what_deviates_is_left_to_the_long_way() {
    let payload = EnvelopePayload::direct("i", "n", Kind::Text, b"Hello");
    let with = |payload| Envelope {
        payloads: vec![payload],
        ..Envelope::default()
    };
    let text = String::from_utf8(write_envelope(&with(payload), Dialect::V0_5)).unwrap();
    assert!(taken(text.as_bytes()).unwrap());
    for (from, to) in [
        ("\"direct\"", "\"link\""),
        ("\"base64\"", "\"none\""),
        ("\"SGVsbG8=\"", "\"SGVsbG8\""),
        ("\"SGVsbG8=\"", "\"SGVsbG9=\""),
        ("\"SGVsbG8=\"", "\"SGVsb\\u0047\\/=\""),
        ("\"SGVsbG8=\"", "\"/w==\""),
        ("\"SGVsbG8=\"", "null"),
        ("\"text\"", "\"prose\""),
        ("\"text\"", "\"image\""),
        ("\"dataname\":\"n\",", ""),
        ("\"dataname\":\"n\"", "\"dataname\":null"),
        ("\"dataname\":\"n\"", "\"dataname\":\"\\ud800\""),
        ("\"payload_type\":", "\"type\":\"image\",\"payload_type\":"),
        ("\"payloads\":", "\"payloads\":[],\"payloads\":"),
        ("\"payloads\":", "\"payload\":"),
        ("\"size\":5", "\"size\":NaN"),
        ("}]}", "}]"),
        ("}]}", "}]}x"),
        ("{\"corr", "\u{FEFF}{\"corr"),
    ] {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        assert!(
            read_values(changed.as_bytes(), &Limits::DEFAULT).is_none(),
            "{from} → {to}"
        );
    }
    let spelled = text.replacen("\"payloads\"", "\"payl\\u006fads\"", 1);
    assert!(taken(spelled.as_bytes()).unwrap());
    let few = Limits {
        payloads_per_envelope: 0,
        ..Limits::DEFAULT
    };
    assert!(read_values(text.as_bytes(), &few).is_none());
}
