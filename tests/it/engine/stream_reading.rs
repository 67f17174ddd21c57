//! Long streams at full pace, against the current broker and the old one: whatever happens midway, every message comes
//! once, in its order, and what waits to be taken stays bounded.

use crate::support::servers::{PATIENCE, RealServer, nats_server_with, old_nats_server_with};
use crate::support::stream_stand::{
    brokers, config, header, history, open, publish, raw, read, request, sequence, store,
};
use crate::support::waits::until;
use async_nats::jetstream::{self, stream::Stream};
use futures_util::TryStreamExt;
use natsbridge_engine::{ConnectOptions, Connection, Follow, HistoryRequest, Start, StreamError};
use natsbridge_wire::UNREADABLE_HEADER;
use std::time::Duration;
use tokio::time::timeout;

/// Messages of a long stream.
const MANY: u64 = 20_000;
/// Bytes of one: all together are far more than may wait to be taken.
const SIZE: usize = 1_000;

/// A stream S of that many messages.
async fn long(server: &RealServer, messages: u64, size: usize) -> jetstream::Context {
    let context = raw(server).await;
    context.create_stream(config("S", true)).await.unwrap();
    store(&context, "S", 1..=messages, size).await;
    context
}

async fn follow(server: &RealServer, start: Start) -> Follow {
    let connection = open(server).await;
    Follow::open(&connection, &request("S", start, None))
        .await
        .unwrap()
}

async fn stream(context: &jetstream::Context) -> Stream {
    context.get_stream("S").await.unwrap()
}

/// The consumers that the stream has.
async fn consumers(context: &jetstream::Context) -> Vec<String> {
    let names = stream(context).await.consumer_names();
    names.try_collect().await.unwrap()
}

