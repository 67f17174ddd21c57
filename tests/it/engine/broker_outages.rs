//! Rows 40 to 44: brokers that restart, are killed, stop answering, are away, or send faster than we can take in.

use crate::support::servers::{PATIENCE, RealServer, nats_server, nats_server_with, old_nats_server};
use crate::support::session_stand::{
    back, connected, end, lost, start, start_with, subscriptions, wait_for, wait_store,
};
use crate::support::waits::until;
use futures_util::future::join_all;
use natsbridge_engine::{
    Bridge, Command, ConnectOptions, Connection, ConnectionCommand, ConnectionError, ConnectionState, Event,
    Outgoing, Payload, Request, RequestOptions, RequestOutcome, SendOptions, Session, SubscriptionCommand,
};
use natsbridge_wire::Limits;
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
#[cfg(unix)]
use tokio::sync::watch;

/// Restarts come too soon after each other here to wait out a storm each time.
fn no_storm(limits: &mut Limits) {
    limits.storm_pause = Duration::from_millis(50);
}

async fn restarts(mut server: RealServer, times: u64) {
    let mut session = start_with(&server.url(), &["a", "b.>"], no_storm);
    connected(&mut session).await;
    for time in 1..=times {
        server.stop();
        lost(&mut session).await;
        server.start();
        let notice = back(&mut session).await;
        assert!(
            notice.contains("may be missing") && !notice.contains("did not restart"),
            "{notice}"
        );
        let mut peer = server.raw();
        peer.publish("a", b"1");
        peer.publish("b.c", b"2");
        wait_store(&mut session, "both messages", |session| {
            session.store.counters().stored == time * 2
        })
        .await;
        let gaps = session.store.gaps();
        assert_eq!(gaps.len() as u64, time);
        let gap = &gaps[gaps.len() - 1];
        assert!(
            gap.before == time * 2 - 1 && gap.from_us < gap.to_us && !gap.cause.is_empty(),
            "{gap:?}"
        );
    }
    let counters = session.store.counters();
    assert_eq!((counters.stored, counters.dropped), (times * 2, 0));
    end(session).await;
}

/// Row 40.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscriptions_survive_twenty_restarts_and_each_is_marked() {
    let servers = [(nats_server(), 20), (old_nats_server(), 5)];
    let runs = servers
        .into_iter()
        .filter_map(|(server, times)| Some(restarts(server?, times)));
    join_all(runs).await;
}

/// Row 40.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn switching_keeps_subscriptions_and_books_and_marks_the_gap() {
    let secret = "authorization { user: u, password: p }";
    let (Some(one), Some(two), Some(closed)) = (nats_server(), nats_server(), nats_server_with(secret))
    else {
        return;
    };
    let switch = |url: &str| {
        let mut options = ConnectOptions::from_urls(url).unwrap();
        no_storm(&mut options.limits);
        Command::Connection(ConnectionCommand::Switch(Box::new(options)))
    };
    let mut session = start(&one.url(), &["a", "b.>"]);
    connected(&mut session).await;
    one.raw().publish("a", b"1");
    wait_store(&mut session, "the first message", |session| {
        session.store.counters().stored == 1
    })
    .await;

    session.commands.send(switch(&two.url())).await.unwrap();
    let notice = back(&mut session).await;
    let switched = format!("switched from {} to {}", one.address(), two.address());
    assert!(notice.contains(&switched), "{notice}");
    two.raw().publish("b.c", b"2");
    wait_store(&mut session, "a message of the second broker", |session| {
        session.store.counters().stored == 2
    })
    .await;
    let gaps = session.store.gaps();
    assert_eq!((gaps.len(), gaps[0].before, &gaps[0].cause), (1, 2, &switched));

    // A broker that refuses us stops it; from there one can go on or back.
    session.commands.send(switch(&closed.address())).await.unwrap();
    let cause = wait_for(&mut session, "the refusal", |event| match event {
        Event::Connection(ConnectionState::Refused { cause, .. }) => Some(cause.clone()),
        _ => None,
    })
    .await;
    assert!(cause.contains(&closed.address()), "{cause}");
    session
        .commands
        .send(switch(&format!("u:p@{}", closed.address())))
        .await
        .unwrap();
    let notice = back(&mut session).await;
    assert!(
        notice.contains(&two.address()) && notice.contains(&format!("then switched to {}", closed.address())),
        "{notice}"
    );
    session.commands.send(switch(&one.url())).await.unwrap();
    back(&mut session).await;
    one.raw().publish("a", b"3");
    wait_store(&mut session, "a message of the first broker", |session| {
        session.store.counters().stored == 3
    })
    .await;
    assert_eq!(session.store.gaps().len(), 3);
    end(session).await;
}

