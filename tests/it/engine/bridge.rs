//! The bridge and the connection of the verbs against a real broker.

use crate::support::connection_stand::{next, open};
use crate::support::servers::{nats_server, nats_server_with, old_nats_server};
use crate::support::waits::until;
use natsbridge_engine::{
    Bridge, BridgeError, ConnectOptions, Connection, ConnectionError, FileServer, LinkError, LinkFetcher,
    Outgoing, Payload, Payloads, Progress, ReceiveOptions, Received, SendOptions, UploadFuture, UploadResult,
    smartreceive, smartsend,
};
use natsbridge_wire::{Blob, DIALECTS, Kind, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A file server in memory.
#[derive(Default)]
struct Shelf(Mutex<HashMap<String, Blob>>);

impl FileServer for Shelf {
    fn upload<'a>(
        &'a self,
        fileserver_url: &'a str,
        dataname: &'a str,
        body: Blob,
        _: &'a Progress,
    ) -> UploadFuture<'a, UploadResult> {
        let url = format!("{fileserver_url}/file/{dataname}");
        self.0.lock().unwrap().insert(url.clone(), body);
        Box::pin(async {
            Ok(UploadResult {
                status: 200,
                uploadid: "u".into(),
                fileid: "f".into(),
                url,
            })
        })
    }
}

