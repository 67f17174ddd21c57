//! `smartsend` and the verb `send` with links: what goes by link and why, what is left when an upload fails, large
//! files without large memory, messages around the broker's limit.

use crate::support::binary::{Folder, Peer, Run, command, finish, natsbridge};
use crate::support::connection_stand::{next, open};
use crate::support::http_stage::{Stage, serve, text};
use crate::support::servers::{PATIENCE, RealServer, nats_server, nats_server_with, old_nats_server};
use crate::support::waits::until;
use futures_util::StreamExt;
use http_body_util::BodyExt;
use natsbridge_engine::{
    Bridge, BridgeError, ConnectOptions, FileServer, Messages, Payload, Payloads, SendOptions,
    TransportChoice, UploadResult, file_blob, file_server_fn,
};
use natsbridge_wire::{Blob, Kind};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

async fn bridge(server: &RealServer) -> Bridge {
    Bridge::connect(&ConnectOptions::from_urls(&server.url()).unwrap())
        .await
        .unwrap()
}

async fn subscribed(server: &RealServer, subject: &str) -> Messages {
    open(&server.url()).await.subscribe(&[subject]).await.unwrap()
}

fn payload(name: &str, bytes: usize) -> Payload {
    Payload::binary(name, vec![7; bytes])
}

/// A payload argument: a file of so many bytes that takes no room on the disk.
fn sparse(folder: &Folder, bytes: u64) -> String {
    let path = folder.path().join("big");
    std::fs::File::create(&path).unwrap().set_len(bytes).unwrap();
    format!("big=@{}", path.display())
}

/// A handler that keeps nothing and names a link after the payload.
fn anywhere() -> Arc<dyn FileServer> {
    file_server_fn(async |_: String, dataname: String, _: Blob| {
        Ok(UploadResult {
            status: 200,
            uploadid: "u".into(),
            fileid: "f".into(),
            url: format!("http://elsewhere.example/{dataname}"),
        })
    })
}

