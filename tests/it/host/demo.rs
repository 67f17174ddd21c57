//! The demo's traffic: everything that the workbench can show must be in it, and soon.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::Message;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use natsbridge::cli::DEMO_ASSETS;
use natsbridge_host::{Broker, BrokerOptions, Demo, DemoOptions, FileHost, FileHostOptions};
use serde_json::Value;
use tokio::time::timeout;

use crate::support::http_client;

const KINDS: &[&str] = &[
    "text",
    "dictionary",
    "table",
    "arrowtable",
    "jsontable",
    "image",
    "audio",
    "video",
    "binary",
    "sound",
    "json",
];

/// What was seen so far.
#[derive(Debug, Default)]
struct Seen {
    kinds: BTreeSet<String>,
    transports: BTreeSet<String>,
    spellings: BTreeSet<&'static str>,
    broken: BTreeSet<&'static str>,
    plain: BTreeSet<String>,
    asked: BTreeSet<String>,
    answered: BTreeSet<String>,
    largest_message: usize,
}

impl Seen {
    fn look(&mut self, message: &Message) {
        if message.subject.chars().any(char::is_control) {
            self.broken.insert("control characters in the subject");
        }
        if message.subject.starts_with("plain.") {
            self.plain.insert(message.subject.to_string());
            return;
        }
        let Ok(envelope) = serde_json::from_slice::<Value>(&message.payload) else {
            self.broken.insert("cut JSON");
            return;
        };
        let payloads = envelope["payloads"].as_array().unwrap();
        self.largest_message = self.largest_message.max(payloads.len());
        self.spellings.insert(spelling(&envelope));
        let credentials = ["broker_url", "brokerURL"]
            .iter()
            .filter_map(|key| envelope[key].as_str());
        if credentials.into_iter().any(|url| url.contains('@')) {
            self.broken.insert("credentials");
        }
        if envelope.get("timestamp").is_none() {
            self.broken.insert("missing fields");
        }
        for key in ["replyTo", "reply_to"] {
            if envelope[key].as_str().is_some_and(|to| !to.is_empty()) {
                let id = envelope["msgId"]
                    .as_str()
                    .or(envelope["msg_id"].as_str())
                    .unwrap();
                self.asked.insert(id.to_owned());
            }
        }
        for key in ["replyToMsgId", "reply_to_msg_id"] {
            if let Some(id) = envelope[key].as_str().filter(|id| !id.is_empty()) {
                self.answered.insert(id.to_owned());
            }
        }
        for payload in payloads {
            self.look_into(payload);
        }
    }

    fn look_into(&mut self, payload: &Value) {
        for kind in ["type", "payload_type"]
            .iter()
            .filter_map(|key| payload[key].as_str())
        {
            assert!(KINDS.contains(&kind), "{kind}");
            self.kinds.insert(kind.to_owned());
        }
        let transport = payload["transport"].as_str().unwrap();
        self.transports.insert(transport.to_owned());
        if payload["dataname"]
            .as_str()
            .unwrap()
            .chars()
            .any(char::is_control)
        {
            self.broken.insert("control characters in a name");
        }
        if transport == "link" {
            assert!(payload["data"].as_str().unwrap().starts_with("http://127.0.0.1:"));
            return;
        }
        match STANDARD.decode(payload["data"].as_str().unwrap().trim_end()) {
            Err(_) => _ = self.broken.insert("bad base64"),
            Ok(bytes) if payload["size"] != bytes.len() => _ = self.broken.insert("lying size"),
            Ok(bytes) => {
                if payload["type"] == "text" && std::str::from_utf8(&bytes).is_err() {
                    self.broken.insert("text that is not UTF-8");
                }
                let table = payload["type"] == "table" || payload["payload_type"] == "arrowtable";
                if table
                    && !bytes.starts_with(b"ARROW1")
                    && !bytes.ends_with(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])
                {
                    self.broken.insert("truncated table");
                }
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.kinds.len() == KINDS.len()
            && self.transports.len() == 2
            && self.spellings.len() == 7
            && self.broken.len() >= 5
            && self.plain.len() >= 4
            && self.largest_message == 8
            && self.answered.intersection(&self.asked).count() >= 2
    }
}

fn spelling(envelope: &Value) -> &'static str {
    let payload = &envelope["payloads"][0];
    let (camel, snake) = (
        envelope.get("sendTo").is_some(),
        envelope.get("send_to").is_some(),
    );
    match (
        camel,
        snake,
        payload.get("type").is_some(),
        payload["payload_type"].as_str(),
    ) {
        (true, true, ..) => "universal",
        (true, false, true, None) if envelope.get("BrokerURL").is_some() => "v0.0",
        (true, false, true, None) if envelope["receiverId"].is_null() => "v0.4 from Julia",
        (true, false, true, None) => "v0.4",
        (false, true, true, None) => "readme",
        (false, true, false, Some("table")) => "v0.4.3",
        (false, true, false, Some(_)) => "v0.5",
        _ => "unknown",
    }
}

