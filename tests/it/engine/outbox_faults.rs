//! Rows 41, 43, 45 and 47 for what a session sends: never more is claimed than is known, nothing hangs, nothing is too
//! large, and a request has one of five ends.

use crate::support::broker_stand::broker;
use crate::support::connection_stand::peer;
use crate::support::meddler::Meddler;
use crate::support::outbox_stand::{failure, job, over, report, request, send, texts};
use crate::support::servers::{RealServer, nats_server, nats_server_with, old_nats_server};
use crate::support::session_stand::{connected, end, lost, start, start_with, wait_for, wait_store};
use natsbridge_engine::{
    Command, ConnectionState, Event, OutboxCommand, RequestOutcome, SendId, SendJob, SendProgress, SendStage,
    Session, TransportChoice, grouped,
};
use natsbridge_wire::Limits;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(15);

fn hasty(limits: &mut Limits) {
    limits.storm_pause = Duration::from_millis(50);
    limits.rebuild_pause = Duration::from_millis(100);
}

async fn again(session: &mut Session, server: &mut RealServer) {
    server.start();
    connected(session).await;
}

async fn kills(mut server: RealServer, times: usize) {
    let mut session = start_with(&server.url(), &["none"], hasty);
    connected(&mut session).await;
    // Messages that may be on their way at once: the broker may have read them without passing them on.
    let on_the_way = Limits::DEFAULT.deliveries as u64;
    for kill in 0..times {
        // Another subject each time: what was written and not confirmed may come with the next connection.
        let (id, subject) = (kill as u64, format!("k{kill}"));
        let mut observer = server.raw();
        observer.subscribe(&subject);
        let endless = SendJob {
            count: 1_000_000,
            ..job(id, &subject, "{{count}}")
        };
        send(&session, endless).await;
        report(&mut session, id, "a hundred claims", |report| {
            report.confirmed >= 100
        })
        .await;
        server.stop();
        let told = over(&mut session, id).await;
        assert!(failure(&told).contains(&server.address()), "{told:?}");
        assert!(told.confirmed <= told.sent && told.sent < told.of, "{told:?}");
        let seen = String::from_utf8_lossy(&observer.read_to_end())
            .matches(&format!("MSG {subject} 1 "))
            .count() as u64;
        assert!(seen <= told.sent, "{seen} {told:?}");
        assert!(told.confirmed <= seen + on_the_way, "{seen} {told:?}");
        again(&mut session, &mut server).await;
    }
    end(session).await;
}

/// Row 41.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sending_claims_no_message_that_a_killed_broker_took_along() {
    for (server, times) in [(nats_server(), 10), (old_nats_server(), 2)] {
        if let Some(server) = server {
            kills(server, times).await;
        }
    }
}

async fn ten_sendings_while_down(mut server: RealServer) {
    let mut session = start_with(&server.url(), &["kept"], hasty);
    connected(&mut session).await;
    server.stop();
    lost(&mut session).await;
    for id in 0..10 {
        send(&session, job(id, "refused", "x")).await;
        let told = over(&mut session, id).await;
        let why = failure(&told);
        assert!(
            why.contains(&server.address()) && why.contains("was not sent"),
            "{why}"
        );
        assert_eq!(told.sent, 0);
    }
    // Those that may wait do, each told its place; one that is cancelled makes room.
    for id in 10..20 {
        let waits = SendJob {
            queue: true,
            ..job(id, "kept", &id.to_string())
        };
        send(&session, waits).await;
        let depth = id as usize - 9;
        report(&mut session, id, "its place in the queue", |report| {
            report.stage == SendStage::Queued { depth }
        })
        .await;
    }
    session
        .commands
        .send(Command::Outbox(OutboxCommand::Cancel(SendId(10))))
        .await
        .unwrap();
    let told = over(&mut session, 10).await;
    assert_eq!((told.stage, told.sent), (SendStage::Cancelled, 0));
    report(&mut session, 19, "a place further to the front", |report| {
        report.stage == SendStage::Queued { depth: 9 }
    })
    .await;
    server.start();
    let mut left = 9;
    wait_for(&mut session, "all that waited", |event| {
        if let Event::Job(SendProgress {
            over: true, stage, ..
        }) = event
        {
            assert_eq!(*stage, SendStage::Flushed);
            left -= 1;
        }
        (left == 0).then_some(())
    })
    .await;
    end(session).await;
}

/// Row 43.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_while_the_broker_is_away_is_refused_or_waits_in_order() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        ten_sendings_while_down(server).await;
    }
}

