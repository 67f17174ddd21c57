//! `listen` and `send` against a real nats-server, with peers in Python, JavaScript and MicroPython that were written
//! from the documents of their time.

use crate::support::binary::{Folder, Peer, Run, command, finish, sha256};
use crate::support::real::{micropython, node, peer, python};
use crate::support::servers::{RealServer, nats_server, nats_server_with};
use serde_json::{Value, json};

fn listen(server: &RealServer, args: &[&str]) -> Peer {
    let url = server.url();
    let mut line = vec!["listen", "-s", &url];
    line.extend(args);
    let listener = Peer::start(&mut command(&line));
    listener.err.wait_for("Listening on");
    listener
}

fn send(server: &RealServer, args: &[&str]) -> Run {
    let url = server.url();
    let mut line = vec!["send", "-s", &url];
    line.extend(args);
    finish(&mut command(&line))
}

fn json_lines(listener: Peer) -> Vec<Value> {
    let lines = listener.out.rest("the end of the listener's output");
    assert_eq!(listener.code(), Some(0));
    lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn listen_reads_every_dialect_that_python_peers_write() {
    let (Some(mut python), Some(server)) = (python(), nats_server()) else {
        return;
    };
    let listener = listen(&server, &["/chat/room1", "--count", "9", "--timeout", "30s"]);
    let script = peer("publish_dialects.py");
    let published = finish(python.arg(script).args([&server.url(), "/chat/room1"]));
    assert_eq!(published.code, Some(0), "{published:?}");
    let lines = json_lines(listener);
    assert_eq!(lines.len(), 9);
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(line["seq"], at + 1);
        assert_eq!(line["subject"], "/chat/room1");
        let time = line["at"].as_str().unwrap();
        assert!(
            time.len() == "2026-11-22T10:00:00.123456Z".len() && time.ends_with('Z'),
            "{time}"
        );
    }
    for (line, dialect) in lines.iter().zip(["v0.0", "v0.4", "readme", "v0.4.3", "v0.5"]) {
        assert_eq!(line["dialect"], dialect, "{line}");
        let envelope = &line["envelope"];
        assert_eq!(envelope["sender_name"], format!("python {dialect}"));
        let payloads = envelope["payloads"].as_array().unwrap();
        assert!(
            payloads.iter().all(|payload| payload["state"] == "decoded"),
            "{line}"
        );
        assert_eq!(payloads[0]["value"], "Grüße");
        assert_eq!(payloads[1]["kind"], "dictionary");
        assert_eq!(payloads[1]["value"]["dialect"], dialect);
        assert_eq!(payloads[2]["kind"], "table");
        assert_eq!(payloads[2]["value"]["num_rows"], 3);
        assert_eq!(payloads[2]["value"]["rows"][1], json!({"id": 2, "name": null}));
        assert_eq!(
            payloads[3]["value"],
            json!({"format": "png", "width": 1, "height": 1})
        );
        assert_eq!(payloads[4]["bytes"], 256);
        assert_eq!(payloads[4]["value"], Value::Null);
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(payloads[4]["sha256"], sha256(bytes));
    }
    assert_eq!(lines[4]["envelope"]["payloads"][5]["kind"], "jsontable");
    for plain in &lines[5..] {
        assert_eq!(plain["envelope"], Value::Null, "{plain}");
        assert_eq!(plain["dialect"], Value::Null, "{plain}");
    }
    assert_eq!(lines[5]["text"], r#"{"plain": [1, 2.50, null]}"#);
    assert_eq!(lines[6]["text"], "nur Text\u{1b}[2J");
    assert_eq!(lines[7]["base64"], "//4AgA==");
    assert_eq!(lines[7]["headers"], json!({"Trace": ["on"]}));
    assert_eq!(lines[7]["reply"], "answers.here");
}

#[test]
fn a_python_peer_of_v0_4_understands_what_is_sent() {
    for dialect in ["universal", "v0.4"] {
        let Some(read) = understood_by_python("read_v04.py", dialect, SENT) else {
            return;
        };
        assert_eq!(read, expected("dictionary", "table", "dictionary"), "{dialect}");
    }
}

#[test]
fn a_python_peer_of_v0_5_understands_what_is_sent() {
    for dialect in ["universal", "v0.5"] {
        let Some(read) = understood_by_python("read_v05.py", dialect, SENT) else {
            return;
        };
        assert_eq!(
            read,
            expected("dictionary", "arrowtable", "jsontable"),
            "{dialect}"
        );
    }
}

#[test]
fn a_javascript_peer_of_v0_4_understands_what_is_sent() {
    let (Some(mut node), Some(server)) = (node(), nats_server()) else {
        return;
    };
    node.arg(peer("read_node.js")).args([&server.url(), "/peer"]);
    let read = understood(&server, &Peer::start(&mut node), "universal", SENT);
    assert_eq!(read, expected("dictionary", "table", "dictionary"));
}

#[test]
fn a_micropython_peer_understands_what_is_sent() {
    let (Some(mut micropython), Some(server)) = (micropython(), nats_server()) else {
        return;
    };
    let address = server.address();
    let (host, port) = address.split_once(':').unwrap();
    micropython
        .arg(peer("read_micropython.py"))
        .args([host, port, "/peer"]);
    let read = understood(
        &server,
        &Peer::start(&mut micropython),
        "v0.4",
        &["message", "config", "blob"],
    );
    assert_eq!(
        read,
        json!({"purpose": "updateStatus", "sendTo": "/peer", "payloads": [
            ["message", "text", "Grüße"],
            ["config", "dictionary", {"n": 1, "deep": {"a": [1, 2.5]}}],
            ["blob", "binary", "00ff1b5b"],
        ]})
    );
}

/// What is sent, by name; the kinds and contents stand in [`payload_flags`].
const SENT: &[&str] = &[
    "message", "config", "rows", "list", "picture", "sound", "film", "blob",
];

fn payload_flags(folder: &Folder, names: &[&str]) -> Vec<String> {
    let all = [
        ("text", "message", "Grüße".to_owned()),
        (
            "dictionary",
            "config",
            r#"{"n":1,"deep":{"a":[1,2.5]}}"#.to_owned(),
        ),
        ("table", "rows", folder.file("rows.csv", b"id,name\n1,ann\n2,\n")),
        ("jsontable", "list", r#"[{"id":1},{"id":2}]"#.to_owned()),
        ("image", "picture", folder.file("p.png", b"picture")),
        ("audio", "sound", folder.file("s.wav", b"sound")),
        ("video", "film", folder.file("f.mp4", b"film")),
        ("binary", "blob", folder.file("b.bin", &[0, 255, 27, 91])),
    ];
    all.iter()
        .filter(|(_, name, _)| names.contains(name))
        .flat_map(|(kind, name, value)| [format!("--{kind}"), format!("{name}={value}")])
        .collect()
}

fn expected(dictionary: &str, table: &str, jsontable: &str) -> Value {
    json!({"purpose": "updateStatus", "metadata": {"k": 1}, "replyTo": "/back", "payloads": [
        ["message", "text", "Grüße"],
        ["config", dictionary, {"n": 1, "deep": {"a": [1, 2.5]}}],
        ["rows", table, [{"id": 1, "name": "ann"}, {"id": 2, "name": null}]],
        ["list", jsontable, [{"id": 1}, {"id": 2}]],
        ["picture", "image", sha256(b"picture")],
        ["sound", "audio", sha256(b"sound")],
        ["film", "video", sha256(b"film")],
        ["blob", "binary", sha256([0, 255, 27, 91])],
    ]})
}

fn understood_by_python(script: &str, dialect: &str, names: &[&str]) -> Option<Value> {
    let (mut python, server) = (python()?, nats_server()?);
    let receiver = Peer::start(python.arg(peer(script)).args([&server.url(), "/peer"]));
    Some(understood(&server, &receiver, dialect, names))
}

/// Sends to a receiver once it is ready, and returns what it printed.
fn understood(server: &RealServer, receiver: &Peer, dialect: &str, names: &[&str]) -> Value {
    receiver.out.wait_for("ready");
    let folder = Folder::new();
    let flags = payload_flags(&folder, names);
    let mut args = vec![
        "/peer",
        "--dialect",
        dialect,
        "--purpose",
        "updateStatus",
        "--reply-to",
        "/back",
    ];
    args.extend(["--metadata", r#"{"k":1}"#]);
    args.extend(flags.iter().map(String::as_str));
    let sent = send(server, &args);
    assert_eq!(sent.code, Some(0), "{sent:?}");
    assert!(
        sent.out.contains("flushed") && sent.out.contains("message=direct"),
        "{sent:?}"
    );
    let lines = receiver.out.rest("what the receiver understood");
    let complaints = receiver.err.rest("the end of the receiver's complaints");
    let line = lines
        .last()
        .unwrap_or_else(|| panic!("the receiver failed:\n{}", complaints.join("\n")));
    serde_json::from_str(line).unwrap()
}

#[test]
fn what_is_sent_is_listened_to_and_saved() {
    let Some(server) = nats_server() else { return };
    let folder = Folder::new();
    let saved = folder.path().join("saved");
    let saved_text = saved.display().to_string();
    let listener = listen(
        &server,
        &["a.>", "--count", "3", "--timeout", "30s", "--save", &saved_text],
    );
    let blob = format!("../b.bin={}", folder.file("b.bin", &[0, 255]));
    let args = [
        "a.b", "--binary", &blob, "--json", "--count", "3", "--rate", "100/s", "-H", "K: v", "-H", "K:w",
    ];
    let sent = send(&server, &args);
    assert_eq!(sent.code, Some(0), "{sent:?}");
    let envelopes: Vec<Value> = sent
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let lines = json_lines(listener);
    assert_eq!(lines.len(), 3);
    for (line, envelope) in lines.iter().zip(&envelopes) {
        assert_eq!(line["headers"], json!({"K": ["v", "w"]}));
        assert_eq!(line["envelope"]["msg_id"], envelope["msg_id"]);
        assert_eq!(line["dialect"], "universal");
    }
    assert_ne!(envelopes[0]["msg_id"], envelopes[1]["msg_id"], "each its own id");
    for name in ["b.bin", "b (1).bin", "b (2).bin"] {
        assert_eq!(std::fs::read(saved.join(name)).unwrap(), [0, 255], "{name}");
    }
}

/// A reader such as `head` that goes away after the first line once ended the sending in the middle, with code 0.
#[test]
fn what_is_to_be_sent_is_sent_even_if_nobody_reads_how_it_went() {
    let Some(server) = nats_server() else { return };
    let listener = listen(&server, &["a", "--count", "5", "--timeout", "30s"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let url = server.url();
    let line = [
        "send", "a", "-s", &url, "--text", "m=x", "--count", "5", "--rate", "50/s",
    ];
    let output = command(&line).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{output:?}");
    assert_eq!(json_lines(listener).len(), 5);
}

#[test]
fn a_count_that_is_not_reached_is_code_1() {
    let Some(server) = nats_server() else { return };
    let run = finish(&mut command(&[
        "listen",
        "a",
        "-s",
        &server.url(),
        "--count",
        "2",
        "--timeout",
        "300ms",
    ]));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.contains("0 of 2 messages"), "{run:?}");
    let run = finish(&mut command(&[
        "listen",
        "a",
        "-s",
        &server.url(),
        "--timeout",
        "300ms",
    ]));
    assert_eq!(run.code, Some(0), "without a count the time is the end: {run:?}");
}

#[test]
#[cfg(unix)]
fn listening_ends_with_the_signals_code() {
    use rustix::process::{Pid, Signal, kill_process};
    let Some(server) = nats_server() else { return };
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let listener = listen(&server, &["a"]);
        let pid = Pid::from_raw(i32::try_from(listener.process.0.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
        assert_eq!(listener.code(), Some(code), "{signal:?}");
    }
}

#[test]
fn a_wrong_password_is_code_3_and_a_right_one_works_from_everywhere() {
    let Some(server) = nats_server_with("authorization { user: me, password: S3CRET }") else {
        return;
    };
    let run = send(&server, &["a", "--text", "m=x"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    let run = finish(
        command(&["listen", "a", "-s", &server.url()])
            .env("NATS_USER", "me")
            .env("NATS_PASSWORD", "no"),
    );
    assert_eq!(run.code, Some(3), "{run:?}");
    let run = send(
        &server,
        &["a", "--text", "m=x", "--user", "me", "--password", "S3CRET"],
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    let user_in_url = server.url().replace("//", "//me@");
    let run = finish(&mut command(&[
        "send",
        "a",
        "--text",
        "m=x",
        "-s",
        &user_in_url,
        "--password",
        "S3CRET",
    ]));
    assert_eq!(
        run.code,
        Some(0),
        "the address has the user, the flag the password: {run:?}"
    );
    let in_url = server.url().replace("//", "//me:S3CRET@");
    let run = finish(command(&["send", "a", "--text", "m=x", "--json"]).env("NATS_URL", &in_url));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.out.contains("S3CRET"), "credentials do not travel: {run:?}");
    assert!(
        !run.err.contains("Other users"),
        "the environment is not visible to others: {run:?}"
    );
}

#[test]
fn the_demo_and_the_broker_serve_without_a_screen() {
    let demo = Peer::start(&mut command(&["demo", "--headless"]));
    let line: Value = serde_json::from_str(&demo.out.next("the demo's address").unwrap()).unwrap();
    let files = line["fileserver_url"].as_str().unwrap();
    assert!(files.starts_with("http://127.0.0.1:"), "{files}");
    let url = line["nats_url"].as_str().unwrap();
    let run = finish(&mut command(&[
        "listen",
        ">",
        "-s",
        url,
        "--count",
        "3",
        "--timeout",
        "30s",
    ]));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.out.lines().count(), 3);

    let broker = Peer::start(&mut command(&["broker", "--listen", "127.0.0.1:0"]));
    let url = broker.out.next("the broker's address").unwrap();
    assert!(broker.err.wait_for("warning").contains("for development"));
    let run = finish(&mut command(&["send", "a", "--text", "m=x", "-s", &url]));
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = finish(&mut command(&["demo", "--headless", "--seconds", "1"]));
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn a_sending_that_loses_the_broker_says_how_many_went_out() {
    let Some(mut server) = nats_server() else { return };
    let url = server.url();
    let args = [
        "send", "q", "-s", &url, "--text", "m=x", "--count", "1000000", "--rate", "500/s",
    ];
    let sender = Peer::start(&mut command(&args));
    for _ in 0..20 {
        sender.out.wait_for("flushed");
    }
    server.stop();
    let said = sender.err.rest("the end of what it says").join("\n");
    let told = 20 + sender.out.rest("the end of the output").len();
    assert!(
        said.contains(&format!("Sent before that: {told} of 1,000,000 messages to q.")),
        "{told}: {said}"
    );
    assert!(!said.contains("othing was sent"), "{said}");
    assert_eq!(sender.code(), Some(3));
}
