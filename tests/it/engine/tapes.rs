//! Tapes: what is recorded comes back exactly, whoever reads it; what other programs dump is read too.
use crate::support::binary::Folder;
use crate::support::broker_stand::broker;
use crate::support::session_stand::{end, start, wait_for};
use crate::support::tape_stand::{Said, heard, messages, publish, read, recorded, recording_with, tape_of};
use natsbridge_engine::{
    Command, ConnectionState, Event, Fetcher, NewTape, RecordingCommand, Session, SubscriptionCommand,
    TapeError, TapeReader, TapeRecord,
};
use natsbridge_wire::{Blob, Limits};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/nats-dump")
        .join(name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_recorded_comes_back_exactly() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(200));
    let path = tape_of(&broker, &folder, &said).await;
    let (entries, report) = read(&path);
    assert!(
        matches!(&entries[0], TapeRecord::Start(start) if start.subjects == ["t.>"]
        && start.product.starts_with("natsbridge ") && broker.url().ends_with(&start.server))
    );
    assert!(matches!(entries.last(), Some(TapeRecord::End { came: 200 })));
    let messages = heard(entries);
    let numbers: Vec<u64> = messages.iter().map(|message| message.seq).collect();
    assert_eq!(numbers, (1..=200).collect::<Vec<_>>());
    assert!(messages.is_sorted_by_key(|message| message.at_us));
    let read: Vec<Said> = messages.into_iter().map(Said::from).collect();
    assert_eq!(read, said);
    assert_eq!(
        (report.messages, report.problems().len(), report.ended),
        (200, 0, true)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_is_json_that_other_programs_read() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(40));
    let path = tape_of(&broker, &folder, &said).await;
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        !text.chars().any(|c| c.is_control() && c != '\n'),
        "nothing acts on a terminal"
    );
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 42);
    assert_eq!(lines[0]["tape"], 1);
    assert_eq!(lines[2]["text"], "plain text 1");
    assert_eq!(lines[2]["reply"], "r.1");
    assert_eq!(lines[3]["headers"]["A"], serde_json::json!(["1", "2: x"]));
    assert_eq!(lines[4]["base64"], "//4AAQIDIDM=");
    assert!(text.contains("plain text 1"), "grep finds text");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recording_begins_and_ends_while_messages_flow() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(30));
    let url = broker.url();
    let mut session = start(&url, &["t.>"]);
    crate::support::session_stand::connected(&mut session).await;
    publish(&url, &said[..10]).await;
    crate::support::session_stand::wait_store(&mut session, "the first", |session| {
        session.store.counters().stored == 10
    })
    .await;
    let path = folder.path().join("one.jsonl");
    session
        .commands
        .send(Command::Recording(RecordingCommand::Start(path.clone())))
        .await
        .unwrap();
    wait_for(&mut session, "the recording", |event| {
        matches!(event, Event::Recording(_)).then_some(())
    })
    .await;
    session
        .commands
        .send(Command::Recording(RecordingCommand::Start(
            folder.path().join("two.jsonl"),
        )))
        .await
        .unwrap();
    let refusal = wait_for(&mut session, "the refusal", |event| match event {
        Event::Notice(_, text) => Some(text.clone()),
        _ => None,
    })
    .await;
    assert!(refusal.contains("is already running"), "{refusal}");
    publish(&url, &said[10..20]).await;
    recorded(&mut session, 10).await;
    session
        .commands
        .send(Command::Recording(RecordingCommand::KeepLink(
            "http://files/x".into(),
            Blob::from("body"),
        )))
        .await
        .unwrap();
    session
        .commands
        .send(Command::Recording(RecordingCommand::Stop))
        .await
        .unwrap();
    let view = wait_for(&mut session, "the end", |event| match event {
        Event::Recording(view) if view.ended => Some(view.clone()),
        _ => None,
    })
    .await;
    assert_eq!((view.messages, view.missed, view.trouble), (10, 0, None));
    assert_eq!(view.bytes, std::fs::metadata(&path).unwrap().len());
    publish(&url, &said[20..]).await;
    end(session).await;
    let (entries, report) = read(&path);
    assert!(
        entries
            .iter()
            .any(|entry| matches!(entry, TapeRecord::Link { url, body }
        if url == "http://files/x" && &body[..] == b"body"))
    );
    let read: Vec<Said> = heard(entries).into_iter().map(Said::from).collect();
    assert_eq!(read, said[10..20]);
    assert!(report.ended && report.problems().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_overwritten_and_the_session_goes_on() {
    let (broker, folder) = (broker().await, Folder::new());
    let path = folder.path().join("mine");
    std::fs::write(&path, "mine").unwrap();
    assert!(matches!(NewTape::create(&path), Err(TapeError::Exists(_))));
    let mut session = start(&broker.url(), &[">"]);
    crate::support::session_stand::connected(&mut session).await;
    session
        .commands
        .send(Command::Recording(RecordingCommand::Start(path.clone())))
        .await
        .unwrap();
    let told = wait_for(&mut session, "the refusal", |event| match event {
        Event::Notice(_, text) => Some(text.clone()),
        _ => None,
    })
    .await;
    assert!(
        told.contains("already exists") && told.contains("choose another name"),
        "{told}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_recorder_cannot_take_is_counted_in_its_place() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(20));
    let (url, path) = (broker.url(), folder.path().join("tape.jsonl"));
    // Messages with 300 zero bytes are too large for this recorder.
    let mut session = recording_with(&url, &path, &["t.>"], |limits| limits.tape_message = 300).await;
    publish(&url, &said).await;
    recorded(&mut session, 18).await;
    end(session).await;
    let (entries, report) = read(&path);
    let missed: Vec<(u64, u64)> = entries
        .iter()
        .filter_map(|entry| match entry {
            TapeRecord::Missed { from, messages } => Some((*from, *messages)),
            _ => None,
        })
        .collect();
    assert_eq!(missed, [(7, 1), (15, 1)]);
    assert_eq!((report.messages, report.missed, report.lost), (18, 2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tape_opens_as_a_session_without_a_broker() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(50));
    let path = tape_of(&broker, &folder, &said).await;
    drop(broker);
    let times: Vec<i64> = heard(read(&path).0).iter().map(|message| message.at_us).collect();
    let tape = TapeReader::open(&path, &Limits::default()).unwrap();
    let mut session = Session::open_tape(tape, &Limits::default(), Fetcher::default());
    wait_for(&mut session, "the whole tape", |event| match event {
        Event::Connection(ConnectionState::Tape { name, percent: None }) => {
            assert_eq!(name, "tape.jsonl");
            Some(())
        }
        _ => None,
    })
    .await;
    let stored: Vec<_> = (1..=50).map(|seq| session.store.message(seq).unwrap()).collect();
    assert_eq!(
        stored.iter().map(|message| message.at_us).collect::<Vec<_>>(),
        times
    );
    let read: Vec<Said> = stored.into_iter().map(Said::from).collect();
    assert_eq!(read, said);
    session
        .commands
        .send(Command::Subscriptions(SubscriptionCommand::Add("a".into())))
        .await
        .unwrap();
    let told = wait_for(&mut session, "the answer", |event| match event {
        Event::Notice(_, text) => Some(text.clone()),
        _ => None,
    })
    .await;
    assert!(told.contains("is a tape"), "{told}");
    end(session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_on_a_tape_need_no_fetching() {
    let folder = Folder::new();
    let path = folder.path().join("tape.jsonl");
    let broker = broker().await;
    let mut session = recording_with(&broker.url(), &path, &[">"], |_| {}).await;
    let large: Vec<u8> = (0..3_000_000u32).map(|i| i as u8).collect();
    for (url, body) in [
        ("http://files/small", b"body".to_vec()),
        ("http://files/large", large.clone()),
    ] {
        session
            .commands
            .send(Command::Recording(RecordingCommand::KeepLink(
                url.into(),
                body.into(),
            )))
            .await
            .unwrap();
    }
    session
        .commands
        .send(Command::Recording(RecordingCommand::Stop))
        .await
        .unwrap();
    wait_for(&mut session, "the end", |event| {
        matches!(event, Event::Recording(view) if view.ended).then_some(())
    })
    .await;
    end(session).await;
    let fetcher = Fetcher::default();
    let tape = TapeReader::open(&path, &Limits::default()).unwrap();
    let mut session = Session::open_tape(tape, &Limits::default(), fetcher.clone());
    wait_for(&mut session, "the whole tape", |event| {
        matches!(
            event,
            Event::Connection(ConnectionState::Tape { percent: None, .. })
        )
        .then_some(())
    })
    .await;
    for (url, body) in [
        ("http://files/small", b"body".to_vec()),
        ("http://files/large", large),
    ] {
        let kept = fetcher.cached(url).unwrap().blob;
        assert_eq!(&kept.load(u64::MAX).unwrap().unwrap()[..], &body[..], "{url}");
    }
    end(session).await;
}

#[test]
fn dumps_of_the_nats_command_are_read() {
    for name in ["dir", "stdout.bin"] {
        let (entries, report) = read(&fixture(name));
        let messages = heard(entries);
        let read: Vec<_> = messages
            .iter()
            .map(|message| (&*message.subject, message.reply.as_deref(), &message.payload[..]))
            .collect();
        let expected: [(&str, Option<&str>, &[u8]); 4] = [
            ("a.b", None, b"hello \"world\""),
            ("a.c", Some("my.reply"), b""),
            ("/chat/room1", None, b"\xff\x00bin"),
            ("d", None, b"fourth"),
        ];
        assert_eq!(read, expected, "{name}");
        let many = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            messages[0].headers,
            [("K".into(), many(&["v", "w"])), ("Trace".into(), many(&["on"]))]
        );
        assert!(
            report.untimed && messages.iter().all(|message| message.at_us > 0),
            "{name}"
        );
    }
    let (entries, report) = read(&fixture("stream"));
    let times: Vec<i64> = heard(entries).iter().map(|message| message.at_us).collect();
    assert_eq!(times, [1_795_668_425_680_369, 1_795_668_425_697_707]);
    assert!(!report.untimed);
}

#[test]
fn a_folder_is_read_in_the_order_of_its_numbers_with_replies_behind() {
    let folder = Folder::new();
    for (name, subject) in [("10", "d"), ("9", "a"), ("9_reply", "b"), ("9_other", "x")] {
        let json = format!(r#"{{"Subject":"{subject}","Reply":"","Header":null,"Data":"eA==","Sub":null}}"#);
        folder.file(&format!("{name}.json"), json.as_bytes());
    }
    folder.file("11.json", b"{\"Subject\":");
    let (entries, report) = read(folder.path());
    let subjects: Vec<String> = heard(entries)
        .iter()
        .map(|message| message.subject.to_string())
        .collect();
    assert_eq!(subjects, ["a", "b", "d"]);
    assert_eq!((report.damaged, report.damaged_bytes), (1, 11));
}

#[test]
fn what_is_no_tape_is_said_with_what_it_is() {
    let folder = Folder::new();
    let listened = r#"{"seq":1,"at":"2026-11-22T10:00:00Z","subject":"a","reply":null,"headers":{},"bytes":1,"dialect":null,"envelope":null,"text":"x","findings":[]}"#;
    for (name, bytes, says) in [
        ("listen.jsonl", listened.as_bytes(), "lines of listen --json"),
        ("text", b"hello\nworld\n".as_slice(), "record one with"),
        ("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "record one with"),
    ] {
        folder.file(name, bytes);
        let error = TapeReader::open(&folder.path().join(name), &Limits::default()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    let empty = Folder::new();
    let error = TapeReader::open(empty.path(), &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("nats sub --dump"), "{error}");
    let error = TapeReader::open(&empty.path().join("nothing"), &Limits::default()).unwrap_err();
    assert!(error.to_string().starts_with("cannot read"), "{error}");
    // Lines that some filter let through without their guards are read, and that is said.
    let bare = r#"{"n":4,"at":"2026-11-22T10:00:00Z","subject":"a","text":"x"}"#;
    folder.file("filtered", format!("{bare}\n").as_bytes());
    let (entries, report) = read(&folder.path().join("filtered"));
    assert_eq!((heard(entries).len(), report.unguarded), (1, 1));
    assert!(
        report
            .problems()
            .iter()
            .any(|text| text.contains("without a guard"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_largest_message_fits() {
    let Some(server) =
        crate::support::servers::nats_server_with("max_payload: 67108864\nmax_pending: 268435456")
    else {
        return;
    };
    let folder = Folder::new();
    let path = folder.path().join("tape.jsonl");
    let mut session = recording_with(&server.url(), &path, &["t.>"], |limits| {
        // So large a message takes longer than an idle connection may be silent.
        limits.dead_after = Duration::from_secs(60);
    })
    .await;
    let mut payload = vec![0x80u8; (64 << 20) - 1000];
    payload[5] = 7;
    let said = Said {
        subject: "t.large".into(),
        reply: None,
        headers: vec![],
        payload: payload.into(),
    };
    publish(&server.url(), std::slice::from_ref(&said)).await;
    recorded(&mut session, 1).await;
    end(session).await;
    let (entries, report) = read(&path);
    assert!(heard(entries).into_iter().map(Said::from).eq([said]));
    assert!(report.problems().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_on_the_tape_and_seen_in_its_place() {
    let Some(mut server) = crate::support::servers::nats_server() else {
        return;
    };
    let (folder, said) = (Folder::new(), messages(4));
    let path = folder.path().join("tape.jsonl");
    let url = server.url();
    let mut session = recording_with(&url, &path, &["t.>"], |_| {}).await;
    publish(&url, &said[..2]).await;
    recorded(&mut session, 2).await;
    server.stop();
    crate::support::session_stand::lost(&mut session).await;
    server.start();
    crate::support::session_stand::back(&mut session).await;
    publish(&url, &said[2..]).await;
    recorded(&mut session, 4).await;
    let gaps = session.store.gaps();
    end(session).await;
    let (entries, _) = read(&path);
    let before = entries.iter().find_map(|entry| match entry {
        TapeRecord::Gap(gap) => Some((gap.before, gap.cause.clone())),
        _ => None,
    });
    assert_eq!(before, Some((3, gaps[0].cause.clone())));
    let tape = TapeReader::open(&path, &Limits::default()).unwrap();
    let mut session = Session::open_tape(tape, &Limits::default(), Fetcher::default());
    wait_for(&mut session, "the whole tape", |event| {
        matches!(
            event,
            Event::Connection(ConnectionState::Tape { percent: None, .. })
        )
        .then_some(())
    })
    .await;
    assert_eq!(session.store.gaps(), gaps);
    end(session).await;
}
