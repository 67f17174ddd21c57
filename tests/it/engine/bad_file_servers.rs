//! Rows 26 to 28: servers that are slow, that lie about sizes, that fail. Limits are short, so that the tests are.

use crate::support::binary::PATIENCE;
use crate::support::link_server::{Asked, LinkServer, until_closed};
use crate::support::trust::{Authority, Wish};
use futures_util::FutureExt;
use natsbridge_engine::{
    FetchError, FetchErrorKind, FetchPolicy, FetchRequest, Fetched, Fetcher, Progress, ResolveFuture,
    Resolver, Retry,
};
use natsbridge_wire::{Blob, Code, Limits};
use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

const LIMITS: Limits = Limits {
    connect_time: Duration::from_millis(400),
    link_idle: Duration::from_millis(400),
    link_time: Duration::from_millis(1500),
    link_time_per_mib: Duration::from_millis(100),
    link_rate: 1024,
    link_rate_window: Duration::from_millis(700),
    link_bytes: 3 << 20,
    ..Limits::DEFAULT
};

const QUICK: Retry = Retry {
    tries: 5,
    first: Duration::from_millis(1),
    longest: Duration::from_millis(20),
};

fn fetcher() -> Fetcher {
    Fetcher::new(FetchPolicy::default(), LIMITS)
}

fn request(url: &str, tries: u32) -> FetchRequest {
    FetchRequest {
        url: url.to_owned(),
        retry: Retry { tries, ..QUICK },
        ..FetchRequest::default()
    }
}

async fn download(server: &LinkServer, tries: u32) -> Result<Fetched, FetchError> {
    fetcher().download(&request(&server.url("/x"), tries)).await
}

type Answer = fn(&Asked, &mut TcpStream) -> io::Result<()>;

/// Writes `bytes` again and again at that pace, until nobody listens any more.
fn drip(stream: &mut TcpStream, bytes: &[u8], pause: Duration) -> io::Result<()> {
    let (_never, wait) = mpsc::channel::<()>();
    loop {
        stream.write_all(bytes)?;
        // The pace is what is tested, so the pause is part of the server.
        let _ = wait.recv_timeout(pause);
    }
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";

/// Servers that are slow: what they do, what is said of it, and after how many seconds.
const SLOW: &[(&str, Answer, &str, u64)] = &[
    (
        "never answers",
        |_, stream| {
            until_closed(stream);
            Ok(())
        },
        "did not answer within",
        15,
    ),
    (
        "half a head",
        |_, stream| {
            stream.write_all(b"HTTP/1.1 200 O")?;
            until_closed(stream);
            Ok(())
        },
        "did not answer within",
        15,
    ),
    (
        "a head that drips",
        |_, stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\nX: ")?;
            drip(stream, b"x", millis(20))
        },
        "did not answer within",
        15,
    ),
    (
        "headers without end",
        |_, stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            drip(
                stream,
                &b"X-Header: with a value\r\n".repeat(1000),
                Duration::ZERO,
            )
        },
        "response is not valid HTTP",
        0,
    ),
    (
        "a head and no body",
        |_, stream| {
            stream.write_all(HEAD)?;
            until_closed(stream);
            Ok(())
        },
        "no data received for",
        10,
    ),
    (
        "stops in the middle",
        |_, stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\nabc")?;
            until_closed(stream);
            Ok(())
        },
        "broke off after 3 of 2,000 bytes: no data received for",
        10,
    ),
    (
        "a byte now and then",
        |_, stream| {
            stream.write_all(HEAD)?;
            drip(stream, b"x", millis(50))
        },
        "is too slow",
        10,
    ),
    (
        "just fast enough, for ever",
        |_, stream| {
            stream.write_all(HEAD)?;
            drip(stream, &[b'x'; 400], millis(50))
        },
        "the limit is 61s",
        61,
    ),
    (
        "a redirect to one that never answers",
        |asked, stream| {
            if asked.before == 0 {
                return stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n");
            }
            until_closed(stream);
            Ok(())
        },
        "did not answer within",
        15,
    ),
];

