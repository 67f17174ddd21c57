//! `listen` with links against a real nats-server and file servers that the tests play.

use crate::support::binary::{Folder, Lines, Peer, Running, command};
use crate::support::link_server::{LinkServer, until_closed};
use crate::support::servers::{RealServer, nats_server};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};

fn listen(server: &RealServer, args: &[&str]) -> Peer {
    let url = server.url();
    let mut line = vec!["listen", "-s", &url, "in"];
    line.extend(args);
    listening(&mut command(&line))
}

fn listening(command: &mut Command) -> Peer {
    let listener = Peer::start(command);
    listener.err.wait_for("Listening on");
    listener
}

/// An envelope with these links: name, kind, size, URL.
fn envelope(links: &[(&str, &str, u64, &str)]) -> Vec<u8> {
    let payloads = links.iter().map(|(name, kind, size, url)| {
        json!({"id": format!("id-{name}"), "dataname": name, "payload_type": kind, "transport": "link",
               "encoding": "none", "size": size, "data": url, "metadata": {}})
    });
    json!({"correlation_id": "c", "msg_id": "m", "timestamp": "2026-11-23T00:00:00.000Z", "send_to": "in",
           "msg_purpose": "chat", "sender_name": "test", "sender_id": "s", "receiver_name": "", "receiver_id": "",
           "reply_to": "", "reply_to_msg_id": "", "broker_url": "nats://localhost:4222", "metadata": {},
           "payloads": payloads.collect::<Value>()})
    .to_string()
    .into_bytes()
}

fn publish(server: &RealServer, messages: &[Vec<u8>]) {
    let mut peer = server.raw();
    for message in messages {
        peer.publish("in", message);
    }
    peer.settle();
}

fn line(lines: &Lines) -> Value {
    serde_json::from_str(&lines.next("a line of output").expect("a line of output")).unwrap()
}

fn codes(line: &Value) -> Vec<&str> {
    let findings = line["findings"].as_array().unwrap();
    findings
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect()
}

#[test]
fn links_are_fetched_never_if_allowed_or_always() {
    let Some(broker) = nats_server() else { return };
    let files = LinkServer::with(&[("/a.txt", "200 OK", "hello")]);
    let link = files.url("/a.txt").replace("http://", "http://u:S3CRET@");
    let message = envelope(&[("a.txt", "text", 5, &link)]);
    let folder = Folder::new();
    let allowing = |hosts: &str| {
        let settings = format!("[links]\nallowed_hosts = [{hosts}]\n");
        folder.file("settings.toml", settings.as_bytes()).split_off(1)
    };
    for (hosts, mode, fetched) in [
        ("", "never", false),
        ("", "allowed", false),
        ("\"other.example\"", "allowed", false),
        ("\"127.0.0.1\"", "never", false),
        ("\"127.0.0.1\"", "allowed", true),
        ("", "always", true),
    ] {
        let before = files.accepted();
        let settings = allowing(hosts);
        let listener = listen(&broker, &["--count", "1", "--fetch", mode, "--config", &settings]);
        publish(&broker, std::slice::from_ref(&message));
        let line = line(&listener.out);
        let payload = &line["envelope"]["payloads"][0];
        if fetched {
            assert_eq!(payload["state"], "decoded", "{line}");
            assert_eq!(
                (&payload["value"], &payload["bytes"]),
                (&json!("hello"), &json!(5))
            );
            assert!(!codes(&line).contains(&"link-not-fetched"), "{line}");
        } else {
            assert_eq!(payload["state"], "not-fetched", "{line}");
            let findings = line["findings"].as_array().unwrap();
            let told = findings
                .iter()
                .find(|finding| finding["code"] == "link-not-fetched");
            let told = told.unwrap()["message"].as_str().unwrap();
            let why = if mode == "never" {
                "fetching links is turned off"
            } else {
                "allowed_hosts"
            };
            assert!(told.contains(why) && !told.contains("S3CRET"), "{told}");
        }
        assert_eq!(listener.code(), Some(0));
        assert_eq!(files.accepted() - before, usize::from(fetched), "{hosts} {mode}");
    }
}

