//! Rows 46 and 47: what is not permitted is said for every single subject, and a request has one of five ends.

use crate::support::connection_stand::{open, peer};
use crate::support::servers::{PATIENCE, RealServer, nats_server, nats_server_with, old_nats_server};
use crate::support::session_stand::{end, start, subscriptions};
use futures_util::future::join_all;
use natsbridge_engine::{
    ConnectOptions, Connection, ConnectionError, Outgoing, Request, RequestOptions, RequestOutcome,
    StoredMessage,
};
use std::time::{Duration, Instant};

const PERMISSIONS: &str = r#"authorization { users: [ { user: u, password: p, permissions: {
    subscribe: { allow: ["open.>", "_INBOX.>"] }, publish: { allow: ["open.>", "_INBOX.>"] } } } ] }"#;
const DENIED: usize = 500;

/// Row 46.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_500_denied_subscriptions_is_marked() {
    let Some(server) = nats_server_with(PERMISSIONS) else {
        return;
    };
    let closed: Vec<String> = (0..DENIED).map(|i| format!("closed.{i}")).collect();
    let patterns: Vec<&str> = closed.iter().map(String::as_str).chain(["open.>"]).collect();
    let mut session = start(&format!("u:p@{}", server.address()), &patterns);
    let views = subscriptions(&mut session, |views| {
        views.iter().filter(|view| view.denied.is_some()).count() == DENIED
    })
    .await;
    for view in &views[..DENIED] {
        let why = view.denied.clone().unwrap_or_default();
        assert!(why.contains(&view.pattern), "{why}");
    }
    assert_eq!(views.last().map(|view| view.denied.clone()), Some(None));
    end(session).await;
}

/// Row 46.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_500_denied_publishes_is_said_though_they_come_at_once() {
    let Some(server) = nats_server_with(PERMISSIONS) else {
        return;
    };
    let connection = open(&format!("u:p@{}", server.address())).await;
    let connection = &connection;
    let deliveries = (0..=DENIED).map(|i| async move {
        let subject = match i {
            DENIED => "open.a".to_owned(),
            _ => format!("closed.{i}"),
        };
        let sent = connection.deliver(question(&subject)).await;
        (subject, sent)
    });
    for (subject, sent) in join_all(deliveries).await {
        if subject == "open.a" {
            assert_eq!(sent, Ok(true));
        } else {
            let expected = ConnectionError::NotPermitted {
                deed: "publish to",
                subject,
            };
            assert_eq!(sent, Err(expected));
        }
    }
}

fn question(subject: &str) -> Outgoing<'_> {
    Outgoing {
        subject,
        payload: b"?",
        ..Outgoing::default()
    }
}

/// Waits up to `seconds` for `replies`, on `back` too.
fn wait(replies: usize, seconds: f32, back: &str) -> (&str, RequestOptions) {
    let timeout = Duration::from_secs_f32(seconds);
    (back, RequestOptions { timeout, replies })
}

