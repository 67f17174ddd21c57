//! What a session does for its own ends stays out of its list, and JetStream is asked where it is said to be: both
//! against the current broker and the old one.

use crate::support::servers::{RealServer, nats_server_with, old_nats_server_with};
use crate::support::session_stand::{connected, end, start, wait_for, wait_store};
use crate::support::stream_stand::{brokers, config, fill, history, next, publish, raw, request, sequence};
use crate::support::waits::until;
use futures_util::{StreamExt, stream};
use natsbridge_engine::{
    Command, ConnectOptions, Connection, Event, Follow, History, ObjectBucket, Outgoing, SendOptions,
    Session, SessionOptions, Start, StreamCommand, StreamError, publish_acknowledged,
};
use std::collections::BTreeMap;

async fn told(session: &mut Session, part: &str) {
    wait_for(session, part, |event| {
        matches!(event, Event::Notice(_, text) if text.contains(part)).then_some(())
    })
    .await;
}

/// Subjects with how often they came; an inbox is an inbox.
fn counted<'a>(subjects: impl Iterator<Item = &'a str>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for subject in subjects {
        let known = if subject.starts_with("_INBOX.") {
            "_INBOX"
        } else {
            subject
        };
        *counts.entry(known.to_owned()).or_default() += 1;
    }
    counts
}

