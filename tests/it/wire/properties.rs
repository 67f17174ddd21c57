//! Properties of the wire: what is written is read back, nothing panics on any bytes, scanning agrees with reading.

use bytes::Bytes;
use natsbridge_wire::{
    Code, DIALECTS, Data, Dialect, Envelope, EnvelopePayload, Kind, KindNames, Limits, RawJson, Severity,
    Transport, decode_message, encode_base64, read, scan, write_envelope,
};
use proptest::prelude::*;
use std::borrow::Cow;

pub fn text() -> impl Strategy<Value = Cow<'static, str>> {
    prop_oneof![any::<String>(), "[a-z\"\\\\\n/é🚀-]{0,12}", Just(String::new())].prop_map(Cow::Owned)
}

pub fn raw_object() -> impl Strategy<Value = RawJson<'static>> {
    let member = (
        "[a-z\"é]{0,4}",
        prop_oneof![any::<i32>().prop_map(|n| n.to_string()), Just("[{}]".to_owned())],
    );
    prop::collection::vec(member, 0..3).prop_map(|members| {
        let members = members
            .iter()
            .map(|(key, value)| format!("{}:{value}", serde_json::to_string(key).unwrap()));
        RawJson(Cow::Owned(format!(
            "{{{}}}",
            members.collect::<Vec<_>>().join(",")
        )))
    })
}

fn extra() -> impl Strategy<Value = Vec<(Cow<'static, str>, RawJson<'static>)>> {
    prop::collection::btree_map("x-[a-z\"é]{1,4}", raw_object(), 0..2).prop_map(|map| {
        map.into_iter()
            .map(|(key, value)| (Cow::Owned(key), value))
            .collect()
    })
}

fn payload() -> impl Strategy<Value = EnvelopePayload<'static>> {
    let kind = prop::sample::select(vec![
        Kind::Text,
        Kind::Dictionary,
        Kind::Table,
        Kind::JsonTable,
        Kind::Image,
        Kind::Audio,
        Kind::Video,
        Kind::Binary,
    ]);
    let body = prop::collection::vec(any::<u8>(), 0..20);
    (text(), text(), kind, body, any::<bool>(), raw_object(), extra()).prop_map(
        |(id, dataname, kind, body, link, metadata, extra)| EnvelopePayload {
            metadata,
            extra,
            ..if link {
                EnvelopePayload::link(
                    &id,
                    &dataname,
                    kind,
                    "https://files.example.com/f",
                    body.len() as u64,
                )
            } else {
                // Reading gives the text, never the bytes.
                let data = Data::Text(encode_base64(&body).into());
                EnvelopePayload {
                    data,
                    ..EnvelopePayload::direct(id, dataname, kind, body)
                }
            }
        },
    )
}

fn envelope() -> impl Strategy<Value = Envelope<'static>> {
    let texts = prop::collection::vec(text(), 12);
    (
        texts,
        raw_object(),
        prop::collection::vec(payload(), 0..4),
        extra(),
    )
        .prop_map(|(mut texts, metadata, payloads, extra)| {
            let mut next = || texts.pop().unwrap_or_default();
            Envelope {
                correlation_id: next(),
                msg_id: next(),
                timestamp: next(),
                send_to: next(),
                msg_purpose: next(),
                sender_name: next(),
                sender_id: next(),
                receiver_name: next(),
                receiver_id: next(),
                reply_to: next(),
                reply_to_msg_id: next(),
                broker_url: next(),
                metadata,
                payloads,
                extra,
            }
        })
}

/// The envelope as a reader of that dialect can know it: vocabularies without jsontable fold it into dictionary.
fn folded(mut envelope: Envelope<'static>, dialect: Dialect) -> Envelope<'static> {
    let vocabulary = dialect.row().vocabulary;
    for payload in &mut envelope.payloads {
        if payload.kind == Kind::JsonTable && vocabulary != KindNames::V0_5 {
            payload.kind = Kind::Dictionary;
        }
        payload.declared_type = Cow::Borrowed(payload.kind.word(vocabulary));
    }
    envelope
}

/// The dialect that the written text can be told to be: without a payload's words some look alike.
fn told(envelope: &Envelope<'_>, dialect: Dialect) -> Dialect {
    let table = envelope
        .payloads
        .iter()
        .any(|payload| payload.kind == Kind::Table);
    match dialect {
        Dialect::V0_4_3 | Dialect::V0_5 if envelope.payloads.is_empty() => Dialect::Readme,
        Dialect::V0_4_3 if !table => Dialect::V0_5,
        other => other,
    }
}

fn check_agreement(bytes: &[u8]) -> Result<(), TestCaseError> {
    let digest = scan(bytes);
    if let Some((dialect, envelope)) = read(bytes).envelope {
        prop_assert_eq!(digest.dialect, Some(dialect));
        prop_assert_eq!(&digest.sender, &envelope.sender_name);
        prop_assert_eq!(&digest.purpose, &envelope.msg_purpose);
        prop_assert_eq!(&digest.correlation_id, &envelope.correlation_id);
        prop_assert_eq!(&digest.msg_id, &envelope.msg_id);
        prop_assert_eq!(&digest.reply_to_msg_id, &envelope.reply_to_msg_id);
        prop_assert_eq!(usize::from(digest.payloads), envelope.payloads.len());
        let links = envelope
            .payloads
            .iter()
            .filter(|payload| payload.transport == Transport::Link);
        prop_assert_eq!(usize::from(digest.links), links.count());
        for kind in envelope.payloads.iter().map(|payload| payload.kind) {
            prop_assert!(digest.kinds.contains(kind));
        }
    } else {
        prop_assert_eq!(digest.dialect, None);
    }
    Ok(())
}

/// A real envelope with a few bytes overwritten, cut out or doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let dialect = prop::sample::select(DIALECTS.iter().map(|row| row.dialect).collect::<Vec<_>>());
    edited((envelope(), dialect).prop_map(|(envelope, dialect)| write_envelope(&envelope, dialect)))
}