/// Row 43.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_waited_go_out_in_their_order() {
    let Some(mut server) = nats_server() else { return };
    let mut session = start_with(&server.url(), &["kept"], hasty);
    connected(&mut session).await;
    server.stop();
    lost(&mut session).await;
    let expected: Vec<String> = (1..=8).map(|id: u64| id.to_string()).collect();
    for (id, text) in (1..).zip(&expected) {
        let waits = SendJob {
            queue: true,
            ..job(id, "kept", text)
        };
        send(&session, waits).await;
        report(&mut session, id, "it to wait", |report| {
            matches!(report.stage, SendStage::Queued { .. })
        })
        .await;
    }
    server.start();
    wait_store(&mut session, "all that waited", |session| {
        session.store.counters().stored == 8
    })
    .await;
    assert_eq!(texts(&session, "kept"), expected);
    end(session).await;
}

/// Row 43.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_silent_broker_was_handed_is_written_and_not_more() {
    let Some(server) = nats_server() else { return };
    let mut session = start(&server.url(), &["none"]);
    connected(&mut session).await;
    // The connection to send over stands before the broker falls silent.
    send(&session, job(1, "a", "x")).await;
    over(&mut session, 1).await;
    server.signal("-STOP");
    send(&session, job(2, "a", "x")).await;
    let told = over(&mut session, 2).await;
    assert_eq!(told.stage, SendStage::Written);
    assert_eq!((told.sent, told.confirmed), (1, 0));
    server.signal("-CONT");
    end(session).await;
}

/// The broker's limit in row 45.
const MOST: usize = 20_000;

async fn sizes(server: RealServer) {
    let mut session = start(&server.url(), &["s"]);
    connected(&mut session).await;
    let of = |id: u64, padding: usize| {
        let mut sized = job(id, "s", "text");
        sized.composition.transport = TransportChoice::Direct;
        sized.composition.metadata = format!(r#"{{"p":"{}"}}"#, "x".repeat(padding));
        sized.composition.headers = vec![("Trace".into(), "on".into())];
        sized
    };
    send(&session, of(0, 0)).await;
    let bare = over(&mut session, 0).await.bytes as usize + "NATS/1.0\r\nTrace: on\r\n\r\n".len();
    let mut fit = 1;
    for (id, size) in (1..).zip(MOST - 6..MOST + 6) {
        send(&session, of(id, size - bare)).await;
        let told = over(&mut session, id).await;
        if size <= MOST {
            fit += 1;
            assert_eq!(told.stage, SendStage::Flushed, "{size}");
        } else {
            assert!(failure(&told).contains("the server accepts 20,000"), "{told:?}");
            assert_eq!(told.sent, 0, "{size}");
        }
    }
    wait_store(&mut session, "those that fit", |session| {
        session.store.counters().stored == fit
    })
    .await;
    assert_eq!(fit, 8);
    // A broker that was sent too much would have closed the connection.
    assert_eq!(session.store.gaps(), []);
    end(session).await;
}

/// Row 45.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twelve_sizes_around_the_limit_go_or_are_refused() {
    let config = format!("max_payload: {MOST}");
    for server in [
        nats_server_with(&config),
        crate::support::servers::old_nats_server_with(&config),
    ]
    .into_iter()
    .flatten()
    {
        sizes(server).await;
    }
}

/// Row 45.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_is_measured_by_the_broker_that_came_back() {
    let Some(mut server) = nats_server() else { return };
    let mut session = start_with(&server.url(), &["s"], hasty);
    connected(&mut session).await;
    // It has a connection from before, which knows the old limit.
    send(&session, job(1, "s", "x")).await;
    over(&mut session, 1).await;
    server.stop();
    lost(&mut session).await;
    let mut waits = job(2, "s", &"x".repeat(50_000));
    waits.queue = true;
    waits.composition.transport = TransportChoice::Direct;
    send(&session, waits).await;
    report(&mut session, 2, "it to wait", |report| {
        matches!(report.stage, SendStage::Queued { .. })
    })
    .await;
    server.configure("max_payload: 4096");
    server.start();
    let told = over(&mut session, 2).await;
    assert!(failure(&told).contains("the server accepts 4,096"), "{told:?}");
    send(&session, job(3, "s", "small")).await;
    assert_eq!(over(&mut session, 3).await.stage, SendStage::Flushed);
    end(session).await;
}

