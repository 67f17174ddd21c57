//! Following streams: from anywhere, through restarts, past messages that break the client.

use crate::support::servers::PATIENCE;
use crate::support::stream_stand::{
    brokers, config, fill, history, next, open, publish, raw, request, sequence,
};
use natsbridge_engine::{ConnectOptions, Connection, Follow, Start, StoredMessage, StreamError};
use std::fmt::Debug;
use tokio::time::timeout;

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
            let mut follow = Follow::open(&connection, &request(name, Start::First, None))
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
            let mut follow = Follow::open(&connection, &request("S", start.clone(), Some("s.1")))
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
        let mut follow = Follow::open(&connection, &request("S", Start::First, None))
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
        let mut follow = Follow::open(&connection, &request("S", Start::Newest(1), None))
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
async fn messages_that_break_the_client_are_read_all_the_same() {
    const POISON: &[u8] = b"NATS/1.0\r\nno colon\r\n\r\n";
    for server in brokers() {
        let context = raw(&server).await;
        context.create_stream(config("S", true)).await.unwrap();
        publish(&context, "s.x", 1).await;
        let mut peer = server.raw();
        peer.publish_with_header_block("s.y", POISON, b"m2");
        peer.settle();
        publish(&context, "s.x", 3).await;
        let mut options = ConnectOptions::from_urls(&server.url()).unwrap();
        options.limits.stream_time = std::time::Duration::from_secs(1);
        let connection = Connection::open(&options).await.unwrap();
        let bodies = |messages: &[StoredMessage]| -> Vec<String> {
            let text = |message: &StoredMessage| String::from_utf8_lossy(&message.payload).into_owned();
            messages.iter().map(text).collect()
        };
        let read = history(&connection, &request("S", Start::First, None)).await;
        assert_eq!(bodies(&read), ["m1", "m2", "m3"]);
        let mut last = bodies(&history(&connection, &request("S", Start::LastPerSubject, None)).await);
        last.sort();
        assert_eq!(last, ["m2", "m3"]);
        let mut follow = Follow::open(&connection, &request("S", Start::Newest(1), None))
            .await
            .unwrap();
        assert_eq!(sequence(&next(&mut follow).await), 3);
        publish(&context, "s.x", 4).await;
        assert_eq!(sequence(&next(&mut follow).await), 4);
        peer.publish_with_header_block("s.y", POISON, b"m5");
        peer.settle();
        for expected in 5..=8 {
            if expected > 5 {
                publish(&context, "s.x", expected).await;
            }
            assert_eq!(next(&mut follow).await.payload, format!("m{expected}"));
        }
    }
}