/// Asks, reads to the end, and gives how it ended and what came.
async fn ask(
    connection: &Connection,
    subject: &str,
    (back, options): (&str, RequestOptions),
) -> (RequestOutcome, Vec<StoredMessage>) {
    let mut request = Request::send(connection, question(subject), back, options)
        .await
        .unwrap();
    let mut replies = Vec::new();
    let reading = async {
        while let Some(reply) = request.next().await {
            replies.push(reply);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap();
    assert_eq!(request.replies(), replies.len());
    (request.outcome(), replies)
}

/// Far longer than any of the ends that need not wait for it.
const LONG: f32 = 15.0;

async fn requests_end(server: &RealServer) {
    let connection = &open(&server.url()).await;
    let count = |(outcome, replies): (RequestOutcome, Vec<StoredMessage>)| (outcome, replies.len());

    // 1: a reply on the inbox.
    let answering = peer(server, "q1", |peer, reply| peer.publish(reply, b"yes"));
    let (outcome, replies) = ask(connection, "q1", wait(1, LONG, "")).await;
    assert_eq!((outcome, replies.len()), (RequestOutcome::Replied, 1));
    assert_eq!(&replies[0].payload[..], b"yes");
    answering.join().unwrap();

    // 2: a reply where the envelope says, as upstream's peers send it.
    let answering = peer(server, "q2", |peer, _| peer.publish("back.2", b"yes"));
    let (outcome, replies) = ask(connection, "q2", wait(1, LONG, "back.2")).await;
    assert_eq!(
        (outcome, &*replies[0].subject),
        (RequestOutcome::Replied, "back.2")
    );
    answering.join().unwrap();

    // 3: three replies, on both.
    let answering = peer(server, "q3", |peer, reply| {
        peer.publish(reply, b"1");
        peer.publish("back.3", b"2");
        peer.publish(reply, b"3");
    });
    let asked = ask(connection, "q3", wait(3, LONG, "back.3")).await;
    assert_eq!(count(asked), (RequestOutcome::Replied, 3));
    answering.join().unwrap();

    // 4: all that come until the time is up.
    let answering = peer(server, "q4", |peer, reply| {
        peer.publish(reply, b"1");
        peer.publish(reply, b"2");
    });
    let asked = ask(connection, "q4", wait(0, 1.0, "")).await;
    assert_eq!(count(asked), (RequestOutcome::Replied, 2));
    answering.join().unwrap();

    // 5: fewer than asked for.
    let answering = peer(server, "q5", |peer, reply| peer.publish(reply, b"1"));
    let asked = ask(connection, "q5", wait(2, 0.5, "")).await;
    assert_eq!(count(asked), (RequestOutcome::TimedOut, 1));
    answering.join().unwrap();

    // 6: nobody listens; that is known at once.
    let start = Instant::now();
    let asked = ask(connection, "q6", wait(1, LONG, "back.6")).await;
    assert_eq!(count(asked), (RequestOutcome::NoResponders, 0));
    assert!(start.elapsed() < Duration::from_secs_f32(LONG / 2.0));

    // 7: somebody listens and does not answer.
    let silent = peer(server, "q7", |_, _| {});
    let asked = ask(connection, "q7", wait(1, 0.3, "")).await;
    assert_eq!(count(asked), (RequestOutcome::TimedOut, 0));
    silent.join().unwrap();

    // 8: given up by whoever asked.
    let silent = peer(server, "q8", |_, _| {});
    let request = Request::send(connection, question("q8"), "", wait(1, LONG, "").1)
        .await
        .unwrap();
    assert_eq!(request.outcome(), RequestOutcome::Cancelled);
    drop(request);
    silent.join().unwrap();

    // 9: a status that anybody can write is no word of the broker: with a body, elsewhere, or after a reply.
    let spoof: &[u8] = b"NATS/1.0 503\r\n\r\n";
    let answering = peer(server, "q9", move |peer, reply| {
        peer.publish_with_header_block(reply, spoof, b"body");
        peer.publish_with_header_block("back.9", spoof, b"");
        peer.publish_with_header_block(reply, spoof, b"");
    });
    let asked = ask(connection, "q9", wait(3, LONG, "back.9")).await;
    assert_eq!(count(asked), (RequestOutcome::Replied, 3));
    answering.join().unwrap();

    // 10: the request itself, sent to where its replies go, is no reply.
    let answering = peer(server, "q10", |peer, _| peer.publish("q10", b"yes"));
    let (outcome, replies) = ask(connection, "q10", wait(1, LONG, "q10")).await;
    assert_eq!(
        (outcome, &replies[0].payload[..]),
        (RequestOutcome::Replied, &b"yes"[..])
    );
    answering.join().unwrap();

    // 11: a reply that stops the client. Last, because it does.
    let answering = peer(server, "q11", |peer, reply| {
        peer.publish_with_header_block(reply, b"NATS/1.0\r\nK: a\rb\r\n\r\n", b"x");
    });
    let asked = ask(connection, "q11", wait(1, LONG, "")).await;
    assert_eq!(count(asked), (RequestOutcome::ConnectionLost, 0));
    answering.join().unwrap();
}

/// Row 47.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_has_one_of_five_ends() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        requests_end(&server).await;
    }
}

