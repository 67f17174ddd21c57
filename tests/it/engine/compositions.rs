//! Compositions against what peers really sent and against a real broker: answers, messages once more, plans.

use crate::support::binary::Folder;
use crate::support::servers::nats_server_with;
use bytes::Bytes;
use natsbridge_engine::{
    Bridge, Composition, ConnectOptions, LoadCache, Loaded, Payload, PayloadRow, Place, Plan, SendOptions,
    Source, StoredMessage, VariableSource, compose_again, compose_answer, filled, issues, load, load_with,
    plan,
};
use natsbridge_wire::{
    Code, DIALECTS, DecodedMessage, Dialect, Kind, Limits, PayloadState, Transport, decode_message,
};
use std::path::PathBuf;

/// Loads with the values of a first message.
fn loaded(composition: &Composition) -> Loaded {
    filled(1, |fill| load(composition, fill, &Limits::default())).unwrap()
}

fn planned(composition: &Composition, base: &SendOptions, most: Option<usize>) -> Plan {
    filled(1, |fill| {
        plan(
            composition,
            fill,
            base,
            most,
            &mut LoadCache::default(),
            &Limits::default(),
        )
    })
}

/// Every golden envelope, as it was stored and decoded.
fn golden() -> Vec<(String, StoredMessage, DecodedMessage<'static>)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/envelopes");
    let mut golden = Vec::new();
    for dialect in DIALECTS {
        for entry in std::fs::read_dir(root.join(dialect.name)).unwrap() {
            let path = entry.unwrap().path();
            let payload = Bytes::from(std::fs::read(&path).unwrap());
            let name = format!("{}/{}", dialect.name, path.file_name().unwrap().display());
            let (message, decoded) = arrived("/chat/room1", payload);
            golden.push((name, message, decoded));
        }
    }
    golden
}

fn arrived(subject: &str, payload: Bytes) -> (StoredMessage, DecodedMessage<'static>) {
    let decoded = decode_message(&payload, subject, &Limits::default());
    let message = StoredMessage {
        seq: 7,
        at_us: 0,
        subject: subject.into(),
        reply: Some("_INBOX.{{x}}".into()),
        headers: vec![
            ("Nats-Msg-Id".into(), vec!["old".into()]),
            ("Trace".into(), vec!["{{a}}".into(), "b".into()]),
        ],
        payload,
    };
    (message, decoded)
}

#[test]
fn the_answer_to_any_message_finds_its_sender_in_its_dialect() {
    for (name, message, decoded) in golden() {
        let answer = loaded(&compose_answer(&message, &decoded)).composition;
        let (dialect, envelope) = decoded.envelope.as_ref().unwrap();
        assert_eq!(answer.dialect, *dialect, "{name}");
        let subject = match &*envelope.reply_to {
            "" => "_INBOX.{{x}}",
            reply_to => reply_to,
        };
        assert_eq!(answer.subject, subject, "{name}");
        assert_eq!(answer.correlation_id, envelope.correlation_id, "{name}");
        assert_eq!(answer.reply_to_msg_id, envelope.msg_id, "{name}");
        assert_eq!(answer.receiver_name, envelope.sender_name, "{name}");
        assert_eq!(answer.receiver_id, envelope.sender_id, "{name}");
    }
    let (message, decoded) = arrived("a.b", Bytes::from_static(b"no envelope"));
    let answer = compose_answer(&message, &decoded);
    assert_eq!(answer.subject, "_INBOX.{{{{x}}");
    assert_eq!(
        (answer.dialect, &*answer.reply_to_msg_id),
        (Dialect::Universal, "")
    );
    let nowhere = StoredMessage {
        reply: None,
        ..message
    };
    let issues = issues(&compose_answer(&nowhere, &decoded));
    assert_eq!(issues[0].place, Place::Subject, "{issues:?}");
}

