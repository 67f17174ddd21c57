//! Rows 23 to 25: where links may lead. Every address that must not be reached is one that the test would see reached.

use crate::support::link_server::{LinkServer, Names};
use crate::support::waits::until;
use natsbridge_engine::{FetchError, FetchErrorKind, FetchPolicy, FetchRequest, Fetcher, Retry};
use natsbridge_wire::{Code, Limits};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Links that nobody may fetch; `PORT` is the one on which the test listens at all addresses of this machine.
const NEVER: &[&str] = &[
    // This machine, as the unspecified address.
    "http://0.0.0.0:PORT/",
    "http://0:PORT/",
    "http://0x0:PORT/",
    "http://00.00.00.00:PORT/",
    "http://0.0:PORT/",
    "http://0.0.0.1:PORT/",
    "http://0.1.2.3:PORT/",
    "http://０.０.０.０:PORT/",
    "http://[::]:PORT/",
    "http://[0:0:0:0:0:0:0:0]:PORT/",
    "http://[::ffff:0.0.0.0]:PORT/",
    "http://[::ffff:0:0]:PORT/",
    "http://[64:ff9b::0.0.0.0]:PORT/",
    // Metadata services of clouds, and how they are spelt to get past filters on text.
    "http://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254/",
    "HTTP://169.254.169.254/",
    "http://169.254.169.254:PORT/",
    "http://169.254.169.254./",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0xA9.0xFE.0xA9.0xFE/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://169.16689662/",
    "http://0xa9.254.0251.254/",
    "http://%31%36%39.254.169.254/",
    "http://１６９.２５４.１６９.２５４/",
    "http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/",
    "http://169。254。169。254/",
    "http://localhost@169.254.169.254/",
    "http://u:p@169.254.169.254/",
    "http:\\\\169.254.169.254\\x",
    "http:169.254.169.254",
    "http:///169.254.169.254/",
    "http://169.254.\t169.254/",
    " http://169.254.169.254/ ",
    "http://169.254.169.254?@localhost/",
    "http://169.254.169.254#@localhost/",
    "http://169.254.170.2/v2/credentials",
    "http://169.254.0.1/",
    "http://100.100.100.200/",
    "http://1684301000/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://[fd00:ec2::254]/",
    "http://[fd20:ce::254]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::ffff:0:169.254.169.254]/",
    "http://[::169.254.169.254]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b:1::169.254.169.254]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2001:0:a9fe:a9fe::]/",
    "http://[2001:0:1::5601:5601]/",
    "http://[fd01::5efe:169.254.169.254]/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://METADATA.Google.Internal./",
    "http://metadata.goog/",
    // Link-local, multicast, broadcast.
    "http://[fe80::1]:PORT/",
    "http://[febf::1]:PORT/",
    "http://[ff02::1]:PORT/",
    "http://224.0.0.1:PORT/",
    "http://239.255.255.250:PORT/",
    "http://255.255.255.255:PORT/",
    "http://4294967295:PORT/",
    // Names that lead there.
    "http://rebound.test:PORT/",
    "http://zero.test:PORT/",
    "http://six.test:PORT/",
    "http://mapped.test:PORT/",
    "http://one-of-two.test:PORT/",
];

/// Links to this machine and its network: a person may ask for them, but they are never fetched unasked.
const UNASKED: &[&str] = &[
    "http://127.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f.1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://１２７.0.0.1:PORT/",
    "http://127.255.255.254:PORT/",
    "http://[::1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST.:PORT/",
    "http://allowed.test@localhost:PORT/",
    "http://allowed.test.localhost:PORT/",
    "http://here.test:PORT/",
    "http://10.0.0.1:PORT/",
    "http://172.16.0.1:PORT/",
    "http://192.168.0.1:PORT/",
    "http://[fd00::1]:PORT/",
    "http://example.test:PORT/",
];

/// A listener on every address of this machine: whoever gets out by a side door is counted.
fn everywhere() -> (LinkServer, Option<LinkServer>) {
    let answer = |_: &crate::support::link_server::Asked, _: &mut std::net::TcpStream| Ok(());
    let four = LinkServer::on(TcpListener::bind("0.0.0.0:0").unwrap(), answer);
    // Where the machine has no IPv6 there is nothing to count; where this listener takes IPv4, too, it is in use.
    let six = TcpListener::bind(("::1", four.port)).ok();
    (four, six.map(|listener| LinkServer::on(listener, answer)))
}

