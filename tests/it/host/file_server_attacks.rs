//! Our file server against those who mean harm: requests that two readers would read differently, bytes at random, pages of
//! strangers, bodies that hold no file, and a directory that somebody has changed.

use crate::support::binary::Folder;
use crate::support::file_server_stand::{start, start_open};
use crate::support::http_client::{PATIENCE, address, get, open_upload, plik, read, request, write};
use natsbridge_host::{FileHost, FileHostOptions, Storage};
use natsbridge_wire::Limits;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

/// Numbers by chance, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }
}

#[tokio::test]
async fn pages_of_strangers_read_but_change_nothing() {
    let files = start_open().await;
    let at = address(&files);
    assert_eq!(request(&at, "PUT", "/kept", &[], b"bytes").await.status, 201);
    for origin in [
        "http://evil.example",
        "null",
        &format!("http://evil.example:{}", port(&at)),
    ] {
        let origin = format!("Origin: {origin}");
        for (method, path) in [
            ("PUT", "/kept"),
            ("PUT", "/new"),
            ("DELETE", "/kept"),
            ("POST", "/upload"),
            ("POST", "/"),
        ] {
            let refused = request(&at, method, path, &[&origin], b"other").await;
            assert_eq!(refused.status, 403, "{method} {path} {origin}");
            assert!(refused.text().contains("--upload-token"), "{}", refused.text());
        }
        let preflight = request(&at, "OPTIONS", "/kept", &[&origin], b"").await;
        let methods = preflight.header("access-control-allow-methods");
        assert_eq!(methods, Some("GET, HEAD, OPTIONS"));
        let kept = request(&at, "GET", "/kept", &[&origin], b"").await;
        assert_eq!((kept.status, &*kept.body), (200, &b"bytes"[..]));
    }
    // Pages that are developed here upload as ever, and so do all who were told the token.
    let local = "Origin: http://localhost:3000";
    assert_eq!(request(&at, "PUT", "/kept", &[local], b"new").await.status, 204);
    let files = start(FileHostOptions {
        token: Some("right".into()),
        ..FileHostOptions::default()
    })
    .await;
    let told = request(
        &address(&files),
        "PUT",
        "/right/a",
        &["Origin: http://page.example"],
        b"x",
    )
    .await;
    assert_eq!(told.status, 201);
}

fn port(address: &str) -> &str {
    address.rsplit(':').next().unwrap()
}

/// Row 34.
#[tokio::test]
async fn a_stranger_on_this_machine_adds_and_neither_replaces_nor_removes() {
    let files = start(FileHostOptions::default()).await;
    let at = address(&files);
    let secret = files.terms().split("Bearer ").nth(1).unwrap();
    let secret = secret.split(',').next().unwrap();
    let bearer = format!("Authorization: Bearer {secret}");
    assert_eq!(
        request(&at, "PUT", "/kept", &[&bearer], b"kept").await.status,
        201
    );
    // As peers upload, who have no place for a token: under names that nobody chose.
    let theirs = plik(&at, "{}", "theirs.bin", b"theirs").await;
    let (_, other_token) = open_upload(&at, "{}").await;
    let other_token = format!("X-UploadToken: {other_token}");
    for (method, path, status) in [
        ("PUT", "/kept", 403),
        ("PUT", "/new", 403),
        ("DELETE", "/kept", 403),
        ("DELETE", &theirs, 403),
        ("PUT", &theirs, 405),
    ] {
        for header in ["X: y", "Authorization: Bearer wrong", &other_token] {
            let refused = request(&at, method, path, &[header], b"other").await;
            assert_eq!(refused.status, status, "{method} {path} {header}");
            assert!(!refused.text().contains(secret));
        }
    }
    assert_eq!(get(&at, "/kept").await.body, b"kept");
    assert_eq!(get(&at, &theirs).await.body, b"theirs");
    let in_the_path = format!("/{secret}/kept");
    assert_eq!(request(&at, "DELETE", &in_the_path, &[], b"").await.status, 204);
    let open = start_open().await;
    let at = address(&open);
    assert_eq!(request(&at, "PUT", "/a", &[], b"a").await.status, 201);
    assert_eq!(request(&at, "DELETE", "/a", &[], b"").await.status, 204);
}