/// Row 45. What a broker says of itself later on is heeded by what is sent from then on, whether it takes less or more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_that_the_broker_tells_midway_counts() {
    let broker = broker().await;
    let way = Meddler::to(broker.url().trim_start_matches("nats://"), 100_000);
    let mut session = start_with(&way.url(), &["s"], hasty);
    connected(&mut session).await;
    let large = |id| {
        let mut job = job(id, "s", &"x".repeat(100_000));
        job.composition.transport = TransportChoice::Direct;
        job
    };
    let small = |id| job(id, "s", "x");
    for (id, most) in [(1, 100_000), (3, 50_000), (5, 400_000), (7, 60_000)] {
        if id > 1 {
            way.tell(most);
            let told = wait_for(&mut session, "the new limit", |event| match event {
                Event::Connection(ConnectionState::Connected { server, .. }) => Some(server.max_payload),
                _ => None,
            });
            assert_eq!(told.await, most);
        }
        send(&session, small(id)).await;
        assert_eq!(over(&mut session, id).await.stage, SendStage::Flushed);
        send(&session, large(id + 1)).await;
        let told = over(&mut session, id + 1).await;
        if most > 200_000 {
            assert_eq!(told.stage, SendStage::Flushed, "{most}");
        } else {
            let why = format!("the server accepts {}", grouped(most));
            assert!(failure(&told).contains(&why), "{told:?}");
        }
    }
    wait_store(&mut session, "what was taken", |session| {
        session.store.counters().stored == 5
    })
    .await;
    assert_eq!(session.store.gaps(), [], "nothing of it cost the connection");
    end(session).await;
}

async fn ends_of_requests(server: &RealServer) {
    let mut session = start(&server.url(), &["none"]);
    connected(&mut session).await;
    let back = |id, subject: &str, replies, timeout, place: &str| {
        let mut asks = request(id, subject, replies, timeout);
        asks.composition.reply_to = place.into();
        asks
    };
    let short = Duration::from_millis(500);
    let replied = |replies| (SendStage::Answered { replies, first_us: 0 }, replies as u64);
    let not = |outcome, replies| (SendStage::Unanswered(outcome), replies);
    let yes: &[u8] = b"yes";

    let inbox = peer(server, "q1", move |peer, reply| peer.publish(reply, yes));
    ended(&mut session, request(1, "q1", 1, LONG), replied(1)).await;
    let envelope = peer(server, "q2", move |peer, _| peer.publish("b2", yes));
    ended(&mut session, back(2, "q2", 1, LONG, "b2"), replied(1)).await;
    let three = peer(server, "q3", |peer, reply| {
        peer.publish(reply, b"1");
        peer.publish("b3", b"2");
        peer.publish(reply, b"3");
    });
    ended(&mut session, back(3, "q3", 3, LONG, "b3"), replied(3)).await;
    let all = peer(server, "q4", |peer, reply| {
        peer.publish(reply, b"1");
        peer.publish(reply, b"2");
    });
    ended(&mut session, request(4, "q4", 0, short), replied(2)).await;
    let fewer = peer(server, "q5", move |peer, reply| peer.publish(reply, yes));
    let timed_out = |replies| not(RequestOutcome::TimedOut, replies);
    ended(&mut session, request(5, "q5", 2, short), timed_out(1)).await;
    // The same on both ways, as peers of our kind answer, is one reply.
    let twice = peer(server, "q6", move |peer, reply| {
        peer.publish(reply, yes);
        peer.publish("b6", yes);
    });
    ended(&mut session, back(6, "q6", 0, short, "b6"), replied(1)).await;
    let nobody = not(RequestOutcome::NoResponders, 0);
    ended(&mut session, request(7, "q7", 1, LONG), nobody).await;
    let silent = peer(server, "q8", |_, _| {});
    ended(&mut session, request(8, "q8", 1, short), timed_out(0)).await;
    let deaf = peer(server, "q9", |_, _| {});
    send(&session, request(9, "q9", 1, LONG)).await;
    report(&mut session, 9, "the request to be out", |report| {
        report.sent == 1
    })
    .await;
    session
        .commands
        .send(Command::Outbox(OutboxCommand::Cancel(SendId(9))))
        .await
        .unwrap();
    let told = over(&mut session, 9).await;
    assert_eq!(told.stage, SendStage::Unanswered(RequestOutcome::Cancelled));
    // A reply that stops the client; it is made anew for the next one.
    let fatal = peer(server, "q10", |peer, reply| {
        peer.publish_with_header_block(reply, b"NATS/1.0\r\nK: a\rb\r\n\r\n", b"x");
    });
    let gone = not(RequestOutcome::ConnectionLost, 0);
    ended(&mut session, request(10, "q10", 1, LONG), gone).await;
    for peer in [inbox, envelope, three, all, fewer, twice, silent, deaf, fatal] {
        peer.join().unwrap();
    }
    end(session).await;
}

/// Asks and compares the end; the time to the first reply is whatever it is.
async fn ended(session: &mut Session, asks: SendJob, expected: (SendStage, u64)) {
    let id = asks.id.0;
    send(session, asks).await;
    let told = over(session, id).await;
    let stage = match told.stage {
        SendStage::Answered { replies, .. } => SendStage::Answered { replies, first_us: 0 },
        other => other,
    };
    assert_eq!((stage, told.replies), expected, "request {id}");
    assert_eq!(told.answered + told.unanswered, 1);
}

/// Row 47.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_of_a_session_has_one_of_five_ends() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        ends_of_requests(&server).await;
    }
}
