//! Every kind, direct and by link, over every file server, to peers in Python and JavaScript and back, on the old and
//! the new nats-server. The peers take each payload apart, make it anew and send it back the way it came.

use crate::support::binary::Peer;
use crate::support::file_server_stand::start;
use crate::support::real::{node, peer, python};
use crate::support::servers::{Nginx, PATIENCE, RealServer, nats_server_with, nginx, old_nats_server_with};
use natsbridge_engine::{
    Bridge, ConnectOptions, FileServer, FileServerOptions, FileServerSpec, Messages, ObjectBucket, Payload,
    Payloads, ReceiveOptions, Received, ReceivedPayload, SendOptions, TransportChoice, smartreceive,
};
use natsbridge_host::{FileHost, FileHostOptions, Storage};
use natsbridge_wire::{Blob, Dialect, Kind, Limits, Table, Transport, Value, decode_message, table_from_csv};
use std::process::Command;
use std::sync::Arc;

const JETSTREAM: &str = "jetstream {}";
const SUBJECT: &str = "/matrix/there";
const BACK: &str = "/matrix/back";

/// Where links lead to.
struct Place {
    /// The file server that we upload through.
    ours: Arc<dyn FileServer>,
    /// How peers upload.
    theirs: &'static str,
    url: String,
    _running: Served,
}

/// What is stopped when the test is over.
#[expect(dead_code, reason = "kept for its end")]
enum Served {
    Files(FileHost),
    Nginx(Nginx),
}

impl Place {
    async fn open(name: &str, bridge: &Bridge) -> Option<Self> {
        let bucket = || ObjectBucket::open(bridge.connection(), "matrix");
        let ((url, running), theirs) = match name {
            "http-put" => (nginx().map(|nginx| (nginx.url(), Served::Nginx(nginx)))?, "put"),
            "jetstream" => (
                files(Storage::Bucket(Box::new(bucket().await.unwrap()))).await,
                "plik",
            ),
            _ => (files(Storage::Temporary).await, "plik"),
        };
        let options = FileServerOptions {
            one_shot: true,
            connection: Some(bridge.connection().clone()),
            place: Some("matrix".into()),
            ..FileServerOptions::default()
        };
        let ours = (FileServerSpec::of_name(name).unwrap().make)(&options).unwrap();
        Some(Self {
            ours,
            theirs,
            url,
            _running: running,
        })
    }
}

async fn files(storage: Storage) -> (String, Served) {
    let host = start(FileHostOptions {
        storage,
        ..FileHostOptions::default()
    })
    .await;
    (host.url().to_owned(), Served::Files(host))
}