/// These bytes with a few overwritten, cut out or doubled.
pub fn edited(written: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        any::<u8>(),
        prop::sample::select(b"{}[]\",:\\ntu0-eNIS/_=".to_vec()),
    ];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), byte, 0..4u8), 1..4);
    (written, edits).prop_map(|(mut bytes, edits)| {
        for (index, byte, how) in edits {
            let at = index.index(bytes.len().max(1));
            match how {
                _ if bytes.is_empty() => {}
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => drop(bytes.drain(at..(at + usize::from(byte)).min(bytes.len()))),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn what_is_written_is_read_back(envelope in envelope()) {
        for row in DIALECTS {
            let written = write_envelope(&envelope, row.dialect);
            prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&written).is_ok());
            let reading = read(&written);
            let Some((dialect, copy)) = reading.envelope else {
                return Err(TestCaseError::fail(format!("{}: no envelope", row.name)));
            };
            prop_assert_eq!(dialect, told(&envelope, row.dialect), "{}", row.name);
            prop_assert_eq!(copy, folded(envelope.clone(), row.dialect), "{}", row.name);
            // A strict message lacks nothing and misspells nothing.
            let sound = |code: Code| !matches!(code, Code::MissingField | Code::NullField | Code::WrongFieldType
                | Code::DuplicateKey | Code::UnknownKind | Code::KindDisagrees | Code::MixedDialects);
            // What metadata and unknown keys hold is the generator's own.
            let own = |path: &str| ["metadata", "note", "x-"].iter().any(|key| path.contains(key));
            let all = reading.findings.iter().all(|finding| {
                sound(finding.code) || (finding.code == Code::DuplicateKey && own(&finding.path))
            });
            prop_assert!(all, "{:?}", reading.findings);
            check_agreement(&written)?;
        }
    }

    #[test]
    fn bytes_to_be_encoded_read_back_as_base64(body in prop::collection::vec(any::<u8>(), 0..100)) {
        let bytes = EnvelopePayload { size: None, ..EnvelopePayload::direct("i", "n", Kind::Binary, &body) };
        let direct = EnvelopePayload { data: Data::Text(encode_base64(&body).into()), ..bytes.clone() };
        let with = |payload| Envelope { payloads: vec![payload], ..Envelope::default() };
        prop_assert_eq!(
            write_envelope(&with(bytes), Dialect::V0_5),
            write_envelope(&with(direct), Dialect::V0_5)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30_000))]

    #[test]
    fn no_mutation_panics_and_scanning_agrees(bytes in mutated()) {
        check_agreement(&bytes)?;
        let message = decode_message(&Bytes::from(bytes), "a.b", &Limits::default());
        prop_assert!(message.envelope.is_none_or(|(_, e)| e.payloads.len() == message.payloads.len()));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_agreement(&bytes)?;
        decode_message(&Bytes::from(bytes), "", &Limits::default());
    }

    #[test]
    fn lenient_takes_all_that_strict_takes(
        text in "(\\{|\\[|\"payloads\":|\"msgId\":|\"msg_id\":|\"sendTo\":|\"type\":|1|null|\"x\"|,|:|\\]|\\}| ){0,14}"
    ) {
        let strict = serde_json::from_str::<serde_json::Value>(&text);
        let findings = read(text.as_bytes()).findings;
        if strict.is_ok() {
            prop_assert!(findings.iter().all(|f| f.code != Code::MalformedJson && f.severity() < Severity::Error
                || [Code::MissingData, Code::BadPayloads].contains(&f.code)), "{}", text);
        }
        check_agreement(text.as_bytes())?;
    }
}
