//! What the tests of streams stand on: brokers with JetStream, filled streams, what is read of them.

use crate::support::servers::{PATIENCE, RealServer, nats_server_with, old_nats_server_with};
use crate::support::waits::until;
use async_nats::jetstream::{self, stream};
use natsbridge_engine::{ConnectOptions, Connection, Follow, History, HistoryRequest, Start, StoredMessage};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
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

/// Stores messages on the subject `<name>.x` without waiting for each of them: their numbers, in `size` digits. They are
/// there when this returns.
pub async fn store(context: &jetstream::Context, name: &str, numbers: RangeInclusive<u64>, size: usize) {
    let (client, last) = (context.client(), *numbers.end());
    let subject = format!("{}.x", name.to_lowercase());
    for number in numbers {
        let body = format!("{number:0size$}");
        client.publish(subject.clone(), body.into()).await.unwrap();
    }
    client.flush().await.unwrap();
    let stream = context.get_stream(name).await.unwrap();
    let stored = async || stream.get_info().await.unwrap().state.last_sequence >= last;
    until("the last message", stored).await;
}

/// Follows from number `from` until `to` has come: each message once, in its order, as it was stored. The next number.
pub async fn read(follow: &mut Follow, from: u64, to: u64) -> u64 {
    let mut expected = from;
    while expected <= to {
        let batch = timeout(PATIENCE, follow.next_batch())
            .await
            .expect("nothing came");
        let batch = batch.unwrap();
        assert!(!batch.is_empty());
        for message in batch {
            assert_eq!(sequence(&message), expected);
            let body = std::str::from_utf8(&message.payload).unwrap();
            assert_eq!(body.parse(), Ok(expected));
            expected += 1;
        }
    }
    expected
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

pub async fn history(connection: &Connection, request: &HistoryRequest) -> Vec<StoredMessage> {
    let reading = async {
        let mut history = History::open(connection, request).await.unwrap();
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

pub async fn next(follow: &mut Follow) -> StoredMessage {
    timeout(PATIENCE, follow.next())
        .await
        .expect("nothing came")
        .unwrap()
}

/// A hundred messages on four subjects, with gaps: one message, and one wider than what is asked for at once.
pub struct Filled {
    pub subjects: BTreeMap<u64, String>,
    pub times: BTreeMap<u64, jiff::Timestamp>,
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
