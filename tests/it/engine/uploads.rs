//! The family of file servers: what each sends, what it makes of answers, how it fails.

use crate::support::binary::Folder;
use crate::support::http_stage::{Stage, serve, streamed, text};
use crate::support::servers::{PATIENCE, nginx};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use natsbridge_engine::{
    FileServer, FileServerOptions, FileServerSpec, LinkError, Progress, UploadResult, file_blob,
    file_server_fn,
};
use natsbridge_wire::{Blob, Limits};
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;

fn named(name: &str, options: FileServerOptions) -> Arc<dyn FileServer> {
    let limits = Limits {
        link_pause: Duration::from_millis(1),
        ..options.limits
    };
    (FileServerSpec::of_name(name).unwrap().make)(&FileServerOptions { limits, ..options }).unwrap()
}

fn one_shot() -> FileServerOptions {
    FileServerOptions {
        one_shot: true,
        ..FileServerOptions::default()
    }
}

async fn upload(
    server: &Arc<dyn FileServer>,
    url: &str,
    name: &str,
    data: Blob,
) -> Result<UploadResult, LinkError> {
    let progress = Progress::default();
    tokio::time::timeout(PATIENCE, server.upload(url, name, data, &progress))
        .await
        .expect("the upload neither ended nor failed")
}

