//! What strangers send to the echo programs of `assets/peers`: nothing ends them, and each is answered with why it could not
//! be read, where there is a place to answer to.

use crate::peers::echo_programs::echoing;
use crate::support::binary::Peer;
use crate::support::real::{micropython, node, python};
use crate::support::servers::{PATIENCE, RealServer, nats_server};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use natsbridge_wire::{Limits, Value, decode_message};
use std::time::Duration;
use tokio::time::{sleep, timeout};

const SUBJECT: &str = "/peer/rude";

/// The peers of this machine, echoing on a broker that they know from `NATS_URL`.
fn peers(server: &RealServer) -> Vec<(&'static str, Peer)> {
    let programs = [
        ("echo.py", python()),
        ("echo.js", node()),
        ("echo_micropython.py", micropython()),
    ];
    let peers = programs.into_iter().filter_map(|(file, program)| {
        let mut program = program?;
        program.env("NATS_URL", server.url());
        Some((file, echoing(program, file, &[&format!("{SUBJECT}/{file}")])))
    });
    peers.collect()
}

fn payload(kind: &str, body: &[u8]) -> String {
    payload_of(kind, &format!("{:?}", STANDARD.encode(body)), "direct")
}

fn payload_of(kind: &str, data: &str, transport: &str) -> String {
    format!(r#"{{"dataname":"d","payload_type":"{kind}","transport":"{transport}","data":{data}}}"#)
}

fn envelope(payloads: &str) -> Vec<u8> {
    format!(r#"{{"correlation_id":"c","msg_id":"m","payloads":{payloads}}}"#).into_bytes()
}

fn one(payload: &str) -> Vec<u8> {
    envelope(&format!("[{payload}]"))
}

/// What comes, and whether it can be echoed.
fn rude() -> Vec<(&'static str, Vec<u8>, bool)> {
    let hello = payload("text", b"hi");
    let marked = [b"\xef\xbb\xbf", &*one(&hello)].concat();
    let link = |url: &str| one(&payload_of("text", &format!("{url:?}"), "link"));
    let reply_to = |place: &str| {
        let text = format!(r#"{{"msg_id":"m","reply_to":{place},"payloads":[{hello}]}}"#);
        text.into_bytes()
    };
    vec![
        ("empty", vec![], false),
        ("a list", b"[]".to_vec(), false),
        ("a number", b"5".to_vec(), false),
        ("null", b"null".to_vec(), false),
        ("a text", b"hello".to_vec(), false),
        ("no fields", b"{}".to_vec(), false),
        ("two objects", [one(&hello), one(&hello)].concat(), false),
        ("bad UTF-8", b"{\"msg_id\":\"\xff\"}".to_vec(), false),
        ("a byte order mark", marked, true),
        (
            "missing ids",
            format!(r#"{{"payloads":[{hello}]}}"#).into_bytes(),
            true,
        ),
        (
            "ids that are no text",
            format!(r#"{{"msg_id":5,"correlation_id":[],"payloads":[{hello}]}}"#).into_bytes(),
            true,
        ),
        (
            "old spelling without ids",
            format!(r#"{{"senderName":"x","payloads":[{hello}]}}"#).into_bytes(),
            true,
        ),
        ("no payloads", envelope("[]"), true),
        ("payloads: null", envelope("null"), false),
        ("a payload that is none", envelope("[5]"), false),
        ("an empty payload", envelope("[{}]"), false),
        ("an unknown kind", one(&payload("__proto__", b"x")), false),
        ("a link to nowhere", link("http://127.0.0.1:1/x"), false),
        ("a link to a file here", link("file:///etc/hostname"), false),
        ("a link that is data", link("data:text/plain,x"), false),
        (
            "a link that is no text",
            one(&payload_of("text", "5", "link")),
            false,
        ),
        (
            "text as a table",
            one(&payload("table", b"hello world, hello world")),
            false,
        ),
        ("nothing as a table", one(&payload("table", b"")), false),
        ("zeros as a table", one(&payload("arrowtable", &[0; 64])), false),
        (
            "a magic without a table",
            one(&payload("table", b"ARROW1\0\0ARROW1")),
            false,
        ),
        ("text that is none", one(&payload("text", b"\xff")), false),
        (
            "half a dictionary",
            one(&payload("dictionary", b"{\"a\":")),
            false,
        ),
        ("no base64", one(&payload_of("text", "\"%%%\"", "direct")), false),
        ("deep nesting", vec![b'['; 100_000], false),
        (
            "a place with a command in it",
            reply_to(r#""a\r\nPUB x 1\r\nx""#),
            true,
        ),
        (
            "a place that is too long",
            reply_to(&format!("{:?}", "x".repeat(6000))),
            true,
        ),
        ("a place that is no text", reply_to("7"), true),
    ]
}

async fn asked(client: &async_nats::Client, subject: &str, what: &str, body: Vec<u8>) -> (String, String) {
    let asking = client.request(subject.to_owned(), body.into());
    let reply = timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| panic!("{subject}: no answer to {what}"));
    let reply = reply
        .unwrap_or_else(|error| panic!("{subject}: {what}: {error}"))
        .payload;
    let message = decode_message(&reply, subject, &Limits::DEFAULT);
    let (_, envelope) = message
        .envelope
        .as_ref()
        .unwrap_or_else(|| panic!("{subject}: {what}: {reply:?}"));
    let why = match message.payloads.first().map(|payload| &payload.value) {
        Some(Value::Text(text)) => text.to_string(),
        _ => String::new(),
    };
    (envelope.msg_purpose.to_string(), why)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_echo_peers_survive_whatever_comes() {
    let Some(server) = nats_server() else { return };
    let client = async_nats::ConnectOptions::new()
        .request_timeout(Some(PATIENCE))
        .connect(server.url());
    let client = client.await.unwrap();
    for (file, mut peer) in peers(&server) {
        let subject = format!("{SUBJECT}/{file}");
        for (what, body, echoed) in rude() {
            // Nowhere to answer to, then the NATS reply.
            client
                .publish(subject.clone(), body.clone().into())
                .await
                .unwrap();
            let (purpose, why) = asked(&client, &subject, what, body).await;
            assert_eq!(
                purpose,
                if echoed { "chat" } else { "NACK" },
                "{file}: {what}: {why}"
            );
            assert!(echoed || !why.is_empty(), "{file}: {what} has no reason");
        }
        let (purpose, said) = asked(
            &client,
            &subject,
            "a good message",
            one(&payload("text", b"still")),
        )
        .await;
        assert_eq!((&*purpose, &*said), ("chat", "still"), "{file}");
        peer.process.0.kill().unwrap();
        let last = peer.err.rest("the end of what it says");
        assert_eq!(last, Vec::<String>::new(), "{file}");
    }
}

/// Nothing is said but in lines of their own: a traceback would be many.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_echo_peers_outlive_their_broker_without_a_traceback() {
    let Some(mut server) = nats_server() else { return };
    let running = peers(&server);
    server.stop();
    server.start();
    let client = async_nats::connect(server.url()).await.unwrap();
    for (file, mut peer) in running {
        let subject = format!("{SUBJECT}/{file}");
        let answered = async {
            loop {
                let body = one(&payload("text", b"again"));
                match client.request(subject.clone(), body.into()).await {
                    Ok(reply) => break reply,
                    Err(_) => sleep(Duration::from_millis(50)).await,
                }
            }
        };
        timeout(PATIENCE, answered)
            .await
            .unwrap_or_else(|_| panic!("{file} did not come back"));
        peer.process.0.kill().unwrap();
        for line in peer.err.rest("the end of what it says") {
            assert!(
                line.starts_with(file) && !line.contains("Traceback"),
                "{file}: {line}"
            );
        }
    }
}

/// Whoever starts a peer first and the broker later has both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_echo_peers_wait_for_a_broker() {
    let Some(mut server) = nats_server() else { return };
    server.stop();
    let programs = [
        ("echo.py", python()),
        ("echo.js", node()),
        ("echo_micropython.py", micropython()),
    ];
    let waiting: Vec<_> = programs
        .into_iter()
        .filter_map(|(file, program)| {
            let mut program = program?;
            program
                .arg(super::echo_programs::program(file))
                .args([SUBJECT, &server.url()]);
            Some(Peer::start(program.env("PYTHONUNBUFFERED", "1")))
        })
        .collect();
    sleep(Duration::from_millis(500)).await;
    server.start();
    for peer in waiting {
        peer.out.wait_for("echoing on");
    }
}