fn payloads() -> Payloads {
    let asset =
        |name: &str| std::fs::read(format!("{}/assets/demo/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let rows: Vec<_> = (0..5000)
        .map(|n| format!("{n},name {n},{}", f64::from(n) / 7.0))
        .collect();
    let table = table_from_csv(format!("id,name,score\n{}", rows.join("\n")).as_bytes()).unwrap();
    let bytes: Vec<u8> = (0..300_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    [
        (
            "grüße & co.txt",
            "Grüße, 世界 🌍\n".repeat(500).into_bytes(),
            Kind::Text,
        ),
        (
            "config",
            br#"{"a":[1,2.5,null],"b":{"c":"d"}}"#.to_vec(),
            Kind::Dictionary,
        ),
        ("rows", table.to_stream().unwrap(), Kind::Table),
        (
            "list",
            br#"[{"id":1,"x":"a"},{"id":2,"x":null}]"#.to_vec(),
            Kind::JsonTable,
        ),
        ("evening.png", asset("evening.png"), Kind::Image),
        ("chime", asset("chime.wav"), Kind::Audio),
        ("clip", asset("clip.mp4"), Kind::Video),
        ("100% #1?/a&b=c;d+e.bin", bytes, Kind::Binary),
    ]
    .into_iter()
    .map(|(name, body, kind)| Payload::new(name, body, kind))
    .collect()
}

fn cells(table: &Table) -> Vec<String> {
    let rows = 0..table.num_rows();
    rows.map(|row| table.row_json(row).to_string()).collect()
}

/// That what came back is what went out; the peers encode text, JSON and tables anew.
fn same(received: &ReceivedPayload, sent: &Payload) {
    let Payload {
        dataname: name,
        body,
        kind,
    } = sent;
    assert_eq!((&received.dataname, received.kind), (name, *kind));
    let bytes = |body: &Blob| body.slice(0..body.len()).unwrap();
    let (got, sent) = (bytes(&received.body), bytes(body));
    match (&received.data, kind) {
        (Value::Json(json), Kind::Dictionary | Kind::JsonTable) => {
            assert_eq!(*json, str::from_utf8(&sent).unwrap().parse().unwrap());
        }
        (Value::Table(table), Kind::Table) => {
            let original = Table::open(&sent, &Limits::DEFAULT, &mut vec![]).unwrap();
            assert_eq!(cells(table), cells(&original));
        }
        (Value::Text(text), Kind::Text) => assert_eq!(text.as_bytes(), &sent[..]),
        (Value::Image(_), Kind::Image)
        | (Value::Audio(_), Kind::Audio)
        | (Value::Video(_), Kind::Video)
        | (Value::Binary, Kind::Binary) => assert!(got == sent, "the bytes of {name}"),
        (value, _) => panic!("{name} went as {} and came as {value:?}", kind.name()),
    }
}

/// Sends everything by one transport and compares what comes back.
async fn there_and_back(
    bridge: &Bridge,
    back: &mut Messages,
    place: &Place,
    (peer, running): (&Program, &mut Peer),
    dialect: Dialect,
    transport: Transport,
) {
    let data = payloads();
    let (choice, what) = match transport {
        Transport::Link => (TransportChoice::Link, "by link"),
        Transport::Direct => (TransportChoice::Direct, "direct"),
    };
    let what = format!("{}, {}, {what}", peer.name, dialect.name());
    let options = SendOptions {
        transport: choice,
        dialect,
        fileserver_url: place.url.clone(),
        fileserver: Some(Arc::clone(&place.ours)),
        ..SendOptions::default()
    };
    let sent = bridge.send(SUBJECT, &data, &options).await.unwrap();
    let answer = tokio::time::timeout(PATIENCE, back.next()).await;
    let Ok(answer) = answer else {
        // What it said only ends with it.
        running.process.0.kill().unwrap();
        panic!(
            "{what}: no answer\n{}",
            running.err.rest("its last words").join("\n")
        );
    };
    let answer = answer.unwrap();
    let message = decode_message(&answer.payload, BACK, &Limits::DEFAULT);
    let (_, envelope) = message.envelope.as_ref().unwrap();
    assert_eq!(envelope.correlation_id, sent.envelope.correlation_id, "{what}");
    assert_eq!(envelope.reply_to_msg_id, sent.envelope.msg_id, "{what}");
    for payload in sent.envelope.payloads.iter().chain(&envelope.payloads) {
        assert_eq!(payload.transport, transport, "{what}: {}", payload.dataname);
    }
    for payload in &message.payloads {
        let there = payload
            .url
            .as_ref()
            .is_some_and(|url| url.starts_with(&place.url));
        assert_eq!(
            there,
            transport == Transport::Link,
            "{what}: {}",
            payload.dataname
        );
    }
    let Received {
        payloads: received,
        findings,
        ..
    } = smartreceive(&answer.payload, &ReceiveOptions::default())
        .await
        .unwrap();
    assert_eq!(received.len(), data.len(), "{what}: {findings:?}");
    for (received, mut sent) in received.iter().zip(data) {
        // A vocabulary of 0.4 has no word for it.
        if sent.kind == Kind::JsonTable && !peer.knows_jsontable {
            sent.kind = Kind::Dictionary;
        }
        same(received, &sent);
    }
}

/// What a peer is, and which dialects it reads.
struct Program {
    name: &'static str,
    command: Command,
    dialects: [Dialect; 2],
    knows_jsontable: bool,
}

fn peers() -> Option<[Program; 2]> {
    let (mut python, mut node) = (python()?, node()?);
    python.arg(peer("echo_links.py"));
    node.arg(peer("echo_links.js"));
    Some([
        Program {
            name: "Python",
            command: python,
            dialects: [Dialect::Universal, Dialect::V0_5],
            knows_jsontable: true,
        },
        Program {
            name: "JavaScript",
            command: node,
            dialects: [Dialect::Universal, Dialect::V0_4],
            knows_jsontable: false,
        },
    ])
}

async fn moves_everything(server: Option<RealServer>, place: &str) {
    let (Some(server), Some(peers)) = (server, peers()) else {
        return;
    };
    let bridge = Bridge::connect(&ConnectOptions::from_urls(&server.url()).unwrap())
        .await
        .unwrap();
    let Some(place) = Place::open(place, &bridge).await else {
        return;
    };
    let mut back = bridge.connection().subscribe(&[BACK]).await.unwrap();
    for mut program in peers {
        let arguments = [&server.url(), SUBJECT, BACK, &place.url, place.theirs];
        let mut running = Peer::start(program.command.args(arguments));
        running.out.wait_for("ready");
        for dialect in program.dialects {
            for transport in [Transport::Direct, Transport::Link] {
                there_and_back(
                    &bridge,
                    &mut back,
                    &place,
                    (&program, &mut running),
                    dialect,
                    transport,
                )
                .await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_file_server_and_the_new_broker() {
    moves_everything(nats_server_with(JETSTREAM), "plik").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_file_server_and_the_old_broker() {
    moves_everything(old_nats_server_with(JETSTREAM), "plik").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_and_the_new_broker() {
    moves_everything(nats_server_with(JETSTREAM), "http-put").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_and_the_old_broker() {
    moves_everything(old_nats_server_with(JETSTREAM), "http-put").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_object_store_of_the_new_broker() {
    moves_everything(nats_server_with(JETSTREAM), "jetstream").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_object_store_of_the_old_broker() {
    moves_everything(old_nats_server_with(JETSTREAM), "jetstream").await;
}
