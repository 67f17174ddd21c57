//! `record`, `replay` and `open` as scripts and people use them.

use crate::support::binary::{Folder, Peer, Run, command, finish, natsbridge};
use crate::support::broker_stand::{broker, client, next, subscribe};
use crate::support::screen_stand::envelope;
use crate::support::tape_stand::{Said, heard, messages, publish, read, tape_of};
use crate::support::waits::until;
use bytes::Bytes;
use natsbridge_host::Broker;
use serde_json::Value;
use std::path::Path;

fn replay(broker: &Broker, path: &Path, args: &[&str]) -> Run {
    let (url, path) = (broker.url(), path.display().to_string());
    let mut line = vec!["replay", &path, "-s", &url];
    line.extend(args);
    finish(&mut command(&line))
}

/// Sends a tape again and gives what comes on `pattern`.
async fn replayed(broker: &Broker, path: &Path, args: &[&str], pattern: &str, count: usize) -> Vec<Said> {
    let client = client(broker).await;
    let mut subscriber = subscribe(&client, pattern).await;
    let run = replay(broker, path, args);
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut came = Vec::new();
    while came.len() < count {
        let message = next(&mut subscriber).await;
        if message.subject.starts_with("_INBOX") {
            // What the stand says to itself.
            continue;
        }
        let mut headers: Vec<(String, Vec<String>)> = message
            .headers
            .iter()
            .flat_map(|map| map.iter())
            .map(|(name, values)| (name.to_string(), values.iter().map(ToString::to_string).collect()))
            .collect();
        headers.sort();
        came.push(Said {
            subject: message.subject.to_string(),
            reply: message.reply.map(|reply| reply.to_string()),
            headers,
            payload: message.payload,
        });
    }
    came
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn record_ends_at_its_count_and_says_what_it_has() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(50));
    let path = folder.path().join("tape.jsonl");
    let place = path.display().to_string();
    let line = ["record", &place, "t.>", "--count", "40", "-s", &broker.url()];
    let recorder = Peer::start(&mut command(&line));
    recorder.err.wait_for("Recording t.>");
    publish(&broker.url(), &said).await;
    let told = recorder.err.wait_for("Recorded");
    assert!(told.contains("40 messages") && told.contains(&place), "{told}");
    assert_eq!(recorder.code(), Some(0));
    let (entries, report) = read(&path);
    let kept: Vec<Said> = heard(entries).into_iter().map(Said::from).collect();
    assert!(kept == said[..40] && report.ended && report.problems().is_empty());
    let before = std::fs::read(&path).unwrap();
    let again = natsbridge(&line);
    assert_eq!(again.code, Some(2));
    assert!(
        again.err.contains("already exists") && again.err.contains("choose another name"),
        "{}",
        again.err
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn record_ends_in_order_by_signal_and_by_time() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(5));
    let path = folder.path().join("signal.jsonl");
    let url = broker.url();
    let recorder = Peer::start(&mut command(&[
        "record",
        &path.display().to_string(),
        "t.>",
        "-s",
        &url,
    ]));
    recorder.err.wait_for("Recording t.>");
    publish(&url, &said).await;
    until("five messages on the tape", async || {
        heard(read(&path).0).len() >= 5
    })
    .await;
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process};
        let pid = Pid::from_raw(i32::try_from(recorder.process.0.id()).unwrap()).unwrap();
        kill_process(pid, Signal::INT).unwrap();
        recorder.err.wait_for("Recorded 5 messages");
        assert_eq!(recorder.code(), Some(130));
        assert!(read(&path).1.ended);
        // The terminal that is closed ends it in order, too.
        let hung = folder.path().join("hung.jsonl");
        let place = hung.display().to_string();
        let recorder = Peer::start(&mut command(&["record", &place, "t.>", "-s", &url]));
        recorder.err.wait_for("Recording t.>");
        let pid = Pid::from_raw(i32::try_from(recorder.process.0.id()).unwrap()).unwrap();
        kill_process(pid, Signal::HUP).unwrap();
        recorder.err.wait_for("Recorded 0 messages");
        assert_eq!(recorder.code(), Some(129));
        assert!(read(&hung).1.ended);
    }
    let late = folder.path().join("late.jsonl").display().to_string();
    let run = natsbridge(&[
        "record",
        &late,
        "t.>",
        "--count",
        "1",
        "--timeout",
        "300ms",
        "-s",
        &url,
    ]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("0 of 1 messages arrived within"), "{}", run.err);
    let none = folder.path().join("none.jsonl");
    let run = natsbridge(&[
        "record",
        &none.display().to_string(),
        "t.>",
        "-s",
        "nats://127.0.0.1:1",
    ]);
    assert_eq!(run.code, Some(3));
    assert!(!none.exists(), "nothing is left of a recording that never was");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replay_sends_everything_as_it_was_and_to_other_subjects() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(60));
    let path = tape_of(&broker, &folder, &said).await;
    assert_eq!(
        replayed(&broker, &path, &["--speed", "max"], "t.>", 60).await,
        said
    );
    let args = ["--speed", "max", "--map", "t.a=first", "--map", "t.>=copy.>"];
    let came = replayed(&broker, &path, &args, ">", 60).await;
    for (came, said) in came.iter().zip(&said) {
        let expected = match said.subject.as_str() {
            "t.a" => "first".to_owned(),
            other => other.replacen("t.", "copy.", 1),
        };
        assert_eq!((&came.subject, &came.payload), (&expected, &said.payload));
    }
    let part = ["--speed", "max", "--from", "10", "--until", "20", "--count", "5"];
    assert_eq!(replayed(&broker, &path, &part, "t.>", 5).await, said[9..14]);
    let looped = ["--speed", "max", "--loop", "--count", "100"];
    let came = replayed(&broker, &path, &looped, "t.>", 100).await;
    assert!(came[..60] == said && came[60..] == said[..40]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replay_gives_new_ids_that_hang_together() {
    let (broker, folder) = (broker().await, Folder::new());
    let question = envelope("web-ui", &[("message", "text", b"How much?")]);
    let answer = question
        .replace(r#""msgId":"m""#, r#""msgId":"n""#)
        .replace(r#""replyToMsgId":"""#, r#""replyToMsgId":"m""#);
    let said = [question, answer, "no envelope".to_owned()].map(|payload| Said {
        subject: "t.a".into(),
        reply: None,
        headers: vec![],
        payload: Bytes::from(payload),
    });
    let path = tape_of(&broker, &folder, &said).await;
    let came = replayed(&broker, &path, &["--speed", "max", "--new-ids"], "t.>", 3).await;
    let json = |said: &Said| serde_json::from_slice::<Value>(&said.payload).unwrap();
    let (question, answer) = (json(&came[0]), json(&came[1]));
    assert_eq!(question["correlationId"], answer["correlationId"]);
    assert_ne!(question["correlationId"], json(&said[0])["correlationId"]);
    assert_eq!(answer["replyToMsgId"], question["msgId"]);
    assert_ne!(question["msgId"], "m");
    assert_eq!(question["payloads"], json(&said[0])["payloads"]);
    assert_eq!(came[2], said[2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replay_says_what_it_would_send_what_it_sent_and_what_it_could_not() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(3));
    let path = tape_of(&broker, &folder, &said).await;
    let dry = replay(&broker, &path, &["--dry-run", "--map", "t.a=x"]);
    assert_eq!(dry.code, Some(0));
    assert_eq!(dry.out.lines().count(), 3);
    assert!(
        dry.out
            .lines()
            .next()
            .is_some_and(|line| line.starts_with("#1") && line.contains("  x  ")),
        "{dry:?}"
    );
    assert!(dry.err.contains("Would send 3 messages"), "{}", dry.err);
    let json = replay(&broker, &path, &["--json", "--speed", "max", "--map", "t.a=x"]);
    let lines: Vec<Value> = json
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        (&lines[0]["subject"], &lines[0]["recorded_subject"]),
        (&"x".into(), &"t.a".into())
    );
    assert!(lines[0]["sent"].is_string() && lines[0]["error"].is_null());
    assert!(
        json.err.contains("Sent 3 messages") && json.err.contains("flushed"),
        "{}",
        json.err
    );
    // A pattern maps it to what is no subject.
    let wrong = folder.path().join("wrong.jsonl");
    std::fs::write(&wrong, r#"{"n":1,"subject":"no subject","text":"x"}"#).unwrap();
    let run = replay(&broker, &wrong, &["--json"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.err.contains("1 message could not be sent") && run.err.contains("without a guard"),
        "{}",
        run.err
    );
    assert!(run.out.contains("\"error\":"), "{}", run.out);
    for (args, says) in [
        (["--speed", "0"], "a speed is"),
        (["--map", "x"], "a mapping is"),
        (["--from", "soon"], "a message number or an instant"),
    ] {
        let run = replay(&broker, &path, &args);
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(says), "{}", run.err);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_from_beyond_the_end_says_that_nothing_is_there() {
    let (broker, folder) = (broker().await, Folder::new());
    let path = tape_of(&broker, &folder, &messages(3)).await;
    for args in [vec!["--from", "999"], vec!["--from", "999", "--dry-run"]] {
        let run = replay(&broker, &path, &args);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            run.err.contains("has no message at or after --from") && !run.err.contains("Sent 0"),
            "{}",
            run.err
        );
    }
}

#[test]
fn open_says_what_is_no_tape_before_it_asks_for_a_terminal() {
    let folder = Folder::new();
    folder.file("x", b"hello");
    let run = natsbridge(&["open", &folder.path().join("x").display().to_string()]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("is not a tape"), "{}", run.err);
    folder.file("a.csv", b"a,b");
    let run = natsbridge(&["open", &folder.path().join("a.csv").display().to_string()]);
    assert!(
        run.err.contains("The file /") && run.err.contains("/a.csv is not a tape"),
        "a name stays as it is: {}",
        run.err
    );
    let run = natsbridge(&[
        "watch",
        "--record",
        &folder.path().join("x").display().to_string(),
    ]);
    assert_eq!(run.code, Some(2));
}

#[cfg(unix)]
mod terminal {
    use super::*;
    use crate::support::pty::Screen;
    use portable_pty::CommandBuilder;

    fn on_terminal(args: &[&str]) -> Screen {
        let mut line = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
        line.args(args);
        line.env("XDG_CONFIG_HOME", crate::support::binary::NOWHERE);
        Screen::spawn(line)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn replay_pauses_steps_and_ends_by_keys() {
        let (broker, folder) = (broker().await, Folder::new());
        // An hour apart: only keys can make them follow each other.
        let line = |hour: u64| {
            let n = hour + 1;
            format!(r#"{{"n":{n},"at":"2026-11-22T1{hour}:00:00Z","subject":"t","text":"{hour}"}}"#) + "\n"
        };
        let lines: Vec<String> = (0..4).map(line).collect();
        let path = folder.path().join("slow.jsonl");
        std::fs::write(&path, lines.concat()).unwrap();
        let client = client(&broker).await;
        let mut subscriber = subscribe(&client, "t").await;
        let mut screen = on_terminal(&["replay", &path.display().to_string(), "-s", &broker.url()]);
        screen.wait_for("Space pauses");
        assert_eq!(&next(&mut subscriber).await.payload[..], b"0");
        screen.wait_for("Sent 1 (");
        screen.type_keys(".");
        assert_eq!(&next(&mut subscriber).await.payload[..], b"1");
        screen.wait_for("paused");
        screen.type_keys("\r");
        assert_eq!(&next(&mut subscriber).await.payload[..], b"2");
        screen.type_keys("q");
        screen.wait_for("Sent 3 messages");
        assert_eq!(screen.code(), 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_tape_opens_in_the_workbench_and_a_recording_is_told_at_the_end() {
        let (broker, folder, said) = (broker().await, Folder::new(), messages(30));
        let path = tape_of(&broker, &folder, &said).await;
        let mut screen = on_terminal(&["open", &path.display().to_string()]);
        screen.wait_for("tape tape.jsonl");
        screen.wait_for("received 30");
        screen.type_keys("s");
        screen.wait_for("This is a tape");
        screen.type_keys("q");
        assert_eq!(screen.code(), 0);
        let copy = folder.path().join("copy.jsonl");
        let url = broker.url();
        let mut screen = on_terminal(&[
            "watch",
            "t.>",
            "-s",
            &url,
            "--record",
            &copy.display().to_string(),
        ]);
        screen.wait_for("● rec 0");
        publish(&url, &said).await;
        screen.wait_for("● rec 30");
        screen.type_keys("q");
        screen.wait_for("Quitting would discard");
        screen.type_keys("j\r");
        screen.wait_for("Recorded 30 messages");
        assert_eq!(screen.code(), 0);
        let copied: Vec<Said> = heard(read(&copy).0).into_iter().map(Said::from).collect();
        assert_eq!(copied, said);
    }
}
