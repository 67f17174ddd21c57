//! Publishing with a stream's acknowledgement: every outcome is told apart. And the verbs that use streams.

use crate::support::binary::{Peer, Run, command, finish};
use crate::support::servers::{RealServer, nats_server, nats_server_with};
use crate::support::stream_stand::{brokers, raw};
use async_nats::jetstream;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy};
use futures_util::StreamExt;
use natsbridge_engine::{
    Bridge, BridgeError, ConnectOptions, Connection, ConnectionError, Outgoing, Payload, Payloads,
    PublishAck, SendOptions, StreamError, list_streams, publish_acknowledged,
};
use serde_json::Value;
use std::time::Duration;

async fn open_with(server: &RealServer, user: &str) -> Connection {
    let url = server.url().replace("nats://", &format!("nats://{user}"));
    let mut options = ConnectOptions::from_urls(&url).unwrap();
    // What does not answer need not be waited for as long as in life.
    options.limits.stream_time = Duration::from_secs(1);
    Connection::open(&options).await.unwrap()
}

async fn publish(
    connection: &Connection,
    subject: &str,
    headers: &[(&str, &str)],
    payload: &[u8],
) -> Result<PublishAck, StreamError> {
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let message = Outgoing {
        subject,
        reply: None,
        headers: &headers,
        payload,
    };
    publish_acknowledged(connection, message).await
}

fn text(outcome: Result<PublishAck, StreamError>) -> String {
    outcome.unwrap_err().to_string()
}

/// Row 47.
#[tokio::test(flavor = "multi_thread")]
async fn jetstream_outcomes_are_told_apart() {
    for server in brokers() {
        let context = raw(&server).await;
        let stream = Config {
            name: "S".into(),
            subjects: vec!["s.>".into()],
            max_messages: 4,
            max_message_size: 1000,
            discard: DiscardPolicy::New,
            ..Config::default()
        };
        context.create_stream(stream).await.unwrap();
        let connection = open_with(&server, "").await;
        let ok = |sequence, duplicate| {
            Ok(PublishAck {
                stream: "S".into(),
                sequence,
                duplicate,
            })
        };
        // 1, 2: stored; stored before.
        let id = [("Nats-Msg-Id", "a")];
        assert_eq!(publish(&connection, "s.x", &id, b"1").await, ok(1, false));
        assert_eq!(publish(&connection, "s.x", &id, b"1").await, ok(1, true));
        // 3, 4, 5: another message came before than the publisher thinks.
        for (name, value) in [
            ("Nats-Expected-Last-Sequence", "9"),
            ("Nats-Expected-Last-Msg-Id", "z"),
            ("Nats-Expected-Last-Subject-Sequence", "9"),
        ] {
            let why = text(publish(&connection, "s.x", &[(name, value)], b"2").await);
            assert!(
                why.contains("wrong last") && why.contains("another message came first"),
                "{why}"
            );
        }
        // 6: larger than the stream takes; 7: than the broker takes.
        let why = text(publish(&connection, "s.x", &[], &[0; 2000]).await);
        assert!(why.contains("rejected") && why.contains("by link"), "{why}");
        let large = publish(&connection, "s.x", &[], &vec![0; 2_000_000]).await;
        assert!(
            matches!(
                large,
                Err(StreamError::Connection(ConnectionError::TooLarge { .. }))
            ),
            "{large:?}"
        );
        // 8: no room.
        for sequence in 2..=4 {
            assert_eq!(publish(&connection, "s.x", &[], b"2").await, ok(sequence, false));
        }
        let why = text(publish(&connection, "s.x", &[], b"5").await);
        assert!(why.contains("make room"), "{why}");
        // 9: no stream captures it; 10: nor if a plain subscriber gets it; 11: a service that answers is no stream.
        let nobody = publish(&connection, "t.x", &[], b"").await;
        assert!(
            matches!(&nobody, Err(StreamError::NotCaptured { subject }) if subject == "t.x"),
            "{nobody:?}"
        );
        assert!(text(nobody).contains("nats stream add"));
        let nats = context.client();
        let _listener = nats.subscribe("t.x").await.unwrap();
        let mut service = nats.subscribe("t.y").await.unwrap();
        nats.flush().await.unwrap();
        let heard = publish(&connection, "t.x", &[], b"").await;
        assert!(matches!(heard, Err(StreamError::NotCaptured { .. })), "{heard:?}");
        let answering = tokio::spawn(async move {
            let asked = service.next().await.unwrap();
            nats.publish(asked.reply.unwrap(), "{\"ok\":true}".into())
                .await
                .unwrap();
            service
        });
        let why = text(publish(&connection, "t.y", &[], b"").await);
        assert!(why.contains("not from a stream but from a service"), "{why}");
        answering.await.unwrap();
        // 12: a stream that acknowledges nothing.
        let silent = Config {
            name: "Q".into(),
            subjects: vec!["q".into()],
            no_ack: true,
            retention: RetentionPolicy::Limits,
            ..Config::default()
        };
        context.create_stream(silent).await.unwrap();
        let unknown = publish(&connection, "q", &[], b"").await;
        assert!(
            matches!(unknown, Err(StreamError::NotKnown { .. })),
            "{unknown:?}"
        );
        assert!(text(unknown).contains("may or may not be stored"));
        // 13: no subject.
        let bad = publish(&connection, "s.*", &[], b"").await;
        assert!(
            matches!(bad, Err(StreamError::Connection(ConnectionError::BadSubject(_)))),
            "{bad:?}"
        );
    }
}

