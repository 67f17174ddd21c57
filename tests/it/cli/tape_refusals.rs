//! What a tape may hold that cannot be sent or shown, readers that go away, brokers that do not come back: each costs only itself.

use crate::support::binary::{Folder, Peer, command, finish, natsbridge};
use crate::support::broker_stand::{broker, client, next, subscribe};
use crate::support::tape_stand::{heard, messages, read, tape_of};
use natsbridge_engine::TapeRecord;
use std::path::PathBuf;
use std::process::Stdio;

/// A tape with one message of each line: subject, and the rest of the record.
fn tape(folder: &Folder, lines: &[(&str, &str)]) -> PathBuf {
    let path = folder.path().join("tape.jsonl");
    let lines: Vec<String> = (1..)
        .zip(lines)
        .map(|(n, (subject, rest))| {
            format!(r#"{{"n":{n},"at":"2026-11-22T10:00:00Z","subject":"{subject}"{rest},"text":"{n}"}}"#)
                + "\n"
        })
        .collect();
    std::fs::write(&path, lines.concat()).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replay_leaves_out_what_cannot_be_sent_and_sends_the_rest() {
    let (broker, folder) = (broker().await, Folder::new());
    let long = "x".repeat(5000);
    let path = tape(
        &folder,
        &[
            ("t.1", r#","reply":"x y""#),
            ("t.2", r#","reply":"""#),
            ("t.3", r#","reply":"x 1\r\nz\r\nPUB t.evil 4\r\nEVIL\r\nPUB t.x""#),
            (&long, ""),
            ("t.5", r#","headers":{"A":["v\r\nX: y"]}"#),
            ("t.*", ""),
            ("", ""),
            ("t.8", ""),
        ],
    );
    let path = path.display().to_string();
    let client = client(&broker).await;
    let mut subscriber = subscribe(&client, "t.>").await;
    let run = finish(&mut command(&["replay", &path, "-s", &broker.url(), "--json"]));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.err.contains("6 messages could not be sent") && run.err.contains("Sent 2 messages"),
        "{}",
        run.err
    );
    for subject in ["t.2", "t.8"] {
        let message = next(&mut subscriber).await;
        assert_eq!((message.subject.as_str(), message.reply), (subject, None));
    }
    let dry = natsbridge(&["replay", &path, "--dry-run"]);
    assert_eq!(dry.code, Some(1), "{dry:?}");
    assert!(
        dry.err.contains("6 messages could not be sent") && dry.err.contains("Would send 2 messages"),
        "{}",
        dry.err
    );
    assert_eq!(dry.out.matches("  not sent: ").count(), 6, "{}", dry.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replay_sends_everything_although_nobody_reads_its_lines() {
    let (broker, folder) = (broker().await, Folder::new());
    let path = tape_of(&broker, &folder, &messages(500)).await;
    let mut line = command(&["replay", &path.display().to_string(), "--json", "--speed", "max"]);
    line.args(["-s", &broker.url()]);
    line.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = line.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(err.contains("Sent 500 messages"), "{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replay_says_which_mapping_fits_nothing() {
    let folder = Folder::new();
    let path = tape(&folder, &[("a", ""), ("b", "")]).display().to_string();
    let run = natsbridge(&["replay", &path, "--dry-run", "--map", "a=c", "--map", "x.>=y.>"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.err.contains("--map x.>=y.> matches none of the messages") && !run.err.contains("--map a=c"),
        "{}",
        run.err
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_does_not_come_back_leaves_a_gap_on_the_tape() {
    use rustix::process::{Pid, Signal, kill_process};
    let (broker, folder) = (broker().await, Folder::new());
    let path = folder.path().join("gap.jsonl");
    let line = ["record", &path.display().to_string(), "t.>", "-s", &broker.url()];
    let recorder = Peer::start(&mut command(&line));
    recorder.err.wait_for("Recording t.>");
    drop(broker);
    recorder.err.wait_for("Connection lost");
    let pid = Pid::from_raw(i32::try_from(recorder.process.0.id()).unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    recorder.err.wait_for("did not come back");
    assert_eq!(recorder.code(), Some(130));
    let (entries, report) = read(&path);
    let [TapeRecord::Start(_), TapeRecord::Gap(gap), TapeRecord::End { .. }] = &entries[..] else {
        panic!("{entries:?}");
    };
    assert!(gap.from_us <= gap.to_us && gap.before == 1 && report.ended);
    assert!(heard(entries).is_empty());
}
