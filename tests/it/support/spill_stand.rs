//! What the tests of messages on disk stand on: small shares of memory and disk, and waits for what is moved.

use crate::support::binary::PATIENCE;
use natsbridge_engine::{Headers, Incoming, Store};
use natsbridge_wire::Limits;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Bytes of memory for messages.
pub const MEMORY: usize = 64 << 10;

/// A store with little memory, small pages and so many bytes on disk.
pub fn spilling(folder: &Path, bytes: u64) -> Store {
    spilling_with(folder, bytes, |_| {})
}

/// The same with other limits.
pub fn spilling_with(folder: &Path, bytes: u64, change: impl FnOnce(&mut Limits)) -> Store {
    let mut limits = Limits {
        store_bytes: MEMORY,
        store_page: 8,
        store_segment: 4 << 10,
        store_spill: bytes,
        store_folder: Some(folder.to_owned()),
        ..Limits::default()
    };
    change(&mut limits);
    Store::new(limits.into())
}

/// Stores messages whose payloads begin with their number and are `size` bytes long; never faster than they are moved.
pub fn fill(store: &Store, count: u64, size: usize) {
    for _ in 0..count {
        let payload = payload(store.range().end, size);
        store.append([Incoming {
            at_us: 1,
            subject: "a",
            reply: None,
            headers: Headers::default(),
            payload: payload.as_bytes(),
        }]);
        settled(store);
    }
}

/// The payload of a message.
pub fn payload(seq: u64, size: usize) -> String {
    format!("{seq:0size$}")
}

/// Waits until there is room in memory.
pub fn settled(store: &Store) {
    wait_for("room in memory", || {
        store.counters().bytes_stored <= MEMORY as u64 / 2
    });
}

/// The files without a name that a process has in a folder.
#[cfg(target_os = "linux")]
pub fn unnamed(process: &str, folder: &Path) -> Vec<PathBuf> {
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let paths = open.filter_map(|entry| Some(entry.ok()?.path()));
    let leads = |path: &PathBuf| std::fs::read_link(path).is_ok_and(|to| to.starts_with(folder));
    paths.filter(leads).collect()
}

/// Cuts the only file that this process has in a folder down to so many bytes.
#[cfg(target_os = "linux")]
pub fn cut_short(folder: &Path, bytes: u64) {
    let [file] = &unnamed("self", folder)[..] else {
        panic!("all is in one file");
    };
    let file = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    file.set_len(bytes).unwrap();
}

/// Waits until the condition holds.
pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// Checks that all messages held are there, as they came, and that the counters say so.
pub fn is_whole(store: &Store, size: usize) {
    let (held, counters) = (store.range(), store.counters());
    assert_eq!(counters.stored, held.end - 1);
    assert_eq!(counters.evicted, held.start - 1);
    let mut next = held.start;
    while next < held.end {
        let batch = store.messages(next, 100, usize::MAX);
        assert_eq!((batch.missed, batch.messages[0].seq), (0, next));
        for message in &batch.messages {
            assert_eq!(&message.payload[..], payload(message.seq, size).as_bytes());
        }
        next = batch.next;
    }
    let seqs: Vec<u64> = store.rows(0..u64::MAX).iter().map(|row| row.seq).collect();
    assert!(seqs.into_iter().eq(held));
}