/// Row 47.
#[tokio::test(flavor = "multi_thread")]
async fn jetstream_off_and_denied_and_down_are_told() {
    let Some(server) = nats_server() else { return };
    let connection = open_with(&server, "").await;
    let off = publish(&connection, "s.x", &[], b"").await;
    assert!(matches!(off, Err(StreamError::Off { .. })), "{off:?}");
    assert!(text(off).contains("nats-server -js"));
    drop(server);
    // Of the account only; and of the user only.
    let config = r#"
        jetstream {}
        accounts {
          WITH: { jetstream: enabled, users: [
            { user: a, password: a },
            { user: b, password: b, permissions: { publish: { deny: ["s.>", "$JS.API.STREAM.LIST"] } } } ] }
          WITHOUT: { users: [ { user: c, password: c } ] }
        }"#;
    let Some(mut server) = nats_server_with(config) else {
        return;
    };
    let off = publish(&open_with(&server, "c:c@").await, "s.x", &[], b"").await;
    assert!(matches!(off, Err(StreamError::Off { .. })), "{off:?}");
    let denied = open_with(&server, "b:b@").await;
    let may_not = ConnectionError::NotPermitted {
        deed: "publish to",
        subject: "s.x".into(),
    };
    assert_eq!(
        publish(&denied, "s.x", &[], b"").await,
        Err(StreamError::Connection(may_not))
    );
    let may_not = list_streams(&denied).await.unwrap_err().to_string();
    assert!(
        may_not.contains("not permitted to publish to $JS.API.STREAM.LIST"),
        "{may_not}"
    );
    let connection = open_with(&server, "a:a@").await;
    assert!(list_streams(&connection).await.unwrap().0.is_empty());
    server.stop();
    let down = publish(&connection, "s.x", &[], b"").await;
    assert!(down.is_err(), "{down:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bridge_sends_with_acknowledgement_and_a_message_id() {
    for server in brokers() {
        let context = raw(&server).await;
        let stream = Config {
            name: "S".into(),
            subjects: vec!["s.>".into()],
            ..Config::default()
        };
        let stream = context.create_stream(stream).await.unwrap();
        let bridge = Bridge::over(open_with(&server, "").await);
        let data = Payloads::from(Payload::text("t", "Hello"));
        let options = SendOptions {
            jetstream: true,
            ..SendOptions::default()
        };
        let sent = bridge.send("s.x", &data, &options).await.unwrap();
        assert!(sent.flushed);
        let acknowledged = sent.acknowledged.unwrap();
        assert_eq!((acknowledged.stream.as_str(), acknowledged.sequence), ("S", 1));
        let stored = stream.get_raw_message(1).await.unwrap();
        assert_eq!(stored.payload, sent.bytes);
        let id = stored.headers.get("Nats-Msg-Id").unwrap().as_str();
        assert_eq!(id, sent.envelope.msg_id);
        // Who gives an id of their own keeps it.
        let own = SendOptions {
            headers: vec![("nats-msg-id".into(), "mine".into())],
            ..options.clone()
        };
        bridge.send("s.x", &data, &own).await.unwrap();
        let stored = stream.get_raw_message(2).await.unwrap();
        assert!(stored.headers.get("Nats-Msg-Id").is_none());
        assert_eq!(stored.headers.get("nats-msg-id").unwrap().as_str(), "mine");
        // Without, no header is added and nobody says more than flushed.
        let plain = bridge.send("s.x", &data, &SendOptions::default()).await.unwrap();
        assert_eq!((plain.acknowledged, plain.flushed), (None, true));
        let error = bridge.send("t.x", &data, &options).await.unwrap_err();
        assert!(matches!(
            &error,
            BridgeError::Stream(StreamError::NotCaptured { .. })
        ));
        assert!(error.to_string().contains("no stream captures t.x"), "{error}");
    }
}

async fn make_streams(context: &jetstream::Context) {
    for (name, retention) in [
        ("ORDERS", RetentionPolicy::Limits),
        ("JOBS", RetentionPolicy::WorkQueue),
    ] {
        let stream = Config {
            name: name.into(),
            subjects: vec![format!("{}.>", name.to_lowercase())],
            retention,
            ..Config::default()
        };
        context.create_stream(stream).await.unwrap();
    }
}

/// The stream sequences of what was listened to.
fn sequences(out: &str) -> Vec<String> {
    let lines = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let sequence = |line: Value| line["headers"]["Nats-Sequence"][0].as_str().unwrap().to_owned();
    lines.map(sequence).collect()
}

fn wrong_use_is_told(run: &dyn Fn(&[&str]) -> Run) {
    let unknown = run(&["listen", "--jetstream", "ORDER"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.err.contains("the streams are JOBS, ORDERS"),
        "{unknown:?}"
    );
    let two = run(&["listen", "--jetstream", "ORDERS", "a", "b"]);
    assert_eq!(two.code, Some(2));
    assert!(two.err.contains("at most one SUBJECT"), "{two:?}");
    let without = run(&["listen", "a", "--since", "1h"]);
    assert_eq!(without.code, Some(2));
    assert!(without.err.contains("--jetstream"), "{without:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verbs_send_to_streams_and_read_them() {
    for server in brokers() {
        let context = raw(&server).await;
        make_streams(&context).await;
        let url = server.url();
        let run = |args: &[&str]| {
            let mut line = vec![args[0], "-s", &url];
            line.extend(&args[1..]);
            finish(&mut command(&line))
        };
        let sent = run(&["send", "orders.a", "--text", "t=1", "--jetstream", "--count", "3"]);
        assert_eq!(sent.code, Some(0), "{sent:?}");
        let lines: Vec<&str> = sent.out.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            assert!(
                line.ends_with(&format!("acknowledged ORDERS #{}", index + 1)),
                "{line}"
            );
        }
        let id = [
            "send",
            "orders.b",
            "--text",
            "t=2",
            "--jetstream",
            "-H",
            "Nats-Msg-Id: x",
        ];
        assert!(run(&id).out.ends_with("acknowledged ORDERS #4\n"));
        let again = run(&id);
        assert!(
            again.out.ends_with("acknowledged ORDERS #4, a duplicate\n"),
            "{again:?}"
        );
        let nowhere = run(&["send", "x", "--text", "t=2", "--jetstream"]);
        assert_eq!(nowhere.code, Some(3));
        assert!(nowhere.err.contains("no stream captures x"), "{nowhere:?}");

        for (args, expected) in [
            (&["--count", "4"][..], &["1", "2", "3", "4"][..]),
            (&["--start-sequence", "3", "--count", "2"], &["3", "4"]),
            (&["--since", "1h", "--count", "4"], &["1", "2", "3", "4"]),
            (&["--last-per-subject", "--count", "2"], &["3", "4"]),
            (&["orders.b", "--count", "1"], &["4"]),
            (&["--start-sequence", "4", "--timeout", "500ms"], &["4"]),
        ] {
            let mut line = vec!["listen", "--jetstream", "ORDERS", "--json"];
            line.extend(args);
            let listened = run(&line);
            assert_eq!(listened.code, Some(0), "{listened:?}");
            assert_eq!(sequences(&listened.out), expected, "{args:?}");
        }
        // It goes on live.
        let live = [
            "listen",
            "-s",
            &url,
            "--jetstream",
            "ORDERS",
            "--start-sequence",
            "4",
            "--count",
            "2",
        ];
        let listener = Peer::start(&mut command(&live));
        listener.out.wait_for("\"4\"");
        run(&["send", "orders.c", "--text", "t=3", "--jetstream"]);
        let lines = listener.out.rest("the live message");
        assert_eq!(listener.code(), Some(0));
        assert!(lines.last().unwrap().contains("orders.c"), "{lines:?}");
        wrong_use_is_told(&run);
        // A work queue is only looked at.
        run(&["send", "jobs.a", "--text", "t=1", "--jetstream"]);
        let looked = run(&["listen", "--jetstream", "JOBS", "--count", "1", "--json"]);
        assert_eq!(sequences(&looked.out), ["1"]);
        assert!(looked.err.contains("only polled"), "{looked:?}");
        let mut jobs = context.get_stream("JOBS").await.unwrap();
        let state = &jobs.info().await.unwrap().state;
        assert_eq!((state.messages, state.consumer_count), (1, 0));
    }
}
