//! Drafts in files, and `send --draft` with everything that goes with it.

use crate::support::binary::{Folder, PATIENCE, Peer, Run, command, finish, natsbridge};
use crate::support::broker_stand::{broker, client, next, subscribe};
use natsbridge_engine::{
    Composition, DraftError, PayloadRow, Source, TransportChoice, read_draft, write_draft,
};
use natsbridge_wire::{Blob, ColumnType, Dialect, Kind, Limits, decode_base64};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn rich(folder: &Path) -> Composition {
    Composition {
        subject: "/chat/{{env.ROOM}}".into(),
        purpose: "ACK".into(),
        receiver_name: "you".into(),
        reply_to: "/back".into(),
        metadata: "{\n  \"n\": {{count}}\n}".into(),
        dialect: Dialect::V0_4,
        headers: vec![("Trace".into(), "on".into()), ("Trace".into(), "\"off\"".into())],
        transport: TransportChoice::Direct,
        jetstream: true,
        payloads: vec![
            PayloadRow::text("message", "one\n\ttwo \\ \"three\"\r\n"),
            PayloadRow {
                kind: Kind::Table,
                source: Source::File(folder.join("data/rows.csv")),
                types: vec![
                    ("zip".into(), ColumnType::Text),
                    ("at".into(), ColumnType::Timestamp),
                ],
                ..PayloadRow::text("rows", "")
            },
            PayloadRow {
                kind: Kind::Binary,
                source: Source::Bytes {
                    body: Blob::from(vec![0, 255, 10]),
                    origin: "message 7 on a".into(),
                },
                ..PayloadRow::text("bytes", "")
            },
            PayloadRow {
                source: Source::Missing {
                    why: "not fetched".into(),
                },
                ..PayloadRow::text("gone", "")
            },
        ],
        ..Composition::default()
    }
}

#[test]
fn a_draft_is_read_as_it_was_written() {
    let folder = Folder::new();
    for name in ["a.toml", "b.json"] {
        let path = folder.path().join(name);
        let composition = rich(folder.path());
        assert_eq!(write_draft(&composition, &path).unwrap(), composition, "{name}");
        assert_eq!(read_draft(&path).unwrap(), composition, "{name}");
        // Once more over itself, which is a draft.
        assert_eq!(write_draft(&composition, &path).unwrap(), composition, "{name}");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("data/rows.csv") && !text.contains(&*folder.path().to_string_lossy()),
            "{text}"
        );
    }
}

#[test]
fn files_elsewhere_keep_a_path_from_the_draft() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("drafts")).unwrap();
    let source = |path: PathBuf| Composition {
        payloads: vec![PayloadRow {
            source: Source::File(path),
            ..PayloadRow::text("a", "")
        }],
        ..Composition::default()
    };
    let draft = folder.path().join("drafts/a.toml");
    write_draft(&source(folder.path().join("rows.csv")), &draft).unwrap();
    assert!(
        std::fs::read_to_string(&draft)
            .unwrap()
            .contains("file = \"../rows.csv\"")
    );
    write_draft(&source("/dev/null".into()), &draft).unwrap();
    assert!(
        std::fs::read_to_string(&draft)
            .unwrap()
            .contains("file = \"/dev/null\"")
    );
}