fn names() -> Arc<Names> {
    Names::new(&[
        ("rebound.test", &["169.254.169.254"]),
        ("zero.test", &["0.0.0.0"]),
        ("six.test", &["fe80::1"]),
        ("mapped.test", &["::ffff:169.254.169.254"]),
        ("one-of-two.test", &["127.0.0.1", "169.254.169.254"]),
        ("here.test", &["127.0.0.1"]),
        ("example.test", &["127.0.0.1"]),
        ("allowed.test", &["127.0.0.1"]),
        ("allowed.test.localhost", &["127.0.0.1"]),
        ("localhost", &["127.0.0.1", "::1"]),
    ])
}

fn fetcher(allowed: &[&str]) -> Fetcher {
    let policy = FetchPolicy {
        allowed_hosts: allowed.iter().map(|host| (*host).to_owned()).collect(),
        ..FetchPolicy::default()
    };
    let limits = Limits {
        link_idle: Duration::from_secs(5),
        ..Limits::default()
    };
    Fetcher::new(policy, limits).with_resolver(names())
}

fn request(url: &str) -> FetchRequest {
    FetchRequest {
        url: url.to_owned(),
        retry: Retry {
            tries: 1,
            ..Retry::default()
        },
        ..FetchRequest::default()
    }
}

fn unasked(url: &str) -> FetchRequest {
    FetchRequest {
        unasked: true,
        ..request(url)
    }
}

/// A server that sends everybody on to `url`, however odd that is.
fn redirecting_to(url: &str) -> LinkServer {
    LinkServer::with(&[("/", &format!("302 Found\r\nLocation: {url}"), "")])
}

/// Row 23.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_addresses_are_never_reached_directly_or_by_redirect() {
    assert!(NEVER.len() >= 60, "{}", NEVER.len());
    let (four, six) = everywhere();
    let fetcher = fetcher(&[]);
    for link in NEVER {
        let link = link.replace("PORT", &four.port.to_string());
        let error = fetcher.download(&request(&link)).await.unwrap_err();
        assert_eq!(error.code(), Code::LinkRefused, "{link}: {error}");
        let facts = fetcher.facts(&link, true).await;
        assert!(facts.refused.is_some() && facts.head.is_none(), "{facts:?}");
        // A header holds no control characters, and without slashes it would be a path of the server's own.
        let location = link.replace('\t', "").replace("http:1", "http://1");
        let server = redirecting_to(&location);
        let error = fetcher.download(&request(&server.url("/"))).await.unwrap_err();
        assert_eq!(error.code(), Code::LinkRefused, "redirected to {link}: {error}");
        assert_eq!(server.accepted(), 1);
    }
    assert_eq!(
        four.accepted() + six.map_or(0, |six| six.accepted()),
        0,
        "sockets opened"
    );
}

/// Row 23.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_fetched_unasked_but_from_allowed_hosts() {
    let (four, six) = everywhere();
    for link in UNASKED {
        let link = link.replace("PORT", &four.port.to_string());
        let fetcher = fetcher(&["allowed.test", "127.0.0.2"]);
        assert!(!fetcher.policy().allows_automatic(&link), "{link}");
        assert!(!fetcher.facts(&link, false).await.allowed);
        let error = fetcher.download(&unasked(&link)).await.unwrap_err();
        assert!(
            matches!(error.kind, FetchErrorKind::NotAllowed { .. }),
            "{link}: {error}"
        );
        let server = redirecting_to(&link);
        let link = format!("http://allowed.test:{}/", server.port);
        let error = fetcher.download(&unasked(&link)).await.unwrap_err();
        assert!(
            matches!(error.kind, FetchErrorKind::NotAllowed { .. }),
            "{link}: {error}"
        );
    }
    assert_eq!(
        four.accepted() + six.map_or(0, |six| six.accepted()),
        0,
        "sockets opened"
    );
}

