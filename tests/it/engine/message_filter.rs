//! Filters over messages: what each field means, on every dialect, and what is wrong with one that cannot be read.

use crate::support::binary::{Peer, command, natsbridge};
use crate::support::broker_stand::{broker, client};
use crate::support::screen_stand::{Bench, envelope};
use natsbridge_engine::{Candidate, FILTER_FIELDS, Headers, Incoming, MessageFilter, Store, StoredMessage};
use natsbridge_wire::{Limits, table_from_csv};

const NOW_US: i64 = 1_795_348_862_118_000;

fn message(subject: &str, payload: &[u8]) -> StoredMessage {
    StoredMessage {
        seq: 1,
        at_us: NOW_US - 120_000_000,
        subject: subject.into(),
        reply: Some("_INBOX.x".into()),
        headers: vec![("Trace".into(), vec!["abc".into()])],
        payload: payload.to_vec().into(),
    }
}

fn rich() -> StoredMessage {
    let table = table_from_csv(b"city,temp\nOslo,3\n")
        .unwrap()
        .to_stream()
        .unwrap();
    let text = envelope(
        "jl-calc",
        &[
            ("note", "text", "Pinot noir, très bon".as_bytes()),
            (
                "config",
                "dictionary",
                br#"{"rate": 5, "mode": "Fast", "tags": ["a", "b"], "n": null, "total amount": {"x.y": 7}}"#,
            ),
            ("rows", "table", &table),
        ],
    );
    message("/chat/room1", text.as_bytes())
}

fn holds(filter: &str, message: &StoredMessage) -> bool {
    let limits = Limits::default();
    let filter = MessageFilter::new(filter).unwrap_or_else(|fault| panic!("{filter}: {fault}"));
    filter.admits(&Candidate::whole(message.clone(), &limits), NOW_US)
}

#[test]
fn every_field_can_be_asked_for() {
    let message = rich();
    for (filter, expected) in [
        ("", true),
        ("room1", true),
        ("CALC", false),
        ("calc", true),
        ("/chat/*", false),
        ("subject=/chat/room1", true),
        ("subject~room", true),
        ("subject!~room", false),
        ("reply~_INBOX", true),
        ("sender=jl-calc", true),
        ("sender!=jl-calc", false),
        ("receiver=\"\"", true),
        ("purpose=chat", true),
        ("correlation=7f3a91c2", true),
        ("correlation!=7f3a", false),
        ("message=m", true),
        ("dialect=v0.4", true),
        ("dialect=v0.5", false),
        ("kind=table", true),
        ("kind!=table", false),
        ("kind=audio", false),
        ("transport=direct", true),
        ("transport=link", false),
        ("payloads=3", true),
        ("payloads>3", false),
        ("size>500", true),
        ("size>1MB", false),
        ("age<5min", true),
        ("age<5s", false),
        ("header.trace=abc", true),
        ("header.Trace!=abc", false),
        ("header.Other=abc", false),
        ("header.Other!=abc", true),
        ("text~\"très bon\"", true),
        ("text~oslo", true),
        ("text~Pinot", true),
        ("text~pinot", true),
        ("text~PINOT", false),
        ("text!~merlot", true),
        ("payload.rate>3", true),
        ("payload.rate>=5.5", false),
        ("payload.config.rate=5", true),
        ("payload.mode=fast", true),
        ("payload.tags[1]=b", true),
        ("payload.tags[9]=b", false),
        ("payload.n=null", true),
        ("payload.\"total amount\".\"x.y\">6", true),
        ("payload.\"total amount\".\"x.y\">7", false),
        ("payload.config.\"total amount\" ~ \"x.y\" and kind=table", true),
        ("age<3601", true),
        ("payload.missing>1", false),
        ("payload.missing!=1", true),
        ("metadata.x=1", false),
        ("finding=malformed-json", false),
        ("finding>=error", false),
        ("kind=table and (payload.rate<3 or size>100)", true),
        ("not kind=table", false),
    ] {
        assert_eq!(holds(filter, &message), expected, "{filter}");
    }
}