/// Deliveries under way at one time in row 41.
const SENDERS: usize = 8;

/// One claim that the broker had read a message.
struct Claim {
    number: u64,
    round: usize,
    /// Whether the next broker ran already when it was made.
    late: bool,
}

/// Row 41.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_delivery_is_claimed_that_a_killed_broker_took_along() {
    const KILLS: usize = 10;
    const IDLE: usize = usize::MAX;
    let Some(mut server) = nats_server() else { return };
    let connection = Connection::open(&ConnectOptions::from_urls(&server.url()).unwrap())
        .await
        .unwrap();
    let (round, starts, next) = (AtomicUsize::new(IDLE), AtomicUsize::new(0), AtomicU64::new(0));
    let (claims, refused) = (Mutex::new(Vec::<Claim>::new()), AtomicU64::new(0));
    let done = AtomicUsize::new(0);
    let sending = async || {
        while done.load(Ordering::SeqCst) == 0 {
            let (now, started) = (round.load(Ordering::SeqCst), starts.load(Ordering::SeqCst));
            if now == IDLE {
                tokio::time::sleep(Duration::from_millis(1)).await;
                continue;
            }
            let number = next.fetch_add(1, Ordering::SeqCst);
            let payload = number.to_string();
            let message = Outgoing {
                subject: "k",
                payload: payload.as_bytes(),
                ..Outgoing::default()
            };
            match connection.deliver(message).await {
                Ok(true) => claims.lock().unwrap().push(Claim {
                    number,
                    round: now,
                    late: starts.load(Ordering::SeqCst) != started,
                }),
                Ok(false) | Err(ConnectionError::Down { .. }) => {
                    refused.fetch_add(1, Ordering::SeqCst);
                }
                Err(error) => panic!("{error}"),
            }
        }
    };
    let killing = async {
        let mut observed = Vec::new();
        for kill in 0..KILLS {
            let mut observer = server.raw();
            observer.subscribe("k");
            let before = claims.lock().unwrap().len();
            round.store(kill, Ordering::SeqCst);
            until("claims", async || claims.lock().unwrap().len() >= before + 100).await;
            server.stop();
            // The client has noticed: nothing of the old connection is still to be read.
            let refusals = refused.load(Ordering::SeqCst);
            until("the refusals", async || {
                refused.load(Ordering::SeqCst) > refusals + 100
            })
            .await;
            round.store(IDLE, Ordering::SeqCst);
            // A sender that was about to publish must not do so at the next broker under this round's name.
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
            observed.push(numbers(&observer.read_to_end()));
            starts.fetch_add(1, Ordering::SeqCst);
            server.start();
            let stands = async { while connection.round_trip().await.is_none() {} };
            assert!(tokio::time::timeout(PATIENCE, stands).await.is_ok());
        }
        done.store(1, Ordering::SeqCst);
        observed
    };
    let (observed, _) = tokio::join!(killing, join_all((0..SENDERS).map(|_| sending())));
    let claims = claims.into_inner().unwrap();
    assert!(claims.len() >= KILLS * 100);
    for (kill, observed) in observed.iter().enumerate() {
        let missing = claims
            .iter()
            .filter(|claim| claim.round == kill && !observed.contains(&claim.number));
        let (late, last): (Vec<&Claim>, Vec<&Claim>) = missing.partition(|claim| claim.late);
        assert!(late.is_empty(), "kill {kill}: {} false claims", late.len());
        // What the broker had read when it was killed need not have reached anybody, and nobody claims that. On a busy
        // machine it reads and confirms several from each before it hands the first on.
        assert!(
            last.len() <= 8 * SENDERS,
            "kill {kill}: {} of the last",
            last.len()
        );
    }
    assert!(connection.close().await);
}

/// The payloads of `MSG k 1 n` frames.
fn numbers(bytes: &[u8]) -> HashSet<u64> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split("\r\n");
    let mut numbers = HashSet::new();
    while let Some(line) = lines.next() {
        if line.starts_with("MSG ") {
            numbers.extend(lines.next().and_then(|payload| payload.parse::<u64>().ok()));
        }
    }
    numbers
}