/// Row 23.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_checked_is_what_is_connected_to_and_no_credentials_go_there() {
    let server = LinkServer::with(&[("/a?b=c", "200 OK\r\nSet-Cookie: k=v", "hello")]);
    let names = names();
    let policy = FetchPolicy {
        allowed_hosts: vec!["*.test".into()],
        ..FetchPolicy::default()
    };
    let fetcher = Fetcher::new(policy, Limits::default()).with_resolver(names.clone());
    let link = format!("http://u:S3CRET@files.here.test:{}/a?b=c#d", server.port);
    let error = fetcher.download(&request(&link)).await.unwrap_err();
    assert!(error.tries > 0, "{error}");
    assert!(
        error.to_string().contains("no address found for files.here.test")
            && !error.to_string().contains("S3CRET"),
        "{error}"
    );
    assert_eq!(server.accepted(), 0);
    names.asked.store(0, Ordering::SeqCst);
    let link = link.replace("files.here", "here");
    let facts = fetcher.facts(&link, true).await;
    assert_eq!(facts.url, format!("http://here.test:{}/a?b=c", server.port));
    assert_eq!(
        facts.addresses,
        ["127.0.0.1".parse::<std::net::IpAddr>().unwrap()]
    );
    assert!(
        facts.allowed && !facts.cached && facts.refused.is_none(),
        "{facts:?}"
    );
    let head = facts.head.unwrap().unwrap();
    assert_eq!((head.status, head.length), (200, Some(5)));
    for again in [false, true] {
        let fetched = fetcher.download(&unasked(&link)).await.unwrap();
        assert_eq!(fetched.blob.memory().unwrap(), "hello", "again: {again}");
    }
    assert!(fetcher.facts(&link, false).await.cached);
    assert_eq!(fetcher.cached(&link).unwrap().blob.memory().unwrap(), "hello");
    let asked = server.asked();
    assert_eq!(
        asked
            .iter()
            .map(|asked| asked.method.as_str())
            .collect::<Vec<_>>(),
        ["HEAD", "GET"]
    );
    for asked in asked {
        for never in ["authorization", "cookie", "s3cret", "referer", "gzip"] {
            assert!(!asked.head.contains(never), "{}", asked.head);
        }
    }
}

/// Row 24.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_http_and_https_are_fetched() {
    let server = LinkServer::with(&[]);
    let fetcher = fetcher(&["127.0.0.1"]);
    let links = [
        "file:///etc/passwd",
        "file://127.0.0.1/etc/passwd",
        "ftp://127.0.0.1:PORT/x",
        "data:text/plain,hello",
        "javascript:alert(1)",
        "gopher://127.0.0.1:PORT/x",
        "ws://127.0.0.1:PORT/x",
        "dict://127.0.0.1:PORT/x",
        "ldap://127.0.0.1:PORT/x",
        "nats://127.0.0.1:PORT",
        "blob:http://127.0.0.1:PORT/x",
        "view-source:http://127.0.0.1:PORT/x",
        "jar:http://127.0.0.1:PORT/x",
        "mailto:a@b",
        "about:blank",
    ];
    for link in links {
        let link = link.replace("PORT", &server.port.to_string());
        let error = fetcher.download(&request(&link)).await.unwrap_err();
        assert!(matches!(error.kind, FetchErrorKind::NoLink(_)), "{link}: {error}");
        assert_eq!(error.code(), Code::LinkNotHttp);
        assert!(fetcher.facts(&link, true).await.refused.is_some());
        assert!(!fetcher.policy().allows_automatic(&link));
        let from = redirecting_to(&link);
        let error = fetcher.download(&request(&from.url("/"))).await.unwrap_err();
        assert!(matches!(error.kind, FetchErrorKind::NoLink(_)), "{link}: {error}");
    }
    for link in [
        "",
        "nonsense",
        "/file/a/b",
        "//127.0.0.1/x",
        "http://",
        "http://[::1",
        "http://a b/",
    ] {
        let error = fetcher.download(&request(link)).await.unwrap_err();
        assert!(matches!(error.kind, FetchErrorKind::NoLink(_)), "{link}: {error}");
    }
    assert_eq!(server.accepted(), 0);
}

