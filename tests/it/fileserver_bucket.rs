//! Our file server over a JetStream object bucket, on both ends of the nats-servers that the product works with.

use crate::binary::{Peer, command};
use crate::fileserver::{noise, start};
use crate::http_client::{add_file, address, get, open_upload, plik, request};
use crate::servers::{self, RealServer};
use futures_util::{StreamExt, stream};
use natsbridge::engine::{ConnectOptions, Connection, ObjectBucket};
use natsbridge::host::{FileHost, FileHostOptions, Storage};

async fn bucket(broker: &RealServer) -> ObjectBucket {
    let options = ConnectOptions::from_urls(&broker.url()).unwrap();
    let connection = Connection::open(&options).await.unwrap();
    ObjectBucket::open(&connection, "files").await.unwrap()
}

async fn serve(broker: &RealServer) -> FileHost {
    start(FileHostOptions {
        storage: Storage::Bucket(bucket(broker).await),
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
        for round in 0..5 {
            let path = plik(&places[0], r#"{"oneShot":true}"#, "once.bin", &noise(200_000)).await;
            let asking = (0..9).map(|client| get(&places[client % 3], &path));
            let answers = futures_util::future::join_all(asking).await;
            let served = answers.iter().filter(|answer| answer.status == 200).count();
            // All may have yielded to each other; then one who asks again gets it.
            assert!(served <= 1, "round {round}: {served} got it");
            let mut later = served;
            while later == 0 {
                later = usize::from(get(&places[1], &path).await.status == 200);
            }
            for at in &places {
                let again = request(at, "HEAD", &path, &[], b"").await;
                assert!(
                    again.status == 404 || get(at, &path).await.status != 200,
                    "round {round}"
                );
            }
        }
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