/// How long the broker of row 42 does not answer.
#[cfg(unix)]
const STOPPED: Duration = Duration::from_secs(60);

/// How much too late this machine does what was to be done after a while, at worst.
#[cfg(unix)]
fn lateness() -> watch::Receiver<Duration> {
    const WHILE: Duration = Duration::from_millis(50);
    let (tell, worst) = watch::channel(Duration::ZERO);
    tokio::spawn(async move {
        while !tell.is_closed() {
            let start = Instant::now();
            tokio::time::sleep(WHILE).await;
            let late = start.elapsed().saturating_sub(WHILE);
            tell.send_if_modified(|worst| std::mem::replace(worst, late.max(*worst)) != *worst);
        }
    });
    worst
}

#[cfg(unix)]
async fn partition(server: RealServer) {
    let mut session = start(&server.url(), &[">"]);
    connected(&mut session).await;
    let mut peer = server.raw();
    let silent = |expected: bool| {
        move |event: &Event| {
            matches!(event, Event::Connection(ConnectionState::Connected { silent, .. }) if *silent == expected)
                .then_some(())
        }
    };
    // Short: nothing is lost, nothing is marked.
    server.signal("-STOP");
    wait_for(&mut session, "amber", silent(true)).await;
    server.signal("-CONT");
    wait_for(&mut session, "green", silent(false)).await;
    peer.publish("a", b"1");
    wait_store(&mut session, "a message", |session| {
        session.store.counters().stored == 1
    })
    .await;
    assert_eq!(session.store.gaps(), []);
    // Long: given up, made anew, marked from the moment it fell silent.
    let lateness = lateness();
    server.signal("-STOP");
    let start = Instant::now();
    wait_for(&mut session, "amber", silent(true)).await;
    let amber = start.elapsed();
    let cause = lost(&mut session).await;
    let (red, late) = (start.elapsed(), *lateness.borrow());
    assert!(
        amber < Duration::from_secs(4) + 2 * late && red < Duration::from_secs(16) + 2 * late,
        "{amber:?} {red:?}, {late:?} late"
    );
    assert!(cause.contains("no response for 10 s"), "{cause}");
    tokio::time::sleep_until((start + STOPPED).into()).await;
    server.signal("-CONT");
    back(&mut session).await;
    let gap = session.store.gaps().remove(0);
    assert!(gap.to_us - gap.from_us >= 57_000_000, "{gap:?}");
    peer.publish("a", b"2");
    wait_store(&mut session, "another message", |session| {
        session.store.counters().stored == 2
    })
    .await;
    end(session).await;
}

/// Row 42.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_stops_turns_amber_then_red_and_messages_flow_again() {
    let servers = [nats_server(), old_nats_server()];
    join_all(servers.into_iter().flatten().map(partition)).await;
}

/// Limits under which every call of row 43 has to end soon.
fn short(limits: &mut Limits) {
    limits.flush_time = Duration::from_millis(300);
    limits.connect_time = Duration::from_millis(300);
    limits.client_queue = 8;
}

/// Ends in time, or the test fails.
async fn ends<T>(what: &str, work: impl Future<Output = T>) -> T {
    let worked = tokio::time::timeout(Duration::from_secs(10), work).await;
    worked.unwrap_or_else(|_| panic!("{what} does not end"))
}

