//! Row 35: messages that stop other clients. The session shows them, over TLS too, and loses nothing.

use crate::support::hostile_broker::{Hostile, scripts};
use crate::support::servers::{RealServer, nats_server, nats_server_with, old_nats_server};
use crate::support::session_stand::{connected, end, lost, start, start_as, wait_for, wait_store};
use crate::support::trust::{Authority, Wish};
use futures_util::future::join_all;
use natsbridge_engine::{ConnectOptions, Event};
use natsbridge_wire::{Code, Limits, UNREADABLE_HEADER, decode_message, delivery_findings};
use std::time::{Duration, Instant};

/// A message that clients cannot read: what follows `poison.`, its header block, and what is shown of it as unreadable.
struct Poison {
    name: &'static str,
    subject: &'static [u8],
    block: &'static [u8],
    unreadable: &'static str,
}

const POISONS: [Poison; 9] = [
    Poison {
        name: "a lone carriage return in a value",
        subject: b"a",
        block: b"NATS/1.0\r\nK: a\rb\r\n\r\n",
        unreadable: r"K: a\rb",
    },
    Poison {
        name: "a header without a colon",
        subject: b"a",
        block: b"NATS/1.0\r\nno colon\r\n\r\n",
        unreadable: "no colon",
    },
    Poison {
        name: "a value that is not UTF-8",
        subject: b"a",
        block: b"NATS/1.0\r\nK: \xff\xfe\r\n\r\n",
        unreadable: r"K: \xff\xfe",
    },
    Poison {
        name: "no version line",
        subject: b"a",
        block: b"K: v\r\n\r\n",
        unreadable: "K: v",
    },
    Poison {
        name: "a status that is no number",
        subject: b"a",
        block: b"NATS/1.0 abc\r\n\r\n",
        unreadable: "NATS/1.0 abc",
    },
    Poison {
        name: "white space in a header's name",
        subject: b"a",
        block: b"NATS/1.0\r\na b: v\r\n\r\n",
        unreadable: "a b: v",
    },
    Poison {
        name: "a header's name that is not ASCII",
        subject: b"a",
        block: "NATS/1.0\r\nK\u{e9}: v\r\n\r\n".as_bytes(),
        unreadable: r"K\xc3\xa9: v",
    },
    Poison {
        name: "a subject that is not UTF-8",
        subject: b"\xff",
        block: b"NATS/1.0\r\nK: v\r\n\r\n",
        unreadable: r"subject poison.#.\xff",
    },
    Poison {
        name: "a subject with a space that only Unicode knows",
        subject: "a\u{a0}b".as_bytes(),
        block: b"NATS/1.0\r\nK: v\r\n\r\n",
        unreadable: "",
    },
];

/// The same poison three times, with a good message before and after each: all are stored, the poison with what is unreadable
/// of it, and the connection stands.
async fn shows(
    server: &RealServer,
    credentials: &str,
    connect: ConnectOptions,
    number: usize,
    poison: &Poison,
) {
    let name = poison.name;
    let (good, bad) = (format!("good.{number}"), format!("poison.{number}"));
    let mut session = start_as(connect, &[&good, &format!("{bad}.>")]);
    connected(&mut session).await;
    let mut peer = server.raw_as(credentials);
    let mut waits = vec![];
    for time in 0..3 {
        let started = Instant::now();
        peer.publish(&good, b"before");
        let total = poison.block.len() + 1;
        let mut bytes = format!("HPUB {bad}.").into_bytes();
        bytes.extend_from_slice(poison.subject);
        bytes.extend_from_slice(format!(" {} {total}\r\n", poison.block.len()).as_bytes());
        bytes.extend_from_slice(poison.block);
        bytes.extend_from_slice(b"x\r\n");
        peer.send(&bytes);
        peer.publish(&good, b"after");
        wait_store(&mut session, "the poison between two good messages", |session| {
            session.store.counters().stored == 3 * (time + 1)
        })
        .await;
        waits.push(started.elapsed());
        // What comes through two subscriptions may change places.
        let mut shown = (3 * time + 1..=3 * time + 3).filter_map(|seq| session.store.message(seq));
        let shown = shown.find(|message| message.subject.starts_with(&bad)).unwrap();
        assert_eq!(&shown.payload[..], b"x", "{name}");
        let decoded = decode_message(&shown.payload, &shown.subject, &Limits::DEFAULT);
        let told = delivery_findings(&decoded, &shown.circumstances(), &Limits::DEFAULT);
        if poison.unreadable.is_empty() {
            assert!(told.is_empty(), "{name}: {told:?}");
            assert_eq!(shown.headers, [("K".to_owned(), vec!["v".to_owned()])], "{name}");
            continue;
        }
        let unreadable = vec![poison.unreadable.replace('#', &number.to_string())];
        let unreadable = (UNREADABLE_HEADER.to_owned(), unreadable);
        assert!(shown.headers.contains(&unreadable), "{name}: {shown:?}");
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        assert_eq!(told[0].code, Code::MalformedHeader, "{name}");
    }
    assert_eq!(session.store.gaps(), [], "{name}");
    // A client that is made anew takes 2 s at least; a busy machine may do so once.
    waits.sort_unstable();
    assert!(waits[1] <= Duration::from_secs(3), "{name}: {waits:?}");
    end(session).await;
}

/// Row 35.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poison_is_shown_and_ends_nothing() {
    for server in [nats_server(), old_nats_server()].into_iter().flatten() {
        let connect = ConnectOptions::from_urls(&server.url()).unwrap();
        let cases = POISONS.iter().enumerate();
        join_all(cases.map(|(number, poison)| shows(&server, "", connect.clone(), number, poison))).await;
    }
}

/// Row 35.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poison_is_shown_over_tls_and_behind_a_password() {
    let ours = Authority::new("our authority");
    let config = ours.issue(&Wish::default()).server_config("");
    let config = format!("{config}\nallow_non_tls: true\nauthorization {{ user: u, password: p }}");
    let Some(server) = nats_server_with(&config) else {
        return;
    };
    let mut connect = ConnectOptions::from_urls(&format!("tls://u:p@{}", server.address())).unwrap();
    connect.tls.ca = Some(ours.ca());
    let cases = POISONS.iter().enumerate();
    join_all(cases.map(|(number, poison)| shows(&server, "u:p@", connect.clone(), number, poison))).await;
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
