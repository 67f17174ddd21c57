//! Streams against real brokers, the current one and the old one, with and without direct gets: history from every
//! start without a consumer, following. The session's part in it is in stream_session.rs.

use crate::support::servers::RealServer;
use crate::support::stream_stand::{
    brokers, config, fill, header, history, next, open, publish, raw, request, sequence,
};
use async_nats::jetstream::stream;
use natsbridge_engine::{
    ConnectOptions, Connection, Follow, History, HistoryRequest, Start, StreamError, list_streams,
};
use std::collections::BTreeMap;

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
            let facts = list_streams(&connection).await.unwrap().0;
            assert!(facts.iter().any(|facts| facts.name == name && facts.consuming));
            for start in [Start::First, Start::Newest(3), Start::LastPerSubject] {
                assert!(!history(&connection, &request(name, start, None)).await.is_empty());
            }
            let mut follow = Follow::open(&connection, &request(name, Start::Newest(2), None))
                .await
                .unwrap();
            let caution = follow.caution().unwrap();
            assert!(caution.contains("only polled"), "{caution}");
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
        let mut last = History::open(&connection, &request("MANY", Start::LastPerSubject, None))
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
async fn streams_are_listed_with_facts_and_unknown_ones_told() {
    for server in brokers() {
        let context = raw(&server).await;
        for name in ["B", "A"] {
            context.create_stream(config(name, true)).await.unwrap();
        }
        publish(&context, "a.x", 1).await;
        publish(&context, "a.y", 2).await;
        let connection = open(&server).await;
        let streams = list_streams(&connection).await.unwrap().0;
        assert_eq!(
            streams.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(),
            ["A", "B"]
        );
        let a = &streams[0];
        assert_eq!((a.messages, a.sequences, a.consuming), (2, (1, 2), false));
        assert_eq!(a.subjects, ["a.>"]);
        assert!(a.bytes > 0);
        for name in ["ORDERS", "", "A.B", "a b", ">"] {
            let error = History::open(&connection, &request(name, Start::First, None))
                .await
                .unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains("no stream") && text.ends_with("the streams are A, B"),
                "{text}"
            );
        }
        let bad = History::open(&connection, &request("A", Start::First, Some("a..b"))).await;
        assert!(matches!(bad, Err(StreamError::Connection(_))));
    }
}