#[test]
fn broken_and_plain_messages_are_found_by_what_they_are() {
    let broken = message("a.b", br#"{"correlation_id": "1", "payloads": [{"dataname":"x","#);
    assert!(holds("finding>=error", &broken) && holds("finding=malformed-json", &broken));
    let plain = message("a.b", br#"{"rate": 7}"#);
    assert!(holds("dialect=none", &plain) && holds("payload.rate=7", &plain) && holds("a.*", &plain));
    let text = message("a.b", b"hello");
    assert!(holds("text~hello", &text) && !holds("kind=table", &text));
}

#[test]
fn a_stored_message_matches_what_the_same_message_matches_elsewhere() {
    let long = "x".repeat(300);
    let senders = ["a", "b", "c", &long, "(more names)", ""];
    // Most senders are too many for their own entry, and one is too long.
    let limits = Limits {
        subjects: 2,
        ..Limits::default()
    };
    let store = Store::new(limits.into());
    for sender in senders {
        let text = envelope(sender, &[("t", "text", b"Hello")]);
        store.append([Incoming {
            at_us: 1,
            subject: "s",
            reply: None,
            headers: Headers::default(),
            payload: text.as_bytes(),
        }]);
    }
    for digested in [0, 3, 6] {
        while store
            .rows(0..u64::MAX)
            .iter()
            .filter(|row| row.digest.is_some())
            .count()
            < digested
        {
            store.digest_pending(1);
        }
        for filter in [
            "sender=a",
            "sender!=c",
            "sender=c",
            "sender=\"(more names)\"",
            "sender=\"\"",
            "sender~xx",
            "xxx",
            "purpose=chat",
            "purpose!~c",
            "dialect=v0.4",
            "dialect=none",
            "kind=text",
            "kind=table",
            "payloads=1",
            "transport=direct",
            "transport=link",
        ] {
            let row = |seq| store.row(seq).unwrap();
            let parsed = MessageFilter::new(filter).unwrap();
            for seq in store.range() {
                let stored = parsed.admits(&Candidate::stored(&store, &row(seq)), NOW_US);
                let whole = holds(filter, &store.message(seq).unwrap());
                assert_eq!(stored, whole, "{filter} of message {seq}, {digested} digested");
            }
        }
    }
}

#[test]
fn the_examples_of_the_fields_can_be_read() {
    for row in FILTER_FIELDS {
        assert!(MessageFilter::new(row.example).is_ok(), "{}", row.example);
    }
}

#[test]
fn faults_say_where_what_and_what_to_try() {
    for (text, wrong, said) in [
        ("colour=red", "colour", "unknown field"),
        ("kind=picture", "picture", "not one of text, dictionary"),
        ("size>much", "much", "not a size"),
        ("age<soon", "soon", "not a duration"),
        ("payloads>x", "x", "not a whole number"),
        ("subject>a", "subject", "has no order"),
        ("finding=bad", "bad", "not a finding"),
        ("finding>big-integer", "finding", "no order"),
        ("payload.a..b=1", "payload.a..b", "not a path"),
        ("a and", "", "missing"),
    ] {
        let fault = MessageFilter::new(text).unwrap_err();
        assert_eq!(&text[fault.at.clone()], wrong, "{text}: {fault}");
        assert!(fault.what.contains(said), "{text}: {fault}");
    }
}

#[test]
fn the_list_is_filtered_while_typing_and_a_wrong_filter_leaves_it_alone() {
    let mut bench = Bench::new(120, 40);
    bench.chat(6);
    let table = table_from_csv(b"a\n1\n").unwrap().to_stream().unwrap();
    let text = envelope("jl-calc", &[("rows", "arrowtable", &table)]);
    bench.arrive("data.daily", text.as_bytes());
    bench.keys("f").type_text("kind=tub");
    bench.assert_shows("\"tub\" is not one of text, dictionary");
    bench.assert_shows("✖ kind=tub");
    // Half a filter takes nothing out of the list.
    bench.assert_shows("filtered 0");
    // What can still become right is not wrong yet: it is offered.
    bench.keys("Backspace Backspace").type_text("ab");
    bench.assert_shows("› kind=tab");
    bench.assert_shows("kind=table");
    bench.type_text("le");
    bench.assert_shows("✓ kind=table");
    bench.assert_shows("shown 1");
    bench.keys("Enter");
    bench.assert_shows("filtered 6");
    bench.assert_shows("\"kind=table\"");
    // What comes later is filtered as well.
    bench.arrive("data.daily", text.as_bytes());
    bench.assert_shows("shown 2");
    bench.keys("f").type_text(" and (");
    bench.keys("Enter");
    bench.assert_shows("✖ kind=table and (");
    bench.keys("Esc").assert_shows("shown 2");
    bench.keys("Esc").assert_shows("filtered 0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listen_prints_only_what_fits_and_marks_what_is_wrong() {
    let broker = broker().await;
    let url = broker.url();
    let run = natsbridge(&["listen", ">", "-s", &url, "--filter", "size>much and a"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.err.contains("size>much and a\n       ^^^^"), "{run:?}");
    let filter = "payload.rate>3 and not sender=x";
    let listener = Peer::start(&mut command(&[
        "listen",
        ">",
        "-s",
        &url,
        "--json",
        "--count",
        "1",
        "--timeout",
        "50s",
        "--filter",
        filter,
    ]));
    listener.err.wait_for("Listening on");
    let publisher = client(&broker).await;
    for rate in [r#"{"rate": 2}"#, r#"{"rate": 4}"#] {
        let body = envelope("y", &[("c", "dictionary", rate.as_bytes())]);
        publisher.publish("a.b", body.into()).await.unwrap();
    }
    publisher.flush().await.unwrap();
    let lines = listener.out.rest("the end of the output");
    assert_eq!((listener.code(), lines.len()), (Some(0), 1), "{lines:?}");
    assert!(lines[0].contains("\"rate\":4"), "{lines:?}");
}
