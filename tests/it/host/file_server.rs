//! Our own file server: the Plik sequence as upstream's peers have it, plain PUT and GET, one-shot files, ranges, restarts.

use crate::support::binary::Folder;
use crate::support::file_server_stand::{NAMES, noise, start, start_open};
use crate::support::http_client::{
    add_file, address, encode, get, multipart, open_upload, plik, read, request, write,
};
use crate::support::waits::until;
use natsbridge_host::{FileHost, FileHostOptions, Storage};
use natsbridge_wire::Limits;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::io::AsyncReadExt;

#[tokio::test]
async fn every_name_comes_back_as_it_was_given() {
    let files = start(FileHostOptions::default()).await;
    let at = address(&files);
    for name in NAMES {
        let body = noise(70_000);
        let path = plik(&at, r#"{"oneShot":false}"#, name, &body).await;
        let answer = get(&at, &path).await;
        assert_eq!((answer.status, &answer.body), (200, &body), "{name:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
        let disposition = answer.header("content-disposition").unwrap();
        assert!(disposition.starts_with("attachment;") && answer.header("injected").is_none());
        // Any other name leads nowhere.
        let (folder, _) = path.rsplit_once('/').unwrap();
        for other in ["other.txt", "", ".", "%2e%2e"] {
            let status = get(&at, &format!("{folder}/{other}")).await.status;
            assert!(
                status == 404 || (*name == ".." && other == "%2e%2e"),
                "{name:?} as {other:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_one_shot_file_goes_to_the_first_who_takes_it_whole() {
    let files = start(FileHostOptions::default()).await;
    let at = address(&files);
    let body = noise(40 << 20);
    let path = plik(&at, r#"{"oneShot":true}"#, "once.bin", &body).await;
    for _ in 0..3 {
        let head = request(&at, "HEAD", &path, &[], b"").await;
        assert_eq!(head.status, 200);
        assert_eq!(
            head.header("content-length"),
            Some(body.len().to_string().as_str())
        );
    }
    // Broken off: the file is as it was.
    let get_it = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut broken = write(&at, get_it.as_bytes()).await;
    let mut some = vec![0; 100_000];
    broken.read_exact(&mut some).await.unwrap();
    // While somebody is at it nobody else gets it, but may ask again.
    let busy = get(&at, &path).await;
    assert_eq!(
        (busy.status, busy.header("retry-after")),
        (503, Some("1")),
        "{}",
        busy.text()
    );
    drop(broken);
    let mut first = None;
    until("the broken download's end", async || {
        let answer = request(&at, "GET", &path, &["Range: bytes=5-9"], b"").await;
        let came = answer.status == 200;
        first = Some(answer).filter(|_| came);
        came
    })
    .await;
    // A range of a one-shot file is the whole.
    assert!(first.unwrap().body == body);
    for method in ["GET", "HEAD", "GET"] {
        assert_eq!(
            request(&at, method, &path, &[], b"").await.status,
            404,
            "{method}"
        );
    }
}

#[tokio::test]
async fn one_shot_is_once_however_many_ask_at_once() {
    let files = start(FileHostOptions::default()).await;
    let at = address(&files);
    // As any peer may write it: keys are read without regard to case.
    let wishes = [
        r#"{"oneShot":true}"#,
        r#"{"OneShot":true}"#,
        r#"{"oneshot":true,"TTL":60}"#,
    ];
    for (round, wishes) in wishes.iter().cycle().take(6).enumerate() {
        let path = plik(&at, wishes, "once.bin", &noise(300_000)).await;
        let asking = (0..60).map(|_| get(&at, &path));
        let answers = futures_util::future::join_all(asking).await;
        let served = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(served, 1, "round {round}");
        assert!(
            answers
                .iter()
                .all(|answer| [200, 404, 503].contains(&answer.status))
        );
    }
}

#[tokio::test]
async fn what_upstream_may_get_wrong_is_answered_with_what_to_do() {
    let files = start_open().await;
    let at = address(&files);
    let upload = open_upload(&at, "").await;
    let wrong = (upload.0.clone(), "nonsense".to_owned());
    let refused = add_file(&at, &wrong, "a.txt", b"x").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("X-UploadToken"), "{}", refused.text());
    let (content_type, body) = multipart("a.txt", b"x");
    let path = format!("/file/{}", upload.0);
    let token = format!("X-UploadToken: {}", upload.1);
    assert_eq!(
        request(&at, "POST", &path, &[&content_type], &body).await.status,
        403
    );
    let unknown = ("0000".to_owned(), upload.1.clone());
    assert_eq!(add_file(&at, &unknown, "a.txt", b"x").await.status, 404);
    let nameless = add_file(&at, &upload, "", b"x").await;
    assert_eq!(nameless.status, 400);
    assert!(nameless.text().contains("file name"), "{}", nameless.text());
    let plain = request(&at, "POST", &path, &[&token, "Content-Type: text/plain"], b"x").await;
    assert_eq!(plain.status, 400);
    assert!(plain.text().contains("multipart/form-data"), "{}", plain.text());
    let cut = request(
        &at,
        "POST",
        &path,
        &[&token, &content_type],
        &body[..body.len() - 9],
    )
    .await;
    assert_eq!((cut.status, cut.text().contains("broke off")), (400, true));
    assert_eq!(
        request(&at, "POST", "/upload", &[], b"{oneShot").await.status,
        400
    );
    assert_eq!(request(&at, "POST", "/elsewhere", &[], b"").await.status, 405);
    assert_eq!(request(&at, "PUT", "/file/a/b/c", &[], b"x").await.status, 405);
    // After all that the upload still takes its file, and its owner may delete it.
    let added = add_file(&at, &upload, "a.txt", b"x").await.json();
    let file = format!("/file/{}/{}/a.txt", upload.0, added["id"].as_str().unwrap());
    assert_eq!(get(&at, &file).await.body, b"x");
    assert_eq!(request(&at, "DELETE", &file, &[], b"").await.status, 403);
    assert_eq!(request(&at, "DELETE", &file, &[&token], b"").await.status, 200);
    assert_eq!(get(&at, &file).await.status, 404);
}

#[tokio::test]
async fn plain_put_and_get_with_ranges_and_conditions() {
    let files = start_open().await;
    let at = address(&files);
    let body = noise(600_000);
    let put = request(&at, "PUT", "/reports/two%20words.csv", &[], &body).await;
    assert_eq!(put.status, 201);
    let location = put.header("location").unwrap();
    assert_eq!(location, format!("http://{at}/reports/two%20words.csv"));
    let whole = get(&at, "/reports/two%20words.csv").await;
    assert!(whole.body == body && whole.header("accept-ranges") == Some("bytes"));
    let tag = whole.header("etag").unwrap().to_owned();
    for (range, status, wanted) in [
        ("bytes=0-0", 206, &body[..1]),
        ("bytes=100000-", 206, &body[100_000..]),
        ("bytes=262143-262144", 206, &body[262_143..=262_144]),
        ("bytes=-10", 206, &body[599_990..]),
        ("bytes=0-1,4-5", 200, &body[..]),
        ("bytes=600000-", 416, b""),
    ] {
        let range = format!("Range: {range}");
        let part = request(&at, "GET", "/reports/two%20words.csv", &[&range], b"").await;
        assert_eq!(part.status, status, "{range}");
        assert!(status == 416 || part.body == wanted, "{range}");
    }
    let part = request(&at, "GET", "/reports/two%20words.csv", &["Range: bytes=5-9"], b"").await;
    assert_eq!(part.header("content-range"), Some("bytes 5-9/600000"));
    let unchanged = format!("If-None-Match: {tag}");
    let same = request(&at, "GET", "/reports/two%20words.csv", &[&unchanged], b"").await;
    assert_eq!((same.status, same.body.len()), (304, 0));
    assert_eq!(
        request(&at, "PUT", "/reports/two%20words.csv", &[], b"new")
            .await
            .status,
        204
    );
    let stale = ["Range: bytes=1-", &format!("If-Range: {tag}")];
    let all = request(&at, "GET", "/reports/two%20words.csv", &stale, b"").await;
    assert_eq!(
        (all.status, &*all.body),
        (200, b"new".as_slice()),
        "the file has changed"
    );
    assert_eq!(request(&at, "PUT", "/empty", &[], b"").await.status, 201);
    let empty = get(&at, "/empty").await;
    assert_eq!((empty.status, empty.body.len()), (200, 0));
    assert_eq!(
        request(&at, "GET", "/empty", &["Range: bytes=0-"], b"")
            .await
            .status,
        416
    );
    assert_eq!(request(&at, "DELETE", "/empty", &[], b"").await.status, 204);
    assert_eq!(request(&at, "DELETE", "/empty", &[], b"").await.status, 404);
    assert_eq!(request(&at, "PUT", "/folder/", &[], b"x").await.status, 400);
}

#[tokio::test]
async fn pliks_own_client_finds_what_it_asks_for() {
    let files = start(FileHostOptions::default()).await;
    let at = address(&files);
    let (content_type, body) = multipart("quick.txt", b"quick");
    let quick = request(&at, "POST", "/", &[&content_type], &body).await;
    assert_eq!(quick.status, 200);
    let url = quick.text();
    let path = url.trim().strip_prefix(&format!("http://{at}")).unwrap();
    assert!(
        path.starts_with("/file/") && path.ends_with("/quick.txt"),
        "{path}"
    );
    assert_eq!(get(&at, path).await.body, b"quick");
    assert_eq!(get(&at, "/config").await.json()["maxFileSize"], 1_u64 << 30);
    assert!(get(&at, "/version").await.json()["version"].is_string());
    let answer = request(
        &at,
        "POST",
        "/upload",
        &[],
        br#"{"ttl":60,"oneShot":true,"comments":"x"}"#,
    )
    .await;
    let upload = answer.json();
    assert_eq!((&upload["ttl"], &upload["oneShot"]), (&60.into(), &true.into()));
    assert!(upload["files"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn files_announced_when_an_upload_is_opened_are_sent_to_their_ids() {
    let files = start(FileHostOptions::default()).await;
    let at = address(&files);
    for announced in [
        &br#"{"files":[{"fileName":"a b.txt","fileSize":1,"reference":"0"}]}"#[..],
        br#"{"files":{"0":{"fileName":"a b.txt","fileSize":1,"reference":"0"}}}"#,
    ] {
        let opened = request(&at, "POST", "/upload", &[], announced).await.json();
        let file = &opened["files"][0];
        assert_eq!(
            (&file["reference"], &file["status"]),
            (&"0".into(), &"missing".into())
        );
        let (upload, id) = (opened["id"].as_str().unwrap(), file["id"].as_str().unwrap());
        let path = format!("/file/{upload}/{id}/a%20b.txt");
        let (content_type, body) = multipart("a b.txt", b"x");
        let token = format!("X-UploadToken: {}", opened["uploadToken"].as_str().unwrap());
        let refused = request(&at, "POST", &path, &[&content_type], &body).await;
        assert_eq!(refused.status, 403);
        let added = request(&at, "POST", &path, &[&content_type, &token], &body).await;
        assert_eq!((added.status, &added.json()["id"]), (200, &id.into()));
        assert_eq!(get(&at, &path).await.body, b"x");
        let again = request(&at, "POST", &path, &[&content_type, &token], &body).await;
        assert_eq!(again.status, 400, "it is there already");
    }
}

#[tokio::test]
async fn a_token_is_asked_for_in_the_header_or_in_the_path() {
    let files = start(FileHostOptions {
        token: Some("S3CRET".into()),
        ..FileHostOptions::default()
    })
    .await;
    let at = address(&files);
    assert!(!files.url().contains("S3CRET") && !format!("{files:?}").contains("S3CRET"));
    for (path, headers) in [
        ("/x", &[][..]),
        ("/x", &["Authorization: Bearer S3CRE"]),
        ("/S3CRE/x", &[]),
    ] {
        let refused = request(&at, "PUT", path, headers, b"x").await;
        assert_eq!(refused.status, 403, "{path} {headers:?}");
        assert!(refused.text().contains("Bearer") && !refused.text().contains("S3CRET"));
    }
    let by_header = ["Authorization: Bearer S3CRET"];
    assert_eq!(
        request(&at, "PUT", "/x", &by_header, b"by header").await.status,
        201
    );
    // Peers that know nothing of tokens use a base URL that holds it; reading needs none.
    let base = format!("{at}/S3CRET");
    let opened = request(&at, "POST", "/S3CRET/upload", &[], b"{}").await.json();
    let (id, token) = (
        opened["id"].as_str().unwrap(),
        opened["uploadToken"].as_str().unwrap(),
    );
    let (content_type, body) = multipart("a.txt", b"by path");
    let token = format!("X-UploadToken: {token}");
    let path = format!("/S3CRET/file/{id}");
    let added = request(&at, "POST", &path, &[&content_type, &token], &body)
        .await
        .json();
    let file = format!("/file/{id}/{}/a.txt", added["id"].as_str().unwrap());
    for path in [file.clone(), format!("/S3CRET{file}")] {
        assert_eq!(get(&at, &path).await.body, b"by path", "{base}");
    }
    // Pages of other origins may read, and only where no token is set write.
    let preflight = request(&at, "OPTIONS", "/upload", &["Origin: http://page"], b"").await;
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        preflight.header("access-control-allow-methods"),
        Some("GET, HEAD, OPTIONS")
    );
    let free = start(FileHostOptions::default()).await;
    let preflight = request(&address(&free), "OPTIONS", "/upload", &[], b"").await;
    assert_eq!(
        preflight.header("access-control-allow-methods"),
        Some("GET, HEAD, OPTIONS, POST, DELETE")
    );
}

#[tokio::test]
async fn beyond_loopback_the_url_holds_the_right_to_upload() {
    let files = FileHost::start(FileHostOptions {
        listen: "0.0.0.0:0".into(),
        public_url: Some("http://files.example:8080/".into()),
        ..FileHostOptions::default()
    })
    .await
    .unwrap();
    let secret = files.url().strip_prefix("http://files.example:8080/").unwrap();
    assert!(secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let shown = format!("{:?}", files.deposits());
    assert!(!shown.contains(secret), "{shown}");
    assert!(files.terms().contains("uploads need it") && !files.terms().contains(secret));
}

static NOW: AtomicI64 = AtomicI64::new(1_000_000_000_000);

#[tokio::test]
async fn what_is_over_is_gone_at_once_and_swept_away() {
    let folder = Folder::new();
    let limits = Limits {
        fileserver_sweep: Duration::from_millis(10),
        ..Limits::default()
    };
    let files = start(FileHostOptions {
        storage: Storage::Directory(folder.path().to_owned()),
        limits,
        clock: || NOW.load(Ordering::Relaxed),
        ..FileHostOptions::default()
    })
    .await;
    let at = address(&files);
    let hour = plik(&at, r#"{"ttl":3600}"#, "hour.txt", b"x").await;
    let day = plik(&at, "{}", "day.txt", b"x").await;
    // Nobody gets more than the server gives.
    let year = plik(&at, r#"{"ttl":31536000}"#, "year.txt", b"x").await;
    let count = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(count(), 12, "three uploads and their files, each with its facts");
    NOW.fetch_add(3600 * 1_000_000, Ordering::Relaxed);
    assert_eq!(get(&at, &hour).await.status, 404);
    assert_eq!(get(&at, &day).await.status, 200);
    until("the sweep", async || count() == 8).await;
    NOW.fetch_add(24 * 3600 * 1_000_000, Ordering::Relaxed);
    assert_eq!(get(&at, &day).await.status, 404);
    assert_eq!(get(&at, &year).await.status, 404);
    until("the sweep", async || count() == 0).await;
}

#[tokio::test]
async fn a_directory_is_served_again_after_a_restart() {
    let folder = Folder::new();
    folder.file("somebody-elses.data", b"not ours");
    let options = || FileHostOptions {
        open: true,
        storage: Storage::Directory(folder.path().join("new/files")),
        ..FileHostOptions::default()
    };
    let files = start(options()).await;
    let at = address(&files);
    let lasting = plik(&at, "{}", "Grüße.bin", &noise(400_000)).await;
    let once = plik(&at, r#"{"oneShot":true}"#, "once.bin", b"once").await;
    let upload = open_upload(&at, "{}").await;
    assert_eq!(request(&at, "PUT", "/a/b", &[], b"put").await.status, 201);
    let tag = get(&at, &lasting).await.header("etag").unwrap().to_owned();
    files.stop().await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for entry in std::fs::read_dir(folder.path().join("new/files")).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
    // What a crash leaves: half a file, and bytes without facts. They are kept while they may still be in use.
    let part = folder.path().join("new/files/natsbridge-abc.part");
    let orphan = folder.path().join(format!("new/files/{:032x}.data", 7));
    std::fs::write(&part, b"half").unwrap();
    std::fs::write(&orphan, b"nobody's").unwrap();
    let mut again = options();
    again.limits.fileserver_orphan = Duration::ZERO;
    let files = start(again).await;
    let at = address(&files);
    assert!(!part.exists() && !orphan.exists());
    let answer = get(&at, &lasting).await;
    assert_eq!(
        (answer.body == noise(400_000), answer.header("etag")),
        (true, Some(tag.as_str()))
    );
    assert_eq!(get(&at, &once).await.body, b"once");
    assert_eq!(get(&at, &once).await.status, 404);
    assert_eq!(get(&at, "/a/b").await.body, b"put");
    assert_eq!(
        add_file(&at, &upload, "later.txt", b"x").await.status,
        200,
        "uploads stay open too"
    );
    assert!(folder.path().join("somebody-elses.data").exists());
}

#[tokio::test]
async fn many_requests_on_one_connection() {
    let files = start_open().await;
    let at = address(&files);
    let mut stream = write(&at, b"").await;
    for round in 0..20 {
        let text = format!("PUT /keep HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{round:02}");
        tokio::io::AsyncWriteExt::write_all(&mut stream, text.as_bytes())
            .await
            .unwrap();
        let put = read(&mut stream, true).await.unwrap();
        assert_eq!(put.status, if round == 0 { 201 } else { 204 });
        let text = b"GET /keep HTTP/1.1\r\nHost: x\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, text)
            .await
            .unwrap();
        assert_eq!(
            read(&mut stream, true).await.unwrap().text(),
            format!("{round:02}")
        );
    }
    let name = encode("a/b c");
    assert_eq!(
        request(&at, "PUT", &format!("/{name}"), &[], b"x").await.status,
        201
    );
    assert_eq!(
        get(&at, "/a/b%20c").await.body,
        b"x",
        "an encoded slash is a slash"
    );
}
