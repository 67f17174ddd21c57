//! `request` and `reply` against real brokers, with a Python peer of v0.4 on either side and plain NATS clients.

use crate::support::binary::{Peer, Run, command, finish};
use crate::support::real::{peer, python};
use crate::support::servers::{RealServer, nats_server, nats_server_with, old_nats_server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn ask(server: &RealServer, args: &[&str]) -> Run {
    let url = server.url();
    let mut line = vec!["request", "-s", &url];
    line.extend(args);
    finish(&mut command(&line))
}

/// A `reply` that listens.
fn reply(server: &RealServer, args: &[&str]) -> Peer {
    let url = server.url();
    let mut line = vec!["reply", "-s", &url];
    line.extend(args);
    let replier = Peer::start(&mut command(&line));
    replier.err.wait_for("Answering on");
    replier
}

fn lines(out: &str) -> Vec<Value> {
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What a Python peer of v0.4 gets in answer.
fn python_asks(server: &RealServer, subject: &str, text: &str) -> Option<Value> {
    let asked = finish(
        python()?
            .arg(peer("ask_v04.py"))
            .args([&server.url(), subject, text]),
    );
    assert_eq!(asked.code, Some(0), "{asked:?}");
    Some(serde_json::from_str(asked.out.trim()).unwrap())
}

#[test]
fn a_python_peer_that_answers_to_the_envelope_is_heard() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        let Some(mut python) = python() else { return };
        let responder =
            Peer::start(
                python
                    .arg(peer("answer_v04.py"))
                    .args([&server.url(), "/agent/time", "3", "2"]),
            );
        responder.out.wait_for("ready");
        // The envelope names no place: an inbox is filled in.
        let one = ask(&server, &["/agent/time", "--text", "q=now?", "--dialect", "v0.4"]);
        assert_eq!(one.code, Some(0), "{one:?}");
        let replies = lines(&one.out);
        assert_eq!(replies.len(), 1, "{one:?}");
        assert_eq!(replies[0]["envelope"]["payloads"][0]["value"], "answer 1");
        assert_eq!(replies[0]["dialect"], "v0.4");
        assert!(replies[0]["subject"].as_str().unwrap().starts_with("_INBOX."));
        assert!(one.err.contains("1 reply, the first after"), "{one:?}");
        // All that come until the time is up, at a place that is given.
        let args = [
            "/agent/time",
            "--text",
            "q=x",
            "--reply-to",
            "/back",
            "--replies",
            "0",
            "--timeout",
            "1s",
        ];
        let all = ask(&server, &args);
        assert_eq!(all.code, Some(0), "{all:?}");
        let texts: Vec<Value> = (lines(&all.out).iter())
            .map(|line| line["envelope"]["payloads"][0]["value"].clone())
            .collect();
        assert_eq!(texts, ["answer 1", "answer 2"]);
        // Fewer than asked for.
        let args = [
            "/agent/time",
            "--text",
            "q=x",
            "--replies",
            "3",
            "--timeout",
            "500ms",
        ];
        let fewer = ask(&server, &args);
        assert_eq!(fewer.code, Some(1), "{fewer:?}");
        assert_eq!(lines(&fewer.out).len(), 2);
        assert!(fewer.err.contains("2 of 3 replies came"), "{fewer:?}");
    }
}