/// Row 26.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_servers_are_given_up() {
    // At the times of the row, therefore all at once.
    let trials = SLOW.iter().map(|(what, answer, says, seconds)| async move {
        let server = LinkServer::start(*answer);
        let start = Instant::now();
        let fetcher = Fetcher::default();
        let request = request(&server.url("/x"), 1);
        let ended = tokio::time::timeout(3 * PATIENCE, fetcher.download(&request)).await;
        let error = ended.expect(what).unwrap_err().to_string();
        assert!(error.contains(says), "{what}: {error}");
        let took = start.elapsed().as_secs();
        assert!((*seconds..seconds + 20).contains(&took), "{what}: {took} s");
    });
    futures_util::future::join_all(trials).await;
}

#[derive(Debug)]
struct Silent;

impl Resolver for Silent {
    fn resolve<'a>(&'a self, _: &'a str) -> ResolveFuture<'a> {
        Box::pin(std::future::pending())
    }
}

/// Row 26.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_resolver_is_given_up() {
    let fetcher = fetcher().with_resolver(Arc::new(Silent));
    let ended = tokio::time::timeout(PATIENCE, fetcher.download(&request("http://files.test/x", 1))).await;
    let error = ended.unwrap().unwrap_err().to_string();
    assert!(error.contains("the resolver did not answer"), "{error}");
}

/// Row 26.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_the_download_ends_it_at_once_unless_others_wait() {
    // The best of ten: a machine that is busy elsewhere takes its time for everything.
    let mut fastest = Duration::MAX;
    for _ in 0..10 {
        fastest = fastest.min(time_of_giving_up().await);
        if fastest <= millis(100) {
            return;
        }
    }
    panic!("{fastest:?}");
}

/// How long it takes until the server sees that a download was given up.
async fn time_of_giving_up() -> Duration {
    let (closed, ends) = mpsc::channel();
    let begun = Arc::new(Notify::new());
    let server = LinkServer::start({
        let begun = Arc::clone(&begun);
        move |_, stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            stream.write_all(&vec![7; 100_000])?;
            begun.notify_one();
            until_closed(stream);
            closed.send(()).ok();
            Ok(())
        }
    });
    let limits = Limits {
        link_idle: PATIENCE,
        link_time: PATIENCE,
        link_rate: 0,
        link_memory: 1000,
        ..LIMITS
    };
    let fetcher = Fetcher::new(FetchPolicy::default(), limits);
    let request = request(&server.url("/x"), 1);
    let mut first = Box::pin(fetcher.download(&request));
    let mut second = Box::pin(fetcher.download(&request));
    assert!(first.as_mut().now_or_never().is_none());
    begun.notified().await;
    assert!(second.as_mut().now_or_never().is_none());
    drop(first);
    assert!(ends.try_recv().is_err(), "the second still waits");
    let start = Instant::now();
    drop(second);
    let end = tokio::task::spawn_blocking(move || ends.recv_timeout(PATIENCE).map(|()| start.elapsed()));
    let took = end.await.unwrap().expect("the connection is closed");
    assert_eq!(server.accepted(), 1);
    assert!(fetcher.cached(&server.url("/x")).is_none());
    took
}

/// Row 27.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lies_about_the_size_are_told_and_bounded() {
    let refused: &[(&str, Answer, &str)] = &[
        (
            "more announced than sent",
            |_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"),
            "broke off after 3 of 1,000 bytes",
        ),
        (
            "all the bytes there are",
            |_, stream| {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nabc")
            },
            "",
        ),
        (
            "over the limit",
            |_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3145729\r\n\r\n"),
            "has 3,145,729 bytes, over the limit of 3,145,728: fetch it with a higher limit",
        ),
        (
            "no size and no end",
            |_, stream| {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
                drip(stream, &vec![0; 65_536], Duration::ZERO)
            },
            "sends more bytes than allowed, over the limit of 268,435,456",
        ),
        (
            "chunks without end",
            |_, stream| {
                stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
                let mut chunk = b"10000\r\n".to_vec();
                chunk.extend(vec![0; 65_536]);
                chunk.extend(b"\r\n");
                drip(stream, &chunk, Duration::ZERO)
            },
            "sends more bytes than allowed",
        ),
        (
            "two sizes",
            |_, stream| {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")
            },
            "response is not valid HTTP",
        ),
        (
            "a size below nothing",
            |_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabcd"),
            "response is not valid HTTP",
        ),
        (
            "chunks that are none",
            |_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
            "",
        ),
    ];
    for (what, answer, says) in refused {
        let server = LinkServer::start(*answer);
        // One of them up to the limit that holds unless a person says otherwise.
        let limits = if says.contains("268,435,456") {
            Limits::default()
        } else {
            LIMITS
        };
        let fetcher = Fetcher::new(FetchPolicy::default(), limits);
        let request = request(&server.url("/x"), 1);
        let ended = tokio::time::timeout(3 * PATIENCE, fetcher.download(&request)).await;
        let error = ended.expect(what).unwrap_err().to_string();
        assert!(error.contains(says), "{what}: {error}");
    }
}

