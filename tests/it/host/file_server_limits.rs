//! Row 34: our file server against oversized uploads, slow clients, traversal and strangers.

use crate::support::binary::Folder;
use crate::support::file_server_stand::{noise, start, start_open};
use crate::support::http_client::{PATIENCE, address, encode, get, plik, read, request, write};
use natsbridge_host::{FileHostOptions, Storage};
use natsbridge_wire::Limits;
#[cfg(unix)]
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Limits that a test reaches quickly.
fn small() -> Limits {
    Limits {
        fileserver_file: 100_000,
        fileserver_total: 400_000,
        fileserver_file_overhead: 1_000,
        ..Limits::default()
    }
}

/// Waits until the server has cut the connection; what came before that.
async fn cut(mut stream: TcpStream, what: &str) -> String {
    let mut heard = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut heard)).await;
    assert!(end.is_ok(), "{what} was not cut");
    String::from_utf8_lossy(&heard).into_owned()
}

/// Uploads and deletions without the right to: 7.
const WITHOUT_THE_RIGHT: [(&str, &str, &str); 7] = [
    ("PUT", "/a", "X: y"),
    ("PUT", "/a", "Authorization: Bearer wrong"),
    ("PUT", "/a", "Authorization: Basic right"),
    ("PUT", "/wrong/a", "X: y"),
    ("POST", "/upload", "X: y"),
    ("POST", "/", "X: y"),
    ("DELETE", "/linked", "X: y"),
];

#[cfg(unix)]
fn replace_by_link(inside: &Path, outside: &Path) {
    let mut entries = std::fs::read_dir(inside)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let data = entries.find(|path| path.extension().is_some_and(|it| it == "data"));
    let data = data.unwrap();
    std::fs::remove_file(&data).unwrap();
    std::os::unix::fs::symlink(outside, &data).unwrap();
}

/// Heads that are too long, too many, or none: 5.
async fn wrong_heads_are_refused(at: &str) {
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(17_000));
    let wide = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(17_000));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(200));
    let none = "\x16\x03\x01\x02 no HTTP at all\r\n\r\n".to_owned();
    for (what, head) in [("long", long), ("wide", wide), ("many", many), ("none", none)] {
        let answer = read(&mut write(at, head.as_bytes()).await, true).await.unwrap();
        assert!([400, 414, 431].contains(&answer.status), "{what}: {answer:?}");
    }
    let endless = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}", "a".repeat(400_000));
    let stream = write(at, endless.as_bytes()).await;
    cut(stream, "a head without an end").await;
}

/// Ways out of the directory, and ways to its files and lists: 16.
const WAYS_OUT: [&str; 16] = [
    "/../outside.txt",
    "/../../../../etc/passwd",
    "/..%2foutside.txt",
    "/%2e%2e/outside.txt",
    "/%2e%2e%2foutside.txt",
    "/..\\outside.txt",
    "/plain.txt",
    "/./plain.txt",
    "//plain.txt",
    "/file/../../outside.txt",
    "/file/%2e%2e/%2e%2e/outside.txt",
    "/file/a/b/../../outside.txt",
    "/file/",
    "/file/a/",
    "/upload",
    "/plain.txt%00.facts.json",
];