#[test]
fn a_link_that_cannot_be_fetched_says_why_and_the_rest_goes_on() {
    let Some(broker) = nats_server() else { return };
    let files = LinkServer::with(&[("/a.txt", "200 OK", "hello"), ("/big", "200 OK", "0123456789")]);
    let (good, gone, big) = (files.url("/a.txt"), files.url("/gone"), files.url("/big"));
    let secret = gone.replace("http://", "http://u:S3CRET@");
    let first = envelope(&[
        ("good", "text", 5, &good),
        ("gone", "text", 5, &secret),
        ("big", "binary", 10, &big),
        ("cloud", "binary", 10, "http://169.254.169.254/latest"),
        ("file", "text", 10, "file:///etc/passwd"),
        ("liar", "text", 7, &good),
    ]);
    let second = envelope(&[("good", "text", 5, &good)]);
    let listener = listen(
        &broker,
        &["--count", "2", "--fetch", "always", "--fetch-limit", "9"],
    );
    publish(&broker, &[first, second]);
    let line_1 = line(&listener.out);
    let payload = |index: usize| &line_1["envelope"]["payloads"][index];
    let error = |index: usize| payload(index)["error"].as_str().unwrap().to_owned();
    let states: Vec<_> = (0..6)
        .map(|index| payload(index)["state"].as_str().unwrap())
        .collect();
    assert_eq!(
        states,
        ["decoded", "failed", "too-large", "too-large", "failed", "decoded"],
        "{line_1}"
    );
    assert!(
        error(1).contains(&gone) && error(1).contains("404") && error(1).contains("one-shot"),
        "{}",
        error(1)
    );
    assert!(error(2).contains("10 bytes, over the limit of 9"), "{}", error(2));
    assert!(error(4).contains("http"), "{}", error(4));
    let found = codes(&line_1);
    for code in [
        "link-gone",
        "link-too-large",
        "link-not-http",
        "link-size-mismatch",
        "size-mismatch",
    ] {
        assert!(found.contains(&code), "{code}: {found:?}");
    }
    assert!(!found.contains(&"link-not-fetched"), "{found:?}");
    let line_2 = line(&listener.out);
    assert_eq!(line_2["envelope"]["payloads"][0]["value"], "hello");
    let said = listener.err.wait_for("error:");
    assert!(
        said.contains("Not all links of 1 message could be fetched"),
        "{said}"
    );
    assert_eq!(listener.code(), Some(4));
    assert_eq!(files.accepted(), 2, "what is here already is not fetched again");
}

#[test]
fn messages_keep_their_order_while_their_links_come_side_by_side() {
    let Some(broker) = nats_server() else { return };
    // The first link is answered only when all others have been asked for.
    let gate = Arc::new((Mutex::new(0), Condvar::new()));
    let files = LinkServer::start({
        let gate = Arc::clone(&gate);
        move |asked, stream| {
            let (count, changed) = &*gate;
            let mut asked_for = count.lock().unwrap();
            *asked_for += 1;
            changed.notify_all();
            while asked.path == "/1" && *asked_for < 8 {
                asked_for = changed.wait(asked_for).unwrap();
            }
            drop(asked_for);
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                asked.path
            )
        }
    });
    let listener = listen(&broker, &["--count", "9", "--fetch", "always"]);
    let mut messages: Vec<_> = (1..=8)
        .map(|number| envelope(&[("n", "text", 2, &files.url(&format!("/{number}")))]))
        .collect();
    messages.push(b"plain".to_vec());
    publish(&broker, &messages);
    for number in 1..=8 {
        let line = line(&listener.out);
        assert_eq!(line["seq"], number);
        assert_eq!(line["envelope"]["payloads"][0]["value"], format!("/{number}"));
    }
    assert_eq!(line(&listener.out)["text"], "plain");
    assert_eq!(listener.code(), Some(0));
}

#[test]
fn when_the_time_is_up_messages_are_printed_without_their_links() {
    let Some(broker) = nats_server() else { return };
    let files = LinkServer::start(|_, stream| {
        until_closed(stream);
        Ok(())
    });
    let message = envelope(&[("n", "text", 2, &files.url("/x"))]);
    let listener = listen(&broker, &["--timeout", "2s", "--fetch", "always"]);
    publish(&broker, &[message, b"plain".to_vec()]);
    assert_eq!(
        line(&listener.out)["envelope"]["payloads"][0]["state"],
        "not-fetched"
    );
    assert_eq!(line(&listener.out)["text"], "plain");
    assert_eq!(listener.code(), Some(0));
}

