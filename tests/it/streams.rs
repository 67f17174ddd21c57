//! Streams against real brokers, the current one and the old one, with and without direct gets: history from every
//! start without a consumer, following. The session's part in it is in stream_session.rs.

use crate::servers::{PATIENCE, RealServer, nats_server_with, old_nats_server_with};
use async_nats::jetstream::{self, stream};
use natsbridge::engine::{
    ConnectOptions, Connection, Follow, HistoryRequest, Start, StoredMessage, StreamError,
};
use std::collections::BTreeMap;
use std::fmt::Debug;
use tokio::time::timeout;

pub fn brokers() -> impl Iterator<Item = RealServer> {
    let config = "jetstream {}";
    [nats_server_with(config), old_nats_server_with(config)]
        .into_iter()
        .flatten()
}

pub async fn open(server: &RealServer) -> Connection {
    Connection::open(&ConnectOptions::from_urls(&server.url()).unwrap())
        .await
        .unwrap()
}

pub async fn raw(server: &RealServer) -> jetstream::Context {
    jetstream::new(async_nats::connect(server.url()).await.unwrap())
}

pub async fn publish(context: &jetstream::Context, subject: &str, number: u64) {
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("K", format!("v{number}"));
    let ack = context
        .publish_with_headers(subject.to_owned(), headers, format!("m{number}").into())
        .await
        .unwrap();
    ack.await.unwrap();
}

pub fn config(name: &str, direct: bool) -> stream::Config {
    stream::Config {
        name: name.into(),
        subjects: vec![format!("{}.>", name.to_lowercase())],
        allow_direct: direct,
        ..stream::Config::default()
    }
}

pub fn request(stream: &str, start: Start, subject: Option<&str>) -> HistoryRequest {
    HistoryRequest {
        stream: stream.into(),
        start,
        subject: subject.map(str::to_owned),
        most: None,
    }
}

pub fn header<'a>(message: &'a StoredMessage, name: &str) -> &'a str {
    let (_, values) = message
        .headers
        .iter()
        .find(|(header, _)| header == name)
        .unwrap_or_else(|| panic!("no {name} in {:?}", message.headers));
    assert_eq!(values.len(), 1, "{name}");
    &values[0]
}

pub fn sequence(message: &StoredMessage) -> u64 {
    header(message, "Nats-Sequence").parse().unwrap()
}

/// Everything a message is, without its running number.
fn whole(message: &StoredMessage) -> impl PartialEq + Debug + use<> {
    let StoredMessage {
        at_us,
        subject,
        reply,
        headers,
        payload,
        ..
    } = message.clone();
    (at_us, subject, reply, headers, payload)
}

async fn history(connection: &Connection, request: &HistoryRequest) -> Vec<StoredMessage> {
    let reading = async {
        let mut history = connection.history(request).await.unwrap();
        let mut messages = Vec::new();
        while let Some(message) = history.next().await.unwrap() {
            messages.push(message);
        }
        messages
    };
    timeout(PATIENCE, reading)
        .await
        .expect("the history does not end")
}

async fn next(follow: &mut Follow) -> StoredMessage {
    timeout(PATIENCE, follow.next())
        .await
        .expect("nothing came")
        .unwrap()
}

/// A hundred messages on four subjects, with gaps: one message, and one wider than what is asked for at once.
pub struct Filled {
    subjects: BTreeMap<u64, String>,
    times: BTreeMap<u64, jiff::Timestamp>,
}

pub async fn fill(server: &RealServer, name: &str, direct: bool) -> Filled {
    let context = raw(server).await;
    let stream = context.create_stream(config(name, direct)).await.unwrap();
    let mut filled = Filled {
        subjects: BTreeMap::new(),
        times: BTreeMap::new(),
    };
    for number in 1..=100 {
        let subject = format!("{}.{}", name.to_lowercase(), number % 4);
        publish(&context, &subject, number).await;
        let message = stream.get_raw_message(number).await.unwrap();
        let at = jiff::Timestamp::from_nanosecond(message.time.unix_timestamp_nanos()).unwrap();
        filled.times.insert(number, at);
        filled.subjects.insert(number, subject);
    }
    for number in (21..=80).chain([5, 90]) {
        stream.delete_message(number).await.unwrap();
        filled.subjects.remove(&number);
    }
    filled
}

