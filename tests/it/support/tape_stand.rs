//! What the tests of tapes stand on: messages to record, a tape of them, what is read back from a tape.

use crate::support::binary::Folder;
use crate::support::session_stand::{connected, end, wait_for};
use bytes::Bytes;
use futures_util::StreamExt as _;
use natsbridge_engine::{
    ConnectOptions, Event, NewTape, RecordingView, SendOptions, Session, SessionOptions, StoredMessage,
    TapeReader, TapeRecord, TapeReport,
};
use natsbridge_host::Broker;
use natsbridge_wire::Limits;
use std::path::{Path, PathBuf};

/// A message as the tests think of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub subject: String,
    pub reply: Option<String>,
    pub headers: Vec<(String, Vec<String>)>,
    pub payload: Bytes,
}

impl From<StoredMessage> for Said {
    fn from(message: StoredMessage) -> Self {
        Self {
            subject: message.subject.to_string(),
            reply: message.reply,
            headers: message.headers,
            payload: message.payload,
        }
    }
}

/// Messages of every sort, `count` of them.
pub fn messages(count: usize) -> Vec<Said> {
    let payloads: [&[u8]; 8] = [
        b"",
        b"plain text",
        "Gr\u{fc}\u{df}e \"quoted\" \\ back\nnew\ttab\u{1b}[31m\u{85}\u{202e}".as_bytes(),
        &[0xff, 0xfe, 0, 1, 2, 3],
        br#"{"guard":"00000006-00000000","n":1}"#,
        b"\r\n\r\n{\"guard\":\"",
        &[0; 300],
        "\u{65e5}\u{672c}\u{8a9e} \u{1f980}".as_bytes(),
    ];
    (0..count)
        .map(|i| Said {
            subject: format!("t.{}", ["a", "b", "\u{fc}.c"][i % 3]),
            reply: (i % 4 == 1).then(|| format!("r.{i}")),
            headers: match i % 5 {
                2 => vec![
                    ("A".into(), vec!["1".into(), "2: x".into()]),
                    ("K".into(), vec![format!("v{i}")]),
                ],
                _ => vec![],
            },
            payload: [payloads[i % payloads.len()], format!(" {i}").as_bytes()]
                .concat()
                .into(),
        })
        .collect()
}

/// A session that records to a new file, with the default limits changed.
pub async fn recording_with(
    url: &str,
    path: &Path,
    subjects: &[&str],
    change: impl FnOnce(&mut Limits),
) -> Session {
    let mut connect = ConnectOptions::from_urls(url).unwrap();
    change(&mut connect.limits);
    let options = SessionOptions {
        connect,
        subjects: subjects.iter().map(ToString::to_string).collect(),
        sending: SendOptions::default(),
        digest: true,
    };
    let mut session = Session::start_recording(options, NewTape::create(path).unwrap()).unwrap();
    connected(&mut session).await;
    session
}

/// Publishes messages and waits until the broker has them.
pub async fn publish(url: &str, said: &[Said]) {
    let client = async_nats::connect(url).await.unwrap();
    let inbox = client.new_inbox();
    let mut back = client.subscribe(inbox.clone()).await.unwrap();
    for message in said {
        let mut headers = async_nats::HeaderMap::new();
        for (name, values) in &message.headers {
            for value in values {
                headers.append(name.as_str(), value.as_str());
            }
        }
        let (subject, payload) = (message.subject.clone(), message.payload.clone());
        match (&message.reply, headers.is_empty()) {
            (Some(reply), _) => {
                client
                    .publish_with_reply_and_headers(subject, reply.clone(), headers, payload)
                    .await
            }
            (None, false) => client.publish_with_headers(subject, headers, payload).await,
            (None, true) => client.publish(subject, payload).await,
        }
        .unwrap();
    }
    // What the broker gives back came after all the others: none is lost when this connection closes.
    client.publish(inbox, "all".into()).await.unwrap();
    back.next().await.unwrap();
}

/// Waits until so many messages are on the tape.
pub async fn recorded(session: &mut Session, messages: u64) -> RecordingView {
    wait_for(session, "the messages on the tape", |event| match event {
        Event::Recording(view) if view.messages >= messages => Some(view.clone()),
        _ => None,
    })
    .await
}

/// A tape of these messages, recorded by a real session.
pub async fn tape_of(broker: &Broker, folder: &Folder, said: &[Said]) -> PathBuf {
    let path = folder.path().join("tape.jsonl");
    let url = broker.url();
    let mut session = recording_with(&url, &path, &["t.>"], |_| {}).await;
    publish(&url, said).await;
    recorded(&mut session, said.len() as u64).await;
    end(session).await;
    path
}

/// Everything on a tape, and what was found.
pub fn read(path: &Path) -> (Vec<TapeRecord>, TapeReport) {
    read_within(path, &Limits::default())
}

/// The same with other limits.
pub fn read_within(path: &Path, limits: &Limits) -> (Vec<TapeRecord>, TapeReport) {
    let mut tape = TapeReader::open(path, limits).unwrap();
    let mut entries = Vec::new();
    while let Some(entry) = tape.next().unwrap() {
        entries.push(entry);
    }
    (entries, tape.report())
}

/// The messages among entries.
pub fn heard(entries: Vec<TapeRecord>) -> Vec<StoredMessage> {
    let messages = entries.into_iter().filter_map(|entry| match entry {
        TapeRecord::Message(message) => Some(message),
        _ => None,
    });
    messages.collect()
}
