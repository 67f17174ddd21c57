//! What a broker may do to the protocol itself: frames cut anywhere, lengths that are wrong, words out of turn, floods. Each is
//! taken as it was meant, or ends the connection with a plain cause, and a good connection follows.

use crate::support::scripted_broker::{INFO, Part, Scripted, Visit};
use crate::support::servers::PATIENCE;
use crate::support::session_stand::{back, connected, end, start_as, wait_for, wait_store};
use crate::support::trust::{Authority, Wish};
use futures_util::future::join_all;
use natsbridge_engine::{
    Command, ConnectOptions, ConnectionState, Event, Session, StoredMessage, SubscriptionCommand,
    SubscriptionId,
};
use natsbridge_wire::Severity;
use std::sync::mpsc;
use std::time::Duration;

/// The largest message that is accepted here.
const MOST: usize = 8 << 20;

fn session(options: ConnectOptions, subjects: &[&str]) -> Session {
    let mut options = options;
    let limits = &mut options.limits;
    limits.probe_interval = Duration::from_millis(300);
    limits.amber_after = Duration::from_millis(900);
    limits.dead_after = Duration::from_secs(4);
    limits.flush_time = Duration::from_millis(500);
    limits.storm_pause = Duration::from_millis(100);
    limits.retry_pause = Duration::from_millis(500);
    limits.received_message = MOST;
    start_as(options, subjects)
}

fn to(broker: &Scripted) -> ConnectOptions {
    ConnectOptions::from_urls(&broker.address()).unwrap()
}

fn stored(session: &Session) -> Vec<StoredMessage> {
    let held = session.store.range();
    held.filter_map(|seq| session.store.message(seq)).collect()
}

fn payloads(session: &Session) -> Vec<String> {
    let text = |message: StoredMessage| String::from_utf8(message.payload.to_vec()).unwrap();
    stored(session).into_iter().map(text).collect()
}

async fn notice(session: &mut Session, holds: &str) -> (Severity, String) {
    wait_for(session, holds, |event| match event {
        Event::Notice(severity, text) if text.contains(holds) => Some((*severity, text.clone())),
        _ => None,
    })
    .await
}

/// Frames of every sort.
const FRAMES: &[&str] = &[
    "MSG a 1 7\r\nplain 1\r\n",
    "MSG a 1 _INBOX.x 0\r\n\r\n",
    "HMSG a 1 18 24\r\nNATS/1.0\r\nK: v\r\n\r\nheaded\r\n",
    "HMSG a 1 r 12 16\r\nNATS/1.0\r\n\r\nnone\r\n",
    "HMSG a 1 21 22\r\nNATS/1.0\r\nK: \rbad\r\n\r\nx\r\n",
    "MSG a 1 12\r\nMSG a 1 1\r\nx\r\n",
    "PING\r\n",
    "+OK\r\n",
    "-ERR 'Something is odd'\r\n",
    "INFO {\"server_id\":\"S\",\"max_payload\":1048576}\r\n",
];

/// Row 36.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_frame_is_read_however_it_is_cut() {
    let cuts = || {
        FRAMES
            .iter()
            .flat_map(|frame| (1..frame.len()).map(move |at| (*frame, at)))
    };
    let part = move |visit: &mut Visit| {
        // The greeting is cut at every byte of it.
        for byte in INFO.as_bytes() {
            visit.say_split(&[*byte], 1);
        }
        visit.hear("PING\r\n");
        visit.say_split(b"PONG\r\n", 3);
        visit.subscribed();
        for (number, (frame, at)) in cuts().enumerate() {
            visit.say_split(frame.as_bytes(), at);
            if frame.starts_with("PING") {
                visit.hear("PONG\r\n");
            }
            if number % 50 == 49 {
                visit.answer();
            }
        }
        visit.say(b"MSG a 1 3\r\nend\r\n");
        visit.hold();
    };
    let broker = Scripted::start([Box::new(part) as Part]);
    let mut options = to(&broker);
    // So many pieces take their time on a busy machine.
    options.limits.connect_time = PATIENCE;
    let mut session = session(options, &["a"]);
    wait_store(&mut session, "the end", |session| {
        payloads(session).last().is_some_and(|last| last == "end")
    })
    .await;
    let bodies = ["plain 1", "", "headed", "none", "x", "MSG a 1 1\r\nx"];
    let messages = FRAMES.iter().filter(|frame| frame.contains("MSG "));
    let expected = messages
        .zip(bodies)
        .flat_map(|(frame, body)| vec![body; frame.len() - 1]);
    let expected: Vec<&str> = expected.chain(["end"]).collect();
    assert_eq!(payloads(&session), expected);
    let of = |body: &str| {
        stored(&session)
            .into_iter()
            .find(|message| message.payload == body)
            .unwrap()
    };
    assert_eq!(of("").reply.as_deref(), Some("_INBOX.x"));
    assert_eq!(of("headed").headers, [("K".to_owned(), vec!["v".to_owned()])]);
    assert_eq!(
        (of("none").reply.as_deref(), of("none").headers.len()),
        (Some("r"), 0)
    );
    assert_eq!(session.store.gaps(), []);
    assert_eq!(session.store.counters().dropped, 0);
    end(session).await;
    broker.stop();
}