async fn leaves_its_own_out(server: &RealServer, direct: bool) {
    fill(server, "S", direct).await;
    let context = raw(server).await;
    let other = async_nats::connect(server.url()).await.unwrap();
    let mut everything = other.subscribe(">").await.unwrap();
    other.flush().await.unwrap();
    let mut session = start(&server.url(), &[">"]);
    connected(&mut session).await;
    let ask = async |session: &Session, command| session.commands.send(command).await.unwrap();
    let listed = |event: &Event| matches!(event, Event::Streams(view) if !view.streams.is_empty());
    for start in [
        Start::First,
        Start::LastPerSubject,
        Start::Time(jiff::Timestamp::UNIX_EPOCH),
    ] {
        ask(&session, Command::Streams(StreamCommand::List)).await;
        wait_for(&mut session, "the list", |event| listed(event).then_some(())).await;
        ask(
            &session,
            Command::Streams(StreamCommand::Load(request("S", start, None))),
        )
        .await;
        told(&mut session, "S: ").await;
    }
    ask(
        &session,
        Command::Streams(StreamCommand::Follow(request("S", Start::Newest(2), None))),
    )
    .await;
    told(&mut session, "Following S.").await;
    // Twice, so that the second one is known to come through a consumer that was there before it.
    for number in [101, 102] {
        let stored = session.store.counters().stored;
        publish(&context, "s.new", number).await;
        wait_store(
            &mut session,
            "the message and its copy from the stream",
            |session| session.store.counters().stored >= stored + 3,
        )
        .await;
    }
    ask(&session, Command::Streams(StreamCommand::Stop("S".into()))).await;
    let stopped = |event: &Event| matches!(event, Event::Streams(view) if view.followed.is_empty());
    wait_for(&mut session, "the stop", |event| stopped(event).then_some(())).await;
    let answer = other.request("$JS.API.STREAM.NAMES", "{}".into()).await.unwrap();
    assert!(answer.payload.windows(3).any(|text| text == b"\"S\""));
    // The broker's report on that request comes in its own time.
    let theirs = |session: &Session| {
        let subjects: Vec<String> = session
            .store
            .range()
            .filter_map(|seq| session.store.message(seq))
            .filter(|message| !message.headers.iter().any(|(name, _)| name == "Nats-Stream"))
            .map(|message| message.subject.to_string())
            .collect();
        counted(subjects.iter().map(String::as_str))
    };
    let expected = counted(
        [
            "s.new",
            "_INBOX.ack",
            "s.new",
            "_INBOX.ack",
            "$JS.API.STREAM.NAMES",
            "_INBOX.answer",
            "$JS.EVENT.ADVISORY.API",
        ]
        .into_iter(),
    );
    wait_store(&mut session, "the other client's request", |session| {
        theirs(session).contains_key("$JS.EVENT.ADVISORY.API")
    })
    .await;
    context.client().publish("last", "".into()).await.unwrap();
    let store = session.store.clone();
    let has_last = || theirs(&session).contains_key("last");
    until("the last message", async || has_last()).await;
    let mut seen = theirs(&session);
    seen.remove("last");
    assert_eq!(seen, expected, "direct: {direct}");
    let live: usize = expected.values().sum::<usize>() + 1;
    // What is loaded and followed is there once, beside it.
    assert_eq!(store.counters().stored as usize, live + 38 + 2);
    end(session).await;
    assert_eq!(store.counters().dropped, 0);
    // There was something to leave out, the broker's reports on it too.
    let mut left_out = 0;
    while let Some(message) = everything.next().await {
        let is_last = *message.subject == *"last";
        left_out += usize::from(
            message.subject.contains("natsbridge-") || *message.subject == *"$JS.EVENT.ADVISORY.API",
        );
        if is_last {
            break;
        }
    }
    assert!(left_out > 10, "{left_out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_on_everything_leaves_its_own_requests_out() {
    for direct in [true, false] {
        for server in brokers() {
            leaves_its_own_out(&server, direct).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jetstream_is_asked_under_the_prefix_that_is_set() {
    let hub = "jetstream { domain: hub }";
    let servers = [nats_server_with(hub), old_nats_server_with(hub)];
    for server in servers.into_iter().flatten() {
        for (name, direct) in [("S", true), ("T", false)] {
            let context = raw(&server).await;
            context.create_stream(config(name, direct)).await.unwrap();
            for number in 1..=5 {
                publish(&context, &format!("{}.x", name.to_lowercase()), number).await;
            }
        }
        let mut options = ConnectOptions::from_urls(&server.url()).unwrap();
        options.jetstream_prefix = Some("$JS.hub.API".into());
        options.inbox_prefix = Some("_INBOX.hub".into());
        let connection = Connection::open(&options).await.unwrap();
        for (name, subject) in [("S", "s.x"), ("T", "t.x")] {
            for start in [Start::First, Start::LastPerSubject, Start::Newest(5)] {
                let read = history(&connection, &request(name, start, None)).await;
                assert_eq!(read.last().map(sequence), Some(5));
            }
            let mut follow = Follow::open(&connection, &request(name, Start::Newest(1), None))
                .await
                .unwrap();
            assert_eq!(sequence(&next(&mut follow).await), 5);
            let message = Outgoing {
                subject,
                ..Outgoing::default()
            };
            let acknowledged = publish_acknowledged(&connection, message).await.unwrap();
            assert_eq!((&*acknowledged.stream, acknowledged.sequence), (name, 6));
            assert_eq!(sequence(&next(&mut follow).await), 6);
        }
        let bucket = ObjectBucket::open(&connection, "files").await.unwrap();
        let body = stream::iter([Ok("abc".into())]).boxed();
        bucket.put("a", vec![], body).await.unwrap();
        assert_eq!(bucket.list().await.unwrap().len(), 1);
        bucket.delete("a").await.unwrap();

        let mut session = Session::start(SessionOptions {
            connect: options.clone(),
            subjects: vec![">".into()],
            sending: SendOptions::default(),
            digest: true,
        });
        connected(&mut session).await;
        session
            .commands
            .send(Command::Streams(StreamCommand::List))
            .await
            .unwrap();
        wait_for(&mut session, "the list", |event| {
            matches!(event, Event::Streams(view) if view.streams.len() == 3).then_some(())
        })
        .await;
        session
            .commands
            .send(Command::Streams(StreamCommand::Follow(request(
                "S",
                Start::First,
                None,
            ))))
            .await
            .unwrap();
        wait_store(&mut session, "the stream", |session| {
            session.store.counters().stored == 6
        })
        .await;
        let subjects = session
            .store
            .range()
            .map(|seq| session.store.message(seq).unwrap().subject);
        assert!(subjects.eq(std::iter::repeat_n("s.x".into(), 6)));
        end(session).await;

        // Where nobody answers, nothing of it goes another way.
        options.jetstream_prefix = Some("$JS.nowhere.API".into());
        let connection = Connection::open(&options).await.unwrap();
        let wanted = request("S", Start::First, None);
        let errors = [
            History::open(&connection, &wanted).await.map(drop).unwrap_err(),
            Follow::open(&connection, &wanted).await.map(drop).unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, StreamError::Off { .. }), "{error:?}");
            assert!(error.to_string().contains("under $JS.nowhere.API"), "{error}");
        }
        assert!(ObjectBucket::open(&connection, "files").await.is_err());
    }
}
