//! Every kind, direct and by link, over every file server, to peers in Python and JavaScript and back, on the old and
//! the new nats-server. The peers take each payload apart, make it anew and send it back the way it came.

use crate::binary::Peer;
use crate::real::{node, peer, python};
use crate::servers::{Nginx, PATIENCE, RealServer, nats_server_with, nginx, old_nats_server_with};
use natsbridge::engine::{
    Bridge, ConnectOptions, FILE_SERVERS, FileServer, Messages, Payloads, ReceiveOptions, Received, SendOptions,
    ServerOptions, TransportChoice, smartreceive,
};
use natsbridge::host::{FileHost, FileHostOptions, FileHostStore};
use natsbridge::wire::{DIALECTS, Dialect, Kind, Table, Transport, Value, decode_message, table_from_csv};
use std::process::Command;
use std::sync::Arc;

const JETSTREAM: &str = "jetstream {}";
const SUBJECT: &str = "/matrix/there";
const BACK: &str = "/matrix/back";

/// Where links lead to.
enum Place {
    Embedded(FileHost),
    Nginx(Nginx),
    ObjectStore(FileHost),
}

impl Place {
    fn url(&self) -> String {
        match self {
            Self::Embedded(host) | Self::ObjectStore(host) => host.url(),
            Self::Nginx(nginx) => nginx.url(),
        }
    }

    /// The file server that we upload through.
    fn ours(&self, bridge: &Bridge) -> Arc<dyn FileServer> {
        let (name, options) = match self {
            Self::Embedded(_) => ("plik", ServerOptions { one_shot: true, ..ServerOptions::default() }),
            Self::Nginx(_) => ("http-put", ServerOptions::default()),
            Self::ObjectStore(_) => (
                "jetstream",
                ServerOptions {
                    connection: Some(bridge.connection().clone()),
                    place: Some("matrix".into()),
                    ..ServerOptions::default()
                },
            ),
        };
        let row = FILE_SERVERS.iter().find(|row| row.name == name).unwrap();
        (row.make)(&options).unwrap()
    }

    /// How peers upload.
    fn style(&self) -> &'static str {
        match self {
            Self::Embedded(_) | Self::ObjectStore(_) => "plik",
            Self::Nginx(_) => "put",
        }
    }
}