#[test]
fn each_end_of_a_request_is_said_with_its_code() {
    let Some(mut server) = nats_server() else { return };
    // Nobody listens: that is known at once.
    let start = Instant::now();
    let nobody = ask(&server, &["q", "--text", "q=x", "--timeout", "30s"]);
    assert_eq!((nobody.code, &*nobody.out), (Some(1), ""), "{nobody:?}");
    assert!(nobody.err.contains("Nothing listens on q"), "{nobody:?}");
    assert!(start.elapsed() < Duration::from_secs(15));
    // Somebody listens and says nothing.
    let mut silent = server.raw();
    silent.subscribe("q");
    let late = ask(&server, &["q", "--text", "q=x", "--timeout", "300ms"]);
    assert_eq!((late.code, &*late.out), (Some(1), ""), "{late:?}");
    assert!(
        late.err.contains("no reply came") && late.err.contains("300ms"),
        "{late:?}"
    );
    // The connection is lost meanwhile.
    let url = server.url();
    let waiting = Peer::start(&mut command(&[
        "request",
        "q",
        "-s",
        &url,
        "--text",
        "q=x",
        "--timeout",
        "60s",
    ]));
    waiting.err.wait_for("Sent request ");
    server.stop();
    assert!(
        waiting
            .err
            .wait_for("connection was lost")
            .contains("may be lost")
    );
    assert_eq!(waiting.code(), Some(1));
    // No broker at all.
    let down = ask(&server, &["q", "--text", "q=x"]);
    assert_eq!(down.code, Some(3), "{down:?}");
}

#[test]
fn a_plain_client_that_answers_on_the_inbox_is_heard_as_well() {
    let Some(server) = nats_server() else { return };
    let mut plain = server.raw();
    plain.subscribe("q");
    let answering = std::thread::spawn(move || {
        let reply = plain.next_reply();
        plain.publish(&reply, b"plain answer");
        plain.settle();
    });
    let run = ask(
        &server,
        &["q", "--text", "q=x", "--reply-to", "elsewhere", "--json"],
    );
    answering.join().unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let line = &lines(&run.out)[0];
    assert_eq!(
        (&line["envelope"], &line["text"]),
        (&Value::Null, &json!("plain answer"))
    );
}

#[test]
fn a_dry_run_and_a_wrong_request_send_nothing() {
    let dry = finish(&mut command(&["request", "q", "--text", "q=x", "--dry-run"]));
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert_eq!(lines(&dry.out)[0]["reply_to"], "");
    for (line, what) in [
        (vec!["request", "q"], "no payload"),
        (vec!["request", "a.*", "--text", "q=x"], "cannot send to"),
        (vec!["reply", "q"], "Give one of --echo"),
        (
            vec!["reply", "q", "--echo", "--text", "a=b"],
            "Give one of --echo",
        ),
        (vec!["reply", "q", "--echo", "--command", "x"], "cannot be used"),
    ] {
        let run = finish(&mut command(&line));
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.err.contains(what), "{run:?}");
    }
}

#[test]
fn reply_answers_a_python_peer_with_its_own_payloads_or_others() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        let echo = reply(&server, &["/chat/*", "--echo", "--sender-name", "mirror"]);
        // A slash makes no tokens: this is a subject of that very name.
        let Some(answer) = python_asks(&server, "/chat/*", "Grüße") else {
            return;
        };
        let expected =
            json!({"purpose": "chat", "sender": "mirror", "names": ["question"], "texts": ["Grüße"]});
        assert_eq!(answer, expected);
        drop(echo);
        let fixed = [
            "svc.*",
            "--text",
            "greeting=Hello",
            "--purpose",
            "ACK",
            "--count",
            "2",
            "--json",
            "--delay",
            "20ms",
        ];
        let fixed = reply(&server, &fixed);
        for _ in 0..2 {
            let answer = python_asks(&server, "svc.a", "?").unwrap();
            assert_eq!(answer["purpose"], "ACK");
            assert_eq!(answer["texts"], json!(["Hello"]));
        }
        let told = fixed.out.rest("the end of the answers");
        assert_eq!(told.len(), 2);
        let told: Value = serde_json::from_str(&told[1]).unwrap();
        assert_eq!(
            (&told["seq"], &told["flushed"], &told["error"]),
            (&json!(2), &json!(true), &Value::Null)
        );
        assert!(told["to"][0].as_str().unwrap().starts_with("/python/"));
        assert_eq!(fixed.code(), Some(0));
    }
}

