//! The session against a real broker: nothing lost silently, nothing counted twice, back after every fault.

use crate::support::servers::{RealServer, nats_server, nats_server_with, old_nats_server};
use crate::support::session_stand::{connected, end, start, subscriptions, wait_for, wait_store};
use natsbridge_engine::{Command, ConnectionCommand, ConnectionState, Event, Session, SubscriptionCommand};

async fn stores_what_comes(server: &RealServer) {
    let mut session = start(&server.url(), &[">"]);
    connected(&mut session).await;
    let mut peer = server.raw();
    peer.publish("a.b", b"one");
    peer.publish_with_header_block("a.c", b"NATS/1.0\r\nK: v\r\nK: w\r\n\r\n", b"two");
    wait_store(&mut session, "two messages", |session| {
        session.store.range() == (1..3)
    })
    .await;
    let second = session.store.message(2).unwrap();
    assert_eq!(&*second.subject, "a.c");
    assert_eq!(
        second.headers,
        [("K".to_owned(), vec!["v".to_owned(), "w".to_owned()])]
    );
    assert_eq!(&second.payload[..], b"two");
    wait_store(&mut session, "digests", |session| {
        session.store.rows(1..3).iter().all(|row| row.digest.is_some())
    })
    .await;
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_stored_and_digested() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        stores_what_comes(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_several_subscriptions_match_is_stored_once() {
    let Some(server) = nats_server() else { return };
    let mut session = start(&server.url(), &["a.*", ">", "a.>"]);
    connected(&mut session).await;
    let mut peer = server.raw();
    for i in 0..1000 {
        peer.publish(if i % 2 == 0 { "a.b" } else { "c" }, b"x");
    }
    let views = subscriptions(&mut session, |views| {
        views.iter().map(|view| view.received).sum::<u64>() == 2000
    })
    .await;
    assert_eq!(
        views.iter().map(|view| view.received).collect::<Vec<_>>(),
        [500, 1000, 500]
    );
    // A subscription counts what it takes; a moment later it is stored.
    wait_store(&mut session, "all messages", |session| {
        session.store.counters().stored >= 1000
    })
    .await;
    let counters = session.store.counters();
    assert_eq!((counters.stored, counters.dropped), (1000, 0));
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_subscription_stores_nothing_and_drops_nothing() {
    let Some(server) = nats_server() else { return };
    let mut session = start(&server.url(), &["a", "b"]);
    connected(&mut session).await;
    let mut peer = server.raw();
    peer.publish("a", b"1");
    let views = subscriptions(&mut session, |views| views.iter().any(|view| view.received == 1)).await;
    session
        .commands
        .send(Command::Subscriptions(SubscriptionCommand::Pause(
            views[0].id,
            true,
        )))
        .await
        .unwrap();
    subscriptions(&mut session, |views| views[0].paused).await;
    peer.settle();
    // The broker may hear of the pause later than we say it: only what b brings is certain.
    for _ in 0..100 {
        peer.publish("a", b"2");
    }
    peer.publish("b", b"3");
    wait_store(&mut session, "what b brings", |session| {
        let last = session.store.range().end - 1;
        session
            .store
            .message(last)
            .is_some_and(|message| &*message.subject == "b")
    })
    .await;
    assert_eq!(session.store.counters().stored, 2);
    session
        .commands
        .send(Command::Subscriptions(SubscriptionCommand::Pause(
            views[0].id,
            false,
        )))
        .await
        .unwrap();
    subscriptions(&mut session, |views| !views[0].paused).await;
    wait_store(&mut session, "a again", |session| {
        peer_publish_until(server.address(), session)
    })
    .await;
    assert_eq!(session.store.counters().dropped, 0);
    end(session).await;
}

/// Publishes to `a` until something of it is stored: the broker learns of the resumed subscription in its own time.
fn peer_publish_until(address: String, session: &Session) -> bool {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream
        .write_all(b"CONNECT {\"verbose\":false}\r\nPUB a 1\r\n4\r\n")
        .unwrap();
    session.store.counters().stored > 2
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_refused_and_the_right_one_is_asked_for() {
    let Some(server) = nats_server_with("authorization { user: u, password: S3CRET }") else {
        return;
    };
    for (user_info, says) in [
        ("", "requires credentials"),
        ("u:WR0NG@", "refused the credentials"),
    ] {
        let mut session = start(&format!("{user_info}{}", server.address()), &[">"]);
        let cause = wait_for(&mut session, "the refusal", |event| match event {
            Event::Connection(ConnectionState::Refused { cause, .. }) => Some(cause.clone()),
            _ => None,
        })
        .await;
        assert!(
            cause.contains(says) && cause.contains(&server.address()),
            "{cause}"
        );
        assert!(!cause.contains("WR0NG"), "{cause}");
        end(session).await;
    }
    let mut session = start(&format!("u:S3CRET@{}", server.address()), &[">"]);
    connected(&mut session).await;
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn round_trips_are_measured_whatever_is_permitted() {
    let config = r#"authorization { users: [ { user: u, password: p, permissions: { subscribe: "a", publish: "x" } } ] }"#;
    let Some(server) = nats_server_with(config) else {
        return;
    };
    let mut session = start(&format!("u:p@{}", server.address()), &["a"]);
    wait_for(&mut session, "a round trip", |event| {
        matches!(
            event,
            Event::Connection(ConnectionState::Connected { rtt: Some(_), .. })
        )
        .then_some(())
    })
    .await;
    // Nothing was denied until now.
    session
        .commands
        .send(Command::Subscriptions(SubscriptionCommand::Add("b".into())))
        .await
        .unwrap();
    let next = wait_for(&mut session, "the next notice", |event| match event {
        Event::Notice(_, text) => Some(text.clone()),
        _ => None,
    })
    .await;
    assert_eq!(next, "Not permitted to subscribe to b.");
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_broker_is_a_state_and_it_connects_when_one_comes() {
    let Some(mut server) = nats_server() else { return };
    server.stop();
    let mut session = start(&server.url(), &["a"]);
    let error = wait_for(&mut session, "the first failure", |event| match event {
        Event::Connection(ConnectionState::Connecting {
            last_error: Some(error),
            tries: 1,
            ..
        }) => Some(error.clone()),
        _ => None,
    })
    .await;
    assert!(
        error.contains("nothing is listening on") && error.contains("natsbridge broker"),
        "{error}"
    );
    server.start();
    session
        .commands
        .send(Command::Connection(ConnectionCommand::Reconnect))
        .await
        .unwrap();
    connected(&mut session).await;
    end(session).await;
}