/// Row 34.
#[tokio::test]
async fn thirty_requests_that_must_not_succeed() {
    let folder = Folder::new();
    folder.file("outside.txt", b"S3CRET");
    let inside = folder.path().join("files");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(inside.join("plain.txt"), b"S3CRET").unwrap();
    let files = start(FileHostOptions {
        storage: Storage::Directory(inside.clone()),
        token: Some("right".into()),
        limits: small(),
        ..FileHostOptions::default()
    })
    .await;
    let at = address(&files);
    let bearer = "Authorization: Bearer right";

    // A file whose bytes somebody has replaced by a symbolic link to other bytes.
    assert_eq!(
        request(&at, "PUT", "/linked", &[bearer], b"bytes").await.status,
        201
    );
    #[cfg(unix)]
    {
        replace_by_link(&inside, &folder.path().join("outside.txt"));
        let answer = get(&at, "/linked").await;
        assert!(
            answer.status >= 400 && !answer.text().contains("S3CRET"),
            "{answer:?}"
        );
    }

    for path in WAYS_OUT {
        let answer = get(&at, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            !answer.text().contains("S3CRET") && !answer.text().contains("plain.txt"),
            "{path}"
        );
    }
    for (method, path, header) in WITHOUT_THE_RIGHT {
        assert_eq!(
            request(&at, method, path, &[header], b"x").await.status,
            403,
            "{method} {path} {header}"
        );
    }
    // What is too large, told at once, on the way, and as a whole. 4.
    let head = format!("PUT /a HTTP/1.1\r\nHost: x\r\n{bearer}\r\n");
    let announced = format!("{head}Content-Length: 2000000000\r\nExpect: 100-continue\r\n\r\n");
    let answer = read(&mut write(&at, announced.as_bytes()).await, true)
        .await
        .unwrap();
    assert_eq!(answer.status, 413, "before a byte of it was sent");
    let mut endless = write(
        &at,
        format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes(),
    )
    .await;
    let chunk = [b"8000\r\n".as_slice(), &vec![0; 0x8000], b"\r\n"].concat();
    for _ in 0..4 {
        endless.write_all(&chunk).await.unwrap();
    }
    endless.write_all(b"0\r\n\r\n").await.unwrap();
    assert_eq!(read(&mut endless, true).await.unwrap().status, 413);
    let upload = "/right/upload";
    assert_eq!(
        request(&at, "POST", upload, &[], &vec![b' '; 300_000])
            .await
            .status,
        413
    );
    for count in 0..3 {
        let path = format!("/right/fill-{count}");
        assert_eq!(request(&at, "PUT", &path, &[], &noise(100_000)).await.status, 201);
    }
    assert_eq!(
        request(&at, "PUT", "/right/fill-3", &[], &noise(100_000))
            .await
            .status,
        507
    );
    assert_eq!(
        request(&at, "DELETE", "/right/fill-0", &[], b"").await.status,
        204
    );
    assert_eq!(
        request(&at, "PUT", "/right/fill-3", &[], &noise(100_000))
            .await
            .status,
        201
    );
    wrong_heads_are_refused(&at).await;
    // Names that are too long. 1.
    let name = format!("/right/{}", encode(&"ü".repeat(600)));
    assert_eq!(request(&at, "PUT", &name, &[], b"x").await.status, 400);
    // And nothing of all that has been stored anywhere.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    assert!(std::fs::read_dir(&inside).unwrap().all(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.starts_with("put-")
            || name.len() == "0123456789abcdef0123456789abcdef.data".len()
            || name == "plain.txt"
    }));
}

/// Row 34.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_slow_clients_do_not_keep_others_out() {
    let files = start(FileHostOptions {
        limits: Limits {
            fileserver_file: 64 << 20,
            fileserver_total: 1 << 30,
            ..small()
        },
        open: true,
        ..FileHostOptions::default()
    })
    .await;
    let at = address(&files);
    let large = plik(&at, "{}", "large.bin", &noise(48 << 20)).await;
    let (upload, chunked) = (
        "PUT /slow HTTP/1.1\r\nHost: x\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
    );
    let download = format!("GET {large} HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut slow = Vec::new();
    for client in 0..100 {
        let (what, first) = match client % 5 {
            0 => ("a head that does not end", "GET / HTTP/1.1\r\nHo".to_owned()),
            1 => ("a client that says nothing", String::new()),
            2 => (
                "a body that does not come",
                format!("{upload}Content-Length: 50000\r\n\r\n"),
            ),
            3 => ("a body that drips", format!("{upload}{chunked}")),
            _ => ("a download that nobody reads", download.clone()),
        };
        let stream = write(&at, first.as_bytes()).await;
        slow.push(tokio::spawn(async move {
            match client % 5 {
                0 | 3 => drip(stream, what).await,
                // Its bytes stay where they are until the server has had enough.
                4 => {
                    let stream = push(stream, what).await;
                    let heard = cut(stream, what).await;
                    assert!(heard.len() < 48 << 20, "{what} was served to its end");
                }
                _ => _ = cut(stream, what).await,
            }
        }));
    }
    // Meanwhile somebody who is not slow.
    let path = plik(&at, "{}", "good.txt", b"good").await;
    assert_eq!(get(&at, &path).await.body, b"good");
    for client in slow {
        client.await.unwrap();
    }
    assert_eq!(
        get(&at, "/slow").await.status,
        404,
        "no half of an upload is served"
    );
    assert_eq!(get(&at, &large).await.body.len(), 48 << 20);
}

