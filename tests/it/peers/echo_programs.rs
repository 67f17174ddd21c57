//! The echo programs of `assets/peers`, run as their users run them: what we send comes back the same, or with a NACK
//! that says why.

use crate::support::binary::{Folder, Peer, Run, command, finish};
use crate::support::broker_stand::broker;
use crate::support::real::{micropython, node, python};
use natsbridge_host::Broker;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

const TABLE: &str = concat!(
    "rows=@",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/arrow/seed-small.arrow"
);

/// Where the program is.
pub fn program(file: &str) -> PathBuf {
    let peers = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/peers");
    peers.join(file)
}

/// The peer, echoing.
pub fn echoing(mut command: Command, file: &str, arguments: &[&str]) -> Peer {
    command
        .arg(program(file))
        .args(arguments)
        .env("PYTHONUNBUFFERED", "1");
    let peer = Peer::start(&mut command);
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
    let _peer = echoing(micropython, "echo_micropython.py", &["/peer/mp", &url]);
    comes_back(&broker, "/peer/mp", false);
    let (_, reply) = ask(&broker, "/peer/mp", &["--table", TABLE]);
    assert!(
        refusal(&reply).contains("arrowtable by direct is not supported"),
        "{reply}"
    );
    let long = format!("t={}", "x".repeat(60_000));
    let (_, reply) = ask(&broker, "/peer/mp", &["--text", &long]);
    assert!(refusal(&reply).contains("exceed the limit of 50000"), "{reply}");
}

fn probed(broker: &Broker, subject: &str, more: &[&str]) -> (Run, Vec<Value>) {
    let url = broker.url();
    let mut line = vec!["probe", subject, "--json", "-s", &url];
    line.extend(more);
    let run = finish(&mut command(&line));
    let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    assert_eq!(report["subject"], subject);
    assert!(
        run.err.contains("The first answer came after ") && report["first_answer_ms"].is_u64(),
        "{run:?}"
    );
    let results = report["results"].as_array().unwrap().clone();
    (run, results)
}

/// What did not come back the same, a line each.
fn unlike(results: &[Value]) -> Vec<String> {
    let odd = results.iter().filter(|result| result["result"] != "same");
    odd.map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_finds_the_good_peers_good() {
    let broker = broker().await;
    let url = broker.url();
    let subjects = [
        python().map(|program| ("/peer/py", echoing(program, "echo.py", &["/peer/py", &url]))),
        node().map(|program| ("/peer/js", echoing(program, "echo.js", &["/peer/js", &url]))),
    ];
    for (subject, _peer) in subjects.into_iter().flatten() {
        let (run, results) = probed(&broker, subject, &[]);
        assert_eq!(unlike(&results), Vec::<String>::new(), "{subject}");
        assert_eq!((run.code, results.len()), (Some(0), 18 * 6), "{subject}");
    }
    let Some(program) = micropython() else { return };
    let _peer = echoing(program, "echo_micropython.py", &["/peer/mp", &url]);
    let (run, results) = probed(&broker, "/peer/mp", &["--dialect", "v0.4,v0.5"]);
    assert_eq!(run.code, Some(1));
    for result in &results {
        let table = result["case"].as_str().unwrap().starts_with("table");
        assert_eq!(
            result["result"],
            if table { "refused" } else { "same" },
            "{result}"
        );
    }
}

/// A peer in the test's own Python with one thing broken: the same program with one text replaced by another.
fn broken(folder: &Folder, from: &str, to: &str, broker: &Broker, subject: &str) -> Option<Peer> {
    let text = std::fs::read_to_string(program("echo.py")).unwrap();
    assert!(text.contains(from), "{from}");
    let path = folder.file("broken.py", text.replacen(from, to, 1).as_bytes());
    Some(echoing(python()?, &path[1..], &[subject, &broker.url()]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_says_what_is_broken_in_a_broken_peer() {
    let encoded = "base64.b64encode(body).decode()";
    for (from, to, dialect, case, code) in [
        ("if to:", "if not to:", "v0.5", "text", "no-answer"),
        (
            "{spell(key): value for",
            "{camel(key): value for",
            "v0.5",
            "text",
            "foreign-keys",
        ),
        (
            encoded,
            "base64.urlsafe_b64encode(body).decode()",
            "v0.5",
            "binary",
            "base64-url-safe",
        ),
        (
            "ipc.new_stream(",
            "ipc.new_file(",
            "v0.5",
            "table",
            "arrow-file-framing",
        ),
        (
            r#""size": len(body)"#,
            r#""size": len(body) + 1"#,
            "v0.5",
            "text",
            "size-mismatch",
        ),
        (
            r#"old.get("metadata") or {}"#,
            r#"{"x": float("nan")}"#,
            "v0.4",
            "text",
            "non-finite-number",
        ),
        (
            "body.decode().encode()",
            "body.decode().upper().encode()",
            "v0.5",
            "text",
            "value-differs",
        ),
        (
            r#"old.get("dataname") or """#,
            r#""other""#,
            "v0.5",
            "binary",
            "field-differs",
        ),
    ] {
        let (folder, broker) = (Folder::new(), broker().await);
        let Some(_peer) = broken(&folder, from, to, &broker, "/peer/odd") else {
            return;
        };
        if code == "no-answer" {
            let url = broker.url();
            let run = finish(&mut command(&[
                "probe",
                "/peer/odd",
                "--dialect",
                dialect,
                "--warm-up",
                "1s",
                "-s",
                &url,
            ]));
            assert_eq!(run.code, Some(1), "{run:?}");
            assert!(run.err.contains("Nothing answers on /peer/odd"), "{run:?}");
            continue;
        }
        let (run, results) = probed(&broker, "/peer/odd", &["--dialect", dialect]);
        assert_eq!(run.code, Some(1), "{code}: {run:?}");
        let result = results.iter().find(|result| result["case"] == case).unwrap();
        let codes: Vec<_> = result["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| &finding["code"])
            .collect();
        assert!(codes.iter().any(|found| *found == code), "{code}: {result}");
        let url = broker.url();
        let run = finish(&mut command(&[
            "probe",
            "/peer/odd",
            "--dialect",
            dialect,
            "-s",
            &url,
        ]));
        assert!(run.out.contains(code) && run.out.contains("✖"), "{run:?}");
    }
}

#[test]
fn a_probe_without_a_peer_says_so() {
    let run = finish(&mut command(&["probe", "/peer/none", "-s", "nats://127.0.0.1:1"]));
    assert_eq!(run.code, Some(3), "{run:?}");
}

/// The peer is started after the probe, as `python echo.py & natsbridge probe` does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_waits_for_a_peer_that_is_still_starting() {
    let Some(python) = python() else { return };
    let broker = broker().await;
    let url = broker.url();
    let line = ["probe", "/peer/late", "--json", "--dialect", "v0.5", "-s", &url];
    let probe = Peer::start(&mut command(&line));
    probe
        .err
        .wait_for("Waiting for a first answer on /peer/late, up to 30s (--warm-up).");
    let _peer = echoing(python, "echo.py", &["/peer/late", &url]);
    probe.err.wait_for("The first answer came after ");
    assert_eq!(probe.code(), Some(0));
}
