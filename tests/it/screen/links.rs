//! Links on screen: the panel, fetching with its progress, cancelling, what is fetched by itself. Driven by keys.

use crate::support::screen_stand::{Bench, START_US};
use jiff::tz::TimeZone;
use natsbridge_app::{
    Appearance, Effect, ImageMode, InspectorMsg, Msg, Start, State, Tools, Transfer, WorkEffect,
};
use natsbridge_engine::{
    Cause, FetchError, FetchErrorKind, FetchPolicy, FetchRequest, Fetcher, Head, LinkInfo,
};
use natsbridge_ui::fetch_link;
use natsbridge_wire::Limits;
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

const URL: &str = "http://me:secret@files.example:8080/file/a/b/rows.csv";

/// An envelope with links: name, URL, declared size.
fn linked(links: &[(&str, &str, u64)]) -> String {
    let payloads: Vec<_> = links
        .iter()
        .map(|(name, url, size)| {
            json!({
                "id": "1", "dataname": name, "type": "text", "transport": "link", "encoding": "none",
                "size": size, "data": url, "metadata": {},
            })
        })
        .collect();
    json!({
        "correlationId": "7f3a91c2-0000-4000-8000-000000000000", "msgId": "m", "timestamp": "2026-11-22T12:01:02.118Z",
        "sendTo": "/data/daily", "msgPurpose": "chat", "senderName": "jl-calc", "senderId": "s", "receiverName": "",
        "receiverId": "", "replyTo": "", "replyToMsgId": "", "brokerURL": "nats://127.0.0.1:4222", "metadata": {},
        "payloads": payloads,
    })
    .to_string()
}

fn unable(why: &str) -> FetchError {
    FetchError::new("http://files.example", FetchErrorKind::Unable(Cause::of(why)))
}

fn facts(refused: Option<FetchError>, head: Option<Result<Head, FetchError>>) -> LinkInfo {
    LinkInfo {
        url: "http://files.example:8080/file/a/b/rows.csv".into(),
        host: "files.example:8080".into(),
        addresses: vec!["10.0.0.7".parse().expect("an address")],
        refused,
        allowed: false,
        cached: false,
        head,
    }
}

/// A bench with one linked message, the inspector focused on it.
fn bench(width: u16, height: u16) -> Bench {
    let mut bench = Bench::new(width, height);
    bench.arrive("/data/daily", linked(&[("rows", URL, 2_100_000)]).as_bytes());
    bench.keys("Enter");
    bench
}

/// Another policy, as the settings would give it.
fn allow(bench: &mut Bench, hosts: &[&str]) {
    bench.workbench.state = State::new(Start {
        store: bench.store.clone(),
        limits: bench.limits.clone(),
        appearance: Appearance {
            theme: "night".into(),
            themes: vec!["night".into()],
            mouse: true,
            images: ImageMode::Auto,
            shows_keys: false,
        },
        tools: Tools::default(),
        highlights: vec![],
        fetching: FetchPolicy {
            allowed_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            ..FetchPolicy::default()
        },
        context: None,
        zone: TimeZone::UTC,
        now_us: START_US,
    });
}

#[test]
fn the_panel_says_what_the_link_is_and_fetches_nothing() {
    for (width, height) in [(80, 24), (120, 40), (200, 60), (40, 10)] {
        let mut bench = bench(width, height);
        assert_eq!(
            bench.left,
            [Effect::Work(WorkEffect::LookUp(URL.into(), false))],
            "looked up, once, and not fetched"
        );
        bench.told(Msg::Inspector(InspectorMsg::LinkInfo(
            URL.into(),
            Box::new(facts(None, None)),
        )));
        bench.assert_shows("⇗ link · text · 2.10 MB");
        bench.keys("G").screen();
        bench.wait(1_000);
        assert_eq!(bench.left.len(), 1);
        if width >= 80 {
            for text in ["10.0.0.7", "▲ Fetching a one-shot link", "Enter  fetches it"] {
                bench.assert_shows(text);
            }
        }
        assert!(!bench.shows("secret"));
    }
}

#[test]
fn from_the_list_the_panel_says_how_to_get_in() {
    let mut bench = Bench::new(120, 40);
    bench.arrive("/data/daily", linked(&[("rows", URL, 10)]).as_bytes());
    bench.assert_shows("Enter Enter  fetches it");
    bench.keys("Enter Enter");
    assert_eq!(
        bench.left.last(),
        Some(&Effect::Work(WorkEffect::Fetch(URL.into())))
    );
}