/// Plays a part that ends the connection with this cause; the next one is good, and the gap between them is marked.
async fn ends_with(name: &'static str, cause: &str, part: impl FnOnce(&mut Visit) + Send + 'static) {
    let broker = Scripted::start([Box::new(move |visit: &mut Visit| {
        visit.greet();
        visit.subscribed();
        part(visit);
        // What was sent is an upper bound of what was kept; sockets hold some more than the client reads.
        assert!(visit.sent < 64 << 20, "{name}: took {} bytes", visit.sent);
    }) as Part]);
    let session = session(to(&broker), &["a"]);
    recovers(name, cause, session).await;
    broker.stop();
}

async fn recovers(name: &str, cause: &str, mut session: Session) {
    let told = wait_for(&mut session, name, |event| match event {
        Event::Connection(ConnectionState::Lost { cause, .. }) => Some(cause.clone()),
        _ => None,
    })
    .await;
    assert!(told.contains(cause), "{name}: {told}");
    // The good message may come a moment before the gap is marked.
    wait_store(&mut session, name, |session| {
        let last = payloads(session).pop();
        last.is_some_and(|last| last == "good") && !session.store.gaps().is_empty()
    })
    .await;
    let causes: Vec<_> = session.store.gaps().into_iter().map(|gap| gap.cause).collect();
    assert!(causes == [told], "{name}: {causes:?}");
    end(session).await;
}

/// Row 36.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lengths_that_are_wrong_end_the_connection_with_a_plain_cause() {
    let says = |bytes: &'static str| {
        move |visit: &mut Visit| {
            visit.say(bytes.as_bytes());
            visit.hold();
        }
    };
    let (end, lengths) = ("did not end where it was announced to", "impossible lengths");
    let large = "announced a message of 8388609 bytes; at most 8388608 are accepted";
    let cases = [
        ("a body longer than announced", end, "MSG a 1 3\r\nhello\r\n"),
        (
            "a body shorter than announced",
            end,
            "MSG a 1 8\r\nhello\r\n+OK\r\n",
        ),
        (
            "a body that is missing",
            "no response for 4 s",
            "MSG a 1 100\r\nhello\r\n",
        ),
        (
            "headers longer than all",
            lengths,
            "HMSG a 1 100 10\r\nNATS/1.0\r\n\r\n",
        ),
        (
            "headers without their total",
            lengths,
            "HMSG a 1 12\r\nNATS/1.0\r\n\r\n\r\n",
        ),
        ("a negative length", lengths, "MSG a 1 -1\r\n\r\n"),
        ("a length that is no number", lengths, "MSG a 1 five\r\nhello\r\n"),
        (
            "a length of twenty digits",
            lengths,
            "MSG a 1 99999999999999999999\r\n",
        ),
        (
            "a length of eighteen digits",
            "at most 8388608",
            "MSG a 1 999999999999999999\r\n",
        ),
        (
            "headers of eighteen digits",
            "at most 8388608",
            "HMSG a 1 999999999999999998 999999999999999999\r\n",
        ),
        ("a message over the limit", large, "MSG a 1 8388609\r\n"),
        ("no number of a subscription", lengths, "MSG a b 5\r\nhello\r\n"),
        ("too many words", lengths, "MSG a 1 r r 5\r\nhello\r\n"),
    ];
    let cases = cases.map(|(name, cause, bytes)| ends_with(name, cause, says(bytes)));
    join_all(cases).await;
}

