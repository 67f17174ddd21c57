//! A program of somebody else: only names of the root package, both ways over a real broker, no workbench.

use crate::support::servers::{RealServer, nats_server};
use natsbridge::{
    Blob, Bridge, ConnectOptions, Connection, JsonNode, Kind, LinkError, Payload, ReceiveOptions, Received,
    ReceivedPayload, RequestOptions, RespondOptions, Responding, SendOptions, TransportChoice, UploadResult,
    Value, answer_fn, file_server_fn, smartreceive, smartsend,
};
use natsbridge_host::{Broker, BrokerOptions};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The embedded broker, and a real one where there is one.
async fn brokers() -> (Broker, Option<RealServer>, Vec<String>) {
    let embedded = Broker::start(BrokerOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        ..BrokerOptions::default()
    })
    .await
    .unwrap();
    let real = nats_server();
    let urls = std::iter::once(embedded.url())
        .chain(real.iter().map(RealServer::url))
        .collect();
    (embedded, real, urls)
}

fn demo(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/assets/demo/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

async fn connect(url: &str) -> Connection {
    Connection::open(&ConnectOptions::from_urls(url).unwrap())
        .await
        .unwrap()
}

fn payloads() -> Vec<Payload> {
    vec![
        Payload::text("message", "Hello"),
        Payload::dictionary("config", &json!({"rate": 3})).unwrap(),
        Payload::jsontable("rows", &json!([{"a": 1}, {"a": 2}])).unwrap(),
        Payload::image("avatar", demo("evening.png")),
        Payload::audio("chime", demo("chime.wav")),
        Payload::video("clip", demo("clip.mp4")),
        Payload::binary("bytes", vec![1, 2, 3]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_sent_and_received() {
    let (_embedded, _real, urls) = brokers().await;
    for url in urls {
        let connection = connect(&url).await;
        let mut messages = connection.subscribe(&["library.>"]).await.unwrap();
        let options = SendOptions {
            nats_url: url.clone(),
            ..SendOptions::default()
        };
        let sent = smartsend("library.all", payloads(), &options).await.unwrap();
        let message = messages.next().await.unwrap();
        let received = smartreceive(&message.payload, &ReceiveOptions::default())
            .await
            .unwrap();
        assert_eq!(received.envelope.msg_id, sent.envelope.msg_id);
        assert!(received.findings.is_empty(), "{:?}", received.findings);
        let named: Vec<(String, Kind)> = (received.payloads.iter())
            .map(|payload| (payload.dataname.clone(), payload.kind))
            .collect();
        let expected: Vec<(String, Kind)> = payloads()
            .iter()
            .map(|payload| (payload.dataname.clone(), payload.kind))
            .collect();
        assert_eq!(named, expected);
        for ReceivedPayload { dataname, data, .. } in received {
            match (dataname.as_str(), data) {
                ("message", Value::Text(text)) => assert_eq!(&*text, "Hello"),
                ("config", Value::Json(value)) => {
                    let config: HashMap<String, u32> = value.deserialize().unwrap();
                    assert_eq!(config, HashMap::from([("rate".to_owned(), 3)]));
                    assert_eq!(value.root().get("rate").and_then(JsonNode::number), Some("3"));
                }
                ("message" | "config", other) => panic!("{dataname}: {other:?}"),
                _ => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered() {
    let (_embedded, _real, urls) = brokers().await;
    for url in urls {
        let connection = connect(&url).await;
        let options = RespondOptions {
            subject: "library.count".into(),
            ..RespondOptions::default()
        };
        let count = answer_fn(async |request: Received| {
            Ok(Payload::text("count", request.payloads.len().to_string()))
        });
        let mut responding = Responding::start(&connection, options, count).await.unwrap();
        let answering = tokio::spawn(async move { responding.next().await.map(|_| responding) });
        let (_, mut request) = Bridge::over(connect(&url).await)
            .request(
                "library.count",
                payloads(),
                &SendOptions::default(),
                RequestOptions::default(),
            )
            .await
            .unwrap();
        let reply = request.next().await.unwrap();
        let reply = smartreceive(&reply.payload, &ReceiveOptions::default())
            .await
            .unwrap();
        assert!(matches!(&reply.payloads[0].data, Value::Text(text) if &**text == "7"));
        assert!(answering.await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_go_through_handlers_of_ones_own() {
    let (_embedded, _real, urls) = brokers().await;
    for url in urls {
        let shelf: Arc<Mutex<HashMap<String, Blob>>> = Arc::default();
        let to_keep = Arc::clone(&shelf);
        let options = SendOptions {
            nats_url: url.clone(),
            transport: TransportChoice::Link,
            fileserver_url: "https://files.example".into(),
            fileserver: Some(file_server_fn(
                move |server: String, dataname: String, data: Blob| {
                    let url = format!("{server}/{dataname}");
                    to_keep.lock().unwrap().insert(url.clone(), data);
                    async move {
                        Ok(UploadResult {
                            status: 200,
                            uploadid: "1".into(),
                            fileid: "1".into(),
                            url,
                        })
                    }
                },
            )),
            ..SendOptions::default()
        };
        let connection = connect(&url).await;
        let mut messages = connection.subscribe(&["library.>"]).await.unwrap();
        smartsend("library.link", Payload::text("large", "by link"), &options)
            .await
            .unwrap();
        let message = messages.next().await.unwrap();
        let fetch = move |url: String, _: u32, _: Duration, _: Duration, _: String| {
            let found = shelf.lock().unwrap().get(&url).cloned();
            async move { found.ok_or_else(|| LinkError::handler(format!("{url} is not on the shelf"))) }
        };
        let receiving = ReceiveOptions {
            fetcher: Some(Arc::new(fetch)),
            ..ReceiveOptions::default()
        };
        let received = smartreceive(&message.payload, &receiving).await.unwrap();
        assert!(matches!(&received.payloads[0].data, Value::Text(text) if &**text == "by link"));
    }
}