#[test]
fn a_refused_link_says_why_and_enter_does_not_fetch_it() {
    let mut bench = bench(200, 60);
    let why = "169.254.169.254 is where clouds serve credentials";
    let why = FetchError::new("http://files.example", FetchErrorKind::Refused(why.into()));
    bench.told(Msg::Inspector(InspectorMsg::LinkInfo(
        URL.into(),
        Box::new(facts(Some(why), None)),
    )));
    bench.assert_shows("✖ http://files.example was not fetched");
    bench.keys("Enter");
    assert!(!bench.left.contains(&Effect::Work(WorkEffect::Fetch(URL.into()))));
}

#[test]
fn the_server_is_asked_only_on_request_and_its_answer_is_told() {
    let mut bench = bench(200, 60);
    bench.keys("H").assert_shows("checking …");
    assert_eq!(
        bench.left.last(),
        Some(&Effect::Work(WorkEffect::LookUp(URL.into(), true)))
    );
    let answers = [
        (
            Ok(Head {
                status: 200,
                length: Some(2_100_000),
            }),
            "still there: 2.10 MB",
        ),
        (
            Ok(Head {
                status: 404,
                length: None,
            }),
            "the file is gone (404)",
        ),
        (
            Ok(Head {
                status: 405,
                length: None,
            }),
            "does not answer this kind of request (405)",
        ),
        (Err(unable("nobody answers there")), "nobody answers there"),
    ];
    for (answer, text) in answers {
        bench.told(Msg::Inspector(InspectorMsg::LinkInfo(
            URL.into(),
            Box::new(facts(None, Some(answer))),
        )));
        bench.assert_shows(text);
    }
}

#[test]
fn a_download_shows_its_progress_in_panel_and_footer_and_escape_cancels_it() {
    let mut bench = bench(120, 40);
    bench.keys("Enter");
    assert_eq!(
        bench.left.last(),
        Some(&Effect::Work(WorkEffect::Fetch(URL.into())))
    );
    let request = bench
        .workbench
        .state
        .inspector
        .links
        .request(URL)
        .expect("it is being fetched");
    assert_eq!((request.declared, request.unasked), (Some(2_100_000), false));
    request.progress.start(Some(2_100_000));
    request.progress.add(1_050_000);
    bench.wait(500);
    for text in [
        "1.05 MB of 2.10 MB · 50 % · 2.10 MB/s",
        "━━━━",
        "1 s left",
        "Esc cancels",
    ] {
        bench.assert_shows(text);
    }
    let footer = bench.screen().pop().unwrap_or_default();
    assert!(footer.contains("⇗ 1.05 MB of 2.10 MB"), "{footer}");
    bench.keys("k Esc");
    assert_eq!(
        bench.left.last(),
        Some(&Effect::Work(WorkEffect::CancelFetch(URL.into())))
    );
    bench.assert_shows("Cancelled.");
    bench.told(Msg::Inspector(InspectorMsg::Fetched(
        URL.into(),
        Err(unable("too late")),
    )));
    assert!(!bench.shows("too late"), "what was cancelled says nothing more");
    bench.keys("Enter");
    assert_eq!(
        bench.left.last(),
        Some(&Effect::Work(WorkEffect::Fetch(URL.into())))
    );
}

#[test]
fn a_failure_is_told_in_the_panel_and_enter_tries_again() {
    let mut bench = bench(200, 60);
    bench.keys("Enter");
    bench.told(Msg::Inspector(InspectorMsg::Fetched(
        URL.into(),
        Err(unable("nobody answers")),
    )));
    bench.assert_shows("✖ http://files.example cannot be fetched: nobody answers.");
    bench.keys("Enter");
    assert_eq!(
        bench
            .left
            .iter()
            .filter(|effect| matches!(effect, Effect::Work(WorkEffect::Fetch(_))))
            .count(),
        2
    );
}

#[test]
fn over_the_limit_enter_has_to_be_said_twice() {
    let mut bench = Bench::new(120, 40);
    bench.arrive("/data/daily", linked(&[("rows", URL, 3_000_000_000)]).as_bytes());
    bench.keys("Enter Enter");
    assert!(!bench.left.contains(&Effect::Work(WorkEffect::Fetch(URL.into()))));
    bench.assert_shows("▲ Larger than the limit of");
    bench.keys("Enter");
    assert_eq!(
        bench.left.last(),
        Some(&Effect::Work(WorkEffect::Fetch(URL.into())))
    );
    let request = bench
        .workbench
        .state
        .inspector
        .links
        .request(URL)
        .expect("it is being fetched");
    assert_eq!(request.most, Some(3_000_000_000));
}