#[test]
#[cfg(unix)]
fn a_command_answers_and_one_that_fails_is_answered_with_nack() {
    let (Some(server), Some(_)) = (nats_server(), python()) else {
        return;
    };
    // It sees the request as listen prints it, and answers with what it finds in it.
    let script = r#"python3 -c '
import json, sys
asked = json.loads(sys.stdin.readline())
text = asked["envelope"]["payloads"][0]["value"]
if text == "fail":
    sys.exit("on purpose")
if text == "silence":
    sys.exit(0)
if text == "wrong":
    print("no json")
elif text == "sleep":
    import time
    time.sleep(60)
else:
    print(json.dumps({"purpose": "ACK", "payloads": [{"dataname": "upper", "value": text.upper()}]}))
'"#;
    let replier = reply(&server, &["do.it", "--command", script, "--command-time", "5s"]);
    let answer = |text| python_asks(&server, "do.it", text).unwrap();
    let upper = answer("hello");
    assert_eq!(
        (&upper["purpose"], &upper["texts"]),
        (&json!("ACK"), &json!(["HELLO"]))
    );
    for (text, why) in [
        ("fail", "failed"),
        ("wrong", "not valid payload JSON"),
        ("sleep", "did not finish"),
    ] {
        let nack = answer(text);
        assert_eq!(
            (&nack["purpose"], &nack["names"]),
            (&json!("NACK"), &json!(["error"]))
        );
        assert!(nack["texts"][0].as_str().unwrap().contains(why), "{nack}");
        replier.err.wait_for(why);
    }
    // Whoever asks is told, too: the answer is printed, and counts as a failed one.
    let failed = ask(&server, &["do.it", "--text", "q=fail"]);
    assert_eq!(
        (failed.code, lines(&failed.out).len()),
        (Some(1), 1),
        "{failed:?}"
    );
    assert!(failed.err.contains("The request to do.it failed"), "{failed:?}");
    assert!(failed.err.contains("NACK"), "{failed:?}");
    let silence = ask(&server, &["do.it", "--text", "q=silence", "--timeout", "1s"]);
    assert_eq!(silence.code, Some(1), "{silence:?}");
    replier.err.wait_for("printed nothing");
}

#[test]
fn our_own_sides_understand_each_other_and_share_the_work() {
    let Some(server) = nats_server() else { return };
    let workers: Vec<Peer> = (0..2)
        .map(|_| reply(&server, &["work", "--echo", "--queue", "q", "--json"]))
        .collect();
    let args = ["work", "--text", "n=x", "--count", "20", "--replies", "1"];
    let run = ask(&server, &args);
    assert_eq!(run.code, Some(0), "{run:?}");
    let replies = lines(&run.out);
    assert_eq!(
        replies.len(),
        20,
        "each once, although it is answered on both ways"
    );
    // Each worker that got one has said so; together they answered each request once.
    for worker in &workers {
        end(worker, rustix::process::Signal::INT);
    }
    let answered: usize = workers
        .into_iter()
        .map(|worker| {
            let lines = worker.out.rest("the end of a worker's answers");
            assert_eq!(worker.code(), Some(130));
            lines.len()
        })
        .sum();
    assert_eq!(answered, 20);
}

#[cfg(unix)]
fn end(peer: &Peer, signal: rustix::process::Signal) {
    let pid = i32::try_from(peer.process.0.id()).unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

#[test]
fn a_reply_that_is_not_permitted_is_code_3() {
    let permissions = r#"authorization { users: [ { user: u, password: p, permissions: {
        subscribe: { allow: ["open.>", "_INBOX.>"] }, publish: { allow: ["open.>", "_INBOX.>"] } } } ] }"#;
    let Some(server) = nats_server_with(permissions) else {
        return;
    };
    let url = server.url();
    let login = ["-s", &url, "--user", "u", "--password", "p"];
    let run = finish(command(&["reply", "closed.a", "--echo"]).args(login));
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.err.contains("subscribe to closed.a"), "{run:?}");
    let run = finish(command(&["request", "closed.a", "--text", "q=x"]).args(login));
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.err.contains("publish to closed.a"), "{run:?}");
}
