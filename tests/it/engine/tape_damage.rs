//! Row 32: a tape that was cut off opens with everything that is whole, and says what is not. The program `fuzz` tries damage.

use crate::support::binary::Folder;
use crate::support::broker_stand::broker;
use crate::support::tape_stand::{heard, messages, read, read_within, tape_of};
use natsbridge_engine::{StoredMessage, TapeRecord, TapeReport};
use natsbridge_wire::Limits;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

/// A message as it is compared: number, time, subject, reply, headers, payload.
type Whole = (
    u64,
    i64,
    String,
    Option<String>,
    Vec<(String, Vec<String>)>,
    Vec<u8>,
);

fn whole(message: StoredMessage) -> Whole {
    (
        message.seq,
        message.at_us,
        message.subject.to_string(),
        message.reply,
        message.headers,
        message.payload.to_vec(),
    )
}

/// A tape with its bytes, where its lines stand (without their ends), and the messages of the lines that are some.
struct Original {
    bytes: Vec<u8>,
    lines: Vec<Range<usize>>,
    messages: Vec<Whole>,
}

impl Original {
    async fn record(folder: &Folder, count: usize) -> Self {
        let broker = broker().await;
        let path = tape_of(&broker, folder, &messages(count)).await;
        let bytes = std::fs::read(&path).unwrap();
        let mut lines = Vec::new();
        let mut start = 0;
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' {
                lines.push(start..at);
                start = at + 1;
            }
        }
        assert_eq!(lines.len(), count + 2, "a start, the messages, an end");
        let messages = heard(read(&path).0).into_iter().map(whole).collect();
        Self {
            bytes,
            lines,
            messages,
        }
    }
}

/// What is read of a damaged file: the messages, and whether anything is said.
fn open(path: &Path) -> (Vec<Whole>, TapeReport) {
    // A block of the usual size is mostly work for nothing with so small a file.
    let limits = Limits {
        tape_block: 4096,
        ..Limits::default()
    };
    let (entries, report) = read_within(path, &limits);
    let damaged: u64 = entries
        .iter()
        .map(|entry| match entry {
            TapeRecord::Damaged(bytes) => *bytes,
            _ => 0,
        })
        .sum();
    assert_eq!(damaged, report.damaged_bytes, "all that is skipped is counted");
    (heard(entries).into_iter().map(whole).collect(), report)
}

/// Row 32.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cut_of_a_tape_opens_with_all_that_is_whole() {
    let folder = Folder::new();
    let original = Original::record(&folder, 200).await;
    let path = folder.path().join("cut.jsonl");
    std::fs::write(&path, &original.bytes).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    for cut in (0..=original.bytes.len()).rev() {
        file.set_len(cut as u64).unwrap();
        let (messages, report) = open(&path);
        let complete = original.lines[1..=200]
            .iter()
            .filter(|line| line.end <= cut)
            .count();
        assert!(messages == original.messages[..complete], "cut at {cut}");
        // Nothing is torn where the cut is between two lines.
        let torn = original
            .lines
            .iter()
            .any(|line| line.start < cut && cut < line.end);
        assert_eq!(report.damaged, u64::from(torn), "cut at {cut}");
        assert_eq!(report.ended, cut + 1 >= original.bytes.len(), "cut at {cut}");
        assert_eq!((report.lost, report.unguarded), (0, 0), "cut at {cut}");
    }
}