/// Row 36.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_without_end_garbage_and_half_messages_end_the_connection_with_a_plain_cause() {
    let endless = |start: &'static str| {
        move |visit: &mut Visit| {
            visit.say(start.as_bytes());
            visit.flood(&vec![b'x'; 1 << 16]);
        }
    };
    let last = |bytes: &'static [u8]| {
        move |visit: &mut Visit| {
            visit.say(bytes);
            visit.close();
        }
    };
    let (line, other) = ("sent a line without end", "not the NATS protocol");
    let (cut, closed) = (
        "closed the connection in the middle of a message",
        "closed the connection",
    );
    tokio::join!(
        ends_with("an endless message line", line, endless("MSG ")),
        ends_with("an endless greeting", line, endless("INFO ")),
        ends_with("an endless complaint", line, endless("-ERR '")),
        ends_with("a word that is none", other, last(b"HELLO\r\n")),
        ends_with("bytes that are none", other, last(b"\x00\xff\x16\x03")),
        ends_with(
            "an answer in HTTP",
            other,
            last(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        ),
        ends_with("an end in a line", cut, last(b"MSG a 1")),
        ends_with("an end in a body", cut, last(b"MSG a 1 100\r\nhello")),
        ends_with("an end between messages", closed, last(b"")),
    );
}

/// Row 36.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_questions_ends_though_no_answer_can_be_written() {
    let cause = "sent more than 8 MiB without a message";
    let floods = |visit: &mut Visit| visit.flood(&b"PING\r\n".repeat(1 << 12));
    ends_with("a flood of questions", cause, floods).await;
    // Over TLS too, where what is written first waits in buffers of its own.
    let ours = Authority::new("our authority");
    let broker = Scripted::start_tls(
        [Box::new(move |visit: &mut Visit| {
            visit.greet();
            visit.subscribed();
            floods(visit);
            assert!(visit.sent < 64 << 20, "took {} bytes", visit.sent);
        }) as Part],
        &ours.issue(&Wish::default()),
    );
    let mut options = to(&broker);
    (options.tls.ca, options.tls.first) = (Some(ours.ca()), true);
    recovers("a flood over TLS", cause, session(options, &["a"])).await;
    broker.stop();
}

/// Row 36.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_that_wait_for_their_answers_keep_no_message_waiting() {
    let part = |visit: &mut Visit| {
        visit.greet();
        visit.subscribed();
        // Far more answers than sockets hold, and not one of them is read before all was said.
        for _ in 0..200 {
            visit.say(&b"PING\r\n".repeat(10_000));
            visit.say(b"MSG a 1 5\r\nhello\r\n");
        }
        visit.say(b"MSG a 1 3\r\nend\r\n");
        visit.hold();
    };
    let broker = Scripted::start([Box::new(part) as Part]);
    let mut session = session(to(&broker), &["a"]);
    wait_store(&mut session, "all messages", |session| {
        session.store.counters().stored == 201
    })
    .await;
    assert_eq!(session.store.gaps(), []);
    end(session).await;
    broker.stop();
}

/// Row 36.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_of_the_broker_between_messages_is_taken_in() {
    let part = |visit: &mut Visit| {
        visit.greet();
        visit.subscribed();
        visit.say(b"MSG a 1 5\r\nfirst\r\n");
        visit.say(b"INFO {\"server_id\":\"S\",\"max_payload\":65536}\r\n");
        visit.say(b"MSG a 1 6\r\nsecond\r\nINFO not JSON\r\nINFO\r\n");
        visit.say(b"INFO {\"server_id\":\"S\",\"max_payload\":65536,\"ldm\":true}\r\n");
        visit.say(b"MSG a 1 5\r\nthird\r\n");
        visit.hold();
    };
    let broker = Scripted::start([Box::new(part) as Part]);
    let mut session = session(to(&broker), &["a"]);
    let (severity, _) = notice(&mut session, "takes messages of up to 65,536 bytes").await;
    assert_eq!(severity, Severity::Note);
    let most = wait_for(&mut session, "the limit", |event| match event {
        Event::Connection(ConnectionState::Connected { server, .. }) => Some(server.max_payload),
        _ => None,
    })
    .await;
    assert_eq!(most, 65_536, "what is written is held against it");
    let (severity, _) = notice(&mut session, "about to shut down").await;
    assert_eq!(severity, Severity::Warning);
    wait_store(&mut session, "the messages", |session| {
        session.store.counters().stored == 3
    })
    .await;
    assert_eq!(payloads(&session), ["first", "second", "third"]);
    assert_eq!(session.store.gaps(), []);
    end(session).await;
    broker.stop();
}

