//! Row 31: when the disk takes no more, recording stops, the rest goes on, and what is kept opens.

use crate::support::binary::{Folder, Peer, command};
use crate::support::broker_stand::broker;
use crate::support::session_stand::{connected, end, start, wait_for, wait_store};
use crate::support::small_disk::SmallDisk;
use crate::support::tape_stand::{Said, heard, messages, publish, read, recorded};
use crate::support::waits::until;
use natsbridge_engine::{
    Command, Event, Headers, Incoming, RecordingCommand, Session, Store, TapeOrigin, TapeRecord,
    TapeSelection, save_tape,
};
use natsbridge_wire::{Limits, Unwatched};
use std::path::Path;
use std::process::Command as Process;

/// Checks that a tape holds the first messages that were said, as many as was told, and no half one.
fn holds_the_first(path: &Path, said: &[Said], told: u64) {
    let (entries, report) = read(path);
    assert_eq!((report.damaged, report.lost), (0, 0), "the half line is cut off");
    assert!(!report.ended);
    let kept: Vec<Said> = heard(entries).into_iter().map(Said::from).collect();
    assert_eq!(kept.len() as u64, told);
    assert!(kept == said[..kept.len()]);
}

/// Row 31.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fills_up_ends_the_recording_and_nothing_else() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::mount(&folder, 4, "", "row 31 on a full disk") else {
        return;
    };
    let (broker, said) = (broker().await, messages(6000));
    let mut session = start(&broker.url(), &["t.>"]);
    connected(&mut session).await;
    // Pages are the least that a disk gives.
    for left in [
        0, 4096, 8192, 16_384, 40_960, 65_536, 131_072, 262_144, 401_408, 524_288,
    ] {
        let filler = disk.fill(left);
        let path = disk.path().join("tape.jsonl");
        session
            .commands
            .send(Command::Recording(RecordingCommand::Start(path.clone())))
            .await
            .unwrap();
        // A disk without any room ends it before anything comes.
        if left > 0 {
            begun(&mut session).await;
        }
        let before = session.store.counters().stored;
        publish(&broker.url(), &said).await;
        let view = wait_for(&mut session, "the recording to stop", |event| match event {
            Event::Recording(view) if view.ended => Some(view.clone()),
            _ => None,
        })
        .await;
        assert_eq!(
            view.trouble.as_deref(),
            Some("the disk is full"),
            "{left} bytes left"
        );
        wait_store(&mut session, "every message in the store", |session| {
            session.store.counters().stored == before + 6000
        })
        .await;
        // A message is counted as come a moment before it is stored; what stays missing is dropped.
        wait_store(&mut session, "nothing dropped", |session| {
            session.store.counters().dropped == 0
        })
        .await;
        assert_eq!(view.bytes, std::fs::metadata(&path).unwrap().len());
        // What came before the recording stopped is on the tape or counted.
        assert!(
            view.messages + view.missed <= 6000 && (left == 0 || view.missed > 0),
            "{view:?}"
        );
        holds_the_first(&path, &said, view.messages);
        // Room is made, and recording goes on in another file.
        std::fs::remove_file(filler).unwrap();
        let again = folder.path().join(format!("again-{left}.jsonl"));
        session
            .commands
            .send(Command::Recording(RecordingCommand::Start(again.clone())))
            .await
            .unwrap();
        begun(&mut session).await;
        publish(&broker.url(), &said[..10]).await;
        recorded(&mut session, 10).await;
        session
            .commands
            .send(Command::Recording(RecordingCommand::Stop))
            .await
            .unwrap();
        wait_for(&mut session, "the end of it", |event| {
            matches!(event, Event::Recording(view) if view.ended).then_some(())
        })
        .await;
        assert_eq!(heard(read(&again).0).len(), 10);
        std::fs::remove_file(path).unwrap();
    }
    end(session).await;
}