async fn every_start(server: &RealServer, name: &str, direct: bool) {
    let filled = fill(server, name, direct).await;
    let connection = open(server).await;
    let second = format!("{}.1", name.to_lowercase());
    let all = format!("{}.*", name.to_lowercase());
    for filter in [
        None,
        Some(second.as_str()),
        Some(all.as_str()),
        Some(">"),
        Some("other"),
    ] {
        let matching: Vec<u64> = filled
            .subjects
            .iter()
            .filter(|(_, subject)| match filter {
                None | Some(">") => true,
                Some(filter) => filter == all || *filter == ***subject,
            })
            .map(|(number, _)| *number)
            .collect();
        let from = |first: u64| -> Vec<u64> { matching.iter().copied().filter(|n| *n >= first).collect() };
        let newest = |count: usize| matching[matching.len().saturating_sub(count)..].to_vec();
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        for number in &matching {
            last.insert(&filled.subjects[number], *number);
        }
        let mut last: Vec<u64> = last.into_values().collect();
        last.sort_unstable();
        let long_ago = jiff::Timestamp::UNIX_EPOCH;
        let to_come = filled.times[&100] + jiff::SignedDuration::from_hours(1);
        for (start, expected) in [
            (Start::First, from(1)),
            (Start::Sequence(10), from(10)),
            (Start::Sequence(5), from(6)),
            (Start::Sequence(40), from(81)),
            (Start::Sequence(1000), vec![]),
            (Start::Time(long_ago), from(1)),
            (Start::Time(filled.times[&85]), from(85)),
            (Start::Time(filled.times[&50]), from(81)),
            (Start::Time(to_come), vec![]),
            (Start::Newest(0), vec![]),
            (Start::Newest(3), newest(3)),
            (Start::Newest(25), newest(25)),
            (Start::Newest(10_000), from(1)),
            (Start::LastPerSubject, last),
        ] {
            let wanted = request(name, start.clone(), filter);
            let messages = history(&connection, &wanted).await;
            let mut sequences: Vec<u64> = messages.iter().map(sequence).collect();
            if start == Start::LastPerSubject {
                sequences.sort_unstable();
            }
            assert_eq!(sequences, expected, "{name} {start:?} {filter:?}");
            for (index, message) in messages.iter().enumerate() {
                let number = sequence(message);
                assert_eq!(message.seq, index as u64 + 1);
                assert_eq!(&*message.subject, filled.subjects[&number]);
                assert_eq!(message.payload, format!("m{number}"));
                assert_eq!(message.reply, None);
                assert_eq!(message.at_us, filled.times[&number].as_microsecond());
                let names: Vec<_> = message.headers.iter().map(|(name, _)| name.as_str()).collect();
                assert_eq!(names, ["K", "Nats-Sequence", "Nats-Stream", "Nats-Time-Stamp"]);
                assert_eq!(header(message, "K"), format!("v{number}"));
                assert_eq!(header(message, "Nats-Stream"), name);
                let at: jiff::Timestamp = header(message, "Nats-Time-Stamp").parse().unwrap();
                assert_eq!(at, filled.times[&number]);
            }
            if expected.len() > 1 && start != Start::LastPerSubject {
                let some = HistoryRequest {
                    most: Some(2),
                    ..wanted
                };
                let some = history(&connection, &some).await;
                assert_eq!(some.iter().map(sequence).collect::<Vec<_>>(), expected[..2]);
            }
        }
    }
    let mut stream = raw(server).await.get_stream(name).await.unwrap();
    let state = &stream.info().await.unwrap().state;
    assert_eq!((state.consumer_count, state.messages), (0, 38));
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_read_from_every_start_without_a_consumer() {
    for server in brokers() {
        every_start(&server, "DIRECT", true).await;
        every_start(&server, "LEADER", false).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_work_queue_keeps_all_of_its_messages() {
    for server in brokers() {
        for direct in [true, false] {
            let name = if direct { "WD" } else { "WL" };
            let context = raw(&server).await;
            let work_queue = stream::Config {
                retention: stream::RetentionPolicy::WorkQueue,
                ..config(name, direct)
            };
            let mut stream = context.create_stream(work_queue).await.unwrap();
            let subject = format!("{}.x", name.to_lowercase());
            for number in 1..=10 {
                publish(&context, &subject, number).await;
            }
            let connection = open(&server).await;
            let facts = connection.streams().await.unwrap();
            assert!(facts.iter().any(|facts| facts.name == name && facts.consuming));
            for start in [Start::First, Start::Newest(3), Start::LastPerSubject] {
                assert!(!history(&connection, &request(name, start, None)).await.is_empty());
            }
            let mut follow = connection
                .follow(&request(name, Start::Newest(2), None))
                .await
                .unwrap();
            let caution = follow.caution().unwrap();
            assert!(caution.contains("only looked at"), "{caution}");
            for expected in [9, 10] {
                assert_eq!(sequence(&next(&mut follow).await), expected);
            }
            for number in 11..=13 {
                publish(&context, &subject, number).await;
                assert_eq!(sequence(&next(&mut follow).await), number);
            }
            let state = &stream.info().await.unwrap().state;
            assert_eq!((state.consumer_count, state.messages), (0, 13));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn last_per_subject_of_many_subjects_is_read_one_by_one() {
    for server in brokers() {
        let context = raw(&server).await;
        context.create_stream(config("MANY", true)).await.unwrap();
        // More than a broker gives together.
        for round in 0..2 {
            let acks = futures_util::future::join_all((0..1100).map(async |n| {
                let ack = context.publish(format!("many.{n}"), format!("{round}").into());
                ack.await.unwrap().await.unwrap()
            }));
            acks.await;
        }
        let connection = open(&server).await;
        let last = history(&connection, &request("MANY", Start::LastPerSubject, None)).await;
        assert_eq!(last.len(), 1100);
        assert!(last.iter().all(|message| message.payload == "1"));
        let mut subjects: Vec<_> = last.iter().map(|message| message.subject.clone()).collect();
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), 1100);
        // Bounded, and said so.
        let mut options = ConnectOptions::from_urls(&server.url()).unwrap();
        options.limits.history_subjects = 10;
        let connection = Connection::open(&options).await.unwrap();
        let mut last = connection
            .history(&request("MANY", Start::LastPerSubject, None))
            .await
            .unwrap();
        let mut count = 0;
        while last.next().await.unwrap().is_some() {
            count += 1;
        }
        assert_eq!(count, 10);
        assert!(last.cut().unwrap().contains("more than 10 subjects"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_live_looks_like_what_is_read_later() {
    for server in brokers() {
        for direct in [true, false] {
            let name = if direct { "D" } else { "L" };
            let context = raw(&server).await;
            context.create_stream(config(name, direct)).await.unwrap();
            let connection = open(&server).await;
            let subject = format!("{}.x", name.to_lowercase());
            publish(&context, &subject, 1).await;
            let mut follow = connection
                .follow(&request(name, Start::First, None))
                .await
                .unwrap();
            assert_eq!(follow.caution(), None);
            let mut live = vec![next(&mut follow).await];
            for number in 2..=20 {
                publish(&context, &subject, number).await;
                live.push(next(&mut follow).await);
            }
            let later = history(&connection, &request(name, Start::First, None)).await;
            assert_eq!(live.len(), later.len());
            for (live, later) in live.iter().zip(&later) {
                assert_eq!(whole(live), whole(later));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn following_starts_anywhere_and_narrows() {
    for server in brokers() {
        let filled = fill(&server, "S", true).await;
        let context = raw(&server).await;
        let connection = open(&server).await;
        for (start, expected) in [
            (Start::Sequence(97), vec![97, 101]),
            (Start::Sequence(101), vec![101]),
            (Start::Time(filled.times[&89]), vec![89, 93, 97, 101]),
            (Start::Newest(2), vec![93, 97, 101]),
            (Start::LastPerSubject, vec![97, 101]),
        ] {
            let mut follow = connection
                .follow(&request("S", start.clone(), Some("s.1")))
                .await
                .unwrap();
            let stream = context.get_stream("S").await.unwrap();
            for expected in &expected {
                if *expected == 101 {
                    publish(&context, "s.2", 0).await;
                    publish(&context, "s.1", 102).await;
                    let message = next(&mut follow).await;
                    assert_eq!(message.payload, "m102", "{start:?}");
                    continue;
                }
                assert_eq!(sequence(&next(&mut follow).await), *expected, "{start:?}");
            }
            drop(follow);
            // As it was, for the next start.
            let last = stream.get_info().await.unwrap().state.last_sequence;
            for number in [last - 1, last] {
                stream.delete_message(number).await.unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn following_outlives_restarts_without_loss_or_repetition() {
    for mut server in brokers() {
        let context = raw(&server).await;
        context.create_stream(config("S", true)).await.unwrap();
        let connection = open(&server).await;
        publish(&context, "s.x", 1).await;
        let mut follow = connection
            .follow(&request("S", Start::First, None))
            .await
            .unwrap();
        // The second before anything came through the consumer: it must not begin anew at the first message.
        assert_eq!(sequence(&next(&mut follow).await), 1);
        let (mut number, mut expected) = (1, 2);
        for round in 0..3 {
            server.stop();
            server.start();
            let context = raw(&server).await;
            for _ in 0..30 {
                number += 1;
                publish(&context, "s.x", number).await;
                // Now and then it is behind when the broker goes.
                if number % 3 == 0 || round == 2 {
                    assert_eq!(sequence(&next(&mut follow).await), expected);
                    expected += 1;
                }
            }
        }
        for expected in expected..=number {
            assert_eq!(sequence(&next(&mut follow).await), expected);
        }
        publish(&raw(&server).await, "s.x", number + 1).await;
        assert_eq!(sequence(&next(&mut follow).await), number + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_removed_ends_its_following_and_one_made_anew_is_read_anew() {
    for server in brokers() {
        let context = raw(&server).await;
        context.create_stream(config("S", true)).await.unwrap();
        let connection = open(&server).await;
        for number in 1..=3 {
            publish(&context, "s.x", number).await;
        }
        let mut follow = connection
            .follow(&request("S", Start::Newest(1), None))
            .await
            .unwrap();
        assert_eq!(sequence(&next(&mut follow).await), 3);
        publish(&context, "s.x", 4).await;
        assert_eq!(sequence(&next(&mut follow).await), 4);
        context.delete_stream("S").await.unwrap();
        context.create_stream(config("S", true)).await.unwrap();
        publish(&context, "s.x", 7).await;
        let anew = next(&mut follow).await;
        assert_eq!((sequence(&anew), &anew.payload[..]), (1, &b"m7"[..]));
        context.delete_stream("S").await.unwrap();
        let error = timeout(PATIENCE, follow.next()).await.unwrap().unwrap_err();
        assert!(
            matches!(&error, StreamError::Unknown { stream, .. } if stream == "S"),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_listed_with_facts_and_unknown_ones_told() {
    for server in brokers() {
        let context = raw(&server).await;
        for name in ["B", "A"] {
            context.create_stream(config(name, true)).await.unwrap();
        }
        publish(&context, "a.x", 1).await;
        publish(&context, "a.y", 2).await;
        let connection = open(&server).await;
        let streams = connection.streams().await.unwrap();
        assert_eq!(
            streams.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(),
            ["A", "B"]
        );
        let a = &streams[0];
        assert_eq!((a.messages, a.sequences, a.consuming), (2, (1, 2), false));
        assert_eq!(a.subjects, ["a.>"]);
        assert!(a.bytes > 0);
        for name in ["ORDERS", "", "A.B", "a b", ">"] {
            let error = connection
                .history(&request(name, Start::First, None))
                .await
                .unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains("no stream") && text.ends_with("there are: A, B"),
                "{text}"
            );
        }
        let bad = connection
            .history(&request("A", Start::First, Some("a..b")))
            .await;
        assert!(matches!(bad, Err(StreamError::Connection(_))));
    }
}