impl LinkFetcher for Shelf {
    fn fetch<'a>(&'a self, url: &'a str, _: &'a ReceiveOptions, _: &'a str) -> UploadFuture<'a, Blob> {
        let body = self.0.lock().unwrap().get(url).cloned();
        Box::pin(async { body.ok_or_else(|| LinkError::handler("404")) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_is_received_in_every_dialect() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        let listener = open(&server.url()).await;
        let mut messages = listener.subscribe(&["/chat/room1"]).await.unwrap();
        let bridge = Bridge::connect(&ConnectOptions::from_urls(&server.url()).unwrap())
            .await
            .unwrap();
        let data = Payloads::from([
            Payload::text("words", "héllo"),
            Payload::new("config", r#"{"a":[1,2.5]}"#, Kind::Dictionary),
            Payload::binary("bytes", vec![0, 255, 10]),
        ]);
        for row in DIALECTS {
            let options = SendOptions {
                dialect: row.dialect,
                ..SendOptions::default()
            };
            let sent = bridge.send("/chat/room1", &data, &options).await.unwrap();
            assert!(sent.flushed);
            assert_eq!(sent.envelope.broker_url, server.url());
            let message = next(&mut messages).await;
            assert_eq!(message.payload, sent.bytes);
            let Received {
                payloads: received,
                findings,
                ..
            } = smartreceive(&message.payload, &ReceiveOptions::default())
                .await
                .unwrap();
            assert_eq!(received.len(), 3, "{}: {findings:?}", row.name);
            let kinds: Vec<_> = received
                .iter()
                .map(|payload| (payload.dataname.as_str(), payload.kind))
                .collect();
            assert_eq!(
                kinds,
                [
                    ("words", Kind::Text),
                    ("config", Kind::Dictionary),
                    ("bytes", Kind::Binary)
                ]
            );
            assert!(
                matches!(&received[0].data, Value::Text(text) if &**text == "héllo"),
                "{:?}",
                received[0]
            );
            assert!(matches!(&received[1].data, Value::Json(json) if json.to_string() == r#"{"a":[1,2.5]}"#));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_payloads_travel_by_link() {
    let Some(server) = nats_server() else { return };
    let shelf = Arc::new(Shelf::default());
    let mut messages = open(&server.url()).await.subscribe(&["big"]).await.unwrap();
    let big = Payload::binary("big", vec![7; 1_000_000]);
    // Under the threshold, but over the broker's limit once in base64.
    let awkward = Payload::binary("awkward", vec![8; 900_000]);
    let options = SendOptions {
        nats_url: server.url(),
        fileserver: None,
        ..SendOptions::default()
    };
    for (payload, says) in [
        (&big, "no file server is configured"),
        (&awkward, "the server accepts 1,048,576"),
    ] {
        let error = smartsend("big", payload.clone(), &options).await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    let options = SendOptions {
        fileserver: Some(shelf.clone()),
        ..options
    };
    let data = [Payload::text("small", "s"), big.clone(), awkward.clone()];
    let sent = smartsend("big", data, &options).await.unwrap();
    assert!(sent.flushed && sent.bytes.len() < 10_000);
    assert_eq!(sent.moved, ["awkward"]);
    let message = next(&mut messages).await;
    let error = smartreceive(&message.payload, &ReceiveOptions::default())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, BridgeError::NotFetched { dataname, .. } if dataname == "big"),
        "{error}"
    );
    let options = ReceiveOptions {
        fetcher: Some(shelf.clone()),
        ..ReceiveOptions::default()
    };
    let received = smartreceive(&message.payload, &options).await.unwrap();
    assert_eq!(
        received
            .payloads
            .iter()
            .map(|payload| payload.dataname.as_str())
            .collect::<Vec<_>>(),
        ["small", "big", "awkward"]
    );
    assert_eq!(shelf.0.lock().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_envelope_is_said() {
    let error = smartreceive(&"plain words".into(), &ReceiveOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, BridgeError::NotAnEnvelope(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_come_once_with_headers_and_reply() {
    let Some(server) = nats_server() else { return };
    let connection = open(&server.url()).await;
    assert_eq!(connection.server().address, server.address());
    let mut messages = connection.subscribe(&["a.*", ">"]).await.unwrap();
    let headers = [
        ("K".to_owned(), "v: w".to_owned()),
        ("A".to_owned(), "1".to_owned()),
    ];
    for payload in [b"one".as_slice(), b"two"] {
        let message = Outgoing {
            subject: "a.b",
            reply: Some("c"),
            headers: &headers,
            payload,
        };
        connection.publish(message).await.unwrap();
    }
    assert_eq!(connection.flush("a.b").await, Ok(true));
    let (one, two) = (next(&mut messages).await, next(&mut messages).await);
    assert_eq!(
        (one.seq, &one.payload[..], two.seq, &two.payload[..]),
        (1, &b"one"[..], 2, &b"two"[..])
    );
    assert_eq!((&*one.subject, one.reply.as_deref()), ("a.b", Some("c")));
    let expected = [("A", "1"), ("K", "v: w")].map(|(name, value)| (name.to_owned(), vec![value.to_owned()]));
    assert_eq!(one.headers, expected);
    assert!(connection.close().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_permitted_is_said() {
    let config = r#"authorization { users: [ { user: u, password: p, permissions: {
        subscribe: ["open.>", "_INBOX.>"], publish: ["open.>", "_INBOX.>"] } } ] }"#;
    let Some(server) = nats_server_with(config) else {
        return;
    };
    let connection = open(&format!("u:p@{}", server.address())).await;
    let denied = |deed| ConnectionError::NotPermitted {
        deed,
        subject: "closed".into(),
    };
    assert_eq!(
        connection.subscribe(&["closed"]).await.unwrap_err(),
        denied("subscribe to")
    );
    connection
        .publish(Outgoing {
            subject: "closed",
            ..Outgoing::default()
        })
        .await
        .unwrap();
    assert_eq!(connection.flush("closed").await, Err(denied("publish to")));
    connection
        .publish(Outgoing {
            subject: "open.x",
            ..Outgoing::default()
        })
        .await
        .unwrap();
    assert_eq!(connection.flush("open.x").await, Ok(true));
    assert_eq!(
        connection.flush("closed").await,
        Err(denied("publish to")),
        "one subject found permitted clears no other"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_while_the_broker_is_away() {
    let Some(mut server) = nats_server() else { return };
    let connection = open(&server.url()).await;
    server.stop();
    let nothing = Outgoing {
        subject: "a",
        ..Outgoing::default()
    };
    until("the notice that the broker is away", async || {
        connection.publish(nothing).await.is_err()
    })
    .await;
    let error = connection
        .publish(Outgoing {
            subject: "a",
            ..Outgoing::default()
        })
        .await
        .unwrap_err();
    assert_eq!(
        error,
        ConnectionError::Down {
            address: server.address()
        }
    );
    let error = Connection::open(&ConnectOptions::from_urls(&server.url()).unwrap())
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("nothing is listening on {}", server.address())),
        "{error}"
    );
}

/// Row 45.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_refuses_what_the_broker_would_close_it_for() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        let connection = open(&server.url()).await;
        let mut messages = connection.subscribe(&["a"]).await.unwrap();
        let most = connection.max_payload();
        let headers = [("K".to_owned(), "v".to_owned())];
        let frame = "NATS/1.0\r\nK: v\r\n\r\n".len();
        for (headers, frame) in [(&[][..], 0), (&headers[..], frame)] {
            for over in [0, 1, 2, 1000] {
                let payload = vec![b'x'; most - frame + over];
                let message = Outgoing {
                    subject: "a",
                    headers,
                    payload: &payload,
                    ..Outgoing::default()
                };
                let published = connection.publish(message).await;
                if over == 0 {
                    assert_eq!(published, Ok(()));
                    assert_eq!(next(&mut messages).await.payload.len(), payload.len());
                } else {
                    let size = most + over;
                    assert_eq!(published, Err(ConnectionError::TooLarge { size, most }));
                }
            }
        }
        assert!(connection.round_trip().await.is_some(), "the connection stands");
    }
}