/// Row 31.
#[test]
fn a_tape_that_does_not_fit_is_not_there_at_all() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::mount(&folder, 4, "", "row 31 on a full disk") else {
        return;
    };
    let store = Store::new(Limits::default().into());
    for message in messages(20_000) {
        store.append([Incoming {
            at_us: 0,
            subject: &message.subject,
            reply: message.reply.as_deref(),
            headers: Headers::of(&message.headers),
            payload: &message.payload,
        }]);
    }
    let (all, path) = (
        TapeSelection::Range(store.range()),
        disk.path().join("tape.jsonl"),
    );
    for left in [0, 4096, 65_536, 1 << 20, 3 << 20] {
        let filler = disk.fill(left);
        let origin = TapeOrigin::default();
        let told = save_tape(&store, &all, &origin, &path, &Unwatched)
            .unwrap_err()
            .to_string();
        assert!(
            told.ends_with(
                "tape.jsonl: the disk is full; nothing of it was kept. Make room, or choose another place"
            ),
            "{told}"
        );
        let names = std::fs::read_dir(disk.path())
            .unwrap()
            .map(|file| file.unwrap().path());
        assert_eq!(names.collect::<Vec<_>>(), [filler.as_path()], "{left} bytes left");
        std::fs::remove_file(filler).unwrap();
    }
}

/// Waits until a recording has begun.
async fn begun(session: &mut Session) {
    wait_for(session, "the recording", |event| {
        matches!(event, Event::Recording(view) if !view.ended).then_some(())
    })
    .await;
}

/// Row 31.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_on_file_sizes_is_a_full_disk_and_no_crash() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(2000));
    // In blocks of 512 bytes, or of 1,024 in some shells.
    for blocks in [1, 7, 64] {
        let path = folder.path().join(format!("tape-{blocks}.jsonl"));
        let binary = command(&[]);
        let mut limited = Process::new("sh");
        limited.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
        limited
            .arg(binary.get_program())
            .arg("record")
            .arg(&path)
            .args(["t.>", "-s", &broker.url()]);
        for (name, value) in binary.get_envs() {
            match value {
                Some(value) => limited.env(name, value),
                None => limited.env_remove(name),
            };
        }
        let recorder = Peer::start(&mut limited);
        recorder.err.wait_for("Recording t.>");
        publish(&broker.url(), &said).await;
        let told = recorder.err.wait_for("stopped: ");
        assert!(told.contains("files there cannot get any larger"), "{told}");
        let kept = told
            .split_once("larger. ")
            .unwrap()
            .1
            .split(' ')
            .next()
            .unwrap()
            .replace(',', "");
        assert_eq!(recorder.code(), Some(1));
        holds_the_first(&path, &said, kept.parse().unwrap());
    }
}

/// Row 31.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_recorder_leaves_every_complete_record() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(40_000));
    let path = folder.path().join("tape.jsonl");
    let url = broker.url();
    let mut recorder = Peer::start(&mut command(&[
        "record",
        &path.display().to_string(),
        "t.>",
        "-s",
        &url,
    ]));
    recorder.err.wait_for("Recording t.>");
    let size = || std::fs::metadata(&path).map_or(0, |file| file.len());
    // What came and went quiet is there without being asked for.
    publish(&url, &said[..1000]).await;
    until("the first thousand on the tape", async || {
        heard(read(&path).0).len() >= 1000
    })
    .await;
    // Killed under load: while it still writes what was just published, of which there is always more to come.
    let quiet = size();
    for chunk in said[1000..].chunks(2000) {
        let before = size();
        publish(&url, chunk).await;
        if before >= quiet + 500_000 {
            break;
        }
        until("more on the tape", async || size() != before).await;
    }
    recorder.process.0.kill().unwrap();
    recorder.process.0.wait().unwrap();
    let lines = memchr::memchr_iter(b'\n', &std::fs::read(&path).unwrap()).count();
    let (entries, report) = read(&path);
    let whole = entries
        .iter()
        .filter(|entry| !matches!(entry, TapeRecord::Damaged(_)));
    assert_eq!(whole.count(), lines, "every line that has its end is read");
    let kept: Vec<Said> = heard(entries).into_iter().map(Said::from).collect();
    assert!(
        kept.len() > 1000 && kept.len() < said.len(),
        "{} messages",
        kept.len()
    );
    assert!(kept == said[..kept.len()]);
    assert!(
        report.damaged <= 1 && report.lost == 0 && !report.ended,
        "{report:?}"
    );
}