/// Row 25.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirects_are_followed_by_the_rules() {
    let to = |path: &str| format!("302 Found\r\nLocation: {path}");
    let other = LinkServer::with(&[("/end", "200 OK", "other")]);
    let elsewhere = to(&format!("http://u:S3CRET@localhost:{}/end", other.port));
    let server = LinkServer::with(&[
        ("/end", "200 OK", "end"),
        ("/one", &to("/two"), ""),
        ("/two", "301 Moved Permanently\r\nLocation: three", ""),
        ("/three", "308 Permanent Redirect\r\nLocation: /end", ""),
        ("/zero", "307 Temporary Redirect\r\nLocation: /one", ""),
        ("/self", &to("/self"), ""),
        ("/ping", "303 See Other\r\nLocation: /pong", ""),
        ("/pong", &to("/ping"), ""),
        ("/other", &elsewhere, ""),
        ("/nowhere", "302 Found", ""),
        ("/bad", &to("http://[x"), ""),
        ("/metadata", &to("http://169.254.169.254/"), ""),
        ("/file", &to("file:///etc/passwd"), ""),
        ("/choices", "300 Multiple Choices\r\nLocation: /end", ""),
    ]);
    let port = server.port;
    let asked = fetcher(&[]);
    let text = async |fetcher: &Fetcher, request: FetchRequest| {
        let fetched = fetcher.download(&request).await;
        fetched.map(|fetched| String::from_utf8_lossy(fetched.blob.memory().unwrap()).into_owned())
    };
    for (path, expected) in [
        ("/end", "end"),
        ("/two", "end"),
        ("/one", "end"),
        ("/other", "other"),
    ] {
        assert_eq!(
            text(&asked, request(&server.url(path))).await.as_deref(),
            Ok(expected),
            "{path}"
        );
    }
    for (path, says, requests) in [
        ("/zero", "more than 3 redirects", 4),
        ("/self", "more than 3 redirects", 4),
        ("/ping", "more than 3 redirects", 4),
        ("/nowhere", "answered 302", 1),
        ("/choices", "answered 300", 1),
        ("/bad", "is not a URL", 1),
        ("/metadata", "link-local", 1),
        ("/file", "file is not supported", 1),
    ] {
        let before = server.asked().len();
        let error = text(&asked, request(&server.url(path)))
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(says), "{path}: {error}");
        assert_eq!(server.asked().len() - before, requests, "{path}");
    }
    // Nobody asked: the other server has to be allowed as well.
    let link = server.url("/other");
    let before = other.accepted();
    let error = text(&fetcher(&["127.0.0.1"]), unasked(&link)).await.unwrap_err();
    assert_eq!(
        error,
        FetchError::new(
            link.clone(),
            FetchErrorKind::NotAllowed {
                host: format!("localhost:{}", other.port)
            }
        )
    );
    assert_eq!(other.accepted(), before);
    let other_host = format!("localhost:{}", other.port);
    let both = fetcher(&[&format!("127.0.0.1:{port}"), &other_host]);
    assert_eq!(text(&both, unasked(&link)).await.as_deref(), Ok("other"));
    assert!(
        other
            .asked()
            .iter()
            .all(|asked| !asked.head.contains("authorization"))
    );
}

/// Row 23.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_asks_for_is_not_bound_to_what_was_fetched_unasked() {
    let beyond = LinkServer::with(&[("/", "200 OK", "hello")]);
    let to = format!("http://here.test:{}/", beyond.port);
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let server = LinkServer::start(move |_, stream| {
        gate.lock().unwrap().recv().ok();
        std::io::Write::write_all(
            stream,
            format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").as_bytes(),
        )
    });
    let link = format!("http://allowed.test:{}/", server.port);
    let fetcher = fetcher(&["allowed.test"]);
    let both = async {
        let (first, second) = (unasked(&link), request(&link));
        tokio::join!(fetcher.download(&first), fetcher.download(&second))
    };
    let opened = async {
        until("the second connection", async || server.accepted() >= 2).await;
        drop(open);
    };
    let ((alone, asked), ()) = tokio::join!(both, opened);
    let alone = alone.unwrap_err();
    assert!(
        matches!(alone.kind, FetchErrorKind::NotAllowed { .. }),
        "{alone:?}"
    );
    assert_eq!(asked.unwrap().blob, "hello".into());
}
