//! What a session sends: how far it got is told, and nothing more than that; answers come on both ways; responders answer
//! and do not answer themselves.

use crate::support::outbox_stand::{
    arm, composition, failure, job, over, report, request, responder_is, send, texts,
};
use crate::support::servers::{PATIENCE, RealServer, nats_server, nats_server_with, old_nats_server};
use crate::support::session_stand::{connected, end, lost, start, start_with, wait_for, wait_store};
use natsbridge_engine::{
    Answer, Command, Composition, ConnectOptions, ConnectionCommand, ConnectionState, ConversationState,
    Event, OutboxCommand, RequestOptions, RequestOutcome, Responder, ResponderId, SendId, SendJob, SendMode,
    SendOptions, SendStage, Session, SessionOptions,
};
use natsbridge_host::{FileHost, FileHostOptions};
use natsbridge_wire::{Dialect, decode_message};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(15);

fn responder(id: u64, subject: &str, answer: Answer) -> Responder {
    Responder {
        id: ResponderId(id),
        subject: subject.into(),
        answer,
        delay: Duration::ZERO,
        count: None,
    }
}

async fn sends_and_asks(server: &RealServer) {
    // Not everything: whoever listens on a subject counts as one who could answer there.
    let mut session = start(&server.url(), &["chat.>", "echo.>", "_INBOX.>"]);
    connected(&mut session).await;

    send(&session, job(1, "chat.a", "number {{count}}")).await;
    let told = over(&mut session, 1).await;
    assert_eq!((told.sent, told.confirmed, told.of), (1, 1, 1));
    assert_eq!(told.stage, SendStage::Flushed);
    assert!(!told.msg_id.is_empty() && told.bytes > 100, "{told:?}");
    wait_store(&mut session, "what was sent", |session| {
        texts(session, "chat.a") == ["number 1"]
    })
    .await;

    // Many, each with its own number, told in few reports.
    let many = SendJob {
        count: 2000,
        ..job(2, "chat.b", "{{count}}")
    };
    send(&session, many).await;
    let mut reports = 0;
    let told = wait_for(&mut session, "all of them", |event| match event {
        Event::Job(report) if report.id == SendId(2) => {
            reports += 1;
            report.over.then(|| report.clone())
        }
        _ => None,
    })
    .await;
    assert_eq!((told.sent, told.confirmed), (2000, 2000));
    assert!(reports < 1000, "{reports}");
    wait_store(&mut session, "every number", |session| {
        let mut numbers: Vec<u32> = (texts(session, "chat.b").iter())
            .map(|text| text.parse().unwrap())
            .collect();
        numbers.sort_unstable();
        numbers == (1..=2000).collect::<Vec<_>>()
    })
    .await;

    // A request to a responder of the same session; both are seen by everybody who listens.
    arm(&mut session, responder(1, "echo.*", Answer::Echo)).await;
    send(&session, request(3, "echo.x", 1, LONG)).await;
    let told = over(&mut session, 3).await;
    assert_eq!((told.answered, told.unanswered, told.replies), (1, 0, 1));
    assert!(
        matches!(
            told.stage,
            SendStage::Answered {
                replies: 1,
                first_us: 1..
            }
        ),
        "{told:?}"
    );
    wait_store(&mut session, "request and reply", |session| {
        let range = session.store.range();
        let of_it = |seq| {
            let message = session.store.message(seq)?;
            let text = String::from_utf8(message.payload.to_vec()).ok()?;
            text.contains(&told.msg_id)
                .then(|| message.subject.starts_with("_INBOX."))
        };
        range.filter_map(of_it).collect::<Vec<_>>() == [false, true]
    })
    .await;
    let view = responder_is(&mut session, 1, "its count", |view| view.answered == 1).await;
    assert_eq!((view.skipped.all(), view.trouble), (0, None));

    // Nobody listens.
    send(&session, request(4, "nobody", 1, LONG)).await;
    let told = over(&mut session, 4).await;
    assert_eq!(told.stage, SendStage::Unanswered(RequestOutcome::NoResponders));
    assert_eq!((told.sent, told.confirmed, told.unanswered), (1, 1, 1));
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_session_sends_is_told_as_far_as_it_is_known() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        sends_and_asks(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_says_why_and_nothing_goes_out() {
    let Some(server) = nats_server() else { return };
    let mut session = start(&server.url(), &[">"]);
    connected(&mut session).await;
    let no_json = Composition {
        metadata: "[1]".into(),
        ..composition("a", "x")
    };
    let unknown = composition("a", "{{nothing}}");
    for (id, (subject, composition, why)) in [
        ("a b", composition("a b", "x"), "white space"),
        ("a", no_json, "JSON object"),
        ("a", unknown, "unknown variable"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = id as u64;
        let bad = SendJob {
            composition,
            ..job(id, subject, "x")
        };
        send(&session, bad).await;
        let told = over(&mut session, id).await;
        assert!(failure(&told).contains(why), "{told:?}");
        assert_eq!(told.sent, 0);
    }
    send(&session, job(9, "z", "last")).await;
    over(&mut session, 9).await;
    wait_store(&mut session, "the last", |session| {
        session.store.counters().stored == 1
    })
    .await;
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_are_told_and_can_be_cancelled() {
    let Some(server) = nats_server() else { return };
    let files = FileHost::start(FileHostOptions {
        listen: "127.0.0.1:0".into(),
        ..FileHostOptions::default()
    })
    .await
    .unwrap();
    let mut session = Session::start(SessionOptions {
        connect: ConnectOptions::from_urls(&server.url()).unwrap(),
        subjects: vec![">".into()],
        sending: SendOptions {
            fileserver_url: files.url().to_owned(),
            ..SendOptions::default()
        },
        digest: true,
    });
    connected(&mut session).await;
    send(&session, job(1, "big", &"x".repeat(3_000_000))).await;
    let told = over(&mut session, 1).await;
    assert_eq!(told.stage, SendStage::Flushed);
    assert!(told.bytes < 10_000, "it went by link: {told:?}");
    wait_store(&mut session, "the upload in the timeline", |session| {
        let conversation = session
            .store
            .range()
            .find_map(|seq| session.store.row(seq)?.digest?.conversation);
        let view = conversation.and_then(|id| session.store.timeline(|timeline| timeline.view(id, 0, 10)));
        view.is_some_and(|view| view.transfers.len() == 1 && view.transfers[0].bytes == 3_000_000)
    })
    .await;

    // A file server that never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stuck = Session::start(SessionOptions {
        connect: ConnectOptions::from_urls(&server.url()).unwrap(),
        subjects: vec![],
        sending: SendOptions {
            fileserver_url: format!("http://{}", silent.local_addr().unwrap()),
            ..SendOptions::default()
        },
        digest: true,
    });
    connected(&mut stuck).await;
    send(&stuck, job(2, "big", &"x".repeat(3_000_000))).await;
    let uploading = |total| SendStage::Uploading { done: 0, total };
    report(&mut stuck, 2, "the upload", |report| {
        report.stage == uploading(Some(3_000_000))
    })
    .await;
    stuck
        .commands
        .send(Command::Outbox(OutboxCommand::Cancel(SendId(2))))
        .await
        .unwrap();
    let told = over(&mut stuck, 2).await;
    assert_eq!((told.stage, told.sent), (SendStage::Cancelled, 0));
    end(stuck).await;
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeat_and_a_request_can_be_cancelled() {
    let Some(server) = nats_server() else { return };
    let mut session = start(&server.url(), &["a.>", "q"]);
    connected(&mut session).await;
    let endless = SendJob {
        count: u64::MAX,
        every: Some(Duration::from_millis(1)),
        ..job(1, "a.b", "{{count}}")
    };
    send(&session, endless).await;
    report(&mut session, 1, "some of them", |report| report.confirmed >= 20).await;
    session
        .commands
        .send(Command::Outbox(OutboxCommand::Cancel(SendId(1))))
        .await
        .unwrap();
    let told = over(&mut session, 1).await;
    assert_eq!(told.stage, SendStage::Cancelled);
    wait_store(&mut session, "exactly what was said to be sent", |session| {
        session.store.counters().stored == told.sent
    })
    .await;

    let mut silent = server.raw();
    silent.subscribe("q");
    send(&session, request(2, "q", 1, LONG)).await;
    report(&mut session, 2, "the request to be out", |report| {
        report.sent == 1
    })
    .await;
    session
        .commands
        .send(Command::Outbox(OutboxCommand::Cancel(SendId(2))))
        .await
        .unwrap();
    let told = over(&mut session, 2).await;
    assert_eq!(told.stage, SendStage::Unanswered(RequestOutcome::Cancelled));
    // What only the asker knows stands in the timeline.
    wait_store(&mut session, "the end in the timeline", |session| {
        let mut states = Vec::new();
        session
            .store
            .timeline(|timeline| timeline.each(0, |brief| states.push(brief.state)));
        states.contains(&ConversationState::Cancelled)
    })
    .await;
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn responders_mirror_dialect_and_conversation_and_end_after_their_count() {
    let Some(server) = nats_server() else { return };
    let mut session = start(&server.url(), &["back.>"]);
    connected(&mut session).await;
    let answer = Composition {
        purpose: "ACK".into(),
        sender_name: "mock".into(),
        reply_to: "would.go.on".into(),
        ..composition("ignored", "answer {{count}}")
    };
    let mock = Responder {
        count: Some(2),
        delay: Duration::from_millis(20),
        ..responder(7, "ask.>", Answer::Composition(Box::new(answer)))
    };
    arm(&mut session, mock).await;
    for (id, dialect) in [(1, Dialect::V0_4), (2, Dialect::V0_5)] {
        let mut asks = request(id, "ask.me", 1, LONG);
        asks.composition.dialect = dialect;
        asks.composition.correlation_id = format!("c-{id}");
        asks.composition.reply_to = "back.here".into();
        send(&session, asks).await;
        let told = over(&mut session, id).await;
        assert_eq!(told.answered, 1, "{told:?}");
        wait_store(&mut session, "the answer", |session| {
            let mut messages = (session.store.range()).filter_map(|seq| session.store.message(seq));
            messages.any(|message| {
                let decoded = decode_message(&message.payload, "", &natsbridge_wire::Limits::default());
                let Some((spoken, envelope)) = decoded.envelope else {
                    return false;
                };
                let ours = &*message.subject == "back.here" && envelope.reply_to_msg_id == told.msg_id;
                if ours {
                    assert_eq!(spoken, dialect);
                    assert_eq!(envelope.correlation_id, format!("c-{id}"));
                    assert_eq!((&*envelope.msg_purpose, &*envelope.sender_name), ("ACK", "mock"));
                    assert_eq!(
                        (&*envelope.receiver_name, &*envelope.reply_to),
                        ("NATSBridge", "")
                    );
                }
                ours
            })
        })
        .await;
    }
    wait_for(&mut session, "the end of the responder", |event| {
        matches!(event, Event::Notice(_, text) if text.contains("sent 2 replies and is disarmed"))
            .then_some(())
    })
    .await;
    assert_eq!(texts(&session, "back.here"), ["answer 1", "answer 2"]);
    send(&session, request(3, "ask.me", 1, LONG)).await;
    let told = over(&mut session, 3).await;
    assert_eq!(told.stage, SendStage::Unanswered(RequestOutcome::NoResponders));
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_responder_answers_neither_itself_nor_what_names_no_place_and_not_without_end() {
    let Some(server) = nats_server() else { return };
    let mut session = start_with(&server.url(), &[">"], |limits| limits.answers_per_second = 20);
    connected(&mut session).await;
    // What it answers with comes back to it, and names a place again.
    let echo = responder(1, "loop.>", Answer::Echo);
    arm(&mut session, echo).await;
    let mut asks = request(1, "loop.a", 1, LONG);
    asks.composition.reply_to = "loop.b".into();
    send(&session, asks).await;
    over(&mut session, 1).await;
    responder_is(&mut session, 1, "its own answer passed over", |view| {
        view.answered == 1 && view.skipped.own == 1
    })
    .await;
    send(&session, job(2, "loop.c", "no place")).await;
    responder_is(&mut session, 1, "a message without a place", |view| {
        view.skipped.nowhere == 1
    })
    .await;
    // A peer that answers every answer, as another product's echo does.
    let mut peer = server.raw();
    for _ in 0..200 {
        peer.send(b"PUB loop.d loop.e 1\r\nx\r\n");
    }
    let view = responder_is(&mut session, 1, "the limit", |view| view.skipped.too_many > 0).await;
    assert!(view.trouble.unwrap_or_default().contains("More than 20 requests"));
    session
        .commands
        .send(Command::Outbox(OutboxCommand::Disarm(ResponderId(1))))
        .await
        .unwrap();
    wait_for(&mut session, "no responder", |event| {
        matches!(event, Event::Responders(views) if views.is_empty()).then_some(())
    })
    .await;
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_responder_survives_a_restart_and_a_message_that_stops_its_client() {
    let Some(mut server) = nats_server() else { return };
    let mut session = start_with(&server.url(), &["x"], |limits| {
        limits.retry_pause = Duration::from_millis(250);
        limits.storm_pause = Duration::from_millis(50);
    });
    connected(&mut session).await;
    arm(&mut session, responder(1, "echo", Answer::Echo)).await;
    server.stop();
    lost(&mut session).await;
    server.start();
    connected(&mut session).await;
    answers(&server).await;
    // A header that async-nats cannot read.
    let mut peer = server.raw();
    peer.publish_with_header_block("echo", b"NATS/1.0\r\nK: a\rb\r\n\r\n", b"x");
    peer.settle();
    responder_is(&mut session, 1, "it to notice", |view| !view.listening).await;
    responder_is(&mut session, 1, "it to listen again", |view| view.listening).await;
    answers(&server).await;
    end(session).await;
}

/// Waits until a plain request on `echo` is answered.
async fn answers(server: &RealServer) {
    let client = async_nats::connect(server.url()).await.unwrap();
    let answered = async {
        // Until the responder is back nobody listens.
        loop {
            if let Ok(reply) = client.request("echo", "hello".into()).await {
                return reply;
            }
        }
    };
    let reply = tokio::time::timeout(PATIENCE, answered).await.unwrap();
    assert_eq!(&reply.payload[..], b"hello");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_responder_that_is_not_permitted_says_so() {
    let permissions = r#"authorization { users: [ { user: u, password: p, permissions: {
        subscribe: { allow: ["open.>", "_INBOX.>"] }, publish: { allow: [">"] } } } ] }"#;
    let Some(server) = nats_server_with(permissions) else {
        return;
    };
    let mut session = start(&format!("u:p@{}", server.address()), &["open.>"]);
    connected(&mut session).await;
    let closed = responder(1, "closed.a", Answer::Echo);
    session
        .commands
        .send(Command::Outbox(OutboxCommand::Arm(Box::new(closed))))
        .await
        .unwrap();
    let view = responder_is(&mut session, 1, "the refusal", |view| view.trouble.is_some()).await;
    assert!(view.trouble.unwrap_or_default().contains("subscribe to closed.a"));
    assert!(!view.listening);
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_captures_a_request_is_no_answer_to_it() {
    let Some(server) = nats_server_with("jetstream: {}") else {
        return;
    };
    let client = async_nats::connect(server.url()).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let config = async_nats::jetstream::stream::Config {
        name: "S".into(),
        subjects: vec!["s.>".into()],
        ..Default::default()
    };
    jetstream.create_stream(config).await.unwrap();
    let mut session = start(&server.url(), &["none"]);
    connected(&mut session).await;
    send(&session, request(1, "s.ask", 1, Duration::from_millis(500))).await;
    let told = over(&mut session, 1).await;
    assert_eq!(told.stage, SendStage::Unanswered(RequestOutcome::TimedOut));
    assert_eq!((told.replies, told.confirmed), (0, 1));

    let mut kept = job(2, "s.keep", "x");
    kept.composition.jetstream = true;
    send(&session, kept).await;
    let told = over(&mut session, 2).await;
    assert!(
        matches!(&told.stage, SendStage::Acknowledged(by) if by.stream == "S" && by.sequence == 2),
        "{told:?}"
    );
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_may_repeat_and_each_counts() {
    let Some(server) = nats_server() else { return };
    let mut session = start(&server.url(), &["none"]);
    connected(&mut session).await;
    let some = Responder {
        count: Some(3),
        ..responder(1, "echo", Answer::Echo)
    };
    arm(&mut session, some).await;
    let asks = SendJob {
        count: 5,
        mode: SendMode::Request(RequestOptions {
            timeout: LONG,
            replies: 1,
        }),
        ..job(1, "echo", "{{count}}")
    };
    send(&session, asks).await;
    let told = over(&mut session, 1).await;
    assert_eq!((told.sent, told.answered, told.unanswered), (5, 3, 2));
    end(session).await;
}

/// Row 44: a flood of requests for an armed answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_for_an_armed_answer_is_answered_or_counted() {
    const MANY: u64 = 16_000;
    let Some(server) = nats_server() else { return };
    let mut session = start(&server.url(), &["none"]);
    connected(&mut session).await;
    let slow = Responder {
        delay: Duration::from_millis(300),
        ..responder(1, "ask", Answer::Echo)
    };
    arm(&mut session, slow).await;
    let flood = "PUB ask back 1\r\n?\r\n".repeat(MANY as usize);
    let mut peer = server.raw();
    peer.send(flood.as_bytes());
    let all = |view: &natsbridge_engine::ResponderView| view.answered + view.skipped.all();
    let told = responder_is(&mut session, 1, "all of them", |view| all(view) >= MANY).await;
    assert_eq!(all(&told), MANY, "{told:?}");
    assert!(told.answered > 0 && told.skipped.dropped > 0, "{told:?}");
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_meant_for_one_broker_does_not_go_to_another() {
    let (Some(mut one), Some(two)) = (nats_server(), nats_server()) else {
        return;
    };
    let mut session = start(&one.url(), &["kept", "echo"]);
    connected(&mut session).await;
    arm(&mut session, responder(1, "echo", Answer::Echo)).await;
    one.stop();
    lost(&mut session).await;
    let waits = SendJob {
        queue: true,
        ..job(1, "kept", "for the first")
    };
    send(&session, waits).await;
    report(&mut session, 1, "it to wait", |report| {
        matches!(report.stage, SendStage::Queued { .. })
    })
    .await;
    let there = ConnectOptions::from_urls(&two.url()).unwrap();
    session
        .commands
        .send(Command::Connection(ConnectionCommand::Switch(Box::new(there))))
        .await
        .unwrap();
    // The other broker may be there before all is told.
    let (mut cancelled, mut unsent, mut disarmed, mut there) = (false, false, false, false);
    wait_for(
        &mut session,
        "all that was given up, and the other broker",
        |event| {
            match event {
                Event::Connection(ConnectionState::Connected { .. }) => there = true,
                Event::Job(report) if report.over => cancelled = report.stage == SendStage::Cancelled,
                Event::Notice(_, text) if text.contains("to kept was not sent") => unsent = true,
                Event::Responders(views) => disarmed = views.is_empty(),
                _ => {}
            }
            (cancelled && unsent && disarmed && there).then_some(())
        },
    )
    .await;
    // From here on it is the second broker that is sent to.
    send(&session, job(2, "kept", "for the second")).await;
    assert_eq!(over(&mut session, 2).await.stage, SendStage::Flushed);
    wait_store(&mut session, "what was sent to the second", |session| {
        texts(session, "kept") == ["for the second"]
    })
    .await;
    end(session).await;
}