#[tokio::test]
async fn an_empty_token_is_none_and_opens_nothing() {
    let files = FileHost::start(FileHostOptions {
        listen: "0.0.0.0:0".into(),
        token: Some("".into()),
        ..FileHostOptions::default()
    })
    .await
    .unwrap();
    let url = files.url().strip_prefix("http://").unwrap().to_owned();
    let (at, secret) = url.split_once('/').expect("a secret was made up");
    for path in ["/x", "//x"] {
        assert_eq!(request(at, "PUT", path, &[], b"x").await.status, 403, "{path}");
        let bearer = request(at, "PUT", path, &["Authorization: Bearer "], b"x").await;
        assert_eq!(bearer.status, 403, "{path}");
    }
    assert_eq!(
        request(at, "PUT", &format!("/{secret}/x"), &[], b"x")
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn nothing_is_smuggled_in_behind_a_request() {
    let files = start_open().await;
    let at = address(&files);
    let hidden = "PUT /hidden HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
    let length = hidden.len();
    let requests = [
        // Two lengths, or a length and chunks: what one reader takes for the body is a request to another.
        format!(
            "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: {length}\r\n\r\n{hidden}"
        ),
        format!("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: {length}, 0\r\n\r\n{hidden}"),
        format!("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n{hidden}"),
        format!("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n{hidden}"),
        format!("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n{hidden}"),
        format!("PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n{hidden}"),
        format!(
            "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}"
        ),
        format!(
            "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{hidden}"
        ),
        format!("PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{hidden}"),
        format!("PUT /a HTTP/1.1\r\nHost : a\r\nContent-Length : 0\r\n\r\n{hidden}"),
        format!("PUT /a HTTP/1.1\r\nHost: a\r\nX: y\r\n Content-Length: 0\r\n\r\n{hidden}"),
        format!("PUT /a HTTP/9.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n{hidden}"),
        format!("PUT /a\0b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n{hidden}"),
    ];
    for bytes in requests {
        let mut stream = write(&at, bytes.as_bytes()).await;
        stream.shutdown().await.unwrap();
        let mut heard = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut heard))
            .await
            .unwrap()
            .ok();
        assert_eq!(get(&at, "/hidden").await.status, 404, "{bytes:?}");
    }
    // Two ways to say a length, in either order, in a first and a later request: refused, and what follows is no request.
    for lengths in [
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 3",
    ] {
        let both = format!("PUT /both HTTP/1.1\r\nHost: a\r\n{lengths}\r\n\r\n1\r\nz\r\n0\r\n\r\n{hidden}");
        let mut stream = write(&at, both.as_bytes()).await;
        assert_eq!(read(&mut stream, true).await.unwrap().status, 400, "{lengths}");
        let mut stream = write(&at, b"GET /version HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(read(&mut stream, true).await.unwrap().status, 200);
        stream.write_all(both.as_bytes()).await.unwrap();
        assert_eq!(read(&mut stream, true).await.unwrap().status, 400, "{lengths}");
    }
    for hosts in ["", "Host: a\r\nHost: b\r\n"] {
        let request = format!("GET /version HTTP/1.1\r\n{hosts}\r\n");
        let mut stream = write(&at, request.as_bytes()).await;
        assert_eq!(read(&mut stream, true).await.unwrap().status, 400, "{hosts}");
    }
    for path in ["/both", "/hidden"] {
        assert_eq!(get(&at, path).await.status, 404, "{path}");
    }
    // Requests one behind the other on one line are what they say they are.
    let two = "PUT /one HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nonePUT /two HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\ntwo";
    let mut stream = write(&at, two.as_bytes()).await;
    assert_eq!(
        read(&mut stream, true).await.map(|answer| answer.status),
        Some(201)
    );
    // The line stays open: one who closes it has given up what is under way.
    let both = async { while get(&at, "/two").await.status != 200 {} };
    timeout(PATIENCE, both).await.expect("the second came, too");
    assert_eq!(get(&at, "/one").await.body, b"one");
    assert_eq!(get(&at, "/two").await.body, b"two");
}

#[tokio::test]
async fn bytes_by_chance_end_in_an_answer_or_an_end_and_harm_nobody() {
    const WORDS: &[&[u8]] = &[
        b"\r\n",
        b"\r",
        b"\n",
        b"\0",
        b"\xff",
        b":",
        b" ",
        b"%00",
        b"%2e%2e%2f",
        b"/../",
        b"Range: bytes=0-18446744073709551615\r\n",
        b"Range: bytes=-9223372036854775809\r\n",
        b"If-Range: \"\r\n",
        b"Content-Length: 7\r\n",
        b"Expect: x\r\n",
        b"--B",
        b"\r\n--B--",
        b"Transfer-Encoding: chunked\r\n",
        b"HEAD",
        b"OPTIONS",
        b"DELETE",
        b"CONNECT",
        b"*",
        b"http://evil/",
        b"?a=b#c",
        b"\"",
        b";",
    ];
    let limits = Limits {
        fileserver_head_time: Duration::from_millis(100),
        fileserver_pace_time: Duration::from_millis(100),
        fileserver_file_overhead: 1,
        ..Limits::default()
    };
    let files = start(FileHostOptions {
        limits,
        open: true,
        ..FileHostOptions::default()
    })
    .await;
    let at = address(&files);
    let kept = plik(&at, "{}", "kept.bin", b"kept").await;
    let (id, token) = open_upload(&at, "{\"oneShot\":true}").await;
    let form =
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nbytes\r\n--B--\r\n";
    let seeds = [
        format!("GET {kept} HTTP/1.1\r\nHost: a\r\nRange: bytes=1-2\r\n\r\n"),
        "PUT /chance/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nbytes".to_owned(),
        "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 27\r\n\r\n{\"oneShot\":true,\"ttl\":1e99}"
            .to_owned(),
        format!(
            "POST /file/{id} HTTP/1.1\r\nHost: a\r\nX-UploadToken: {token}\r\nContent-Type: multipart/form-data; boundary=B\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        ),
    ];
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for round in 0..100 {
        let some = (0..16).map(|_| {
            let mut bytes = seeds[chance.below(seeds.len())].clone().into_bytes();
            for _ in 0..=chance.below(4) {
                let (from, word) = (chance.below(bytes.len() + 1), WORDS[chance.below(WORDS.len())]);
                let to = (from + chance.below(8)).min(bytes.len());
                bytes.splice(from..to, word.iter().copied());
            }
            let at = at.clone();
            async move {
                let mut stream = write(&at, &bytes).await;
                stream.shutdown().await.ok();
                let mut heard = Vec::new();
                let end = timeout(PATIENCE, stream.read_to_end(&mut heard)).await;
                assert!(end.is_ok(), "{}", bytes.escape_ascii());
                let answered = heard.is_empty() || heard.starts_with(b"HTTP/1.");
                assert!(answered, "{}", heard.escape_ascii());
                assert!(
                    !heard.starts_with(b"HTTP/1.1 5"),
                    "{} {}",
                    bytes.escape_ascii(),
                    heard.escape_ascii()
                );
            }
        });
        futures_util::future::join_all(some).await;
        // Nobody had the token of that upload.
        assert_eq!(get(&at, &kept).await.body, b"kept", "round {round}");
    }
}

#[tokio::test]
async fn a_body_that_never_comes_to_its_file_is_not_read_for_ever() {
    let limits = Limits {
        fileserver_small_body: 50_000,
        ..Limits::default()
    };
    let files = start(FileHostOptions {
        limits,
        ..FileHostOptions::default()
    })
    .await;
    let at = address(&files);
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=B\r\nTransfer-Encoding: chunked\r\n\r\n";
    let junk = format!(
        "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n{}\r\n",
        "x".repeat(5_000)
    );
    let mut stream = write(&at, head.as_bytes()).await;
    let (mut from, mut to) = stream.split();
    let talking = async {
        // Until it is refused: the other side stops listening then.
        while to
            .write_all(format!("{:x}\r\n{junk}\r\n", junk.len()).as_bytes())
            .await
            .is_ok()
        {
            tokio::task::yield_now().await;
        }
    };
    let hearing = async {
        let mut heard = vec![0; 64];
        let count = from.read(&mut heard).await.unwrap_or_default();
        String::from_utf8_lossy(&heard[..count]).into_owned()
    };
    let heard = tokio::select! {
        heard = hearing => heard,
        () = talking => String::new(),
        () = tokio::time::sleep(PATIENCE) => panic!("it reads on"),
    };
    assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 400"), "{heard}");
}

#[tokio::test]
async fn a_directory_that_somebody_has_changed_is_served_as_far_as_it_makes_sense() {
    let folder = Folder::new();
    let dir = folder.path().to_owned();
    let options = || FileHostOptions {
        open: true,
        storage: Storage::Directory(dir.clone()),
        limits: Limits {
            fileserver_orphan: Duration::ZERO,
            ..Limits::default()
        },
        ..FileHostOptions::default()
    };
    let files = start(options()).await;
    let at = address(&files);
    let kept = plik(&at, "{}", "kept.bin", b"kept").await;
    let huge = plik(&at, "{}", "huge.bin", b"huge").await;
    files.stop().await;
    // A file that claims to have all the bytes there are, one that is no JSON, and directories where files should be.
    let of = |path: &str| {
        let parts: Vec<_> = path.split('/').collect();
        dir.join(format!("{}.{}.facts.json", parts[2], parts[3]))
    };
    let text = std::fs::read_to_string(of(&huge)).unwrap();
    let lie = text.replace("\"size\":4", "\"size\":18446744073709551615");
    assert_ne!(text, lie);
    std::fs::write(of(&huge), lie).unwrap();
    std::fs::write(dir.join("broken.facts.json"), b"{").unwrap();
    std::fs::create_dir(dir.join("folder.facts.json")).unwrap();
    let in_the_way = dir.join(format!("{}.data", "a".repeat(32)));
    std::fs::create_dir(&in_the_way).unwrap();
    let orphan = dir.join(format!("{}.data", "b".repeat(32)));
    std::fs::write(&orphan, b"left over").unwrap();
    let files = start(options()).await;
    let at = address(&files);
    assert_eq!(get(&at, &kept).await.body, b"kept");
    // No room is left by what the lie claims; nobody is hurt by it.
    assert_eq!(request(&at, "PUT", "/more", &[], b"more").await.status, 507);
    let stream = write(&at, format!("GET {huge} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).await;
    drop(stream);
    assert!(in_the_way.is_dir() && !orphan.exists());
    files.stop().await;
    // Facts that cannot be read just now may claim any bytes: none are cleared away.
    #[cfg(unix)]
    {
        std::fs::remove_file(of(&huge)).unwrap();
        std::fs::rename(of(&kept), dir.join("aside")).unwrap();
        std::os::unix::fs::symlink("aside", of(&kept)).unwrap();
        let files = start(options()).await;
        files.stop().await;
        std::fs::rename(dir.join("aside"), of(&kept)).unwrap();
        let files = start(options()).await;
        assert_eq!(get(&address(&files), &kept).await.body, b"kept");
    }
}
