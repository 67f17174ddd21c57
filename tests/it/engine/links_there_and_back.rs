//! A payload by link from end to end: our sender, our own file server over a directory and over a bucket, our receiver.

use crate::support::file_server_stand::{noise, start, start_open};
use crate::support::servers::{PATIENCE, nats_server_with, old_nats_server_with};
use natsbridge_engine::{
    Bridge, ConnectOptions, Connection, FetchPolicy, Fetcher, FileServerOptions, FileServerSpec,
    ObjectBucket, Payload, Payloads, ReceiveOptions, Received, SendOptions, smartreceive,
};
use natsbridge_host::{FileHostOptions, Storage};
use natsbridge_wire::{Code, Limits};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_by_link_comes_back_byte_for_byte() {
    let config = "jetstream: enabled\n";
    for broker in [nats_server_with(config), old_nats_server_with(config)]
        .into_iter()
        .flatten()
    {
        let connection = Connection::open(&ConnectOptions::from_urls(&broker.url()).unwrap())
            .await
            .unwrap();
        let mut messages = connection.subscribe(&["files"]).await.unwrap();
        let bucket = ObjectBucket::open(&connection, "files").await.unwrap();
        let directory = start_open().await;
        let store = start(FileHostOptions {
            open: true,
            storage: Storage::Bucket(Box::new(bucket)),
            ..FileHostOptions::default()
        })
        .await;
        for (name, host) in [
            ("plik", &directory),
            ("plik", &store),
            ("http-put", &directory),
            ("http-put", &store),
            ("jetstream", &store),
        ] {
            let data = Payloads::from([
                Payload::binary("Grüße #1.bin", noise(1_500_000)),
                Payload::binary("..", noise(10)),
                Payload::binary("empty", vec![]),
            ]);
            let server = (FileServerSpec::of_name(name).unwrap().make)(&FileServerOptions {
                connection: Some(connection.clone()),
                place: Some("files".into()),
                ..FileServerOptions::default()
            });
            let options = SendOptions {
                fileserver: Some(server.unwrap()),
                fileserver_url: host.url().to_owned(),
                transport: natsbridge_engine::TransportChoice::Link,
                ..SendOptions::default()
            };
            let sent = Bridge::over(connection.clone())
                .send("files", &data, &options)
                .await
                .unwrap();
            assert!(sent.flushed && sent.bytes.len() < 4000, "{name}");
            let message = tokio::time::timeout(PATIENCE, messages.next())
                .await
                .unwrap()
                .unwrap();
            let fetcher = Fetcher::new(FetchPolicy::default(), Limits::default());
            let options = ReceiveOptions {
                fetcher: Some(Arc::new(fetcher)),
                ..ReceiveOptions::default()
            };
            let Received {
                payloads: received,
                findings,
                ..
            } = smartreceive(&message.payload, &options).await.unwrap();
            // That the links lead to this machine is all there is to say.
            assert!(
                findings.iter().all(|finding| finding.code == Code::LinkLocalHost),
                "{name}: {findings:?}"
            );
            for (Payload { dataname, body, kind }, received) in data.iter().zip(&received) {
                assert_eq!((dataname, kind), (&received.dataname, &received.kind));
                let got = received.body.slice(0..received.body.len()).unwrap();
                assert!(got == *body.memory().unwrap(), "{name} {dataname}");
            }
        }
    }
}