/// Row 36.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_subscriptions_that_are_not_there_are_nobodys() {
    let (removed, when) = mpsc::channel::<()>();
    let part = move |visit: &mut Visit| {
        visit.greet();
        let numbers = [visit.subscribed(), visit.subscribed()].map(|one| one.unwrap().1);
        assert_eq!(numbers, ["1", "2"]);
        visit.say(b"MSG b 2 5\r\nearly\r\n");
        while !visit.hear("\r\n").unwrap().starts_with("UNSUB 2") {
            visit.say(b"PONG\r\n");
        }
        // On its way while it was removed, which is over once the question behind it is answered.
        visit.say(b"MSG b 2 7\r\ntransit\r\n");
        visit.answer();
        when.recv().unwrap();
        for number in ["2", "0", "3", "4294967297", "999999999999999999"] {
            visit.say(format!("MSG b {number} 4\r\nlate\r\n").as_bytes());
        }
        visit.say(b"MSG a 1 3\r\nend\r\n");
        visit.hold();
    };
    let broker = Scripted::start([Box::new(part) as Part]);
    let mut session = session(to(&broker), &["a", "b"]);
    wait_store(&mut session, "the early one", |session| {
        session.store.counters().stored == 1
    })
    .await;
    let remove = SubscriptionCommand::Remove(SubscriptionId(2));
    session
        .commands
        .send(Command::Subscriptions(remove))
        .await
        .unwrap();
    wait_for(&mut session, "the end of the subscription", |event| match event {
        Event::Subscriptions(views) if views.len() == 1 => Some(()),
        _ => None,
    })
    .await;
    removed.send(()).unwrap();
    wait_store(&mut session, "the end", |session| {
        session.store.counters().stored == 3
    })
    .await;
    assert_eq!(payloads(&session), ["early", "transit", "end"]);
    assert_eq!(session.store.counters().dropped, 0);
    end(session).await;
    broker.stop();
}

/// Row 44.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn being_closed_for_reading_too_slowly_is_told_with_from_and_to() {
    let part = |visit: &mut Visit| {
        visit.greet();
        visit.subscribed();
        visit.answer();
        visit.say(b"MSG a 1 4\r\nlast\r\n-ERR 'Slow Consumer'\r\n");
        visit.close();
    };
    let broker = Scripted::start([Box::new(part) as Part]);
    let mut session = session(to(&broker), &["a"]);
    let told = back(&mut session).await;
    let cause = "the broker closed the connection: Slow Consumer";
    assert!(
        told.contains(&format!("UTC may be missing ({cause}, loss 1")),
        "{told}"
    );
    wait_store(&mut session, "the good one", |session| {
        session.store.counters().stored == 2
    })
    .await;
    let gaps = session.store.gaps();
    assert_eq!((gaps.len(), &*gaps[0].cause, gaps[0].before), (1, cause, 2));
    assert!(gaps[0].from_us <= gaps[0].to_us);
    end(session).await;
    broker.stop();
}

/// Row 36.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_says_nothing_is_left_and_tried_again() {
    let broker = Scripted::start([Box::new(|visit: &mut Visit| visit.hold()) as Part]);
    let mut options = to(&broker);
    options.limits.connect_time = Duration::from_secs(2);
    let mut session = session(options, &["a"]);
    let why = wait_for(&mut session, "the first failure", |event| match event {
        Event::Connection(ConnectionState::Connecting {
            last_error: Some(why),
            ..
        }) => Some(why.clone()),
        _ => None,
    })
    .await;
    assert!(why.contains("did not answer within 2 s"), "{why}");
    connected(&mut session).await;
    wait_store(&mut session, "the good one", |session| {
        session.store.counters().stored == 1
    })
    .await;
    end(session).await;
    broker.stop();
}