fn payloads() -> Payloads {
    let asset = |name: &str| std::fs::read(format!("{}/assets/demo/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let rows: String = (0..5000).map(|n| format!("{n},name {n},{}\n", f64::from(n) / 7.0)).collect();
    let table = table_from_csv(format!("id,name,score\n{rows}").as_bytes()).unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    [
        ("grüße & co.txt", "Grüße, 世界 🌍\n".repeat(500).into_bytes(), Kind::Text),
        ("config", br#"{"a":[1,2.5,null],"b":{"c":"d"}}"#.to_vec(), Kind::Dictionary),
        ("rows", table.to_stream().unwrap(), Kind::Table),
        ("list", br#"[{"id":1,"x":"a"},{"id":2,"x":null}]"#.to_vec(), Kind::JsonTable),
        ("evening.png", asset("evening.png"), Kind::Image),
        ("chime", asset("chime.wav"), Kind::Audio),
        ("clip", asset("clip.mp4"), Kind::Video),
        ("100% #1?.bin", bytes, Kind::Binary),
    ]
    .into_iter()
    .map(|(name, body, kind)| (name.to_owned(), body.into(), kind))
    .collect()
}

fn cells(table: &Table) -> Vec<String> {
    (0..table.num_rows()).map(|row| table.row_json(row).to_string()).collect()
}

/// That what came back is what went out; the peers encode text, JSON and tables anew.
fn same(received: &Received, sent: &(String, natsbridge::wire::Blob, Kind)) {
    let (name, body, kind) = sent;
    assert_eq!(&received.dataname, name);
    let sent = body.slice(0..body.len()).unwrap();
    let got = received.body.slice(0..received.body.len()).unwrap();
    match (&received.data, kind) {
        (Value::Json(json), Kind::Dictionary | Kind::JsonTable) => {
            assert_eq!(**json, serde_json::from_slice::<serde_json::Value>(&sent).unwrap());
        }
        (Value::Table(table), Kind::Table) => {
            let mut findings = Vec::new();
            let original = Table::open(&sent, &natsbridge::wire::Limits::DEFAULT, &mut findings).unwrap();
            assert_eq!(cells(table), cells(&original));
        }
        (Value::Text(text), Kind::Text) => assert_eq!(text.as_bytes(), &sent[..]),
        (Value::Image(_), Kind::Image)
        | (Value::Audio(_), Kind::Audio)
        | (Value::Video(_), Kind::Video)
        | (Value::Binary, Kind::Binary) => assert!(got == sent, "the bytes of {name}"),
        (value, kind) => panic!("{name} went as {} and came as {value:?}", kind.name()),
    }
}

/// Sends everything direct and by link and compares what comes back.
async fn there_and_back(bridge: &Bridge, back: &mut Messages, place: &Place, dialect: Dialect, who: &str) {
    let data = payloads();
    for transport in [TransportChoice::Direct, TransportChoice::Link] {
        let options = SendOptions {
            transport,
            dialect,
            fileserver_url: place.url(),
            fileserver: Some(place.ours(bridge)),
            ..SendOptions::default()
        };
        let sent = bridge.send(SUBJECT, &data, &options).await.unwrap();
        let travelled = if transport == TransportChoice::Link { Transport::Link } else { Transport::Direct };
        assert!(sent.envelope.payloads.iter().all(|payload| payload.transport == travelled));
        let answer = tokio::time::timeout(PATIENCE, back.next())
            .await
            .unwrap_or_else(|_| panic!("{who} does not answer {transport:?} in {dialect:?} over {}", place.url()))
            .unwrap();
        let message = decode_message(&answer.payload, BACK, &natsbridge::wire::Limits::DEFAULT);
        let (_, envelope) = message.envelope.unwrap();
        assert_eq!(envelope.correlation_id, sent.envelope.correlation_id);
        assert_eq!(envelope.reply_to_msg_id, sent.envelope.msg_id);
        assert!(envelope.payloads.iter().all(|payload| payload.transport == travelled), "{who}");
        let (received, findings) = smartreceive(&answer.payload, &ReceiveOptions::default()).await.unwrap();
        assert_eq!(received.len(), data.len(), "{who}: {findings:?}");
        for (received, sent) in received.iter().zip(&data) {
            same(received, sent);
        }
    }
}

/// A peer program, the dialects it reads, and its name.
fn peers() -> Option<[(Command, &'static [&'static str], &'static str); 2]> {
    let (mut python, mut node) = (python()?, node()?);
    python.arg(peer("echo_links.py"));
    node.arg(peer("echo_links.js"));
    Some([
        (python, &["universal", "v0.5"], "Python"),
        (node, &["universal", "v0.4"], "JavaScript"),
    ])
}

async fn moves_everything(server: &RealServer, place: &Place) {
    let Some(peers) = peers() else { return };
    let bridge = Bridge::connect(&ConnectOptions::from_urls(&server.url()).unwrap()).await.unwrap();
    let mut back = bridge.connection().subscribe(&[BACK]).await.unwrap();
    for (mut program, dialects, who) in peers {
        let program = program.args([&server.url(), SUBJECT, BACK, &place.url(), place.style()]);
        let running = Peer::start(program);
        running.out.wait_for("ready");
        for name in dialects {
            let row = DIALECTS.iter().find(|row| row.name == *name).unwrap();
            there_and_back(&bridge, &mut back, place, row.dialect, who).await;
        }
    }
}

async fn embedded() -> Place {
    let options = FileHostOptions { listen: "127.0.0.1:0".into(), ..FileHostOptions::default() };
    Place::Embedded(FileHost::start(options).await.unwrap())
}

async fn object_store(server: &RealServer) -> Place {
    let connect = ConnectOptions::from_urls(&server.url()).unwrap();
    let options = FileHostOptions {
        listen: "127.0.0.1:0".into(),
        store: FileHostStore::JetStream { connect, bucket: "matrix".into() },
        ..FileHostOptions::default()
    };
    Place::ObjectStore(FileHost::start(options).await.unwrap())
}

macro_rules! matrix {
    ($($name:ident: $server:ident, $place:expr;)*) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let Some(server) = $server(JETSTREAM) else { return };
            let place: Option<Place> = $place(&server).await;
            if let Some(place) = place {
                moves_everything(&server, &place).await;
            }
        }
    )* };
}

matrix! {
    embedded_file_server_new_broker: nats_server_with, async |_: &RealServer| Some(embedded().await);
    embedded_file_server_old_broker: old_nats_server_with, async |_: &RealServer| Some(embedded().await);
    nginx_new_broker: nats_server_with, async |_: &RealServer| nginx().map(Place::Nginx);
    nginx_old_broker: old_nats_server_with, async |_: &RealServer| nginx().map(Place::Nginx);
    object_store_new_broker: nats_server_with, async |server: &RealServer| Some(object_store(server).await);
    object_store_old_broker: old_nats_server_with, async |server: &RealServer| Some(object_store(server).await);
}
