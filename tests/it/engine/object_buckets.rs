//! Object buckets against real brokers, the current one and the old one.

use crate::support::servers::{PATIENCE, RealServer, nats_server, nats_server_with, old_nats_server_with};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};
use natsbridge_engine::{ConnectOptions, Connection, ObjectBucket, ObjectError, ObjectFacts};
use std::time::Instant;

fn brokers() -> impl Iterator<Item = RealServer> {
    let config = "jetstream {}";
    [nats_server_with(config), old_nats_server_with(config)]
        .into_iter()
        .flatten()
}

async fn open(server: &RealServer) -> Connection {
    Connection::open(&ConnectOptions::from_urls(&server.url()).unwrap())
        .await
        .unwrap()
}

/// So many bytes that tell their place, in pieces that fit no chunk.
fn body(length: usize) -> BoxStream<'static, std::io::Result<Bytes>> {
    let pieces = (0..length).step_by(70_001).map(move |from| {
        let piece: Vec<u8> = (from..(from + 70_001).min(length))
            .map(|at| (at % 251) as u8)
            .collect();
        Ok(piece.into())
    });
    stream::iter(pieces).boxed()
}

async fn read(bucket: &ObjectBucket, name: &str, offset: u64) -> Vec<u8> {
    let pieces = bucket.read(name, offset).await.unwrap();
    let read = pieces.try_fold(Vec::new(), async |mut all, piece| {
        all.extend_from_slice(&piece);
        Ok(all)
    });
    tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap()
}