/// Writes without ever reading until the server has had enough.
async fn push(mut stream: TcpStream, what: &str) -> TcpStream {
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    let pushing = async {
        while stream.write_all(b"x").await.is_ok() {
            beat.tick().await;
        }
    };
    assert!(timeout(PATIENCE, pushing).await.is_ok(), "{what} was not cut");
    stream
}

/// Sends a byte now and then until the server has had enough.
async fn drip(mut stream: TcpStream, what: &str) {
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    let dripping = async {
        loop {
            tokio::select! {
                read = stream.read_u8() => if read.is_err() { return },
                _ = beat.tick() => {
                    if stream.write_all(b"1\r\nx\r\n").await.is_err() {
                        return;
                    }
                }
            }
        }
    };
    assert!(timeout(PATIENCE, dripping).await.is_ok(), "{what} was not cut");
}

/// Row 34.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_and_half_open_uploads_keep_no_download_out() {
    let files = start_open().await;
    let at = address(&files);
    let body = noise(300_000);
    let good = plik(&at, "{}", "good.bin", &body).await;
    let cut = Arc::new(AtomicUsize::new(0));
    let mut slow = tokio::task::JoinSet::new();
    for client in 0..120 {
        // Half of them keep just above the least rate, and would for ever; the others say much and send nothing.
        let head = if client % 2 == 0 {
            "PUT /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        } else {
            "PUT /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n"
        };
        let mut stream = write(&at, head.as_bytes()).await;
        let cut = Arc::clone(&cut);
        slow.spawn(async move {
            let chunk = [b"200\r\n".as_slice(), &[b'x'; 512], b"\r\n"].concat();
            let mut beat = tokio::time::interval(Duration::from_millis(250));
            loop {
                tokio::select! {
                    _ = stream.read_u8() => break,
                    _ = beat.tick(), if client % 2 == 0 => if stream.write_all(&chunk).await.is_err() { break },
                }
            }
            cut.fetch_add(1, Ordering::SeqCst);
        });
    }
    // Until more of them have had to go than there are places, so that they did press.
    while cut.load(Ordering::SeqCst) <= 16 {
        let answers = futures_util::future::join_all((0..6).map(|_| get(&at, &good))).await;
        for answer in answers {
            assert_eq!((answer.status, answer.body == body), (200, true));
        }
    }
    // An upload that is not slow comes through as well.
    let other = plik(&at, "{}", "other.bin", &body).await;
    assert!(get(&at, &other).await.body == body);
}

/// Row 34.
#[tokio::test]
async fn requests_wait_for_a_place_of_their_kind_and_idle_connections_for_nothing() {
    let files = start(FileHostOptions {
        limits: Limits {
            fileserver_connections: 2,
            fileserver_waiting: 2,
            fileserver_wait: Duration::from_millis(300),
            fileserver_patience: Duration::from_secs(60),
            ..Limits::default()
        },
        open: true,
        ..FileHostOptions::default()
    })
    .await;
    let at = address(&files);
    let get_it = b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n";
    // Those who only keep a connection for later make room, and so do those who never finish a head.
    let mut idle = Vec::new();
    for _ in 0..2 {
        let mut stream = write(&at, get_it).await;
        assert_eq!(read(&mut stream, true).await.unwrap().status, 200);
        idle.push(stream);
        idle.push(write(&at, b"GET / HT").await);
    }
    for _ in 0..10 {
        assert_eq!(get(&at, "/version").await.status, 200);
    }
    // An upload in the middle of its body has the one place for uploads.
    let put = "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n";
    let mut busy = write(&at, format!("{put}Expect: 100-continue\r\n\r\n").as_bytes()).await;
    let mut asked = [0; 25];
    timeout(PATIENCE, busy.read_exact(&mut asked))
        .await
        .unwrap()
        .unwrap();
    let mut waiting = write(&at, format!("{put}\r\n123456789").as_bytes()).await;
    assert_eq!(get(&at, "/version").await.status, 200);
    let told = read(&mut waiting, true).await.unwrap();
    assert_eq!((told.status, told.header("retry-after")), (503, Some("5")));
    busy.write_all(b"123456789").await.unwrap();
    assert_eq!(read(&mut busy, true).await.unwrap().status, 201);
    assert_eq!(get(&at, "/a").await.body, b"123456789");
}