#[test]
fn wrong_values_are_told_with_right_ones() {
    for (args, says) in [
        (
            &["--fetch", "sometimes"][..],
            "[possible values: never, allowed, always]",
        ),
        (&["--fetch-limit", "much"], "1000000, 500KB, 20MB or 1GiB"),
    ] {
        let mut line = vec!["listen", "x"];
        line.extend(args);
        let run = crate::support::binary::natsbridge(&line);
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(says), "{}", run.err);
    }
}

/// A page of the body.
const PAGE: usize = 1 << 20;

/// A server that gives as many MiB as the path says.
fn mebibytes() -> LinkServer {
    LinkServer::start(|asked, stream| {
        let pages: usize = asked.path.trim_start_matches('/').parse().unwrap();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            pages * PAGE
        )?;
        let page = vec![7; PAGE];
        (0..pages).try_for_each(|_| stream.write_all(&page))
    })
}

/// Row 22.
#[cfg(target_os = "linux")]
#[test]
fn a_link_of_a_gigabyte_comes_down_in_little_memory() {
    let Some(broker) = nats_server() else { return };
    let files = mebibytes();
    let folder = Folder::new();
    let save = folder.path().join("saved");
    let url = broker.url();
    let mut listener = command(&["listen", "-s", &url, "in", "--count", "3", "--fetch", "always"]);
    listener
        .args(["--fetch-limit", "1GiB", "--save"])
        .arg(&save)
        .env("TMPDIR", folder.path());
    let listener = listening(&mut listener);
    let bytes = 1024 * PAGE as u64;
    // The first link shows what fetching takes at all.
    for (name, link) in [("small", files.url("/2")), ("large", files.url("/1024"))] {
        let size = if name == "small" { 2 * PAGE as u64 } else { bytes };
        publish(&broker, &[envelope(&[(name, "binary", size, &link)])]);
    }
    let small = line(&listener.out);
    assert_eq!(small["envelope"]["payloads"][0]["bytes"], 2 * PAGE);
    let before = peak_memory(&listener.process);
    let large = line(&listener.out);
    let after = peak_memory(&listener.process);
    assert_eq!(large["envelope"]["payloads"][0]["bytes"], bytes, "{large}");
    let growth = after.saturating_sub(before);
    eprintln!("memory before {before} KiB, after {after} KiB, growth {growth} KiB");
    assert!(growth <= 32 * 1024, "{growth} KiB more than {before} KiB");
    assert_eq!(std::fs::metadata(save.join("large")).unwrap().len(), bytes);
    publish(&broker, &[b"the end".to_vec()]);
    assert_eq!(listener.code(), Some(0));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "only what was saved is left: {left:?}");
}

/// The most memory that a process has had, in KiB.
#[cfg(target_os = "linux")]
fn peak_memory(process: &Running) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.0.id())).unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    peak.split_whitespace().next().unwrap().parse().unwrap()
}

/// Row 31.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let Some(broker) = nats_server() else { return };
    let files = mebibytes();
    let folder = Folder::new();
    // A disk of 4 MiB, seen by this one process only.
    let script = r#"mount -t tmpfs -o size=4m tmpfs "$TMPDIR" || exit 99
        "$@"; code=$?; ls -A "$TMPDIR" | sed 's/^/left: /' >&2; exit $code"#;
    let mut shell = Command::new("unshare");
    shell.args(["-rm", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_natsbridge")]);
    shell.args([
        "listen",
        "-s",
        &broker.url(),
        "in",
        "--count",
        "1",
        "--fetch",
        "always",
    ]);
    shell.env("TMPDIR", folder.path());
    let listener = Peer::start(&mut shell);
    // Where this machine does not let us mount, there is nothing to see.
    let Some(first) = listener.err.next("a word") else {
        return;
    };
    if !first.contains("Listening on") {
        return;
    }
    publish(&broker, &[envelope(&[("big", "binary", 20, &files.url("/20"))])]);
    let line = line(&listener.out);
    let payload = &line["envelope"]["payloads"][0];
    assert_eq!(payload["state"], "failed", "{line}");
    let error = payload["error"].as_str().unwrap();
    assert!(
        error.contains("cannot be saved in") && error.contains("TMPDIR"),
        "{error}"
    );
    let said = listener.err.rest("the end");
    assert!(!said.iter().any(|line| line.contains("left:")), "{said:?}");
    assert_eq!(listener.code(), Some(4));
}