/// Row 27.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_is_held_against_what_was_announced() {
    let bomb = include_bytes!("../../fixtures/bomb.gz");
    let taken: &[(&str, Answer, &[u8], Option<Code>)] = &[
        (
            "fewer announced than sent",
            |_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"),
            b"abc",
            Some(Code::LinkSizeMismatch),
        ),
        (
            "what the envelope declares",
            |_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"),
            b"abcde",
            None,
        ),
        (
            "nothing at all",
            |_, stream| stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n"),
            b"",
            Some(Code::LinkSizeMismatch),
        ),
        (
            "a bomb",
            |_, stream| {
                let bomb = include_bytes!("../../fixtures/bomb.gz");
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
                    bomb.len()
                )?;
                stream.write_all(bomb)
            },
            bomb,
            Some(Code::LinkEncoded),
        ),
    ];
    for (what, answer, body, code) in taken {
        let server = LinkServer::start(*answer);
        let request = FetchRequest {
            declared: Some(if *code == Some(Code::LinkEncoded) {
                body.len() as u64
            } else {
                5
            }),
            ..request(&server.url("/x"), 1)
        };
        let fetched = fetcher().download(&request).await.unwrap();
        assert_eq!(fetched.blob.memory().unwrap(), body, "{what}");
        let findings = fetched.findings(request.declared);
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, Vec::from_iter(*code), "{what}: {findings:?}");
    }
}

/// Row 27.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_declared_too_large_is_not_asked_for_unless_the_limit_is_raised() {
    let body = vec![b'x'; 4 << 20];
    let server = LinkServer::start({
        let body = body.clone();
        move |_, stream| {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                body.len()
            )?;
            stream.write_all(&body)
        }
    });
    let told = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&told);
    let large = FetchRequest {
        declared: Some(4 << 20),
        progress: Progress::telling(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        }),
        ..request(&server.url("/x"), 5)
    };
    let fetcher = fetcher();
    let error = fetcher.download(&large).await.unwrap_err();
    assert!(
        matches!(
            error.kind,
            FetchErrorKind::TooLarge {
                size: Some(4_194_304),
                most: 3_145_728,
            }
        ),
        "{error}"
    );
    assert_eq!(error.code(), Code::LinkTooLarge);
    assert_eq!(server.accepted(), 0);
    let raised = FetchRequest {
        most: Some(4 << 20),
        ..large
    };
    let fetched = fetcher.download(&raised).await.unwrap();
    assert_eq!((fetched.announced, fetched.tries), (Some(4 << 20), 1));
    assert_eq!(fetched.findings(raised.declared), []);
    assert!(
        matches!(fetched.blob, Blob::Stored(_)),
        "over a MiB it is in a file"
    );
    assert_eq!(fetched.blob.load(u64::MAX).unwrap().unwrap(), body);
    assert_eq!(
        (raised.progress.done(), raised.progress.total()),
        (4 << 20, Some(4 << 20))
    );
    assert!(told.load(Ordering::SeqCst) > 1);
}