async fn raw(server: &RealServer) -> async_nats::jetstream::Context {
    async_nats::jetstream::new(async_nats::connect(server.url()).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_of_20_mb_comes_back_whole_and_from_the_middle() {
    const LENGTH: usize = 20_000_000;
    for server in brokers() {
        let connection = open(&server).await;
        let bucket = ObjectBucket::open(&connection, "files").await.unwrap();
        let metadata = vec![
            ("content-type".to_owned(), "image/png".to_owned()),
            ("ä".into(), "\"ü\"".into()),
        ];
        let name = "id7/picture of a café.png";
        let put = bucket.put(name, metadata.clone(), body(LENGTH)).await.unwrap();
        assert_eq!((put.size, &put.metadata), (LENGTH as u64, &metadata));
        let facts = bucket.facts(name).await.unwrap();
        assert_eq!(facts.metadata, metadata);
        let age = jiff::Timestamp::now().as_microsecond() - facts.stored_us;
        assert!((0..60_000_000).contains(&age), "stored {age} µs ago");
        let expected: Vec<u8> = (0..LENGTH).map(|at| (at % 251) as u8).collect();
        assert!(read(&bucket, name, 0).await == expected);
        for offset in [1, 131_071, 131_072, 13_000_000, LENGTH - 1, LENGTH, LENGTH + 9] {
            let rest = read(&bucket, name, offset as u64).await;
            assert!(rest == expected[offset.min(LENGTH)..], "from {offset}");
        }
        // As every other client sees it.
        let theirs = raw(&server).await.get_object_store("files").await.unwrap();
        let mut object = theirs.get(name).await.unwrap();
        let mut bytes = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut object, &mut bytes)
            .await
            .unwrap();
        assert!(bytes == expected);
        // Nothing of the reading stays at the broker (theirs does, for a while).
        drop(object);
        let ours = async || {
            let stream = theirs_stream(&server).await;
            let mut names = stream.consumers();
            let mut pulls = 0;
            while let Some(Ok(info)) = names.next().await {
                pulls += usize::from(info.config.deliver_subject.is_none());
            }
            pulls
        };
        let start = Instant::now();
        while ours().await > 0 {
            assert!(start.elapsed() < PATIENCE, "consumers stay behind");
        }
    }
}

async fn theirs_stream(server: &RealServer) -> async_nats::jetstream::stream::Stream {
    raw(server).await.get_stream("OBJ_files").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_listed_replaced_and_removed_without_a_trace() {
    for server in brokers() {
        let connection = open(&server).await;
        let bucket = ObjectBucket::open(&connection, "files").await.unwrap();
        // A second instance opens what the first made.
        let other = ObjectBucket::open(&connection, "files").await.unwrap();
        assert_eq!(other.list().await, Ok(vec![]));
        bucket.put("b", vec![], body(300_000)).await.unwrap();
        bucket.put("a", vec![], body(0)).await.unwrap();
        bucket
            .put("b", vec![("k".into(), "v".into())], body(5))
            .await
            .unwrap();
        let listed = other.list().await.unwrap();
        let facts: Vec<_> = listed.iter().map(|o| (o.name.as_str(), o.size)).collect();
        assert_eq!(facts, [("a", 0), ("b", 5)]);
        assert_eq!(read(&other, "b", 0).await, [0, 1, 2, 3, 4]);
        assert!(read(&other, "a", 0).await.is_empty());
        for name in ["a", "b"] {
            other.delete(name).await.unwrap();
        }
        for outcome in [
            bucket.facts("a").await.map(drop),
            bucket.delete("b").await,
            bucket.read("b", 0).await.map(drop),
        ] {
            let Err(error @ ObjectError::NotFound { .. }) = outcome else {
                panic!("{outcome:?}")
            };
            let text = error.to_string();
            assert!(text.contains("there is no object") && text.contains("files"));
        }
        assert_eq!(bucket.list().await, Ok(vec![]));
        let mut stream = raw(&server).await.get_stream("OBJ_files").await.unwrap();
        assert_eq!(stream.info().await.unwrap().state.messages, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_who_create_or_remove_one_object_at_the_same_time_one_succeeds() {
    for server in brokers() {
        let mut buckets = Vec::new();
        for _ in 0..4 {
            buckets.push(ObjectBucket::open(&open(&server).await, "files").await.unwrap());
        }
        for round in 0..25 {
            let name = format!("claims/{}", round % 5);
            let by = |who: usize| vec![("by".to_owned(), who.to_string())];
            let all = buckets.iter().enumerate();
            let creating = all.map(|(who, bucket)| bucket.create(&name, by(who), |_| false));
            let created = futures_util::future::join_all(creating).await;
            assert_eq!(
                created.iter().filter(|made| **made == Ok(true)).count(),
                1,
                "{created:?}"
            );
            assert_eq!(created.iter().filter(|made| **made == Ok(false)).count(), 3);
            // It is whose creation succeeded, and is taken over by one when it is over.
            let winner = created.iter().position(|made| *made == Ok(true)).unwrap();
            let facts = buckets[0].facts(&name).await.unwrap();
            assert_eq!((facts.size, facts.metadata), (0, by(winner)));
            let theirs = |facts: &ObjectFacts| facts.metadata == by(winner);
            let taking = buckets.iter().map(|bucket| bucket.create(&name, by(9), theirs));
            let taken = futures_util::future::join_all(taking).await;
            assert_eq!(
                taken.iter().filter(|made| **made == Ok(true)).count(),
                1,
                "{taken:?}"
            );
            assert_eq!(buckets[0].delete_if(&name, theirs).await, Ok(false));
            let removing = buckets.iter().map(|bucket| bucket.delete(&name));
            let removed = futures_util::future::join_all(removing).await;
            assert_eq!(
                removed.iter().filter(|gone| gone.is_ok()).count(),
                1,
                "{removed:?}"
            );
        }
        // What another client has marked as deleted is no obstacle.
        let theirs = raw(&server).await.get_object_store("files").await.unwrap();
        assert!(buckets[0].create("a", vec![], |_| false).await.unwrap());
        theirs.delete("a").await.unwrap();
        assert!(buckets[1].create("a", vec![], |_| false).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    for server in brokers() {
        let connection = open(&server).await;
        let bucket = ObjectBucket::open(&connection, "files").await.unwrap();
        let cut = body(1_000_000).chain(stream::iter([Err(std::io::Error::other("the line was cut"))]));
        let error = bucket.put("a", vec![], cut.boxed()).await.unwrap_err();
        assert!(error.to_string().contains("the line was cut"), "{error}");
        // One that is given up while it waits for more.
        let endless = body(1_000_000).chain(stream::pending()).boxed();
        let given_up = tokio::time::timeout(
            std::time::Duration::from_millis(300),
            bucket.put("b", vec![], endless),
        );
        given_up.await.unwrap_err();
        assert_eq!(bucket.list().await, Ok(vec![]));
        let mut stream = raw(&server).await.get_stream("OBJ_files").await.unwrap();
        let start = Instant::now();
        while stream.info().await.unwrap().state.messages > 0 {
            assert!(start.elapsed() < PATIENCE, "chunks stay behind");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_told_at_the_end() {
    for server in brokers() {
        let connection = open(&server).await;
        let bucket = ObjectBucket::open(&connection, "files").await.unwrap();
        bucket.put("a", vec![], body(300_000)).await.unwrap();
        // Somebody changes the digest in the facts.
        let context = raw(&server).await;
        let theirs = context.get_object_store("files").await.unwrap();
        let mut info = theirs.info("a").await.unwrap();
        info.digest = Some("SHA-256=AAAA".into());
        let facts = serde_json::to_vec(&info).unwrap();
        let ack = context.publish("$O.files.M.YQ==", facts.into()).await.unwrap();
        ack.await.unwrap();
        let pieces = bucket.read("a", 0).await.unwrap();
        let error = pieces.try_collect::<Vec<_>>().await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
        assert!(error.to_string().contains("digest"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_without_jetstream_and_a_bad_name_are_told() {
    if let Some(server) = nats_server() {
        let error = ObjectBucket::open(&open(&server).await, "files")
            .await
            .unwrap_err();
        assert!(error.to_string().contains("nats-server -js"), "{error}");
    }
    for server in brokers() {
        let error = ObjectBucket::open(&open(&server).await, "a b").await.unwrap_err();
        assert!(error.to_string().contains("letters, digits"), "{error}");
    }
}
