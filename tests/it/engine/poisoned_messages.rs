//! Row 35: messages that stop the client. The session outlives them, says why, and shows them from then on.

use crate::support::hostile_broker::{Hostile, scripts};
use crate::support::servers::{RealServer, nats_server, nats_server_with, old_nats_server};
use crate::support::session_stand::{back, connected, end, lost, start, wait_for, wait_store};
use futures_util::future::join_all;
use natsbridge_engine::Event;
use natsbridge_wire::{Code, Limits, UNREADABLE_HEADER, decode_message, delivery_findings};
use std::time::{Duration, Instant};

/// A message that the client cannot read: what follows `poison.`, and its header block.
struct Poison {
    name: &'static str,
    subject: &'static [u8],
    block: &'static [u8],
}

const POISONS: [Poison; 9] = [
    Poison {
        name: "a lone carriage return in a value (the client panics)",
        subject: b"a",
        block: b"NATS/1.0\r\nK: a\rb\r\n\r\n",
    },
    Poison {
        name: "a header without a colon",
        subject: b"a",
        block: b"NATS/1.0\r\nno colon\r\n\r\n",
    },
    Poison {
        name: "a value that is not UTF-8",
        subject: b"a",
        block: b"NATS/1.0\r\nK: \xff\xfe\r\n\r\n",
    },
    Poison {
        name: "no version line",
        subject: b"a",
        block: b"K: v\r\n\r\n",
    },
    Poison {
        name: "a status that is no number",
        subject: b"a",
        block: b"NATS/1.0 abc\r\n\r\n",
    },
    Poison {
        name: "white space in a header's name",
        subject: b"a",
        block: b"NATS/1.0\r\na b: v\r\n\r\n",
    },
    Poison {
        name: "a header's name that is not ASCII",
        subject: b"a",
        block: "NATS/1.0\r\nK\u{e9}: v\r\n\r\n".as_bytes(),
    },
    Poison {
        name: "a subject that is not UTF-8",
        subject: b"\xff",
        block: b"NATS/1.0\r\nK: v\r\n\r\n",
    },
    Poison {
        name: "a subject with a space that only Unicode knows",
        subject: "a\u{a0}b".as_bytes(),
        block: b"NATS/1.0\r\nK: v\r\n\r\n",
    },
];

/// Three times the same poison. The first time the cause is said, a gap is marked and the next good message is seen; from
/// then on the poison itself is seen, with what is unreadable of it, and nothing is lost.
async fn survives(server: &RealServer, credentials: &str, number: usize, poison: &Poison) {
    let name = poison.name;
    let (good, bad) = (format!("good.{number}"), format!("poison.{number}"));
    let url = format!("{credentials}{}", server.address());
    let mut session = start(&url, &[&good, &format!("{bad}.>")]);
    connected(&mut session).await;
    let mut peer = server.raw_as(credentials);
    for time in 1..=3 {
        let stored = session.store.counters().stored;
        peer.publish(&good, b"before");
        let total = poison.block.len() + 1;
        let mut bytes = format!("HPUB {bad}.").into_bytes();
        bytes.extend_from_slice(poison.subject);
        bytes.extend_from_slice(format!(" {} {total}\r\n", poison.block.len()).as_bytes());
        bytes.extend_from_slice(poison.block);
        bytes.extend_from_slice(b"x\r\n");
        peer.send(&bytes);
        let start = Instant::now();
        if time == 1 {
            let cause = lost(&mut session).await;
            assert!(cause.contains("cannot parse"), "{name}: {cause}");
            let notice = back(&mut session).await;
            assert!(
                notice.contains(&cause)
                    && notice.contains("may be missing")
                    && notice.contains("loss 1 of this session")
                    && notice.contains("did not restart"),
                "{name}: {notice}"
            );
            peer.publish(&good, b"after");
            wait_store(&mut session, "the next good message", |session| {
                session.store.counters().stored == stored + 2
            })
            .await;
            let gaps = session.store.gaps();
            assert!(
                gaps[0].cause == cause && gaps[0].from_us <= gaps[0].to_us && gaps[0].before == stored + 2,
                "{name}: {gaps:?}"
            );
        } else {
            peer.publish(&good, b"after");
            wait_store(&mut session, "the poison and the next good message", |session| {
                session.store.counters().stored == stored + 3
            })
            .await;
            // What comes through two subscriptions may change places.
            let mut shown = (stored + 1..=stored + 3).filter_map(|seq| session.store.message(seq));
            let shown = shown.find(|message| message.subject.starts_with(&bad)).unwrap();
            assert_eq!(&shown.payload[..], b"x", "{name}");
            let (header, values) = &shown.headers[shown.headers.len() - 1];
            assert!(
                header == UNREADABLE_HEADER && !values.is_empty(),
                "{name}: {shown:?}"
            );
            let decoded = decode_message(&shown.payload, &shown.subject, &Limits::DEFAULT);
            let told = delivery_findings(&decoded, &shown.circumstances());
            assert_eq!(told.len(), values.len(), "{name}: {told:?}");
            assert_eq!(told[0].code, Code::MalformedHeader, "{name}");
        }
        let took = start.elapsed();
        assert!(took < Duration::from_secs(3), "{name}: {took:?}");
    }
    assert_eq!(session.store.gaps().len(), 1, "{name}");
    assert_eq!(session.store.counters().dropped, 0, "{name}");
    end(session).await;
}

/// Row 35.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poison_is_survived_named_and_counted() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        let cases = POISONS.iter().enumerate();
        join_all(cases.map(|(number, poison)| survives(&server, "", number, poison))).await;
    }
}

/// Row 35.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poison_is_shown_where_the_broker_asks_for_a_password() {
    let Some(server) = nats_server_with("authorization { user: u, password: p }") else {
        return;
    };
    survives(&server, "u:p@", 0, &POISONS[0]).await;
}

/// Row 35.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_losses_in_a_row_slow_down_and_offer_to_narrow_the_subjects() {
    let all = scripts(0);
    let script = all
        .into_iter()
        .find(|script| script.name == "an end after the greeting");
    let hostile = Hostile::start(script.unwrap());
    let mut session = start(&hostile.address(), &[">"]);
    for _ in 0..3 {
        lost(&mut session).await;
    }
    wait_for(&mut session, "the offer", |event| {
        matches!(event, Event::Notice(_, text) if text.contains("keeps being lost; waiting 1 s") && text.contains("subscribe to less"))
            .then_some(())
    })
    .await;
    end(session).await;
    hostile.stop();
}
