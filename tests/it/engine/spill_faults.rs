//! Row 50: a disk that fails, fills up or goes away costs the messages on it and nothing else.

use crate::support::binary::{Folder, Peer, command};
use crate::support::broker_stand::broker;
use crate::support::session_stand::{connected, end, start_with, wait_for as wait_for_event};
use crate::support::small_disk::SmallDisk;
#[cfg(target_os = "linux")]
use crate::support::spill_stand::{cut_short, unnamed};
use crate::support::spill_stand::{fill, is_whole, payload, spilling, spilling_with, wait_for};
use crate::support::tape_stand::{messages, publish};
use natsbridge_engine::{Event, Headers, Incoming, SpillFault, Store};
use natsbridge_wire::Severity;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

fn faults(store: &Store) -> Receiver<SpillFault> {
    let (told, faults) = channel();
    store.on_spill_fault(move |fault| drop(told.send(fault.clone())));
    faults
}

/// Stores messages without waiting for room.
fn pour(store: &Store, count: u64, size: usize) {
    for _ in 0..count {
        let text = payload(store.range().end, size);
        store.append([Incoming {
            at_us: 1,
            subject: "a",
            reply: None,
            headers: Headers::default(),
            payload: text.as_bytes(),
        }]);
    }
}

/// Row 50.
#[test]
fn a_folder_that_is_removed_is_made_again() {
    let folder = Folder::new();
    let spill = folder.path().join("state/spill");
    // Files are small, so that new ones are needed.
    let store = spilling(&spill, 1 << 20);
    let faults = faults(&store);
    fill(&store, 500, 300);
    assert!(store.counters().bytes_on_disk > 0);
    std::fs::remove_dir_all(folder.path().join("state")).unwrap();
    fill(&store, 1000, 300);
    assert!(spill.is_dir());
    assert!(faults.try_recv().is_err());
    assert_eq!(store.counters().evicted, 0);
    is_whole(&store, 300);
}

/// Row 50.
#[test]
fn without_a_folder_the_store_goes_on_in_memory() {
    let folder = Folder::new();
    let spill = folder.path().join("state/spill");
    let store = spilling(&spill, 1 << 20);
    let faults = faults(&store);
    fill(&store, 500, 300);
    let before = store.counters();
    assert!(before.bytes_on_disk > 0 && before.evicted == 0);
    // A file stands where the folder was.
    std::fs::remove_dir_all(folder.path().join("state")).unwrap();
    std::fs::write(folder.path().join("state"), "").unwrap();
    // What is there fits into the file that is open; with more it needs another one.
    wait_for("the word that it is over", || {
        pour(&store, 100, 300);
        faults
            .try_iter()
            .any(|fault| matches!(fault, SpillFault::Ended { .. }))
    });
    // From here on only memory counts: what lay on disk goes first.
    pour(&store, 1000, 300);
    let counters = store.counters();
    assert_eq!(counters.bytes_on_disk, 0);
    assert!(store.range().end - store.range().start > 100);
    is_whole(&store, 300);
    let told: Vec<SpillFault> = faults.try_iter().collect();
    assert!(
        !told.iter().any(|fault| matches!(fault, SpillFault::Ended { .. })),
        "{told:?}"
    );
}

/// Row 50.
#[test]
fn where_nothing_can_be_written_memory_is_all_there_is() {
    let folder = Folder::new();
    let mounted = SmallDisk::mount(&folder, 1, ",ro", "row 50 on a disk that is read-only");
    let places = mounted.iter().map(|disk| disk.path().join("spill"));
    for place in places.chain([PathBuf::from("/dev/null/spill")]) {
        let store = spilling(&place, 1 << 20);
        let faults = faults(&store);
        pour(&store, 1000, 300);
        wait_for("the word that it is over", || {
            faults
                .try_iter()
                .any(|fault| matches!(fault, SpillFault::Ended { .. }))
        });
        pour(&store, 1000, 300);
        assert_eq!(store.counters().bytes_on_disk, 0);
        is_whole(&store, 300);
    }
}