async fn no_consumer_stays(context: &jetstream::Context) {
    let gone = async || stream(context).await.cached_info().state.consumer_count == 0;
    until("the end of the consumer", gone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_once_and_in_order_while_others_publish() {
    for server in brokers() {
        let context = long(&server, MANY - 5_000, 20).await;
        let mut reader = follow(&server, Start::First).await;
        let publishing = store(&context, "S", MANY - 4_999..=MANY, 20);
        tokio::join!(publishing, read(&mut reader, 1, MANY));
        // A second one begins in the middle.
        let mut late = follow(&server, Start::Sequence(12_345)).await;
        read(&mut late, 12_345, MANY).await;
        store(&context, "S", MANY + 1..=MANY + 10, 20).await;
        for reader in [&mut reader, &mut late] {
            read(reader, MANY + 1, MANY + 10).await;
        }
        drop((reader, late));
        no_consumer_stays(&context).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_killed_midway_costs_no_message() {
    for mut server in brokers() {
        long(&server, MANY, SIZE).await;
        let mut reader = follow(&server, Start::First).await;
        let next = read(&mut reader, 1, 3_000).await;
        server.stop();
        server.start();
        let next = read(&mut reader, next, MANY).await;
        let context = raw(&server).await;
        store(&context, "S", MANY + 1..=MANY + 10, SIZE).await;
        read(&mut reader, next, MANY + 10).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_is_removed_midway_costs_no_message() {
    for server in brokers() {
        let context = long(&server, MANY, SIZE).await;
        let mut reader = follow(&server, Start::First).await;
        let (mut next, mut removed) = (1, 0);
        for part in [3_000, 9_000, 15_000, MANY] {
            next = read(&mut reader, next, part).await;
            for name in consumers(&context).await {
                stream(&context).await.delete_consumer(&name).await.unwrap();
                removed += 1;
            }
        }
        assert!(removed > 1, "{removed}");
        store(&context, "S", MANY + 1..=MANY + 10, SIZE).await;
        read(&mut reader, next, MANY + 10).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_only_makes_the_broker_wait() {
    for server in brokers() {
        let context = long(&server, MANY, SIZE).await;
        let mut reader = follow(&server, Start::First).await;
        let next = read(&mut reader, 1, 1).await;
        let (names, stream) = (consumers(&context).await, stream(&context).await);
        let [name] = &names[..] else {
            panic!("there are the consumers {names:?}")
        };
        // Everything that was asked for has come, and nobody asks for more.
        let idle = async || stream.consumer_info(name).await.unwrap().num_waiting == 0;
        until("the broker's rest", idle).await;
        let info = stream.consumer_info(name).await.unwrap();
        let most = 4 * ConnectOptions::from_urls(&server.url())
            .unwrap()
            .limits
            .history_batch_bytes;
        assert!(
            info.delivered.stream_sequence * SIZE as u64 <= most as u64,
            "{info:?}"
        );
        assert!(info.num_pending > 0);
        read(&mut reader, next, MANY).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_gives_up_waiting_again_and_again_loses_nothing() {
    for server in brokers() {
        long(&server, MANY, SIZE).await;
        let mut reader = follow(&server, Start::First).await;
        let reading = async {
            let mut expected = 1;
            while expected <= MANY {
                let Ok(batch) = timeout(Duration::from_millis(1), reader.next_batch()).await else {
                    continue;
                };
                for message in batch.unwrap() {
                    assert_eq!((sequence(&message), message.seq), (expected, expected));
                    expected += 1;
                }
            }
        };
        timeout(PATIENCE, reading).await.expect("it does not end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_client_can_read_is_shown_among_many() {
    for server in brokers() {
        let context = long(&server, 3_000, 20).await;
        let mut peer = server.raw();
        for block in [
            &b"NATS/1.0\r\nno colon\r\nK: v\r\n\r\n"[..],
            b"NATS/1.0\r\nK: \xff\r\n\r\n",
        ] {
            peer.publish_with_header_block("s.y", block, b"odd");
        }
        peer.settle();
        publish(&context, "s.x", 3_003).await;
        let connection = open(&server).await;
        let mut reader = Follow::open(&connection, &request("S", Start::First, None))
            .await
            .unwrap();
        let mut live = vec![];
        while live.len() < 3_003 {
            live.extend(timeout(PATIENCE, reader.next_batch()).await.unwrap().unwrap());
        }
        let later = history(&connection, &request("S", Start::First, None)).await;
        assert_eq!(live, later);
        assert!(live.iter().map(sequence).eq(1..=3_003));
        let odd: Vec<_> = live[3_000..3_002]
            .iter()
            .map(|message| header(message, UNREADABLE_HEADER))
            .collect();
        assert_eq!(odd, ["no colon", r"K: \xff"]);
        assert_eq!(header(&live[3_000], "K"), "v");
        assert!(
            live[3_000..3_002]
                .iter()
                .all(|message| message.payload == "odd" && &*message.subject == "s.y")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_removed_midway_ends_its_reading() {
    for server in brokers() {
        let context = long(&server, MANY, SIZE).await;
        let mut reader = follow(&server, Start::First).await;
        let mut expected = read(&mut reader, 1, 3_000).await;
        context.delete_stream("S").await.unwrap();
        // What was on its way still comes.
        let error = loop {
            match timeout(PATIENCE, reader.next_batch())
                .await
                .expect("it does not end")
            {
                Ok(batch) => {
                    for message in batch {
                        assert_eq!(sequence(&message), expected);
                        expected += 1;
                    }
                }
                Err(error) => break error,
            }
        };
        assert!(
            matches!(&error, StreamError::Unknown { stream, .. } if stream == "S"),
            "{error}"
        );
        assert!(expected < MANY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_part_of_a_stream_ends_where_it_was_to_end() {
    for server in brokers() {
        for direct in [true, false] {
            let context = raw(&server).await;
            context.create_stream(config("S", direct)).await.unwrap();
            store(&context, "S", 1..=6_000, 20).await;
            let stream = stream(&context).await;
            for number in [1, 2_500, 6_000] {
                stream.delete_message(number).await.unwrap();
            }
            context.client().publish("s.y", "other".into()).await.unwrap();
            let other = async || stream.get_info().await.unwrap().state.last_sequence == 6_001;
            until("the other message", other).await;
            let connection = open(&server).await;
            let all = || (2..6_000).filter(|number| *number != 2_500);
            let part = async |start, subject, most| {
                let wanted = HistoryRequest {
                    most,
                    ..request("S", start, subject)
                };
                history(&connection, &wanted)
                    .await
                    .iter()
                    .map(sequence)
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                part(Start::First, None, None).await,
                all().chain([6_001]).collect::<Vec<_>>()
            );
            assert_eq!(
                part(Start::First, Some("s.x"), None).await,
                all().collect::<Vec<_>>()
            );
            assert_eq!(part(Start::First, Some("s.y"), None).await, [6_001]);
            assert_eq!(part(Start::First, Some("s.z"), None).await, [0; 0]);
            let some: Vec<_> = all().skip(98).take(2_345).collect();
            assert_eq!(part(Start::Sequence(100), Some("s.*"), Some(2_345)).await, some);
            no_consumer_stays(&context).await;
            context.delete_stream("S").await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_make_a_consumer_reads_all_the_same() {
    for forbidden in ["$JS.API.CONSUMER.CREATE.>", "$JS.API.CONSUMER.MSG.NEXT.>"] {
        let config_text = format!(
            "jetstream {{}}\nauthorization {{ users: [{{user: all, password: p}}, \
             {{user: some, password: p, permissions: {{publish: {{deny: \"{forbidden}\"}}}}}}] }}"
        );
        for server in [nats_server_with(&config_text), old_nats_server_with(&config_text)]
            .into_iter()
            .flatten()
        {
            let url = server.url();
            let client = async_nats::ConnectOptions::with_user_and_password("all".into(), "p".into());
            let context = jetstream::new(client.connect(&url).await.unwrap());
            context.create_stream(config("S", true)).await.unwrap();
            store(&context, "S", 1..=3_000, 20).await;
            let url = url.replace("nats://", "nats://some:p@");
            let connection = Connection::open(&ConnectOptions::from_urls(&url).unwrap())
                .await
                .unwrap();
            let wanted = request("S", Start::First, None);
            let mut reader = Follow::open(&connection, &wanted).await.unwrap();
            read(&mut reader, 1, 3_000).await;
            store(&context, "S", 3_001..=3_010, 20).await;
            read(&mut reader, 3_001, 3_010).await;
            assert_eq!(history(&connection, &wanted).await.len(), 3_010);
        }
    }
}
