//! Our file server beside others: as the verb `serve` runs it, and with the uploads of a real Python peer.

use crate::support::binary::{Folder, Lines, Peer, command, natsbridge};
use crate::support::file_server_stand::{NAMES, noise, start};
use crate::support::http_client::{address, request, write};
use crate::support::real;
use natsbridge_host::{FileHost, FileHostError, FileHostOptions, ListenError, Storage};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

#[tokio::test(flavor = "multi_thread")]
async fn pythons_requests_uploads_as_upstream_does() {
    if real::python().is_none() {
        return;
    }
    let files = start(FileHostOptions::default()).await;
    for one_shot in [true, false] {
        // Its URL library takes a last `..` for the way up.
        let names: Vec<_> = NAMES.iter().filter(|name| **name != "..").collect();
        let mut running = real::python()
            .unwrap()
            .arg(real::peer("plik_upload.py"))
            .args([files.url(), if one_shot { "true" } else { "false" }])
            .args(&names)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        running
            .stdin
            .take()
            .unwrap()
            .write_all(&noise(1_200_000))
            .unwrap();
        let lines = Lines::of(running.stdout.take().unwrap());
        let results = tokio::task::spawn_blocking(move || lines.rest("Python's results"))
            .await
            .unwrap();
        assert!(running.wait().unwrap().success());
        assert_eq!(results.len(), names.len());
        for (line, name) in results.iter().zip(&names) {
            let result: Value = serde_json::from_str(line).unwrap();
            assert_eq!(result["name"], **name);
            assert_eq!(
                (&result["size"], &result["md5_is_right"]),
                (&1_200_000.into(), &true.into())
            );
            assert_eq!(
                (&result["head"], &result["first"], &result["same"]),
                (&200.into(), &200.into(), &true.into())
            );
            assert_eq!(result["second"], if one_shot { 404 } else { 200 });
        }
    }
}

#[test]
fn the_verb_serves_until_it_is_told_to_stop() {
    let serve = Peer::start(&mut command(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--open",
        "--max-file",
        "1KB",
    ]));
    let url = serve.out.next("the file server's address").unwrap();
    assert!(serve.err.wait_for("temporary").contains("--dir"));
    let at = url.strip_prefix("http://").unwrap().to_owned();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        assert_eq!(request(&at, "PUT", "/a", &[], b"x").await.status, 201);
        assert_eq!(request(&at, "PUT", "/b", &[], &[0; 1001]).await.status, 413);
    });
    let closed = Peer::start(&mut command(&["serve", "--listen", "127.0.0.1:0"]));
    assert!(closed.err.wait_for("PUT and DELETE").contains("--open"));
    let outside = Peer::start(&mut command(&[
        "serve",
        "--listen",
        "0.0.0.0:0",
        "--public-url",
        "http://h:9",
    ]));
    let url = outside.out.next("the file server's address").unwrap();
    assert!(
        url.starts_with("http://h:9/") && url.len() == "http://h:9/".len() + 32,
        "{url}"
    );
    assert!(outside.err.wait_for("secret").contains("upload"));
    for (args, code, what) in [
        (vec!["serve", "--listen", "nonsense"], 2, "as HOST:PORT"),
        (vec!["serve", "--listen", at.as_str()], 4, "in use"),
        (vec!["serve", "--dir", "/dev/null"], 2, "/dev/null"),
        (vec!["serve", "--dir", "x", "--jetstream", "b"], 2, "--jetstream"),
        (vec!["serve", "-s", "nats://h:1"], 2, "--jetstream"),
        (
            vec!["serve", "--jetstream", "b", "-s", "nats://127.0.0.1:1"],
            3,
            "127.0.0.1:1",
        ),
        (vec!["serve", "--max-total", "much"], 2, "1GiB"),
        (
            vec!["serve", "--open", "--upload-token", "t"],
            2,
            "--upload-token",
        ),
        (vec!["serve", "--public-url", "files"], 2, "http://"),
    ] {
        let run = natsbridge(&args);
        assert_eq!(run.code, Some(code), "{args:?}: {run:?}");
        assert!(run.err.contains(what) && run.out.is_empty(), "{args:?}: {run:?}");
    }
}

#[test]
#[cfg(unix)]
fn nothing_is_left_behind_without_a_directory() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for signal in ["-TERM", "-KILL"] {
        let folder = Folder::new();
        let mut serve = command(&["serve", "--listen", "127.0.0.1:0", "--open"]);
        let mut serve = Peer::start(serve.env("TMPDIR", folder.path()));
        let url = serve.out.next("the file server's address").unwrap();
        let at = url.strip_prefix("http://").unwrap().to_owned();
        let body = noise(1_000_000);
        assert_eq!(
            runtime.block_on(request(&at, "PUT", "/a", &[], &body)).status,
            201
        );
        assert!(runtime.block_on(request(&at, "GET", "/a", &[], b"")).body == body);
        // Half of an upload and an idle connection do not keep it from going.
        let half = b"PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf";
        let _half = runtime.block_on(write(&at, half));
        let pid = serve.process.0.id().to_string();
        let mut kill = std::process::Command::new("kill");
        assert!(kill.args([signal, &pid]).status().unwrap().success());
        let code = serve.process.0.wait().unwrap().code();
        assert_eq!(code, (signal == "-TERM").then_some(143));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_bad_address_and_a_bad_directory_are_said() {
    let files = start(FileHostOptions::default()).await;
    let listen = address(&files);
    let taken = FileHost::start(FileHostOptions {
        listen: listen.clone(),
        ..FileHostOptions::default()
    })
    .await
    .unwrap_err();
    assert!(matches!(
        &taken,
        FileHostError::Listen(ListenError::AddressInUse { .. })
    ));
    assert!(taken.to_string().contains(&listen) && taken.to_string().contains("8081"));
    files.stop().await;
    let free = FileHost::start(FileHostOptions {
        listen,
        ..FileHostOptions::default()
    })
    .await;
    assert!(free.is_ok(), "a stopped server has left its address: {free:?}");
    let folder = Folder::new();
    folder.file("file", b"");
    let no_directory = FileHost::start(FileHostOptions {
        listen: "127.0.0.1:0".into(),
        storage: Storage::Directory(folder.path().join("file")),
        ..FileHostOptions::default()
    })
    .await
    .unwrap_err();
    assert!(no_directory.to_string().contains("file"), "{no_directory}");
}