/// Row 47.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_ends_a_request_before_its_time() {
    let Some(mut server) = nats_server() else { return };
    let connection = open(&server.url()).await;
    let silent = peer(&server, "q", |_, _| {});
    let mut request = Request::send(&connection, question("q"), "", wait(1, LONG, "").1)
        .await
        .unwrap();
    silent.join().unwrap();
    let start = Instant::now();
    server.stop();
    assert!(request.next().await.is_none());
    assert_eq!(request.outcome(), RequestOutcome::ConnectionLost);
    assert!(start.elapsed() < Duration::from_secs_f32(LONG / 2.0));
    assert!(request.next().await.is_none(), "an end is an end");
}

/// Row 47.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_not_permitted_is_an_error_at_once() {
    let Some(server) = nats_server_with(PERMISSIONS) else {
        return;
    };
    let connection = open(&format!("u:p@{}", server.address())).await;
    let start = Instant::now();
    for (subject, back, denied) in [
        ("closed.q", "", "publish to closed.q"),
        ("open.q", "closed.back", "subscribe to closed.back"),
    ] {
        let asked = Request::send(&connection, question(subject), back, wait(1, LONG, "").1).await;
        let error = asked.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(denied), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs_f32(LONG / 2.0));
    let bad = Request::send(&connection, question("a b"), "", wait(1, LONG, "").1).await;
    assert!(matches!(bad, Err(ConnectionError::BadSubject(_))));
}

/// Row 44. What came in its time is given even if it is taken later, and what the client dropped is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replies_that_came_in_time_are_given_or_counted() {
    const REPLIES: u64 = 500;
    let Some(server) = nats_server() else { return };
    let mut options = ConnectOptions::from_urls(&server.url()).unwrap();
    options.limits.subscription_queue = 50;
    let connection = Connection::open(&options).await.unwrap();
    for (round, stops) in [(1, true), (2, false)] {
        let answering = peer(&server, "many", |peer, reply| {
            for number in 0..REPLIES {
                peer.publish(reply, number.to_string().as_bytes());
            }
        });
        let wait = RequestOptions {
            timeout: if stops { PATIENCE } else { Duration::from_secs(3) },
            replies: 0,
        };
        let mut request = Request::send(&connection, question("many"), "", wait)
            .await
            .unwrap();
        tokio::task::spawn_blocking(|| answering.join().unwrap())
            .await
            .unwrap();
        // The broker answers after all that it was given before.
        connection.round_trip().await.unwrap();
        if stops {
            request.stop();
        }
        let mut given = 0;
        while request.next().await.is_some() {
            given += 1;
        }
        let missed = request.missed();
        assert_eq!(given + missed, REPLIES, "round {round}: {missed} missed");
        assert!(given >= 50 && missed > 0, "round {round}: {given} given");
        assert_eq!(request.outcome(), RequestOutcome::Replied);
    }
    // Who has as many as were wanted misses none.
    let answering = peer(&server, "many", |peer, reply| {
        for number in 0..REPLIES {
            peer.publish(reply, number.to_string().as_bytes());
        }
    });
    let wait = RequestOptions {
        timeout: PATIENCE,
        replies: 5,
    };
    let mut request = Request::send(&connection, question("many"), "", wait)
        .await
        .unwrap();
    tokio::task::spawn_blocking(|| answering.join().unwrap())
        .await
        .unwrap();
    let mut given = 0;
    while request.next().await.is_some() {
        given += 1;
    }
    assert_eq!((given, request.missed()), (5, 0));
}
