//! `listen` with links against a real nats-server and file servers that the tests play.

use crate::support::binary::{Folder, Lines, PATIENCE, Peer, command, sha256};
use crate::support::link_server::{LinkServer, until_closed};
use crate::support::real;
use crate::support::servers::{RealServer, nats_server};
use crate::support::trust::{Authority, Wish};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, mpsc};

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

/// Listens for so many messages with links; what is downloaded lies in `folder` meanwhile.
fn saving(server: &RealServer, count: &str, folder: &Path, save: &Path) -> Peer {
    let url = server.url();
    let mut listener = command(&["listen", "-s", &url, "in", "--count", count, "--fetch", "always"]);
    listening(listener.arg("--save").arg(save).env("TMPDIR", folder))
}

#[test]
fn what_is_saved_is_what_came_and_so_is_its_digest() {
    let Some(broker) = nats_server() else { return };
    let body = |size: usize| (0..size).map(|at| (at * 31 % 251) as u8).collect::<Vec<u8>>();
    let files = LinkServer::start(move |asked, stream| {
        let body = body(asked.path.trim_start_matches('/').parse().unwrap());
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )?;
        stream.write_all(&body)
    });
    let folder = Folder::new();
    // Another file system, where this machine has one.
    let memory = Path::new("/dev/shm");
    let elsewhere = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let elsewhere = elsewhere.unwrap();
    for save in [folder.path(), elsewhere.path()].map(|place| place.join("saved")) {
        let listener = saving(&broker, "3", folder.path(), &save);
        // The large one twice: it is downloaded once.
        let large = 3 * PAGE + 7;
        for size in [1_000, large, large] {
            let link = files.url(&format!("/{size}"));
            publish(&broker, &[envelope(&[("a.bin", "binary", size as u64, &link)])]);
        }
        for (size, name) in [(1_000, "a.bin"), (large, "a (1).bin"), (large, "a (2).bin")] {
            let payload = &line(&listener.out)["envelope"]["payloads"][0];
            assert_eq!(
                (&payload["bytes"], &payload["sha256"]),
                (&json!(size), &json!(sha256(body(size))))
            );
            let saved = save.join(name);
            listener.err.wait_for(&format!("Saved {}", saved.display()));
            assert!(
                std::fs::read(&saved).unwrap() == body(size),
                "{}",
                saved.display()
            );
        }
        assert_eq!(listener.code(), Some(0));
        let saved: Vec<_> = std::fs::read_dir(&save).unwrap().flatten().collect();
        assert_eq!(saved.len(), 3, "{saved:?}");
    }
    assert_eq!(files.accepted(), 4);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "only what was saved is left: {left:?}");
}

#[cfg(unix)]
#[test]
fn a_download_that_is_interrupted_leaves_nothing_half() {
    let Some(broker) = nats_server() else { return };
    let (half, halved) = mpsc::channel();
    let files = LinkServer::start(move |_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 64 * PAGE)?;
        (0..32).try_for_each(|_| stream.write_all(&vec![7; PAGE]))?;
        half.send(()).unwrap();
        until_closed(stream);
        Ok(())
    });
    let folder = Folder::new();
    let save = folder.path().join("saved");
    let listener = saving(&broker, "1", folder.path(), &save);
    let size = 64 * PAGE as u64;
    publish(
        &broker,
        &[envelope(&[("a.bin", "binary", size, &files.url("/a"))])],
    );
    halved.recv_timeout(PATIENCE).unwrap();
    drop(listener);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(std::fs::read_dir(save).unwrap().count(), 0);
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
    let before = listener.process.peak_memory();
    let large = line(&listener.out);
    let after = listener.process.peak_memory();
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

/// Row 31: what is in use has no name, so that nothing stays of it, however the program ends.
#[cfg(target_os = "linux")]
#[test]
fn killed_in_the_middle_of_a_download_it_leaves_nothing() {
    let Some(broker) = nats_server() else { return };
    let (begun, halfway) = mpsc::channel();
    let files = LinkServer::start(move |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n")?;
        stream.write_all(&vec![7; 4_000_000])?;
        begun.send(()).unwrap();
        until_closed(stream);
        Ok(())
    });
    let folder = Folder::new();
    let mut listener = command(&["listen", "-s", &broker.url(), "in", "--fetch", "always"]);
    let mut listener = listening(listener.env("TMPDIR", folder.path()));
    // Some of it is in a file by now: one that is open and has no name.
    let open = format!("/proc/{}/fd", listener.process.0.id());
    let in_use = || {
        let open = std::fs::read_dir(&open).unwrap().flatten();
        let leads = open.filter_map(|entry| std::fs::read_link(entry.path()).ok());
        leads.filter(|path| path.starts_with(folder.path())).count()
    };
    let before = in_use();
    publish(
        &broker,
        &[envelope(&[("big", "binary", 9_000_000, &files.url("/x"))])],
    );
    halfway.recv_timeout(PATIENCE).unwrap();
    let start = std::time::Instant::now();
    while in_use() == before && start.elapsed() < PATIENCE {
        std::thread::yield_now();
    }
    assert!(in_use() > before);
    listener.process.0.kill().unwrap();
    listener.process.0.wait().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Row 25.
#[test]
fn a_redirect_from_https_to_http_is_not_followed() {
    let Some(broker) = nats_server() else { return };
    let authority = Authority::new("our authority");
    let pair = authority.issue(&Wish::default());
    let plain = LinkServer::with(&[("/x", "200 OK", "plain")]);
    let down = format!(
        "HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
        plain.url("/x")
    );
    let secure = LinkServer::tls(&pair, move |head| {
        if head.contains("/down") {
            down.clone()
        } else {
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure".into()
        }
    });
    let mut listen = command(&[
        "listen",
        "-s",
        &broker.url(),
        "in",
        "--count",
        "2",
        "--fetch",
        "always",
    ]);
    listen
        .env("SSL_CERT_FILE", authority.ca())
        .env_remove("SSL_CERT_DIR");
    let listener = listening(&mut listen);
    for path in ["/file", "/down"] {
        let link = secure.url(path).replace("http:", "https:");
        publish(&broker, &[envelope(&[("a", "text", 6, &link)])]);
    }
    let first = line(&listener.out);
    assert_eq!(first["envelope"]["payloads"][0]["value"], "secure", "{first}");
    let second = line(&listener.out);
    let payload = &second["envelope"]["payloads"][0];
    assert_eq!(payload["state"], "failed", "{second}");
    let error = payload["error"].as_str().unwrap();
    assert!(error.contains("redirect that is not followed"), "{error}");
    assert_eq!(plain.accepted(), 0, "not even connected to");
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
    let first = listener.err.next("a word").unwrap_or_default();
    if !first.contains("Listening on") {
        return real::left_out("row 31 with a download, because no tmpfs can be mounted here");
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