#[test]
fn a_message_once_more_is_what_it_was_with_new_ids() {
    for (name, message, decoded) in golden() {
        let mut again = compose_again(&message, &decoded);
        for (row, payload) in again.payloads.iter_mut().zip(&decoded.payloads) {
            if payload.state == PayloadState::NotFetched {
                let Source::Missing { why } = &row.source else {
                    panic!("{name}: a link that nobody fetched is missing");
                };
                assert!(why.contains("not fetched"), "{why}");
                row.source = Source::Bytes {
                    body: crate::support::binary::finish_bytes("printf", &["ARROW1"]).into(),
                    origin: "a test".into(),
                };
                row.kind = Kind::Binary;
            }
        }
        let ready = loaded(&again);
        let options = ready.composition.options(&SendOptions::default());
        let (_, bytes) = Bridge::compose(&ready.composition.subject, &ready.payloads, &options).unwrap();
        let resent = decode_message(&bytes, "/chat/room1", &Limits::default());
        let ((was, before), (is, after)) = (
            decoded.envelope.as_ref().unwrap(),
            resent.envelope.as_ref().unwrap(),
        );
        assert_eq!(was, is, "{name}");
        assert_ne!(before.msg_id, after.msg_id, "{name}");
        for (before, after) in [
            (&before.msg_purpose, &after.msg_purpose),
            (&before.sender_name, &after.sender_name),
            (&before.receiver_name, &after.receiver_name),
            (&before.receiver_id, &after.receiver_id),
            (&before.reply_to, &after.reply_to),
            (&before.reply_to_msg_id, &after.reply_to_msg_id),
        ] {
            assert_eq!(before, after, "{name}");
        }
        let answers = !before.reply_to_msg_id.is_empty();
        assert_eq!(before.correlation_id == after.correlation_id, answers, "{name}");
        assert_eq!(before.metadata, after.metadata, "{name}");
        assert_eq!(
            options.headers,
            [("Trace", "{{a}}"), ("Trace", "b")].map(|(a, b)| (a.into(), b.into()))
        );
        // Rows that a peer called a table become a table, everything else keeps its bytes.
        let rows = decoded
            .findings
            .iter()
            .any(|finding| finding.code == Code::TableIsJson);
        for (before, after) in decoded.payloads.iter().zip(&resent.payloads) {
            assert_eq!(before.dataname, after.dataname, "{name}");
            if before.state == PayloadState::Decoded && !rows {
                assert_eq!((before.kind, &before.body), (after.kind, &after.body), "{name}");
            }
        }
    }
}

#[test]
fn a_plain_message_once_more_is_the_payload_of_an_envelope() {
    let (message, decoded) = arrived("a.b", Bytes::from_static(b"{\"x\": {{}}"));
    let again = compose_again(&message, &decoded);
    assert_eq!(again.subject, "a.b");
    assert_eq!(again.payloads, [PayloadRow::text("message", "{\"x\": {{{{}}")]);
    assert_eq!(loaded(&again).payloads[0].body, "{\"x\": {{}}".into());
}