/// A file of that many zero bytes that takes no room.
fn sparse(folder: &Folder, bytes: u64) -> Blob {
    let path = folder.path().join("sparse");
    std::fs::File::create(&path).unwrap().set_len(bytes).unwrap();
    file_blob(&path).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plik_is_spoken_as_upstream_speaks_it() {
    for (options, asked) in [
        (one_shot(), r#"{"oneShot":true}"#),
        (FileServerOptions::default(), r#"{"oneShot":false}"#),
    ] {
        let stage = Stage::plik(None).await;
        let content: Vec<u8> = (0..300_000_u32).map(|n| n as u8).collect();
        let progress = Progress::default();
        let server = named("plik", options);
        let uploaded = server
            .upload(&stage.url, "rows.arrow", content.clone().into(), &progress)
            .await
            .unwrap();
        let expected = UploadResult {
            status: 200,
            uploadid: "UP".into(),
            fileid: "FI".into(),
            url: format!("{}/file/UP/FI/rows.arrow", stage.url),
        };
        assert_eq!(uploaded, expected);
        assert_eq!(progress.done(), 300_000);
        let [create, file] = &stage.seen()[..] else {
            panic!("two requests: {:?}", stage.seen())
        };
        assert_eq!((&*create.method, &*create.target), ("POST", "/upload"));
        assert_eq!(create.header("content-type"), "application/json");
        assert_eq!(create.body, asked);
        assert_eq!((&*file.method, &*file.target), ("POST", "/file/UP"));
        assert_eq!(file.header("x-uploadtoken"), "TOK");
        assert_eq!(file.header("content-length"), file.body.len().to_string());
        assert_eq!(file.header("transfer-encoding"), "");
        let (head, sent) = file.parts().remove(0);
        assert_eq!(
            head,
            "Content-Disposition: form-data; name=\"file\"; filename=\"rows.arrow\""
        );
        assert!(sent == content, "byte for byte");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plik_may_stand_below_a_path_and_ask_for_credentials() {
    let stage = Stage::plik(None).await;
    let options = FileServerOptions {
        token: Some("S3CRET".into()),
        ..one_shot()
    };
    let below = format!("{}/plik/", stage.url);
    let uploaded = upload(&named("plik", options), &below, "a", "x".into())
        .await
        .unwrap();
    assert_eq!(uploaded.url, format!("{}/plik/file/UP/FI/a", stage.url));
    let with_user = stage.url.replace("http://", "http://me:S3CRET@");
    let uploaded = upload(&named("plik", one_shot()), &with_user, "a", "x".into())
        .await
        .unwrap();
    assert_eq!(
        uploaded.url,
        format!("{}/file/UP/FI/a", stage.url),
        "no credentials in a link"
    );
    let seen = stage.seen();
    for request in &seen[..2] {
        assert_eq!(request.header("authorization"), "Bearer S3CRET");
        assert_eq!(request.header("x-pliktoken"), "S3CRET");
    }
    assert_eq!(seen[1].target, "/plik/file/UP");
    for request in &seen[2..] {
        assert_eq!(request.header("authorization"), "Basic bWU6UzNDUkVU");
        assert_eq!(request.header("x-pliktoken"), "");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_survive_the_way_into_the_link() {
    for (dataname, filename, segment) in [
        ("rows.csv", "rows.csv", "rows.csv"),
        (
            "日本 🚀.bin",
            "日本 🚀.bin",
            "%E6%97%A5%E6%9C%AC%20%F0%9F%9A%80.bin",
        ),
        ("a#b?c%d&e", "a#b?c%d&e", "a%23b%3Fc%25d%26e"),
        ("../../etc/passwd", ".._.._etc_passwd", ".._.._etc_passwd"),
        ("say \"hi\"", "say \\\"hi\\\"", "say%20%22hi%22"),
        ("line\r\nX-Evil: 1", "line__X-Evil: 1", "line__X-Evil%3A%201"),
        ("", "payload", "payload"),
        ("..", "payload", "payload"),
    ] {
        let stage = Stage::plik(None).await;
        let uploaded = upload(&named("plik", one_shot()), &stage.url, dataname, "x".into())
            .await
            .unwrap();
        assert_eq!(
            uploaded.url,
            format!("{}/file/UP/FI/{segment}", stage.url),
            "{dataname:?}"
        );
        let (head, _) = stage.seen()[1].parts().remove(0);
        assert!(
            head.ends_with(&format!("filename=\"{filename}\"")),
            "{dataname:?}: {head}"
        );
    }
    // The server may call the file otherwise, and only that name leads to it.
    let stage = Stage::plik(Some("their name")).await;
    let uploaded = upload(&named("plik", one_shot()), &stage.url, "ours", "x".into())
        .await
        .unwrap();
    assert_eq!(uploaded.url, format!("{}/file/UP/FI/their%20name", stage.url));
}

/// Row 28.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_is_tried_again_only_where_that_can_heal() {
    for (status, tries) in [
        (301, 1),
        (307, 1),
        (400, 1),
        (401, 1),
        (403, 1),
        (404, 1),
        (409, 1),
        (413, 1),
        (429, 5),
        (500, 5),
        (502, 5),
        (503, 5),
        (507, 1),
    ] {
        let stage = Stage::start(move |_, _| (status, "their words".into())).await;
        for (name, address) in [
            ("plik", stage.url.clone()),
            ("http-put", format!("{}/dav", stage.url)),
        ] {
            let before = stage.seen().len();
            let error = upload(&named(name, one_shot()), &address, "rows", "x".into())
                .await
                .unwrap_err();
            assert_eq!(stage.seen().len() - before, tries, "{name} {status}");
            assert!(
                matches!(error, LinkError::Upload { .. }),
                "{name} {status}: {error:?}"
            );
            let text = error.to_string();
            let says = [
                "payload 'rows'".to_owned(),
                address,
                format!("it answered {status} (their words)"),
            ];
            for words in says {
                assert!(text.contains(&words), "{name} {status}: {text}");
            }
            assert_eq!(text.contains("(5 attempts)"), tries == 5, "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_heals_in_time_is_an_upload() {
    let stage = Stage::start(|number, _| {
        if number < 3 {
            (503, String::new())
        } else {
            (201, String::new())
        }
    })
    .await;
    let data = vec![7; 100_000];
    let progress = Progress::default();
    let server = named("http-put", one_shot());
    let uploaded = server
        .upload(&stage.url, "a", data.clone().into(), &progress)
        .await
        .unwrap();
    assert_eq!(uploaded.status, 201);
    assert_eq!(progress.done(), 100_000, "failed tries do not count");
    let seen = stage.seen();
    assert_eq!(seen.len(), 4);
    assert!(
        seen.iter()
            .all(|request| request.body == data && request.target == seen[0].target)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_off_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut broken = 0;
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = vec![0; 1 << 16];
            let _ = stream.read(&mut bytes).await.unwrap();
            if broken == 2 {
                stream
                    .write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n")
                    .await
                    .unwrap();
                return broken;
            }
            broken += 1;
        }
    });
    let uploaded = upload(&named("http-put", one_shot()), &url, "a", "x".into())
        .await
        .unwrap();
    assert_eq!((uploaded.status, server.await.unwrap()), (201, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_there_is_said_with_what_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = upload(&named("plik", one_shot()), &url, "rows", "x".into())
        .await
        .unwrap_err();
    let text = error.to_string();
    for words in [
        "payload 'rows'",
        &url,
        "cannot be reached",
        "(5 attempts)",
        "natsbridge serve",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_nothing_or_never_answers_is_given_up() {
    let folder = Folder::new();
    let limits = Limits {
        upload_window: Duration::from_millis(200),
        upload_answer: Duration::from_millis(200),
        link_tries: 2,
        ..Limits::default()
    };
    let options = FileServerOptions { limits, ..one_shot() };
    for (bytes, says) in [
        (64 << 20, "bytes in 0.2 s (2 attempts)"),
        (10, "did not answer within 0.2 s"),
    ] {
        // Takes connections and reads nothing of them.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let held = tokio::spawn(async move {
            let mut streams = vec![];
            loop {
                streams.push(listener.accept().await.unwrap());
            }
        });
        let error = upload(
            &named("http-put", options.clone()),
            &url,
            "a",
            sparse(&folder, bytes),
        )
        .await
        .unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        held.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_and_foreign_answers_are_cut_short() {
    let (url, task) =
        serve(async |_| streamed(futures_util::stream::repeat_with(|| vec![b'<'; 1 << 16].into()))).await;
    let error = upload(&named("plik", one_shot()), &url, "a", "x".into())
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("is not Plik's") && error.len() < 1000, "{error}");
    task.abort();
    for answer in ["", "{}", "<html>\x1b[2J", "{\"id\":7}"] {
        let stage = Stage::start(move |_, _| (200, answer.into())).await;
        let error = upload(&named("plik", one_shot()), &stage.url, "a", "x".into())
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("not a Plik server") && !error.contains('\x1b'),
            "{error}"
        );
        assert_eq!(stage.seen().len(), 1, "nothing is sent to a server that is none");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_shrinks_meanwhile_is_no_fault_of_the_server() {
    let folder = Folder::new();
    let blob = sparse(&folder, 5 << 20);
    std::fs::File::create(folder.path().join("sparse"))
        .unwrap()
        .set_len(1000)
        .unwrap();
    let stage = Stage::start(|_, _| (201, String::new())).await;
    let error = upload(&named("http-put", one_shot()), &stage.url, "a", blob)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the payload cannot be read") && !error.contains("tried"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_the_upload_ends_it() {
    let folder = Folder::new();
    let (taken, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(Notify::new()));
    let (counted, told) = (taken.clone(), ended.clone());
    let (url, task) = serve(move |request| {
        let (counted, told) = (counted.clone(), told.clone());
        async move {
            let mut body = request.into_data_stream();
            while let Some(Ok(piece)) = body.next().await {
                counted.fetch_add(piece.len() as u64, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            told.notify_one();
            text(200, "")
        }
    })
    .await;
    let (moved, progress) = {
        let moved = Arc::new(Notify::new());
        let tell = moved.clone();
        (moved, Progress::telling(move || tell.notify_one()))
    };
    let server = named("http-put", one_shot());
    let data = sparse(&folder, 1 << 30);
    tokio::select! {
        _ = server.upload(&url, "a", data, &progress) => unreachable!("a gigabyte takes longer"),
        () = moved.notified() => {}
    }
    tokio::time::timeout(PATIENCE, ended.notified())
        .await
        .expect("the server sees the end of the connection");
    assert!(taken.load(Ordering::Relaxed) < 1 << 30);
    task.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_put_writes_where_the_link_reads() {
    let stage = Stage::start(|_, _| (204, String::new())).await;
    let options = FileServerOptions {
        token: Some("T".into()),
        ..FileServerOptions::default()
    };
    let server = named("http-put", options);
    let address = format!("{}/dav/in?sig=S3CRET&v=2", stage.url);
    let uploaded = upload(&server, &address, "a b.bin", vec![1, 2, 3].into())
        .await
        .unwrap();
    let seen = stage.seen();
    assert_eq!(seen.len(), 1);
    let path = format!("/dav/in/{}-a%20b.bin", uploaded.uploadid);
    assert_eq!(
        (&*seen[0].method, &seen[0].target),
        ("PUT", &format!("{path}?sig=S3CRET&v=2"))
    );
    assert_eq!(
        uploaded.url,
        format!("{}{path}", stage.url),
        "the link carries no signature"
    );
    assert_eq!(seen[0].header("content-length"), "3");
    assert_eq!(seen[0].header("authorization"), "Bearer T");
    assert_eq!(&seen[0].body[..], [1, 2, 3]);
    let other = upload(&server, &address, "a b.bin", Blob::default())
        .await
        .unwrap();
    assert_ne!(other.url, uploaded.url, "equal names do not meet");
    assert!(uuid::Uuid::parse_str(&other.uploadid).is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_takes_and_gives_what_was_put() {
    let Some(nginx) = nginx() else { return };
    let folder = Folder::new();
    let server = named("http-put", one_shot());
    for (name, data) in [
        ("日本 #1.bin", Blob::from(vec![9; 300_000])),
        ("empty", Blob::default()),
        ("zeros", sparse(&folder, 20 << 20)),
    ] {
        let uploaded = upload(&server, &nginx.url(), name, data.clone()).await.unwrap();
        assert_eq!(uploaded.status, 201);
        let got = tokio::task::spawn_blocking(move || {
            crate::support::binary::finish_bytes("curl", &["-sf", &uploaded.url])
        })
        .await
        .unwrap();
        assert!(got == data.slice(0..data.len()).unwrap(), "{name}");
    }
    for (place, says) in [
        ("/small", "413"),
        ("/closed", "other credentials"),
        ("/missing", "a missing directory"),
    ] {
        let address = nginx.url() + place;
        let error = upload(&server, &address, "a", vec![0; 2000].into())
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(says) && error.contains(place), "{place}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_gets_whole_files_that_others_can_read() {
    let folder = Folder::new();
    let shared = folder.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let options = FileServerOptions {
        place: Some(shared.to_str().unwrap().into()),
        ..FileServerOptions::default()
    };
    let server = named("folder", options);
    let content: Vec<u8> = (0..700_000_u32).map(|n| n as u8).collect();
    let uploaded = upload(
        &server,
        "http://files.example/pub",
        "../a b",
        content.clone().into(),
    )
    .await
    .unwrap();
    let name = format!("{}-.._a b", uploaded.uploadid);
    assert_eq!(
        uploaded.url,
        format!("http://files.example/pub/{}-.._a%20b", uploaded.uploadid)
    );
    assert!(std::fs::read(shared.join(&name)).unwrap() == content);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(shared.join(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o644);
    }
    // Cancelled on its way, nothing is left.
    let moved = Arc::new(Notify::new());
    let tell = moved.clone();
    let progress = Progress::telling(move || tell.notify_one());
    tokio::select! {
        _ = server.upload("http://h", "big", sparse(&folder, 1 << 40), &progress) => unreachable!("a terabyte"),
        () = moved.notified() => {}
    }
    let left = || std::fs::read_dir(&shared).unwrap().count();
    assert_eq!(left(), 1);
    std::fs::remove_dir_all(&shared).unwrap();
    let error = upload(&server, "http://h", "a", "x".into())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("--fileserver-place") && error.contains("shared"),
        "{error}"
    );
    assert_eq!(
        std::fs::read_dir(&shared).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_is_a_file_server() {
    let kept: Arc<std::sync::Mutex<Vec<(String, u64)>>> = Arc::default();
    let keeper = kept.clone();
    let server = file_server_fn(move |fileserver_url: String, dataname: String, data: Blob| {
        let keeper = keeper.clone();
        async move {
            keeper.lock().unwrap().push((dataname.clone(), data.len()));
            Ok(UploadResult {
                status: 200,
                uploadid: "u".into(),
                fileid: "f".into(),
                url: format!("{fileserver_url}/{dataname}"),
            })
        }
    });
    let progress = Progress::default();
    let uploaded = server
        .upload("http://h", "a", "abc".into(), &progress)
        .await
        .unwrap();
    assert_eq!((&*uploaded.url, progress.done()), ("http://h/a", 3));
    assert_eq!(*kept.lock().unwrap(), [("a".to_owned(), 3)]);
}