fn send(server: &RealServer, args: &[&str]) -> Run {
    let url = server.url();
    let mut line = vec!["send", "-s", &url];
    line.extend(args);
    finish(&mut command(&line))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_default_file_server_is_upstreams_and_links_go_into_the_message() {
    let Some(server) = nats_server() else { return };
    let stage = Stage::plik(None).await;
    let folder = Folder::new();
    let path = folder.path().join("film");
    std::fs::File::create(&path).unwrap().set_len(3_000_000).unwrap();
    let mut messages = subscribed(&server, "a").await;
    let data = Payloads::from([
        payload("small", 10),
        Payload::new("film", file_blob(&path).unwrap(), Kind::Video),
        payload("large one", 1_000_000),
    ]);
    let options = SendOptions {
        fileserver_url: stage.url.clone(),
        ..SendOptions::default()
    };
    let sent = bridge(&server).await.send("a", &data, &options).await.unwrap();
    assert!(sent.flushed && sent.moved.is_empty());
    assert_eq!(
        (options.progress.done(), options.progress.total()),
        (4_000_000, Some(4_000_000))
    );
    let message: Value = serde_json::from_slice(&next(&mut messages).await.payload).unwrap();
    let of = |at: usize, key: &str| message["payloads"][at][key].clone();
    for (at, transport, encoding, size, data) in [
        (0, "direct", "base64", 10, "BwcHBwcHBwcHBw==".to_owned()),
        (
            1,
            "link",
            "none",
            3_000_000,
            format!("{}/file/UP/FI/film", stage.url),
        ),
        (
            2,
            "link",
            "none",
            1_000_000,
            format!("{}/file/UP/FI/large%20one", stage.url),
        ),
    ] {
        assert_eq!(of(at, "transport"), transport);
        assert_eq!(of(at, "encoding"), encoding);
        assert_eq!(of(at, "size"), size);
        assert_eq!(of(at, "data"), data);
    }
    let asked = stage.seen();
    let creations = asked.iter().filter(|request| request.target == "/upload");
    assert_eq!(creations.clone().count(), 2);
    assert!(
        creations
            .clone()
            .all(|request| request.body == r#"{"oneShot":true}"#)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payload_that_makes_the_message_too_large_goes_by_link() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        let bridge = bridge(&server).await;
        let options = SendOptions {
            fileserver: Some(anywhere()),
            ..SendOptions::default()
        };
        // Each below the threshold; together over the limit until the largest is gone.
        let data = Payloads::from([
            payload("b", 300_000),
            payload("c", 500_000),
            payload("a", 400_000),
        ]);
        let sent = bridge.send("a", &data, &options).await.unwrap();
        assert_eq!(sent.moved, ["c"]);
        assert!(sent.flushed && sent.bytes.len() <= 1 << 20);
        let direct = SendOptions {
            transport: TransportChoice::Direct,
            ..options
        };
        let error = bridge.send("a", &data, &direct).await.unwrap_err();
        assert!(
            matches!(&error, BridgeError::Refused(text) if text.contains("the server accepts 1,048,576") && text.contains("--transport auto")),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_uploads_run_at_once_and_no_more() {
    let Some(server) = nats_server() else { return };
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (running, peak) = (now.clone(), most.clone());
    let three = Arc::new(tokio::sync::Barrier::new(3));
    let fileserver = file_server_fn(move |_: String, dataname: String, _: Blob| {
        let (running, peak, three) = (running.clone(), peak.clone(), three.clone());
        async move {
            peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Goes on only once three are here.
            three.wait().await;
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(UploadResult {
                status: 200,
                uploadid: String::new(),
                fileid: String::new(),
                url: format!("http://h/{dataname}"),
            })
        }
    });
    let options = SendOptions {
        fileserver: Some(fileserver),
        transport: TransportChoice::Link,
        ..SendOptions::default()
    };
    let data: Payloads = (0..9).map(|at| payload(&at.to_string(), 10)).collect();
    let bridge = bridge(&server).await;
    let sent = tokio::time::timeout(PATIENCE, bridge.send("a", &data, &options))
        .await
        .expect("three run at once")
        .unwrap();
    assert_eq!(most.load(Ordering::SeqCst), 3);
    for (at, payload) in sent.envelope.payloads.iter().enumerate() {
        assert_eq!(
            payload.data,
            natsbridge_wire::Data::Text(format!("http://h/{at}").into())
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_published_if_an_upload_fails() {
    let Some(server) = nats_server() else { return };
    let mut messages = subscribed(&server, "a").await;
    let stage = Stage::start(|_, _| (413, "too big for us".into())).await;
    let folder = Folder::new();
    let big = format!("big={}", folder.file("big", &[1; 2000]));
    let (server_url, url) = (server.url(), stage.url.clone());
    let arguments = move |more: &[&str]| {
        let mut line = vec!["send", "-s", &server_url, "a", "--text", "m=x", "--binary", &big];
        line.extend(["--threshold", "1000", "--fileserver-url", &url]);
        line.extend(more);
        natsbridge(&line)
    };
    let run = tokio::task::spawn_blocking(move || (arguments(&[]), arguments(&["--transport", "direct"])));
    let (failed, went) = run.await.unwrap();
    assert_eq!(failed.code, Some(4), "{failed:?}");
    assert_eq!(failed.out, "");
    for words in [
        "payload 'big'",
        &stage.url,
        "413 (too big for us)",
        "raise its limit",
        "Nothing was sent",
    ] {
        assert!(failed.err.contains(words), "{words}: {}", failed.err);
    }
    assert_eq!(went.code, Some(0), "{went:?}");
    // The first message that came is the one without a link.
    let message: Value = serde_json::from_slice(&next(&mut messages).await.payload).unwrap();
    assert_eq!(message["payloads"][1]["transport"], "direct");
}

#[test]
fn the_verb_says_what_went_how() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(server) = nats_server() else { return };
    let stage = runtime.block_on(Stage::plik(None));
    let folder = Folder::new();
    let large = format!("large={}", folder.file("large", &vec![1; 1_000_000]));
    let awkward = format!("awkward={}", folder.file("awkward", &vec![1; 900_000]));
    let line = [
        "a",
        "--text",
        "m=x",
        "--binary",
        &large,
        "--binary",
        &awkward,
        "--fileserver-url",
        &stage.url,
    ];
    let run = send(&server, &line);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    for words in [
        " m=direct large=link awkward=link ",
        "(awkward by link: the message would have exceeded the server's limit of 1,048,576 bytes)",
        "flushed",
    ] {
        assert!(run.out.contains(words), "{words}: {run:?}");
    }
    let run = send(
        &server,
        &[
            &line[..],
            &["--json", "--lasting", "--fileserver-token", "S3CRET"],
        ]
        .concat(),
    );
    let envelope: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        envelope["payloads"][1]["data"],
        format!("{}/file/UP/FI/large", stage.url)
    );
    assert!(
        run.err.contains("NATSBRIDGE_FILESERVER_TOKEN") && !run.err.contains("S3CRET"),
        "{run:?}"
    );
    let seen = stage.seen();
    let creations: Vec<_> = seen
        .iter()
        .filter(|request| request.target == "/upload")
        .collect();
    assert_eq!(creations.len(), 4);
    assert_eq!(creations[0].header("authorization"), "");
    assert_eq!(creations[3].header("authorization"), "Bearer S3CRET");
    assert_eq!(creations[3].body, r#"{"oneShot":false}"#);
}

#[test]
fn the_file_server_may_stand_in_the_environment_or_in_the_settings() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(server) = nats_server() else { return };
    let stage = runtime.block_on(Stage::start(|_, _| (201, String::new())));
    let folder = Folder::new();
    let nats = server.url();
    let line = ["send", "-s", &nats, "a", "--text", "m=x", "--transport", "link"];
    let settings = folder.file(
        "settings.toml",
        format!(
            "[links]\nfileserver = \"http-put\"\nfileserver_url = \"{}/settings\"\n",
            stage.url
        )
        .as_bytes(),
    );
    let run = finish(command(&line).args(["--config", &settings[1..]]));
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = finish(
        command(&line)
            .args(["--fileserver", "http-put"])
            .env("NATSBRIDGE_FILESERVER_URL", format!("{}/variable", stage.url))
            .env("NATSBRIDGE_FILESERVER_TOKEN", "T"),
    );
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    let seen = stage.seen();
    assert!(seen[0].target.starts_with("/settings/") && seen[0].header("authorization").is_empty());
    assert!(seen[1].target.starts_with("/variable/") && seen[1].header("authorization") == "Bearer T");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_an_upload() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(server) = nats_server() else { return };
    let (tell, mut told) = mpsc::unbounded_channel();
    let (url, _task) = runtime.block_on(serve(move |request| {
        let tell = tell.clone();
        async move {
            let mut body = request.into_data_stream();
            while body.next().await.is_some_and(|piece| piece.is_ok()) {
                // The test may have what it wanted.
                let _ = tell.send(());
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            text(200, "")
        }
    }));
    let folder = Folder::new();
    let (nats, big) = (server.url(), sparse(&folder, 1 << 30));
    let line = [
        "send",
        "-s",
        &nats,
        "a",
        "--binary",
        &big,
        "--fileserver",
        "http-put",
        "--fileserver-url",
        &url,
    ];
    let sender = Peer::start(&mut command(&line));
    runtime
        .block_on(async { tokio::time::timeout(PATIENCE, told.recv()).await })
        .expect("the upload begins");
    let pid = rustix::process::Pid::from_raw(sender.process.0.id() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(sender.code(), Some(130));
}

/// The peak of a process's memory so far, in KiB.
#[cfg(target_os = "linux")]
fn peak_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Row 22.
#[cfg(target_os = "linux")]
#[test]
fn a_large_payload_is_uploaded_without_being_held() {
    const BYTES: u64 = 1_000_000_000;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(server) = nats_server() else { return };
    // Before it answers, the server hands the sender's memory to be looked at: at the start, and when it has all.
    let (look, mut looks) = mpsc::unbounded_channel::<(u64, std::sync::mpsc::Sender<()>)>();
    let taken = Arc::new(AtomicU64::new(0));
    let counted = taken.clone();
    let (url, _task) = runtime.block_on(serve(move |request| {
        let (look, counted) = (look.clone(), counted.clone());
        async move {
            let mut body = request.into_data_stream();
            let mut size = 0;
            while let Some(piece) = body.next().await {
                size += piece.unwrap().len() as u64;
            }
            counted.store(size, Ordering::SeqCst);
            let (go_on, looked) = std::sync::mpsc::channel();
            look.send((size, go_on)).unwrap();
            tokio::task::spawn_blocking(move || looked.recv())
                .await
                .unwrap()
                .unwrap();
            text(200, r#"{"id":"I","uploadToken":"T","fileName":"big"}"#)
        }
    }));
    let folder = Folder::new();
    let (nats, big) = (server.url(), sparse(&folder, BYTES));
    let sender = Peer::start(&mut command(&[
        "send",
        "-s",
        &nats,
        "a",
        "--binary",
        &big,
        "--fileserver-url",
        &url,
    ]));
    let mut look_at = || {
        let (size, go_on) = runtime
            .block_on(async { tokio::time::timeout(PATIENCE * 6, looks.recv()).await })
            .expect("the request never came")
            .unwrap();
        let peak = peak_memory(sender.process.0.id());
        go_on.send(()).unwrap();
        (size, peak)
    };
    let (_, before) = look_at();
    let (size, after) = look_at();
    assert!(size > BYTES, "the file and the frame of the form: {size}");
    let grown = after - before;
    // The figure is worth noting, not only its bound.
    println!("peak memory {before} KiB before, {after} KiB after {BYTES} bytes");
    assert!(grown <= 32 << 10, "{grown} KiB more after {BYTES} bytes");
    let line = sender.out.wait_for("big=link");
    assert!(line.contains("flushed"), "{line}");
    assert_eq!(sender.code(), Some(0));
}

/// Row 45.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_around_the_limit_go_whole_by_link_or_not_at_all() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        let bridge = bridge(&server).await;
        let limit = bridge.connection().max_payload();
        assert_eq!(limit, 1 << 20);
        let mut messages = subscribed(&server, "a").await;
        let direct = |padding: usize| SendOptions {
            nats_url: server.url(),
            transport: TransportChoice::Direct,
            headers: vec![("Pad".into(), "x".repeat(padding))],
            ..SendOptions::default()
        };
        let data = Payloads::from([payload("a", 780_000)]);
        // How large the message is on the wire without padding; the header block has its own frame.
        let (_, bytes) = Bridge::compose("a", &data, &direct(0)).unwrap();
        let bare = bytes.len() + "NATS/1.0\r\nPad: \r\n\r\n".len();
        for over in -6_i64..=6 {
            let padding = (limit as i64 + over - bare as i64) as usize;
            let sent = bridge.send("a", &data, &direct(padding)).await;
            if over <= 0 {
                let sent = sent.unwrap_or_else(|error| panic!("{over}: {error}"));
                assert!(sent.flushed && sent.moved.is_empty());
                assert_eq!(next(&mut messages).await.payload, sent.bytes, "{over}");
            } else {
                let error = sent.unwrap_err().to_string();
                assert!(error.contains("the server accepts 1,048,576"), "{over}: {error}");
                let auto = SendOptions {
                    transport: TransportChoice::Auto,
                    fileserver: Some(anywhere()),
                    ..direct(padding)
                };
                let sent = bridge.send("a", &data, &auto).await.unwrap();
                assert_eq!(sent.moved, ["a"], "{over}");
                assert_eq!(next(&mut messages).await.payload, sent.bytes, "{over}");
            }
        }
        // Nothing of it cost the connection.
        assert!(bridge.connection().round_trip().await.is_some());
    }
}

/// Row 45.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_that_shrank_while_the_broker_was_away_counts() {
    let Some(mut server) = nats_server_with("max_payload: 1MB") else {
        return;
    };
    let bridge = bridge(&server).await;
    assert_eq!(bridge.connection().max_payload(), 1 << 20);
    let data = Payloads::from([payload("a", 500_000)]);
    let options = SendOptions {
        fileserver: Some(anywhere()),
        ..SendOptions::default()
    };
    assert!(bridge.send("a", &data, &options).await.unwrap().moved.is_empty());
    server.stop();
    server.configure("max_payload: 100KB");
    server.start();
    until("the client that knows the new limit", async || {
        bridge.connection().max_payload() == 100 << 10 && bridge.connection().round_trip().await.is_some()
    })
    .await;
    let sent = bridge.send("a", &data, &options).await.unwrap();
    assert_eq!(sent.moved, ["a"]);
    assert!(sent.flushed);
    let alone = SendOptions {
        fileserver: None,
        ..options
    };
    let error = bridge.send("a", &data, &alone).await.unwrap_err().to_string();
    assert!(
        error.contains("the server accepts 102,400") && error.contains("--fileserver-url"),
        "{error}"
    );
    assert!(
        bridge.connection().round_trip().await.is_some(),
        "nothing of it cost the connection"
    );
}