#[test]
fn variables_are_filled_everywhere_but_in_files() {
    let folder = Folder::new();
    let file = folder.file("note.txt", b"{{count}}");
    let composition = Composition {
        subject: "a.{{count}}".into(),
        purpose: "{{env.WHY}}".into(),
        correlation_id: "{{uuid}}".into(),
        metadata: r#"{"at": "{{now}}", "n": {{random.5-5}}}"#.into(),
        headers: vec![("N".into(), "{{count}}".into())],
        payloads: vec![
            PayloadRow::text("{{count}}", "{{uuid}} {{{{x}}"),
            PayloadRow {
                kind: Kind::Dictionary,
                ..PayloadRow::text("d", r#"{"why": "{{env.WHY}}"}"#)
            },
            PayloadRow {
                kind: Kind::Table,
                ..PayloadRow::text("t", "n,why\n{{count}},x\n")
            },
            PayloadRow {
                source: Source::File(file.trim_start_matches('@').into()),
                ..PayloadRow::text("f", "")
            },
        ],
        ..Composition::default()
    };
    let mut ids = 0;
    let mut new_id = || {
        ids += 1;
        format!("id-{ids}")
    };
    let mut fill = VariableSource {
        count: 3,
        now: "2026-02-22T10:00:00Z".parse().unwrap(),
        new_id: &mut new_id,
        random: &mut |range| *range.end(),
        env: &|name| (name == "WHY").then(|| "a \"b\"".into()),
    };
    let loaded = load(&composition, &mut fill, &Limits::default()).unwrap();
    let filled = &loaded.composition;
    assert_eq!((&*filled.subject, &*filled.purpose), ("a.3", "a \"b\""));
    assert_eq!((&*filled.correlation_id, &*filled.headers[0].1), ("id-1", "3"));
    assert_eq!(filled.metadata, r#"{"at": "2026-02-22T10:00:00.000Z", "n": 5}"#);
    let text = |index: usize| {
        let Payload { dataname, body, .. } = &loaded.payloads[index];
        format!("{dataname}={}", String::from_utf8_lossy(body.memory().unwrap()))
    };
    assert_eq!(text(0), "{{count}}=id-2 {{x}}", "a name is a name");
    assert_eq!(text(1), r#"d={"why": "a \"b\""}"#);
    assert_eq!(text(3), "f={{count}}");
    assert_eq!(loaded.columns[2][0].because, "every value is a whole number");
}

#[test]
fn what_cannot_be_loaded_is_said_with_its_field() {
    let payload = |kind, source| Composition {
        payloads: vec![PayloadRow {
            kind,
            source,
            ..PayloadRow::text("p", "")
        }],
        ..Composition::default()
    };
    let text = |kind, text: &str| payload(kind, Source::Text(text.into()));
    let file = |name: &str| payload(Kind::Binary, Source::File(name.into()));
    for (composition, place, why) in [
        (
            text(Kind::Dictionary, "{x}"),
            Place::Payload(0),
            "not JSON at byte 1",
        ),
        (text(Kind::Table, "a\n\"1,2\n"), Place::Payload(0), "line 2"),
        (
            text(Kind::Text, "{{env.NATSBRIDGE_NOT_SET}}"),
            Place::Payload(0),
            "the environment variable NATSBRIDGE_NOT_SET is not set",
        ),
        (file("/does/not/exist"), Place::Payload(0), "/does/not/exist"),
        (
            Composition {
                subject: "a".into(),
                metadata: "[]".into(),
                ..Composition::default()
            },
            Place::Metadata,
            "a JSON object",
        ),
    ] {
        let plan = planned(&composition, &SendOptions::default(), None);
        let trouble = plan.trouble.unwrap();
        assert_eq!(trouble.place, Some(place), "{why}: {trouble:?}");
        assert!(trouble.text.contains(why), "{trouble:?}");
    }
}

#[test]
fn files_that_did_not_change_are_not_read_again() {
    let folder = Folder::new();
    let path = PathBuf::from(folder.file("rows.csv", b"a\n1\n").trim_start_matches('@'));
    let composition = Composition {
        payloads: vec![PayloadRow {
            kind: Kind::Table,
            source: Source::File(path.clone()),
            ..PayloadRow::text("rows", "")
        }],
        ..Composition::default()
    };
    let mut cache = LoadCache::default();
    let mut body = || {
        let load =
            |fill: &mut VariableSource<'_>| load_with(&composition, fill, &mut cache, &Limits::default());
        filled(1, load).unwrap().payloads[0]
            .body
            .memory()
            .unwrap()
            .clone()
    };
    let first = body();
    assert_eq!(
        first.as_ptr(),
        body().as_ptr(),
        "the same bytes, not only equal ones"
    );
    std::fs::write(&path, b"a\n1\n22\n").unwrap();
    assert_ne!(first, body());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plan_is_what_happens_at_a_broker_with_its_own_limit() {
    let Some(server) = nats_server_with("max_payload: 20KB") else {
        return;
    };
    let bridge = Bridge::connect(&ConnectOptions::from_urls(&server.url()).unwrap())
        .await
        .unwrap();
    let most = bridge.connection().max_payload();
    let folder = Folder::new();
    let composition = Composition {
        subject: "plan.here".into(),
        headers: vec![("Trace".into(), "on".into())],
        payloads: vec![
            PayloadRow::text("small", "x".repeat(50)),
            PayloadRow::text("middle", "x".repeat(9_000)),
            PayloadRow::text("large", "x".repeat(12_000)),
            PayloadRow::text("huge", "x".repeat(30_000)),
            PayloadRow {
                kind: Kind::Table,
                ..PayloadRow::text("rows", "zip,n\n007,1\n,2\n08,3\n9,4\n")
            },
        ],
        ..Composition::default()
    };
    let file_server = natsbridge_engine::FileServerSpec::of_name("folder").unwrap();
    let base = SendOptions {
        size_threshold: 20_000,
        fileserver_url: "http://user:S3CRET@files.example:8080".into(),
        fileserver: Some(
            (file_server.make)(&natsbridge_engine::FileServerOptions {
                place: Some(folder.path().display().to_string()),
                ..natsbridge_engine::FileServerOptions::default()
            })
            .unwrap(),
        ),
        ..SendOptions::default()
    };
    let plan = planned(&composition, &base, Some(most));
    assert_eq!(plan.trouble, None);
    assert_eq!(plan.links_to.as_deref(), Some("http://files.example:8080"));
    let ways: Vec<_> = plan
        .payloads
        .iter()
        .map(|payload| (payload.transport.unwrap(), payload.because.as_str()))
        .collect();
    assert_eq!(
        ways[..4],
        [
            (Transport::Direct, "50 bytes, below the threshold of 20,000"),
            (Transport::Direct, "9,000 bytes, below the threshold of 20,000"),
            (Transport::Link, "moved to a link so that the message fits"),
            (
                Transport::Link,
                "30,000 bytes, at or above the threshold of 20,000"
            ),
        ]
    );
    let table = plan.payloads[4].table.as_ref().unwrap();
    let columns: Vec<_> = table
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.type_name.as_str(), c.values.len()))
        .collect();
    assert_eq!(
        (table.rows, &columns[..]),
        (4, &[("zip", "utf8", 3), ("n", "i64", 3)][..])
    );
    assert_eq!(table.columns[0].because, r#""007" in row 1 has leading zeros"#);

    let ready = loaded(&composition);
    let sent = bridge
        .send("plan.here", &ready.payloads, &ready.composition.options(&base))
        .await
        .unwrap();
    let went: Vec<_> = sent
        .envelope
        .payloads
        .iter()
        .map(|payload| payload.transport)
        .collect();
    assert_eq!(
        went,
        ways.iter().map(|(transport, _)| *transport).collect::<Vec<_>>()
    );
    assert_eq!(sent.moved, ["large"]);
    let bytes = plan.bytes.unwrap();
    assert!(
        sent.bytes.len() as u64 <= bytes && bytes <= most as u64,
        "{} {bytes}",
        sent.bytes.len()
    );

    // Where nothing can go by link, the plan's sentence is the one that sending fails with.
    let without = SendOptions {
        fileserver: None,
        ..base
    };
    let trouble = planned(&composition, &without, Some(most)).trouble.unwrap();
    let refused = bridge
        .send("plan.here", &ready.payloads, &ready.composition.options(&without))
        .await
        .unwrap_err();
    assert_eq!(trouble.text.trim_end_matches('.'), refused.to_string());
    bridge.connection().clone().close().await;
}

#[test]
fn without_links_the_plan_is_the_exact_size() {
    for dialect in DIALECTS.iter().map(|row| row.dialect) {
        let composition = Composition {
            subject: "a".into(),
            dialect,
            payloads: vec![PayloadRow::text("t", "Grüße"), PayloadRow::text("u", "x")],
            ..Composition::default()
        };
        let plan = planned(&composition, &SendOptions::default(), None);
        let ready = loaded(&composition);
        let options = ready.composition.options(&SendOptions::default());
        let (_, bytes) = Bridge::compose("a", &ready.payloads, &options).unwrap();
        assert_eq!(plan.bytes, Some(bytes.len() as u64), "{dialect:?}");
    }
}