/// Ten calls, each of which has to end with a sentence that names the broker, or with an honest no.
async fn ten_calls(address: &str, connection: Connection, stands: bool) {
    let message = Outgoing {
        subject: "a",
        payload: b"x",
        ..Outgoing::default()
    };
    let says = |error: &dyn std::fmt::Display| {
        let text = error.to_string();
        assert!(text.contains(address), "{text}");
    };
    let publish = ends("publish", connection.publish(message)).await;
    assert_eq!(publish.is_ok(), stands);
    publish.err().iter().for_each(|error| says(error));
    assert_eq!(ends("flush", connection.flush("a")).await, Ok(false));
    assert_eq!(ends("round_trip", connection.round_trip()).await, None);
    match ends("deliver", connection.deliver(message)).await {
        Ok(claimed) => assert!(stands && !claimed),
        Err(error) => says(&error),
    }
    match ends("subscribe", connection.subscribe(&["b"])).await {
        Ok(_) => assert!(stands),
        Err(error) => says(&error),
    }
    let options = RequestOptions {
        timeout: Duration::from_millis(200),
        ..RequestOptions::default()
    };
    match ends("request", Request::send(&connection, message, "", options)).await {
        Ok(mut request) => {
            assert!(ends("a reply", request.next()).await.is_none());
            assert!(stands && request.outcome() == RequestOutcome::TimedOut);
        }
        Err(error) => says(&error),
    }
    if !stands {
        ends("a thousand publishes", async {
            for _ in 0..1000 {
                assert!(connection.publish(message).await.is_err());
            }
        })
        .await;
    }
    let bridge = Bridge::over(connection.clone());
    let data = Payload::text("t", "x");
    match ends("send", bridge.send("a", data, &SendOptions::default())).await {
        Ok(sent) => assert!(stands && !sent.flushed),
        Err(error) => says(&error),
    }
    let mut options = ConnectOptions::from_urls(address).unwrap();
    short(&mut options.limits);
    says(&ends("open", Connection::open(&options)).await.unwrap_err());
    ends("close", connection.close()).await;
}

async fn session_obeys(session: &mut Session) {
    for command in [
        Command::Subscriptions(SubscriptionCommand::Add("c".into())),
        Command::Connection(ConnectionCommand::Reconnect),
        Command::Subscriptions(SubscriptionCommand::Add("c".into())),
    ] {
        session.commands.send(command).await.unwrap();
    }
    let views = subscriptions(session, |views| views.len() == 2).await;
    let id = views[1].id;
    session
        .commands
        .send(Command::Subscriptions(SubscriptionCommand::Pause(id, true)))
        .await
        .unwrap();
    subscriptions(session, |views| views[1].paused).await;
    session
        .commands
        .send(Command::Subscriptions(SubscriptionCommand::Remove(id)))
        .await
        .unwrap();
    subscriptions(session, |views| views.len() == 1).await;
}

/// Row 43.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_ends_while_the_broker_is_away() {
    for mut server in [nats_server(), old_nats_server()].into_iter().flatten() {
        let mut options = ConnectOptions::from_urls(&server.url()).unwrap();
        short(&mut options.limits);
        let connection = Connection::open(&options).await.unwrap();
        let mut session = start_with(&server.url(), &["a"], short);
        connected(&mut session).await;
        server.stop();
        lost(&mut session).await;
        let message = Outgoing {
            subject: "a",
            ..Outgoing::default()
        };
        let noticed = async {
            // Taken from us before the client noticed, perhaps; never called delivered.
            while let Ok(claimed) = connection.deliver(message).await {
                assert!(!claimed);
            }
        };
        ends("noticing", noticed).await;
        Box::pin(ten_calls(&server.address(), connection, false)).await;
        session_obeys(&mut session).await;
        ends("the session", end(session)).await;
    }
}

/// Row 43.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_ends_while_the_broker_says_nothing() {
    let Some(server) = nats_server() else { return };
    let mut options = ConnectOptions::from_urls(&server.url()).unwrap();
    short(&mut options.limits);
    let connection = Connection::open(&options).await.unwrap();
    server.signal("-STOP");
    Box::pin(ten_calls(&server.address(), connection, true)).await;
}

/// Row 44.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_bursts_of_a_million_nothing_is_lost() {
    const MESSAGES: u64 = 1_000_000;
    let Some(server) = nats_server() else { return };
    for _ in 0..5 {
        let mut session = start_with(&server.url(), &["burst.>"], |_| {});
        connected(&mut session).await;
        let mut peer = server.raw();
        let writer = std::thread::spawn(move || {
            let many: Vec<u8> = b"PUB burst.x 16\r\n0123456789abcdef\r\n".repeat(1000);
            for _ in 0..MESSAGES / 1000 {
                peer.send(&many);
            }
            peer.settle();
        });
        wait_store(&mut session, "every message", |session| {
            session.store.counters().stored >= MESSAGES
        })
        .await;
        writer.join().unwrap();
        let store = session.store.clone();
        end(session).await;
        assert_eq!(store.counters().stored, MESSAGES);
        assert_eq!(store.range().end, MESSAGES + 1);
        assert_eq!(store.gaps(), []);
    }
}
