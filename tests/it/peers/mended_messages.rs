//! What was mended for a peer is read by that peer: the broken messages of the doctor's fixtures, rewritten, go to the real
//! echo programs, and the same values come back.

use crate::peers::echo_programs::echoing;
use crate::support::broker_stand::{broker, client};
use crate::support::real::{micropython, node, python};
use natsbridge_host::Broker;
use natsbridge_wire::{
    DecodedMessage, DecodedPayload, Limits, PayloadState, READERS, Reader, Value, decode_message, rewrite_for,
};
use std::path::Path;
use std::time::Duration;

/// The fixtures whose every payload travels inside, mended for a reader that gets all of it then.
fn mended(reader: &str) -> Vec<(String, DecodedMessage<'static>)> {
    let reader: &Reader = READERS.iter().find(|row| row.name == reader).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checks");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let Ok(raw) = std::fs::read(entry.path().join("hit.json")) else {
            continue;
        };
        let message = decode_message(&raw.into(), "", &Limits::DEFAULT);
        let mut new_id = || "256e050c-c0ea-4f6f-b042-0000000000ff".to_owned();
        let Ok(mended) = rewrite_for(&message, reader, &Limits::DEFAULT, None, &mut new_id) else {
            continue;
        };
        let again = decode_message(&mended.raw, "", &Limits::DEFAULT);
        let (_, envelope) = again.envelope.as_ref().unwrap();
        let direct = again
            .payloads
            .iter()
            .all(|payload| payload.url.is_none() && payload.state != PayloadState::TooLarge);
        if mended.left.is_empty() && direct && envelope.reply_to.is_empty() {
            found.push((entry.file_name().display().to_string(), again));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn same(sent: &DecodedPayload<'_>, back: &DecodedPayload<'_>) -> bool {
    let values = match (&sent.value, &back.value) {
        (Value::Json(a), Value::Json(b)) => a == b,
        (Value::Table(a), Value::Table(b)) => {
            let rows = 0..a.num_rows().max(b.num_rows()).min(2000);
            a.num_rows() == b.num_rows() && rows.clone().all(|row| a.row_json(row) == b.row_json(row))
        }
        _ => sent.body.slice(0..sent.body.len()).unwrap() == back.body.slice(0..back.body.len()).unwrap(),
    };
    values && sent.dataname == back.dataname && sent.kind == back.kind
}

/// Sends each to the peer; gives what did not come back the same.
async fn echoed(
    broker: &Broker,
    subject: &str,
    messages: &[(String, DecodedMessage<'static>)],
) -> Vec<String> {
    let client = client(broker).await;
    let mut wrong = Vec::new();
    for (code, sent) in messages {
        let asked = client.request(subject.to_owned(), sent.raw.clone());
        let reply = tokio::time::timeout(Duration::from_secs(20), asked)
            .await
            .unwrap()
            .unwrap();
        let back = decode_message(&reply.payload, subject, &Limits::DEFAULT);
        let (_, envelope) = back.envelope.as_ref().unwrap();
        let all = sent.payloads.len() == back.payloads.len()
            && sent
                .payloads
                .iter()
                .zip(&back.payloads)
                .all(|(sent, back)| same(sent, back));
        if envelope.msg_purpose == "NACK" || !all {
            wrong.push(format!("{code}: {}", String::from_utf8_lossy(&reply.payload)));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_reads_what_was_mended_for_it() {
    let Some(python) = python() else { return };
    let broker = broker().await;
    let _peer = echoing(python, "echo.py", &["/peer/py", &broker.url()]);
    let messages = mended("python");
    assert!(messages.len() > 55, "{}", messages.len());
    assert_eq!(echoed(&broker, "/peer/py", &messages).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_reads_what_was_mended_for_it() {
    let Some(node) = node() else { return };
    let broker = broker().await;
    let _peer = echoing(node, "echo.js", &["/peer/js", &broker.url()]);
    let messages = mended("javascript");
    assert!(messages.len() > 55, "{}", messages.len());
    assert_eq!(echoed(&broker, "/peer/js", &messages).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn micropython_reads_what_was_mended_for_it() {
    let Some(micropython) = micropython() else { return };
    let broker = broker().await;
    let url = broker.url();
    let _peer = echoing(micropython, "echo_micropython.py", &["/peer/mp", &url]);
    let messages = mended("micropython");
    assert!(messages.len() > 55, "{}", messages.len());
    assert_eq!(echoed(&broker, "/peer/mp", &messages).await, [""; 0]);
}