#[test]
fn allowed_hosts_are_fetched_when_looked_at_two_at_a_time_never_in_passing() {
    let mut bench = Bench::new(120, 40);
    allow(&mut bench, &["files.example"]);
    let urls: Vec<String> = (0..3).map(|i| format!("http://files.example/{i}")).collect();
    let links: Vec<_> = urls.iter().map(|url| ("rows", url.as_str(), 10)).collect();
    let fetched = |bench: &Bench| {
        bench
            .left
            .iter()
            .filter(|effect| matches!(effect, Effect::Work(WorkEffect::Fetch(_))))
            .count()
    };
    for i in 0..20 {
        bench.arrive(
            "/data/daily",
            linked(&[("rows", &format!("http://files.example/passing/{i}"), 10)]).as_bytes(),
        );
    }
    assert_eq!(fetched(&bench), 0, "in passing");
    bench.arrive("/data/daily", linked(&links).as_bytes());
    bench.wait(400);
    assert_eq!(
        fetched(&bench),
        2,
        "once it has stayed for a moment, two at a time"
    );
    bench.told(Msg::Inspector(InspectorMsg::Fetched(
        urls[0].clone(),
        Err(unable("no")),
    )));
    assert_eq!(fetched(&bench), 3);
    assert!(
        bench
            .workbench
            .state
            .inspector
            .links
            .request(&urls[2])
            .is_some_and(|request| request.unasked)
    );
    bench.told(Msg::Inspector(InspectorMsg::Fetched(
        urls[1].clone(),
        Err(unable("no")),
    )));
    bench.wait(5_000);
    assert_eq!(fetched(&bench), 3, "what failed is not tried again by itself");
}

#[test]
fn nothing_is_fetched_by_itself_from_other_hosts() {
    let mut bench = Bench::new(120, 40);
    allow(&mut bench, &["files.example:8080"]);
    bench.arrive(
        "/data/daily",
        linked(&[
            ("a", "http://files.example:9090/x", 10),
            ("b", "http://evil.example/", 1),
        ])
        .as_bytes(),
    );
    bench.keys("k");
    bench.wait(5_000);
    assert!(
        !bench
            .left
            .iter()
            .any(|effect| matches!(effect, Effect::Work(WorkEffect::Fetch(_)))),
        "{:?}",
        bench.left
    );
}

#[test]
fn saving_a_link_that_is_not_here_says_so_at_once() {
    let mut bench = bench(120, 40);
    bench.keys("w").assert_shows("This link has not been fetched yet");
}

/// A real server, the real fetcher: the value takes the panel's place.
#[tokio::test]
async fn a_fetched_link_shows_its_value_and_how_long_it_took() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/rows.txt", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the fetcher comes");
        let mut request = [0; 4096];
        let read = stream.read(&mut request).expect("a request");
        stream
            .write_all(
                b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\nhello from afar!\n",
            )
            .expect("it takes the answer");
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let mut bench = Bench::new(120, 40);
    bench.fetcher = Fetcher::new(FetchPolicy::default(), Limits::default());
    bench.arrive("/data/daily", linked(&[("rows", &url, 17)]).as_bytes());
    bench.keys("Enter Enter");
    let request: FetchRequest = bench
        .workbench
        .state
        .inspector
        .links
        .request(&url)
        .expect("it is being fetched");
    let result = fetch_link(&bench.fetcher, &request).await;
    assert!(result.is_ok(), "{result:?}");
    assert!(server.join().expect("it served").starts_with("GET /rows.txt"));
    bench.told(Msg::Inspector(InspectorMsg::Fetched(url.clone(), result)));
    bench.assert_shows("hello from afar!");
    bench.assert_shows("fetched in");
    assert!(
        bench
            .workbench
            .state
            .inspector
            .links
            .get(&url)
            .is_none_or(|link| matches!(link.transfer, Transfer::None))
    );
    bench.keys("w").assert_shows("Save the payload as");
    bench.keys("Enter");
    assert!(matches!(bench.left.last(), Some(Effect::Work(WorkEffect::Save(_, body))) if body.len() == 17));
}
