//! Downloads that break off: they go on where the server can say that the file is still the same, and begin anew elsewhere.

use crate::support::binary::sha256;
use crate::support::file_server_stand::{noise, start};
use crate::support::http_client::{address, plik};
use crate::support::link_server::{Asked, LinkServer};
use natsbridge_engine::{FetchPolicy, FetchRequest, Fetched, Fetcher, Progress, Retry};
use natsbridge_host::FileHostOptions;
use natsbridge_wire::{Blob, Limits};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

async fn download(url: &str) -> (Fetched, Progress) {
    download_in(5, url).await
}

async fn download_in(tries: u32, url: &str) -> (Fetched, Progress) {
    let request = FetchRequest {
        url: url.to_owned(),
        digest: true,
        retry: Retry {
            tries,
            first: Duration::from_millis(1),
            longest: Duration::from_millis(5),
        },
        ..FetchRequest::default()
    };
    let fetcher = Fetcher::new(FetchPolicy::default(), Limits::default());
    let fetched = fetcher.download(&request).await.unwrap();
    (fetched, request.progress)
}

/// Where a request wants to go on, if it does.
fn from(asked: &Asked) -> Option<usize> {
    let line = asked
        .head
        .lines()
        .find_map(|line| line.strip_prefix("range: bytes="))?;
    line.strip_suffix('-')?.parse().ok()
}

/// Gives the rest from `from` on, or all, but breaks off after so many bytes.
fn give(stream: &mut TcpStream, body: &[u8], from: Option<usize>, tag: &str, most: usize) -> io::Result<()> {
    let (at, all) = (from.unwrap_or(0), body.len());
    let status = match from {
        Some(at) => format!(
            "206 Partial Content\r\nContent-Range: bytes {at}-{}/{all}",
            all - 1
        ),
        None => "200 OK".to_owned(),
    };
    let length = all - at;
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{tag}Accept-Ranges: bytes\r\nContent-Length: {length}\r\n\r\n"
    )?;
    stream.write_all(&body[at..(at + most).min(all)])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_on_where_it_broke_off_as_often_as_that_happens() {
    // In memory and, from a MiB on, in a file.
    for length in [90_000, 5_000_000] {
        let body = noise(length);
        let sent = body.clone();
        let server = LinkServer::start(move |asked, stream| {
            give(
                stream,
                &sent,
                from(asked),
                "ETag: \"one\"\r\n",
                sent.len() / 4 + 10,
            )
        });
        let (fetched, progress) = download(&server.url("/x")).await;
        assert_eq!(fetched.blob.load(u64::MAX).unwrap().unwrap(), body);
        if let Blob::Stored(stored) = &fetched.blob {
            let digest = stored
                .sha256()
                .unwrap()
                .map(|byte| format!("{byte:02x}"))
                .concat();
            assert_eq!(digest, sha256(&body));
        }
        let all = length as u64;
        assert_eq!((fetched.tries, fetched.announced), (4, Some(all)));
        assert_eq!((progress.done(), progress.total()), (all, Some(all)));
        let asked = server.asked();
        assert_eq!(from(&asked[0]), None);
        for (n, asked) in asked[1..].iter().enumerate() {
            assert_eq!(from(asked), Some((n + 1) * (length / 4 + 10)));
            assert!(asked.head.contains("if-range: \"one\""), "{}", asked.head);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_file_and_another_part_are_never_put_behind_it() {
    type Answer = fn(&Asked, &mut TcpStream) -> io::Result<()>;
    const OLD: &[u8] = &[b'o'; 3000];
    const NEW: &[u8] = &[b'n'; 3000];
    const TAG: &str = "ETag: \"old\"\r\n";
    let servers: &[(&str, Answer, u32)] = &[
        (
            "the file is another by now",
            |asked, stream| match asked.before {
                0 => give(stream, OLD, None, TAG, 1000),
                _ => give(stream, NEW, None, "ETag: \"new\"\r\n", 3000),
            },
            2,
        ),
        (
            "another place than was asked for",
            |asked, stream| match asked.before {
                0 => give(stream, OLD, None, TAG, 1000),
                1 => give(stream, OLD, Some(500), TAG, 3000),
                _ => give(stream, NEW, None, TAG, 3000),
            },
            3,
        ),
        (
            "a file of another size",
            |asked, stream| match asked.before {
                0 => give(stream, OLD, None, TAG, 1000),
                1 => give(stream, &[b'x'; 4000], Some(1000), TAG, 4000),
                _ => give(stream, NEW, None, TAG, 3000),
            },
            3,
        ),
        (
            "no such part",
            |asked, stream| match asked.before {
                0 => give(stream, OLD, None, TAG, 1000),
                1 => stream.write_all(b"HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n"),
                _ => give(stream, NEW, None, TAG, 3000),
            },
            3,
        ),
        (
            "nothing to know the file by",
            |asked, stream| match (asked.before, from(asked)) {
                (0, _) => give(stream, OLD, None, "ETag: W/\"weak\"\r\n", 1000),
                (_, None) => give(stream, NEW, None, "", 3000),
                _ => give(stream, NEW, from(asked), "", 3000),
            },
            2,
        ),
    ];
    for (what, answer, tries) in servers {
        let server = LinkServer::start(*answer);
        let (fetched, _) = download(&server.url("/x")).await;
        assert_eq!(fetched.blob.memory().unwrap(), NEW, "{what}");
        assert_eq!(fetched.tries, *tries, "{what}");
    }
}

/// Passes on what two sides say to each other, but cuts the first three connections off in the middle of the answer.
fn cutting_proxy(upstream: String, after: usize) -> LinkServer {
    let came = AtomicUsize::new(0);
    LinkServer::bare(move |client| {
        let mut server = TcpStream::connect(&upstream)?;
        let mut head = [0; 4096];
        let length = client.read(&mut head)?;
        server.write_all(&head[..length])?;
        let most = if came.fetch_add(1, Ordering::SeqCst) < 3 {
            after as u64
        } else {
            u64::MAX
        };
        io::copy(&mut server.take(most), client).map(drop)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_server_gives_the_rest_of_lasting_files_and_all_of_one_shot_ones() {
    let files = start(FileHostOptions::default()).await;
    let at = address(&files);
    // More than the buffers between two sockets hold: otherwise the server has sent all of it before the cut is seen.
    let body = noise(24_000_000);
    for (wishes, asks_for_the_rest) in [("{}", true), (r#"{"oneShot":true}"#, false)] {
        let path = plik(&at, wishes, "a.bin", &body).await;
        let proxy = cutting_proxy(at.clone(), 5_600_000);
        // The server says that a one-shot file is being downloaded until it has seen the connection break.
        let (fetched, _) = download_in(1000, &proxy.url(&path)).await;
        assert_eq!(fetched.blob.load(u64::MAX).unwrap().unwrap(), body, "{wishes}");
        let (tries, least) = (fetched.tries, if asks_for_the_rest { 4 } else { 2 });
        assert!(tries >= least, "{wishes}: {tries}");
    }
}