/// Row 50.
#[test]
fn on_a_full_disk_the_oldest_make_room() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::mount(&folder, 16, "", "row 50 on a full disk") else {
        return;
    };
    let store = spilling_with(disk.path(), 8 << 30, |limits| limits.store_segment = 16 << 10);
    let faults = faults(&store);
    fill(&store, 12_000, 3000);
    let counters = store.counters();
    assert!(counters.evicted > 0, "{counters:?}");
    assert!(counters.bytes_on_disk <= 16 << 20, "{counters:?}");
    let told: Vec<SpillFault> = faults.try_iter().collect();
    assert_eq!(told, [SpillFault::Full(disk.path().to_owned())]);
    is_whole(&store, 3000);
    fill(&store, 2000, 3000);
    is_whole(&store, 3000);
    assert!(store.range().end - store.range().start > 2000);
}

/// Row 50.
#[cfg(target_os = "linux")]
#[test]
fn what_is_cut_short_behind_our_back_is_missing_and_said_once() {
    let folder = Folder::new();
    let store = spilling(folder.path(), 1 << 30);
    let faults = faults(&store);
    fill(&store, 2000, 300);
    let whole = store.counters();
    cut_short(folder.path(), whole.bytes_on_disk / 2);
    let rows = store.rows(0..u64::MAX);
    let there = rows.len() as u64;
    assert!(there > 900 && there < 1900, "{there} rows");
    for row in rows {
        let text = payload(row.seq, 300);
        // The records of the last page may be missing.
        let message = store.message(row.seq);
        assert!(message.is_none_or(|message| message.payload == text.as_bytes()));
    }
    let counters = store.counters();
    assert_eq!(store.range(), 1..2001);
    assert_eq!(counters.evicted, 2000 - store.rows(0..u64::MAX).len() as u64);
    let told: Vec<SpillFault> = faults.try_iter().collect();
    assert!(matches!(&told[..], [SpillFault::Unreadable(_)]), "{told:?}");
    let (mut next, mut read, mut missed) = (1, 0, 0);
    while next < 2001 {
        let batch = store.messages(next, 1000, usize::MAX);
        (next, read, missed) = (
            batch.next,
            read + batch.messages.len() as u64,
            missed + batch.missed,
        );
    }
    assert_eq!((missed, read), (counters.evicted, 2000 - counters.evicted));
    // The rest of life goes on.
    assert!(store.digest_pending(5000) > 0);
    fill(&store, 500, 300);
    assert_eq!(store.rows(2001..u64::MAX).len(), 500);
}

/// Row 50.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_passes_on_what_goes_wrong_on_disk() {
    let broker = broker().await;
    let mut session = start_with(&broker.url(), &["t.>"], |limits| {
        limits.store_bytes = 64 << 10;
        limits.store_spill = 1 << 20;
        limits.store_folder = Some("/dev/null/spill".into());
    });
    connected(&mut session).await;
    publish(&broker.url(), &messages(3000)).await;
    let notice = wait_for_event(&mut session, "the notice", |event| match event {
        Event::Notice(Severity::Warning, text) if text.contains("/dev/null/spill") => Some(text.clone()),
        _ => None,
    })
    .await;
    assert!(
        notice.starts_with("Messages cannot be moved to /dev/null/spill: "),
        "{notice}"
    );
    end(session).await;
}

/// Row 50.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_of_a_program_that_is_killed() {
    let (broker, folder) = (broker().await, Folder::new());
    let spill = folder.path().join("spill");
    folder.file(
        "settings.toml",
        b"spill = \"1GB\"\n[limits]\nstore_bytes = 65_536\n",
    );
    let mut listener = Peer::start(&mut command(&[
        "listen",
        "t.>",
        "-s",
        &broker.url(),
        "--spill",
        &spill.display().to_string(),
        "--config",
        &folder.path().join("settings.toml").display().to_string(),
    ]));
    listener.err.wait_for("Listening on t.>");
    let process = listener.process.0.id().to_string();
    let said = messages(2000);
    while unnamed(&process, &spill).is_empty() {
        publish(&broker.url(), &said).await;
    }
    listener.process.0.kill().unwrap();
    listener.process.0.wait().unwrap();
    assert_eq!(std::fs::read_dir(&spill).unwrap().count(), 0);
}
