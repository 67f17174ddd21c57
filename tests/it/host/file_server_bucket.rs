//! Our file server over a JetStream object bucket, on both ends of the nats-servers that the product works with.

use crate::support::binary::{Peer, command};
use crate::support::file_server_stand::{noise, start};
use crate::support::http_client::{add_file, address, get, open_upload, plik, request};
use crate::support::servers::{self, RealServer};
use crate::support::waits::until;
use futures_util::{StreamExt, stream};
use natsbridge_engine::{
    BucketFile, ConnectOptions, Connection, FileServerOptions, FileServerSpec, ObjectBucket, Progress,
};
use natsbridge_host::{FileHost, FileHostOptions, Storage};
use natsbridge_wire::{Blob, Limits};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

async fn bucket(broker: &RealServer) -> ObjectBucket {
    let options = ConnectOptions::from_urls(&broker.url()).unwrap();
    let connection = Connection::open(&options).await.unwrap();
    ObjectBucket::open(&connection, "files").await.unwrap()
}

async fn serve(broker: &RealServer) -> FileHost {
    start(FileHostOptions {
        storage: Storage::Bucket(Box::new(bucket(broker).await)),
        open: true,
        ..FileHostOptions::default()
    })
    .await
}

fn brokers() -> Vec<RealServer> {
    let new = servers::nats_server_with("jetstream: enabled\n");
    let old = servers::old_nats_server_with("jetstream: enabled\n");
    new.into_iter().chain(old).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn several_servers_share_one_bucket() {
    for broker in brokers() {
        let (one, other) = (serve(&broker).await, serve(&broker).await);
        let (one_at, other_at) = (address(&one), address(&other));
        let body = noise(700_000);
        // Opened here, filled there, fetched at both, in whole and in part.
        let upload = open_upload(&one_at, "{}").await;
        let added = add_file(&other_at, &upload, "Grüße.bin", &body).await;
        assert_eq!(added.status, 200, "{added:?}");
        let id = added.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/file/{}/{id}/Gr%C3%BC%C3%9Fe.bin", upload.0);
        for at in [&one_at, &other_at] {
            assert!(get(at, &path).await.body == body);
            let part = request(at, "GET", &path, &["Range: bytes=300000-400000"], b"").await;
            assert!(part.status == 206 && part.body == body[300_000..=400_000]);
            let wrong = path.replace("Gr%C3%BC%C3%9Fe", "other");
            assert_eq!(get(at, &wrong).await.status, 404);
        }
        assert_eq!(request(&one_at, "PUT", "/a/b.txt", &[], b"put").await.status, 201);
        assert_eq!(get(&other_at, "/a/b.txt").await.body, b"put");
        // What the engine's file server of that name has put there is served too.
        let objects = bucket(&broker).await;
        let pieces = stream::iter([Ok("by ".into()), Ok("hand".into())]).boxed();
        objects
            .put("id-1/file-2/by hand.txt", vec![], pieces)
            .await
            .unwrap();
        let by_hand = get(&one_at, "/file/id-1/file-2/by%20hand.txt").await;
        assert_eq!((by_hand.status, &*by_hand.body), (200, b"by hand".as_slice()));
        assert!(
            by_hand
                .header("content-disposition")
                .unwrap()
                .contains("by hand.txt")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_shot_file_is_taken_once_across_servers() {
    for broker in brokers() {
        let servers = [serve(&broker).await, serve(&broker).await, serve(&broker).await];
        let places: Vec<_> = servers.iter().map(address).collect();
        for round in 0..50 {
            let body = noise(200_000 + round);
            let path = plik(&places[0], r#"{"oneShot":true}"#, "once.bin", &body).await;
            let asking = (0..9).map(|client| get(&places[client % 3], &path));
            let answers = futures_util::future::join_all(asking).await;
            let served: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
            assert_eq!(served.len(), 1, "round {round}: so many got it");
            assert!(
                served[0].body == body,
                "round {round}: what came is not what was stored"
            );
            // The others come late, or may come again.
            let lost = |status| matches!(status, 404 | 503);
            assert!(
                answers
                    .iter()
                    .all(|answer| answer.status == 200 || lost(answer.status))
            );
            for at in &places {
                assert_eq!(
                    request(at, "HEAD", &path, &[], b"").await.status,
                    404,
                    "round {round}"
                );
            }
        }
        // Neither files nor marks stay behind.
        let objects = bucket(&broker).await;
        until("the marks to go", async || {
            objects
                .list()
                .await
                .unwrap()
                .iter()
                .all(|object| object.name.starts_with("uploads/"))
        })
        .await;
    }
}

static LATER_US: AtomicI64 = AtomicI64::new(0);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_died_keeps_a_one_shot_file_for_a_while_only() {
    for broker in brokers() {
        LATER_US.store(0, Ordering::Relaxed);
        let files = start(FileHostOptions {
            storage: Storage::Bucket(Box::new(bucket(&broker).await)),
            clock: || jiff::Timestamp::now().as_microsecond() + LATER_US.load(Ordering::Relaxed),
            ..FileHostOptions::default()
        })
        .await;
        let at = address(&files);
        let path = plik(&at, r#"{"oneShot":true}"#, "once.bin", b"once").await;
        let stem = path.split('/').skip(2).take(2).collect::<Vec<_>>().join(".");
        let in_a_minute = jiff::Timestamp::now().as_microsecond() + 60_000_000;
        let mark = BucketFile {
            expires_us: Some(in_a_minute),
            ..BucketFile::default()
        };
        let mut metadata = mark.metadata();
        metadata.push(("server".into(), "another".into()));
        let objects = bucket(&broker).await;
        let name = format!("claims/{stem}");
        assert!(objects.create(&name, metadata, |_| false).await.unwrap());
        assert_eq!(get(&at, &path).await.status, 503, "another server has it");
        LATER_US.store(60_000_000, Ordering::Relaxed);
        // The server's own look before is given back a moment later; who is told to come back comes back.
        let mut taken = 0;
        for _ in 0..500 {
            let answers = futures_util::future::join_all([get(&at, &path), get(&at, &path)]).await;
            taken += answers.iter().filter(|answer| answer.status == 200).count();
            if answers.iter().any(|answer| answer.status != 503) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(taken, 1);
        assert_eq!(get(&at, &path).await.status, 404);
    }
}

static NOW_US: AtomicI64 = AtomicI64::new(0);

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_has_put_there_is_taken_once_or_swept_away() {
    for broker in brokers() {
        NOW_US.store(jiff::Timestamp::now().as_microsecond(), Ordering::Relaxed);
        let objects = bucket(&broker).await;
        // Somebody's own: not ours to remove.
        objects
            .put("by/hand/a.txt", vec![], stream::empty().boxed())
            .await
            .unwrap();
        let files = start(FileHostOptions {
            storage: Storage::Bucket(Box::new(objects.clone())),
            limits: Limits {
                fileserver_sweep: Duration::from_millis(10),
                ..Limits::default()
            },
            clock: || NOW_US.load(Ordering::Relaxed),
            ..FileHostOptions::default()
        })
        .await;
        let connected = Connection::open(&ConnectOptions::from_urls(&broker.url()).unwrap()).await;
        let connection = connected.unwrap();
        let upload = async |one_shot| {
            let server = (FileServerSpec::of_name("jetstream").unwrap().make)(&FileServerOptions {
                one_shot,
                connection: Some(connection.clone()),
                place: Some("files".into()),
                ..FileServerOptions::default()
            });
            let bytes = Blob::from("from the engine");
            let uploaded = server
                .unwrap()
                .upload(files.url(), "a.txt", bytes, &Progress::default())
                .await;
            uploaded
                .unwrap()
                .url
                .strip_prefix(files.url())
                .unwrap()
                .to_owned()
        };
        let (once, lasting) = (upload(true).await, upload(false).await);
        let at = address(&files);
        for (path, again) in [(&once, 404), (&lasting, 200)] {
            assert_eq!(get(&at, path).await.body, b"from the engine");
            assert_eq!(get(&at, path).await.status, again);
        }
        upload(true).await;
        let day = Limits::DEFAULT.fileserver_ttl.as_micros() as i64;
        NOW_US.fetch_add(day + 60_000_000, Ordering::Relaxed);
        assert_eq!(get(&at, &lasting).await.status, 404);
        until("the sweep", async || {
            let left = objects.list().await.unwrap();
            left.iter()
                .map(|object| object.name.as_str())
                .eq(["by/hand/a.txt"])
        })
        .await;
    }
}

#[test]
fn the_verb_keeps_files_in_a_bucket_across_runs() {
    let Some(broker) = servers::nats_server_with("jetstream: enabled\n") else {
        return;
    };
    let args = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--open",
        "--jetstream",
        "shared",
        "-s",
        &broker.url(),
    ];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (method, status) in [("PUT", 201), ("GET", 200)] {
        let serve = Peer::start(&mut command(&args));
        let url = serve.out.next("the file server's address").unwrap();
        assert!(serve.err.wait_for("bucket").contains("shared"));
        let at = url.strip_prefix("http://").unwrap();
        let answer = runtime.block_on(request(at, method, "/kept.txt", &[], b"kept"));
        assert_eq!(answer.status, status);
    }
}