/// Row 28.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_may_heal_is_tried_again() {
    for (status, tries) in [
        (200, 1),
        (400, 1),
        (401, 1),
        (403, 1),
        (404, 1),
        (405, 1),
        (410, 1),
        (416, 1),
        (418, 1),
        (451, 1),
        (429, 5),
        (500, 5),
        (502, 5),
        (503, 5),
        (504, 5),
    ] {
        let server = LinkServer::with(&[("/x", &format!("{status} Word"), "body")]);
        let ended = download(&server, 5).await;
        assert_eq!(ended.is_ok(), status == 200, "{status}");
        assert_eq!(server.accepted(), tries, "{status}");
        if let Err(error) = ended {
            let text = error.to_string();
            assert!(
                text.contains(&status.to_string()) && text.contains(&server.url("/x")),
                "{text}"
            );
            assert_eq!(text.contains("(5 attempts)"), tries == 5, "{text}");
            let gone = matches!(status, 404 | 410);
            assert_eq!(error.code() == Code::LinkGone, gone, "{status}");
        }
    }
}

/// Row 28.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_heals_is_received() {
    let answers: &[Answer] = &[
        // A broken connection, a failure of the server, a request to wait.
        |asked, stream| match asked.before {
            0 => Ok(()),
            1 => stream.write_all(b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\nRetry-After: 0\r\n\r\n"),
            2 => stream.write_all(b"HTTP/1.1 429 Later\r\nContent-Length: 0\r\nRetry-After: 3600\r\n\r\n"),
            3 => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"),
            _ => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        },
    ];
    for answer in answers {
        let server = LinkServer::start(*answer);
        let fetched = download(&server, 5).await.unwrap();
        assert_eq!(fetched.blob.memory().unwrap(), "hello");
        assert_eq!((fetched.tries, server.accepted()), (5, 5));
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = fetcher()
        .download(&request(&format!("http://{nobody}/x"), 3))
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("(3 attempts)") && text.contains("check that the file server is running"),
        "{text}"
    );
    assert_eq!(error.code(), Code::LinkUnreachable);
}

/// Row 28.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_one_shot_link_that_broke_off_says_who_consumed_it() {
    let server = LinkServer::start(|asked, stream| match asked.before {
        0 => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"),
        _ => stream.write_all(b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n"),
    });
    let error = download(&server, 5).await.unwrap_err();
    assert!(
        matches!(
            error.kind,
            FetchErrorKind::Gone {
                status: 404,
                first: Some(2),
            }
        ),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("the first attempt broke off after 2 bytes"),
        "{error}"
    );
    assert_eq!(server.accepted(), 2);
    let error = download(&server, 5).await.unwrap_err();
    assert!(error.to_string().contains("someone else fetched"), "{error}");
}

/// Row 28.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_ask_share_one_transfer() {
    let server = LinkServer::with(&[("/x", "200 OK", "body"), ("/y", "403 No", "")]);
    let fetcher = fetcher();
    let ask = |path| {
        let asking = (0..8).map(|_| {
            let (fetcher, url) = (fetcher.clone(), server.url(path));
            async move { fetcher.download(&request(&url, 5)).await }
        });
        futures_util::future::join_all(asking)
    };
    for fetched in ask("/x").await {
        assert_eq!(fetched.unwrap().blob.memory().unwrap(), "body");
    }
    assert_eq!(server.accepted(), 1);
    for fetched in ask("/y").await {
        assert!(matches!(
            fetched.unwrap_err().kind,
            FetchErrorKind::Status { status: 403, .. }
        ));
    }
    assert_eq!(server.accepted(), 2, "a failure is shared, too");
    assert!(fetcher.download(&request(&server.url("/y"), 5)).await.is_err());
    assert_eq!(server.accepted(), 3, "but not remembered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_is_not_accepted_is_final_and_said() {
    let authority = Authority::new("a stranger");
    let server = LinkServer::tls(&authority.issue(&Wish::default()), |_| {
        "HTTP/1.1 200 OK\r\n\r\n".into()
    });
    let link = server.url("/x").replace("http:", "https:");
    let error = fetcher().download(&request(&link, 5)).await.unwrap_err();
    assert!(matches!(error.kind, FetchErrorKind::Untrusted(_)), "{error}");
    assert!(
        error.to_string().contains("certificate is not trusted"),
        "{error}"
    );
    assert_eq!(server.accepted(), 1);
    let plain = LinkServer::with(&[]);
    let link = plain.url("/x").replace("http:", "https:");
    let error = fetcher().download(&request(&link, 2)).await.unwrap_err();
    assert!(error.to_string().contains("cannot be fetched"), "{error}");
}
