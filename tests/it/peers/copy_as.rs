//! Copies of a send run by their own tools: what arrives is what the send itself would have brought.

use crate::support::binary::{FOREIGN, Folder, NOWHERE, Run, finish};
use crate::support::broker_stand::{broker, client, next, subscribe};
use crate::support::real::{node, python};
use crate::support::servers::nats_server_with;
use crate::support::stream_stand::raw;
use async_nats::jetstream::stream::Config;
use natsbridge_engine::{
    ComposeError, Composition, CopyFormat, Loaded, Payload, PayloadRow, RequestOptions, SendOptions, Source,
    TransportChoice, copy_as, filled, load,
};
use natsbridge_wire::{Blob, Dialect, Kind, Limits, decode_message};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const NASTY: &str =
    "it's \"quoted\" $HOME `ls` $(ls) \\ \\n 100% #{x} ${y}\n\n  {{count}} <<'END'\nEND\né 🚀 --text ! *";

fn loaded(composition: &Composition) -> Loaded {
    filled(1, |fill| load(composition, fill, &Limits::default())).unwrap()
}

/// A composition that tempts every quoting there is.
fn nasty(folder: &Folder) -> Composition {
    let file = folder.file("it's a \"file\" {{x}} $a.bin", &[0, 159, 146, 150, 10]);
    let row = |name: &str, kind, source| PayloadRow {
        name: name.into(),
        kind,
        source,
        types: vec![],
        encoding: None,
    };
    let text = |text: &str| Source::Text(natsbridge_engine::literal(text));
    Composition {
        subject: "/chat/room's $1".replace(' ', "-"),
        purpose: "it's \"that\" $x\n`y`".into(),
        sender_name: "-dash".into(),
        receiver_name: "日本 \\ \u{2028}".into(),
        reply_to: "/back/it's".into(),
        correlation_id: "c-{{count}}".into(),
        metadata: r#"{"a": "it's \"so\" \\ $x", "b": "{{{{count}}", "n": 1.50}"#.into(),
        dialect: Dialect::V0_4,
        headers: vec![("Trace".into(), "it's $on".into())],
        payloads: vec![
            row("it's", Kind::Text, text(NASTY)),
            row("-dash", Kind::Text, text("@home")),
            row(
                "controls",
                Kind::Text,
                text("bell \u{7} escape \u{1b}[2J return \r tab \t"),
            ),
            row("empty", Kind::Text, text("")),
            row("config", Kind::Dictionary, text(r#"{"k": "it's", "n": 1.50}"#)),
            row("rows", Kind::JsonTable, text(r#"[{"id": 1}]"#)),
            row("table", Kind::Table, text("zip,n\n007,1\n")),
            row(
                "file",
                Kind::Binary,
                Source::File(file.trim_start_matches('@').into()),
            ),
            row(
                "bytes",
                Kind::Image,
                Source::Bytes {
                    body: Blob::from((0..=255).collect::<Vec<u8>>()),
                    origin: "a test".into(),
                },
            ),
        ],
        ..Composition::default()
    }
}

/// Name, kind and bytes of payloads.
type Contents = Vec<(String, Kind, Vec<u8>)>;

/// What of a message does not change from one sending to the next.
fn facts(payload: &[u8], subject: &str) -> (Vec<String>, Contents) {
    let decoded = decode_message(&payload.to_vec().into(), subject, &Limits::default());
    let (dialect, envelope) = decoded.envelope.expect("an envelope");
    let fields = [
        &envelope.correlation_id,
        &envelope.send_to,
        &envelope.msg_purpose,
        &envelope.sender_name,
        &envelope.receiver_name,
        &envelope.receiver_id,
        &envelope.reply_to,
        &envelope.reply_to_msg_id,
    ];
    let mut fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
    fields.push(
        serde_json::from_str::<serde_json::Value>(&envelope.metadata.0)
            .unwrap()
            .to_string(),
    );
    fields.push(dialect.name().into());
    let payloads = decoded.payloads.into_iter();
    let payloads = payloads.map(|payload| {
        (
            payload.dataname.into_owned(),
            payload.kind,
            payload.body.memory().unwrap().to_vec(),
        )
    });
    (fields, payloads.collect())
}

/// Runs a copy with a tool and says what it should have sent, and what came.
async fn arrives_as_sent(copies: CopyFormat, tool: impl FnOnce(&str, &Folder) -> Run) {
    let broker = broker().await;
    let listener = client(&broker).await;
    let folder = Folder::new();
    let composition = nasty(&folder);
    let loaded = loaded(&composition);
    let mut messages = subscribe(&listener, &loaded.composition.subject).await;
    let server = broker.url().replace("nats://", "nats://ada:S3CRET@");
    let copy = copy_as(copies, &loaded, &server, &SendOptions::default(), None).unwrap();
    assert!(!copy.contains("S3CRET") && copy.contains("credentials"), "{copy}");
    let run = tool(&copy, &folder);
    assert_eq!(run.code, Some(0), "{}\n{copy}", run.err);
    let message = next(&mut messages).await;
    assert_eq!(
        message.headers.unwrap().get("Trace").unwrap().as_str(),
        "it's $on"
    );
    let options = loaded.composition.options(&SendOptions::default());
    let subject = &loaded.composition.subject;
    let (_, sent) = natsbridge_engine::Bridge::compose(subject, &loaded.payloads, &options).unwrap();
    // Both older vocabularies call a jsontable a dictionary.
    assert_eq!(facts(&message.payload, subject), facts(&sent, subject));
}

fn clean(command: &mut Command) -> &mut Command {
    for name in FOREIGN {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", NOWHERE).stdin(Stdio::null())
}

/// The path with another folder first.
fn path_with(folder: &Path) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).unwrap()
}

/// Runs a copy as a script: what is pasted into a terminal is no argument either.
fn shell(shell: &str, copy: &str, programs: &Path) -> Run {
    let folder = Folder::new();
    let script = folder.file("copied.sh", copy.as_bytes());
    let mut command = Command::new(shell);
    finish(clean(
        command
            .arg(script.trim_start_matches('@'))
            .env("PATH", path_with(programs)),
    ))
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_natsbridge_command_sends_the_same() {
    let programs = Path::new(env!("CARGO_BIN_EXE_natsbridge")).parent().unwrap();
    for name in ["sh", "bash"] {
        arrives_as_sent(CopyFormat::Natsbridge, |copy, folder| {
            let run = shell(name, copy, programs);
            assert_eq!(
                std::fs::read_dir(folder.path()).unwrap().count(),
                1,
                "nothing is left behind"
            );
            run
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_program_sends_the_same() {
    if python().is_none() {
        return;
    }
    arrives_as_sent(CopyFormat::Python, |copy, folder| {
        let program = folder.file("copied.py", copy.as_bytes());
        finish(clean(python().unwrap().arg(program.trim_start_matches('@'))))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_javascript_program_sends_the_same() {
    if node().is_none() {
        return;
    }
    arrives_as_sent(CopyFormat::JavaScript, |copy, folder| {
        let program = folder.file("copied.js", copy.as_bytes());
        finish(clean(node().unwrap().arg(program.trim_start_matches('@'))))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_wait_for_the_stream_where_the_send_does() {
    let Some(server) = nats_server_with("jetstream {}") else {
        return;
    };
    let context = raw(&server).await;
    let config = Config {
        name: "S".into(),
        subjects: vec!["s.>".into()],
        ..Config::default()
    };
    context.create_stream(config).await.unwrap();
    let composition = Composition {
        subject: "s.a".into(),
        jetstream: true,
        payloads: vec![PayloadRow::text("a", "x")],
        ..Composition::default()
    };
    let folder = Folder::new();
    let copied = |tool| {
        copy_as(
            tool,
            &loaded(&composition),
            &server.url(),
            &SendOptions::default(),
            None,
        )
        .unwrap()
    };
    let mut sent = 0;
    for (tool, program) in [(CopyFormat::Python, python()), (CopyFormat::JavaScript, node())] {
        let Some(mut program) = program else { continue };
        let file = folder.file("copied", copied(tool).as_bytes());
        let run = finish(clean(program.arg(file.trim_start_matches('@'))));
        assert_eq!(run.code, Some(0), "{run:?}");
        sent += 1;
        assert!(
            run.out.contains(&format!("seq={sent}")) || run.out.contains(&format!("seq: {sent}")),
            "{run:?}"
        );
    }
    let programs = Path::new(env!("CARGO_BIN_EXE_natsbridge")).parent().unwrap();
    let run = shell("sh", &copied(CopyFormat::Natsbridge), programs);
    assert!(
        run.out.contains(&format!("acknowledged S #{}", sent + 1)),
        "{run:?}"
    );
}

/// Stands in for `nats`: publishes nothing, but says exactly what it was called with.
#[cfg(unix)]
fn called_with(copy: &str) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let program = folder.file(
        "nats",
        b"#!/bin/sh\nfor word in \"$@\"; do printf '%s\\0' \"$word\"; done\ncat\n",
    );
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(program.trim_start_matches('@'), executable).unwrap();
    let run = shell("sh", copy, folder.path());
    assert_eq!(run.code, Some(0), "{}", run.err);
    run.out.split('\0').map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn the_nats_command_carries_the_finished_envelope() {
    let folder = Folder::new();
    let composition = nasty(&folder);
    let ready = loaded(&composition);
    let copy = copy_as(
        CopyFormat::Nats,
        &ready,
        "localhost",
        &SendOptions::default(),
        None,
    )
    .unwrap();
    let words = called_with(&copy);
    let subject = &ready.composition.subject;
    assert_eq!(
        words[..5],
        ["pub", "--server", "nats://localhost:4222", "-H", "Trace:it's $on"]
    );
    assert_eq!(words[5..7], ["--", subject]);
    assert!(!words[7].contains("{{"), "it would be a template");
    let options = ready.composition.options(&SendOptions::default());
    let (_, sent) = natsbridge_engine::Bridge::compose(subject, &ready.payloads, &options).unwrap();
    assert_eq!(facts(words[7].as_bytes(), subject), facts(&sent, subject));

    // What no argument can carry comes on its input.
    let large = Composition {
        subject: "a".into(),
        payloads: vec![PayloadRow::text("large", "it's ".repeat(30_000))],
        ..Composition::default()
    };
    let words = called_with(
        &copy_as(
            CopyFormat::Nats,
            &loaded(&large),
            "localhost",
            &SendOptions::default(),
            None,
        )
        .unwrap(),
    );
    assert_eq!(words[3..6], ["--force-stdin", "--", "a"]);
    let (_, payloads) = facts(words[6].as_bytes(), "a");
    assert_eq!(payloads[0].2, "it's ".repeat(30_000).into_bytes());
}

/// The Rust copy as it stands in the fixture; that it compiles is the test.
#[expect(
    dead_code,
    clippy::print_stdout,
    reason = "a program of somebody else, only compiled"
)]
mod copied {
    include!("../../fixtures/copied.rs");
}

#[test]
fn the_rust_program_is_the_one_that_compiles() {
    let composition = Composition {
        subject: "/chat/room1".into(),
        purpose: "it's \"that\"\n".into(),
        metadata: r#"{"a": 1}"#.into(),
        correlation_id: "c-1".into(),
        headers: vec![("Trace".into(), "on".into())],
        transport: TransportChoice::Link,
        jetstream: true,
        payloads: vec![
            PayloadRow::text("message", "Hello \\ \"you\"\n"),
            PayloadRow {
                kind: Kind::Table,
                ..PayloadRow::text("rows", "zip\n007\n")
            },
            PayloadRow {
                kind: Kind::Image,
                source: Source::File("/usr/share/pixmaps/a \"b\".png".into()),
                ..PayloadRow::text("picture", "")
            },
        ],
        ..Composition::default()
    };
    let mut written = composition.clone();
    // The file need not be there to be named.
    let picture = written.payloads.pop().unwrap();
    let mut loaded = loaded(&written);
    loaded
        .payloads
        .push(Payload::new("picture", Blob::default(), Kind::Image));
    loaded.composition.payloads.push(picture);
    let copy = copy_as(
        CopyFormat::Rust,
        &loaded,
        "localhost",
        &SendOptions::default(),
        None,
    )
    .unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/copied.rs");
    if std::env::var("NATSBRIDGE_UPDATE").is_ok() {
        std::fs::write(&path, &copy).unwrap();
    }
    assert_eq!(copy, std::fs::read_to_string(path).unwrap());
}

#[test]
fn what_a_tool_cannot_send_is_said() {
    let with = |row: PayloadRow, change: fn(&mut Composition)| {
        let mut composition = Composition {
            subject: "a".into(),
            payloads: vec![row],
            ..Composition::default()
        };
        change(&mut composition);
        loaded(&composition)
    };
    let refused = |tool, loaded: &Loaded| {
        let error = copy_as(tool, loaded, "localhost", &SendOptions::default(), None).unwrap_err();
        assert!(matches!(error, ComposeError::Copy { .. }), "{error}");
        error.to_string()
    };
    let linked = with(PayloadRow::text("film", "x"), |c| {
        c.transport = TransportChoice::Link;
    });
    for tool in [
        CopyFormat::Nats,
        CopyFormat::Python,
        CopyFormat::JavaScript,
        CopyFormat::Julia,
    ] {
        let error = refused(tool, &linked);
        assert!(
            error.contains("payload 'film' goes by link") && error.contains("natsbridge command"),
            "{error}"
        );
    }
    assert!(
        copy_as(
            CopyFormat::Natsbridge,
            &linked,
            "localhost",
            &SendOptions::default(),
            None
        )
        .unwrap()
        .contains("--transport link")
    );
    let twice = with(PayloadRow::text("a", "x"), |c| {
        c.headers = vec![("K".into(), "1".into()), ("K".into(), "2".into())];
    });
    assert!(refused(CopyFormat::Python, &twice).contains("one value per header, but K has several"));
    let none = with(PayloadRow::text("a", "x"), |c| c.payloads.clear());
    assert!(refused(CopyFormat::Natsbridge, &none).contains("no payload"));
    let name = with(PayloadRow::text("a=b", "x"), |_| {});
    assert!(refused(CopyFormat::Natsbridge, &name).contains("save it as a draft"));
}

#[test]
fn a_request_is_copied_as_one_or_says_that_nobody_waits() {
    let composition = Composition {
        subject: "ask".into(),
        payloads: vec![PayloadRow::text("a", "x")],
        jetstream: true,
        ..Composition::default()
    };
    let loaded = loaded(&composition);
    let wait = RequestOptions {
        timeout: Duration::from_millis(2500),
        replies: 0,
    };
    let copy = |tool| copy_as(tool, &loaded, "localhost", &SendOptions::default(), Some(&wait)).unwrap();
    let command = copy(CopyFormat::Natsbridge);
    assert!(command.starts_with("natsbridge request "), "{command}");
    assert!(
        command.contains("--timeout 2500ms") && command.contains("--replies 0"),
        "{command}"
    );
    assert!(!command.contains("--jetstream"), "{command}");
    let command = copy(CopyFormat::Nats);
    assert!(
        command.contains("nats request --server nats://localhost:4222 --timeout 2500ms --replies 0"),
        "{command}"
    );
    assert!(command.contains("--reply-timeout 2500ms"), "{command}");
    assert!(command.contains("names no reply subject"), "{command}");
    for tool in [
        CopyFormat::Python,
        CopyFormat::JavaScript,
        CopyFormat::Julia,
        CopyFormat::Rust,
    ] {
        let program = copy(tool);
        assert!(program.contains("does not wait for replies"), "{program}");
    }
}

#[test]
fn julia_gets_its_own_escapes() {
    let composition = Composition {
        subject: "a$b".into(),
        headers: vec![("K".into(), "$v".into())],
        payloads: vec![PayloadRow::text("a", "x")],
        ..Composition::default()
    };
    let copy = copy_as(
        CopyFormat::Julia,
        &loaded(&composition),
        "localhost,other",
        &SendOptions::default(),
        None,
    )
    .unwrap();
    for text in [
        r#"const SUBJECT = "a\$b""#,
        r#"publish(connection, SUBJECT, (ENVELOPE, ["K" => "\$v"]))"#,
        r#"NATS.connect("nats://localhost:4222,nats://other:4222")"#,
        r#"\"dataname\":\"a\""#,
    ] {
        assert!(copy.contains(text), "{text} in {copy}");
    }
}