async fn start(seed: u64) -> (Broker, FileHost, async_nats::Client, Demo) {
    let options = BrokerOptions {
        listen: "127.0.0.1:0".into(),
        ..Default::default()
    };
    let broker = Broker::start(options).await.unwrap();
    let client = async_nats::connect(broker.url()).await.unwrap();
    let files = FileHost::start(FileHostOptions {
        listen: "127.0.0.1:0".into(),
        ..Default::default()
    })
    .await
    .unwrap();
    let demo = Demo::start(
        &broker.url(),
        &files,
        DemoOptions {
            seed,
            ..DemoOptions::new(DEMO_ASSETS)
        },
    )
    .await
    .unwrap();
    (broker, files, client, demo)
}

#[tokio::test]
async fn everything_is_shown_within_seconds() {
    // The audience comes after the demo has started: the opening waits for it.
    let (broker, _files, client, demo) = start(1).await;
    let mut all = client.subscribe(">").await.unwrap();
    let mut seen = Seen::default();
    let watching = async {
        while !seen.is_complete() {
            seen.look(&all.next().await.unwrap());
        }
    };
    let outcome = timeout(Duration::from_secs(20), watching).await;
    assert!(outcome.is_ok(), "still missing something: {seen:#?}");
    assert!(!seen.spellings.contains("unknown"), "{:?}", seen.spellings);
    drop(demo);
    let leaving = async {
        while broker.clients() > 1 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), leaving)
        .await
        .expect("all peers leave when the demo is dropped");
}

#[tokio::test]
async fn the_device_answers_whoever_asks() {
    let (_broker, _files, client, _demo) = start(2).await;
    let mut answers = client.subscribe("/my/answers").await.unwrap();
    let command = STANDARD.encode(r#"{"action": "open_valve"}"#);
    let request = serde_json::json!({
        "correlation_id": "c-1", "msg_id": "m-1", "reply_to": "/my/answers",
        "payloads": [{"dataname": "command", "type": "dictionary", "transport": "direct", "data": command}],
    });
    let direct = client.request("/device/cmd", request.to_string().into());
    let direct = timeout(Duration::from_secs(20), direct).await.unwrap().unwrap();
    let named = timeout(Duration::from_secs(20), answers.next())
        .await
        .unwrap()
        .unwrap();
    for answer in [direct, named] {
        let envelope: Value = serde_json::from_slice(&answer.payload).unwrap();
        assert_eq!(envelope["correlationId"], "c-1");
        assert_eq!(envelope["replyToMsgId"], "m-1");
        assert_eq!(envelope["msgPurpose"], "NACK");
    }
}

#[tokio::test]
async fn every_link_leads_to_its_bytes_but_the_broken_one() {
    let (_broker, files, client, _demo) = start(3).await;
    let mut all = client.subscribe(">").await.unwrap();
    let address = http_client::address(&files);
    // Names of what was fetched, with the kind it was called.
    let mut fetched = BTreeSet::new();
    let mut gone = 0;
    let fetching = async {
        while fetched.len() < 3 || gone == 0 {
            let message = all.next().await.unwrap();
            let Ok(envelope) = serde_json::from_slice::<Value>(&message.payload) else {
                continue;
            };
            let payloads = envelope["payloads"].as_array().cloned().unwrap_or_default();
            for payload in payloads.iter().filter(|payload| payload["transport"] == "link") {
                let url = payload["data"].as_str().unwrap();
                let path = url.strip_prefix(files.url()).unwrap();
                let answer = http_client::get(&address, path).await;
                let name = payload["dataname"].as_str().unwrap().to_owned();
                if name == "report.arrow" {
                    assert_eq!(answer.status, 404);
                    gone += 1;
                    continue;
                }
                assert_eq!(answer.status, 200, "{name}: {}", answer.text());
                assert_eq!(payload["size"], answer.body.len(), "{name}");
                let once = name == "evening.mp4";
                let again = http_client::get(&address, path).await.status;
                assert_eq!(again, if once { 404 } else { 200 }, "{name}");
                fetched.insert(name);
            }
        }
    };
    let outcome = timeout(Duration::from_secs(60), fetching).await;
    assert!(outcome.is_ok(), "fetched only {fetched:?}, gone {gone}");
    assert!(
        fetched.contains("yesterday.arrow") && fetched.contains("roof camera ☀.png"),
        "{fetched:?}"
    );
}
