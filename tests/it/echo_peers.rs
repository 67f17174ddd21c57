//! The echo programs of `assets/peers`, run as their users run them: what we send comes back the same, or with a NACK
//! that says why.

use crate::binary::{Peer, Run, command, finish};
use crate::broker_stand::broker;
use crate::real::{micropython, node, python};
use natsbridge::host::Broker;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

const TABLE: &str = concat!(
    "rows=@",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/arrow/seed-small.arrow"
);

/// The peer, echoing.
fn echoing(mut program: Command, file: &str, arguments: &[&str]) -> Peer {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("assets/peers")
        .join(file);
    let lines = std::fs::read_to_string(&file).unwrap().lines().count();
    assert!(lines < 100, "{} has {lines} lines", file.display());
    program.arg(file).args(arguments).env("PYTHONUNBUFFERED", "1");
    let peer = Peer::start(&mut program);
    peer.out.wait_for("echoing on");
    peer
}

fn ask(broker: &Broker, subject: &str, more: &[&str]) -> (Run, Value) {
    let url = broker.url();
    let mut line = vec!["request", subject, "--json", "--timeout", "20s", "-s", &url];
    line.extend(more);
    let run = finish(&mut command(&line));
    let reply = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    (run, reply)
}

/// Asks in every dialect, with all kinds that the peer reads.
fn comes_back(broker: &Broker, subject: &str, tables: bool) {
    for dialect in ["universal", "v0.4", "readme", "v0.4.3", "v0.5"] {
        let mut line = vec![
            "--dialect",
            dialect,
            "--text",
            "t=Grüße \u{1f600}",
            "--dictionary",
            r#"d={"a":[1,null,"ü"],"b":{}}"#,
        ];
        line.extend(["--binary", "b=\u{1}\u{2}\u{ff}", "--text", "empty="]);
        if tables {
            line.extend(["--table", TABLE]);
        }
        let (run, reply) = ask(broker, subject, &line);
        assert_eq!(run.code, Some(0), "{subject} {dialect}: {run:?}");
        let envelope = &reply["envelope"];
        assert_eq!(envelope["msg_purpose"], "chat", "{subject} {dialect}: {run:?}");
        let values: Vec<&Value> = (0..4).map(|at| &envelope["payloads"][at]["value"]).collect();
        assert_eq!(values[0], "Grüße \u{1f600}", "{subject} {dialect}");
        assert_eq!(
            values[1],
            &json!({ "a": [1, null, "ü"], "b": {} }),
            "{subject} {dialect}"
        );
        assert_eq!(envelope["payloads"][2]["bytes"], 4, "{subject} {dialect}");
        assert_eq!(values[3], "", "{subject} {dialect}");
        if tables {
            let rows = &envelope["payloads"][4]["value"];
            assert_eq!(rows["num_rows"], 4, "{subject} {dialect}: {run:?}");
            assert_eq!(rows["rows"][1]["s"], "row 1", "{subject} {dialect}: {run:?}");
        }
        let worse = |finding: &&Value| finding["severity"] != "note";
        let told: Vec<_> = reply["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(worse)
            .collect();
        assert!(told.is_empty(), "{subject} {dialect}: {told:?}");
    }
}

/// The reason in a NACK.
fn refusal(reply: &Value) -> &str {
    assert_eq!(reply["envelope"]["msg_purpose"], "NACK", "{reply}");
    reply["envelope"]["payloads"][0]["value"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_peer_echoes() {
    let Some(python) = python() else { return };
    let broker = broker().await;
    let _peer = echoing(python, "echo.py", &["/peer/py", &broker.url()]);
    comes_back(&broker, "/peer/py", true);
    let (_, reply) = ask(
        &broker,
        "/peer/py",
        &["--binary", "t=\u{ff}", "--dialect", "v0.5"],
    );
    assert_eq!(reply["envelope"]["payloads"][0]["bytes"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_node_peer_echoes_and_says_what_it_cannot_read() {
    let Some(node) = node() else { return };
    let broker = broker().await;
    let _peer = echoing(node, "echo.js", &["/peer/js", &broker.url()]);
    comes_back(&broker, "/peer/js", true);
    let table = TABLE.replace("seed-small", "lz4");
    let (_, reply) = ask(&broker, "/peer/js", &["--table", &table]);
    assert!(refusal(&reply).contains("codec not found"), "{reply}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_micropython_peer_echoes_within_its_limits() {
    let Some(micropython) = micropython() else { return };
    let broker = broker().await;
    let url = broker.url();
    let address = url.trim_start_matches("nats://");
    let (host, port) = address.split_once(':').unwrap();
    let _peer = echoing(micropython, "echo_micropython.py", &["/peer/mp", host, port]);
    comes_back(&broker, "/peer/mp", false);
    let (_, reply) = ask(&broker, "/peer/mp", &["--table", TABLE]);
    assert!(
        refusal(&reply).contains("no arrowtable by direct here"),
        "{reply}"
    );
    let long = format!("t={}", "x".repeat(60_000));
    let (_, reply) = ask(&broker, "/peer/mp", &["--text", &long]);
    assert!(refusal(&reply).contains("more than 50000"), "{reply}");
}