#[test]
fn larger_bytes_lie_beside_the_draft_and_nothing_is_overwritten() {
    let folder = Folder::new();
    let draft = folder.path().join("a.toml");
    folder.file("a-picture.png", b"somebody's own");
    let body = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        vec![7; Limits::DEFAULT.draft_inline as usize],
    ]
    .concat();
    let composition = Composition {
        payloads: vec![PayloadRow {
            kind: Kind::Image,
            source: Source::Bytes {
                body: body.clone().into(),
                origin: String::new(),
            },
            ..PayloadRow::text("picture", "")
        }],
        ..Composition::default()
    };
    let written = write_draft(&composition, &draft).unwrap();
    let file = folder.path().join("a-picture (1).png");
    assert_eq!(written.payloads[0].source, Source::File(file.clone()));
    assert_eq!(std::fs::read(&file).unwrap(), body);
    assert_eq!(
        std::fs::read(folder.path().join("a-picture.png")).unwrap(),
        b"somebody's own"
    );
    // Saved again as the draft has it, no further copy is made.
    write_draft(&written, &draft).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn what_is_no_draft_is_left_alone() {
    let folder = Folder::new();
    let path = PathBuf::from(
        folder
            .file("Cargo.toml", b"[package]\nname = \"x\"\n")
            .trim_start_matches('@'),
    );
    let error = write_draft(&Composition::default(), &path).unwrap_err();
    assert!(matches!(error, DraftError::NotADraft { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"[package]\nname = \"x\"\n");
    let error = read_draft(&path).unwrap_err().to_string();
    assert!(
        error.contains("Cargo.toml, line 1") && error.contains("unknown field `package`"),
        "{error}"
    );
    let error = write_draft(&Composition::default(), &folder.path().join("a.txt")).unwrap_err();
    assert!(error.to_string().contains("end in .toml or .json"), "{error}");
    let error = read_draft(&folder.path().join("none.toml")).unwrap_err();
    assert!(matches!(error, DraftError::Unreadable { .. }), "{error}");
}

fn dry(args: &[&str]) -> Value {
    let run = natsbridge(&[&["send", "--dry-run"], args].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    serde_json::from_str(&run.out).unwrap()
}

fn text_of(payload: &Value) -> String {
    let (bytes, _) = decode_base64(payload["data"].as_str().unwrap()).unwrap();
    String::from_utf8(bytes).unwrap()
}

const DRAFT: &str = r#"subject = "chat.{{count}}"
purpose = "updateStatus"
metadata = '{"n": {{count}}}'
dialect = "v0.5"

[[headers]]
name = "N"
value = "{{count}}"

[[payloads]]
name = "message"
kind = "text"
text = "number {{count}}, {{uuid}}"

[[payloads]]
name = "rows"
kind = "table"
file = "rows.csv"

[[payloads.columns]]
name = "n"
type = "float"
"#;

fn draft(folder: &Folder) -> String {
    folder.file("rows.csv", b"n\n1\n2\n");
    folder
        .file("a.toml", DRAFT.as_bytes())
        .trim_start_matches('@')
        .to_owned()
}

#[test]
fn send_takes_a_draft_and_flags_overrule_it() {
    let folder = Folder::new();
    let draft = draft(&folder);
    let envelope = dry(&["--draft", &draft]);
    assert_eq!(envelope["send_to"], "chat.1");
    assert_eq!(envelope["msg_purpose"], "updateStatus");
    assert_eq!(envelope["metadata"]["n"], 1);
    assert_eq!(envelope["payloads"][1]["payload_type"], "arrowtable");
    assert!(text_of(&envelope["payloads"][0]).starts_with("number 1, "));

    let flags = [
        "--draft",
        &draft,
        "other.{{x}}",
        "--purpose",
        "chat",
        "--dialect",
        "readme",
        "--text",
        "more={{count}}",
    ];
    let envelope = dry(&flags);
    assert_eq!(
        envelope["send_to"], "other.{{x}}",
        "what stands in flags is meant as it stands"
    );
    assert_eq!(envelope["msg_purpose"], "chat");
    assert_eq!(envelope["payloads"].as_array().unwrap().len(), 3);
    assert_eq!(envelope["payloads"][2]["type"], "text");
    assert_eq!(text_of(&envelope["payloads"][2]), "{{count}}");
}

#[test]
fn mistakes_of_a_draft_are_named_and_nothing_is_sent() {
    let folder = Folder::new();
    let refused = |name: &str, text: &str, args: &[&str]| {
        let path = folder.file(name, text.as_bytes());
        let run: Run = natsbridge(
            &[
                &["send", "--dry-run", "--draft", path.trim_start_matches('@')],
                args,
            ]
            .concat(),
        );
        assert_eq!(run.code, Some(2), "{run:?}");
        assert_eq!(run.out, "");
        run.err
    };
    let error = refused("a.toml", "subject = 'a'\nsubjct = 'b'\n", &[]);
    assert!(
        error.contains("a.toml, line 2, column 1: unknown field `subjct`"),
        "{error}"
    );
    let error = refused("b.toml", "purpose = 'x'\n", &[]);
    assert!(error.contains("the subject is empty"), "{error}");
    let payload = "subject = 'a'\n[[payloads]]\nname = 'p'\nkind = 'dictionary'\n";
    let error = refused("c.toml", &format!("{payload}file = 'none.json'\n"), &[]);
    assert!(
        error.contains("payload 'p' cannot be read from") && error.contains("none.json"),
        "{error}"
    );
    let error = refused(
        "d.toml",
        &format!("{payload}text = '{{x}}'\n"),
        &["--dictionary", "q=[1"],
    );
    assert!(
        error.contains("payload 'p' cannot be sent: not JSON at byte 1"),
        "{error}"
    );
    let error = refused(
        "e.toml",
        &format!("{payload}text = '{{}}'\n"),
        &["--dictionary", "q=[1"],
    );
    assert!(error.contains("--dictionary q: not JSON at byte"), "{error}");
}

/// Messages that would overtake each other, if they could.
const MANY: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_message_of_a_draft_is_filled_anew_and_they_go_out_in_order() {
    let broker = broker().await;
    let listener = client(&broker).await;
    let mut messages = subscribe(&listener, "chat.*").await;
    let folder = Folder::new();
    let draft = draft(&folder);
    let url = broker.url();
    let sending = tokio::task::spawn_blocking(move || {
        natsbridge(&[
            "send",
            "-s",
            &url,
            "--draft",
            &draft,
            "--count",
            &MANY.to_string(),
            "--json",
        ])
    });
    let run = sending.await.unwrap();
    assert_eq!((run.code, run.out.lines().count()), (Some(0), MANY), "{run:?}");
    let mut texts = Vec::new();
    for number in 1..=MANY {
        let message = next(&mut messages).await;
        assert_eq!(message.subject.as_str(), format!("chat.{number}"));
        assert_eq!(
            message.headers.unwrap().get("N").unwrap().as_str(),
            number.to_string()
        );
        let envelope: Value = serde_json::from_slice(&message.payload).unwrap();
        assert_eq!(envelope["metadata"]["n"], number);
        let text = text_of(&envelope["payloads"][0]);
        let (head, uuid) = text.split_once(", ").unwrap();
        assert_eq!(head, format!("number {number}"));
        texts.push(uuid.to_owned());
    }
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), MANY, "each has its own identifier");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_takes_a_draft_too() {
    let broker = broker().await;
    let folder = Folder::new();
    let draft = draft(&folder);
    let listener = client(&broker).await;
    let mut messages = subscribe(&listener, "chat.*").await;
    let url = broker.url();
    let asking = tokio::task::spawn_blocking(move || natsbridge(&["request", "-s", &url, "--draft", &draft]));
    let question = next(&mut messages).await;
    listener
        .publish(question.reply.unwrap(), "answered".into())
        .await
        .unwrap();
    let run = asking.await.unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("answered"), "{run:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_answer_of_a_draft_is_filled_anew() {
    let broker = broker().await;
    let folder = Folder::new();
    let draft = draft(&folder);
    let peer = Peer::start(&mut command(&[
        "reply",
        "-s",
        &broker.url(),
        "--draft",
        &draft,
        "svc.time",
    ]));
    peer.err.wait_for("Answering on svc.time");
    let asking = client(&broker).await;
    for number in 1..=3 {
        let answer = tokio::time::timeout(PATIENCE, asking.request("svc.time", "?".into()));
        let answer = answer.await.expect("an answer in time").unwrap();
        let envelope: Value = serde_json::from_slice(&answer.payload).unwrap();
        assert!(text_of(&envelope["payloads"][0]).starts_with(&format!("number {number}, ")));
        assert_eq!(envelope["metadata"]["n"], number);
        assert_eq!(envelope["msg_purpose"], "updateStatus");
    }
}

#[test]
fn the_example_of_the_documentation_is_sent_as_it_stands() {
    let text = include_str!("../../../assets/drafts.md");
    let folder = Folder::new();
    let mut sent = 0;
    for block in text.split("```").skip(1).step_by(2) {
        let (language, body) = block.split_once('\n').unwrap();
        let name = match language {
            "toml" | "json" => format!("example.{language}"),
            "csv" => "rows.csv".to_owned(),
            _ => continue,
        };
        let path = folder.file(&name, body.as_bytes());
        if language == "csv" {
            continue;
        }
        let mut command = command(&["send", "--dry-run", "--draft", path.trim_start_matches('@')]);
        let run = finish(command.env("ROOM", "room1").env("USER", "ada"));
        assert_eq!(run.code, Some(0), "{run:?}");
        sent += 1;
    }
    assert_eq!(sent, 2, "one TOML, one JSON");
}
