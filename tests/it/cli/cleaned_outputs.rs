//! Row 2: nothing that the program writes to a file or a pipe holds a character of a stranger that acts on a terminal.

use crate::support::binary::{Folder, Peer, command, finish, natsbridge};
use crate::support::broker_stand::{broker, client, settle};
use crate::support::screen_stand::envelope;
use natsbridge_wire::acts_on_terminal;
use serde_json::json;

/// Texts that command terminals, turn or hide text, each with what it is made of.
fn payloads() -> Vec<String> {
    let codes = [
        0x00, 0x07, 0x08, 0x0b, 0x0c, 0x0e, 0x18, 0x1a, 0x1b, 0x1f, 0x7f, 0x80, 0x84, 0x85, 0x88, 0x90, 0x98,
        0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xad, 0x34f, 0x61c, 0x180e, 0x200b, 0x200c, 0x200e, 0x200f, 0x2028,
        0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069,
        0x206a, 0x206f, 0x3164, 0xfeff, 0xffa0, 0xfff9, 0xfffa, 0xfffb, 0x1bca0, 0x1d173, 0xe0001, 0xe0041,
        0xe007f,
    ];
    let alone = codes.map(|code| format!("a{}b", char::from_u32(code).unwrap()));
    let sequences = [
        "\x1b]0;owned\x07",
        "\x1b[2J\x1b[31m",
        "\u{9b}31m\u{9d}0;x\u{9c}",
        "\x1bP+q\x1b\\",
    ];
    let all: Vec<_> = alone.into_iter().chain(sequences.map(str::to_owned)).collect();
    assert_eq!(all.len(), 60);
    all
}

/// An envelope that holds the text wherever a stranger may write one.
fn message(text: &str) -> String {
    let dictionary = json!({ text: [text] }).to_string();
    let whole = envelope(
        text,
        &[
            (text, text, text.as_bytes()),
            (text, "dictionary", dictionary.as_bytes()),
        ],
    );
    let mut whole: serde_json::Value = serde_json::from_str(&whole).unwrap();
    for key in [
        "correlationId",
        "timestamp",
        "sendTo",
        "msgPurpose",
        "replyTo",
        "brokerURL",
        text,
    ] {
        whole[key] = text.into();
    }
    whole.to_string()
}

fn assert_clean(what: &str, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(text.len() > 1000, "{what} holds nothing: {text}");
    for (number, line) in text.lines().enumerate() {
        let bad = line.chars().find(|c| acts_on_terminal(*c));
        assert_eq!(bad, None, "{what}, line {}: {line:?}", number + 1);
    }
}

#[test]
fn sixty_texts_are_harmless_in_every_report() {
    let folder = Folder::new();
    let lines: Vec<String> = payloads().iter().map(|text| message(text)).collect();
    let file = folder.file("messages.jsonl", lines.join("\n").as_bytes())[1..].to_owned();
    for format in ["text", "json", "sarif", "junit"] {
        let run = natsbridge(&["check", "--format", format, "--for", "v0.4,python", &file]);
        assert_eq!(run.code, Some(1), "{format}: {}", run.err);
        assert_clean(format, run.out.as_bytes());
    }
    let run = natsbridge(&["check", "--mend", "python", &file]);
    assert_clean("mended", run.out.as_bytes());
    assert_clean("what could not be mended", run.err.as_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_texts_are_harmless_on_the_way() {
    let (broker, folder) = (broker().await, Folder::new());
    let (url, log) = (broker.url(), folder.path().join("log"));
    let tape = folder.path().join("tape.jsonl").display().to_string();
    let peer = |args: &[&str], ready: &str| {
        let mut command = command(args);
        command.args(["-s", &url, "--count", "60"]);
        command
            .env("NATSBRIDGE_LOG", "debug")
            .env("NATSBRIDGE_LOG_FILE", &log);
        let peer = Peer::start(&mut command);
        peer.err.wait_for(ready);
        peer
    };
    let peers = [
        peer(&["listen", "a", "--json"], "a at nats://"),
        peer(&["listen", "a"], "a at nats://"),
        peer(&["record", &tape, "a"], "Recording a"),
    ];
    let client = client(&broker).await;
    for text in payloads() {
        client.publish("a", message(&text).into()).await.unwrap();
    }
    settle(&client).await;
    for (peer, what) in peers.into_iter().zip(["listen --json", "listen", "record"]) {
        let lines = peer.out.rest(what).join("\n");
        if what != "record" {
            assert_clean(what, lines.as_bytes());
        }
        peer.code();
    }
    assert_clean("the tape", &std::fs::read(&tape).unwrap());
    let quiet = finish(
        command(&["check", &tape])
            .env("NATSBRIDGE_LOG", "trace")
            .env("NATSBRIDGE_LOG_FILE", &log),
    );
    assert_clean("what is said of the tape", quiet.out.as_bytes());
    let log = std::fs::read_to_string(log).unwrap();
    assert!(
        !log.lines().any(|line| line.contains(acts_on_terminal)),
        "{log:?}"
    );
}

/// It once quoted all of a key that stood twice in a payload.
#[test]
fn a_finding_quotes_little_of_a_long_key() {
    let key = "k".repeat(10_000);
    let dictionary = format!("{{\"{key}\":NaN,\"{key}\":1,\"a\":{{\"{key}\":\"\\ud800\"}}}}");
    let whole = envelope(
        "s",
        &[("p", &*key, b"x"), ("p", "dictionary", dictionary.as_bytes())],
    );
    let whole = whole.replacen('{', &format!("{{\"{key}\":1,\"{key}\":NaN,"), 1);
    let folder = Folder::new();
    let file = folder.file("message.json", whole.as_bytes())[1..].to_owned();
    for format in ["text", "json", "sarif", "junit"] {
        let run = natsbridge(&["check", "--format", format, "--for", "v0.4,python", &file]);
        assert!(run.out.contains(&"k".repeat(80)), "{format}: {}", run.out);
        assert!(!run.out.contains(&"k".repeat(81)), "{format}");
        assert!(!run.err.contains(&"k".repeat(81)), "{format}: {}", run.err);
    }
    let run = natsbridge(&["check", "--mend", "python", &file]);
    assert!(!run.err.contains(&"k".repeat(81)), "{}", run.err);
}
