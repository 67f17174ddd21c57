//! Row 32: a tape that was cut off or damaged opens with everything that is whole, and says what is not.

use crate::support::binary::Folder;
use crate::support::broker_stand::broker;
use crate::support::tape_stand::{heard, messages, read, read_within, tape_of};
use natsbridge_engine::{StoredMessage, TapeRecord, TapeReport};
use natsbridge_wire::Limits;
use std::fs::File;
use std::io::{Seek, Write};
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

    /// The messages whose lines lie before or behind a range of the file.
    fn outside(&self, hit: &Range<usize>) -> Vec<&Whole> {
        let lines = self.lines[1..=self.messages.len()].iter().zip(&self.messages);
        lines
            .filter(|(line, _)| line.end <= hit.start || line.start >= hit.end)
            .map(|(_, message)| message)
            .collect()
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

/// Numbers that look random, the same every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize) % below.max(1)
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let marks: [&[u8]; 4] = [b"\n", b"{\"guard\":\"", b"\0", b"\r\n{}"];
        match self.next(4) {
            0 => marks[self.next(marks.len())].to_vec(),
            _ => (0..self.next(most)).map(|_| self.next(256) as u8).collect(),
        }
    }
}

/// A part of the file that is replaced by other bytes.
fn mutation(dice: &mut Dice, bytes: &[u8]) -> (Range<usize>, Vec<u8>) {
    let at = dice.next(bytes.len());
    let until = |length: usize| at..(at + length).min(bytes.len());
    match dice.next(6) {
        0 => (until(1), vec![bytes[at] ^ (1 << dice.next(8))]),
        1 => (until(1), vec![dice.next(256) as u8]),
        2 => (until(0), dice.bytes(40)),
        3 => (until(dice.next(200)), vec![]),
        4 => {
            let hit = until(dice.next(400));
            let zeros = vec![0; hit.len()];
            (hit, zeros)
        }
        _ => (until(dice.next(300)), dice.bytes(300)),
    }
}

/// Row 32.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_mutants_lose_only_what_was_hit() {
    let folder = Folder::new();
    let original = Original::record(&folder, 8).await;
    let path = folder.path().join("mutant.jsonl");
    let mut file = File::create_new(&path).unwrap();
    let mut dice = Dice(0x5eed);
    for mutant in 0..100_000 {
        let (hit, by) = mutation(&mut dice, &original.bytes);
        let changed = by != original.bytes[hit.clone()];
        let bytes = [&original.bytes[..hit.start], &by, &original.bytes[hit.end..]].concat();
        // A file that is emptied and written anew is put on the disk at once, which takes most of the time.
        file.rewind().unwrap();
        file.write_all(&bytes).unwrap();
        file.set_len(bytes.len() as u64).unwrap();
        let (messages, report) = open(&path);
        let expected = original.outside(&hit);
        let mut left = messages.iter();
        let all_there = expected
            .iter()
            .all(|wanted| left.any(|message| message == *wanted));
        assert!(all_there, "mutant {mutant}: {hit:?} became {by:?}");
        // What has a guard is as it was; what has none is said to have none.
        let changed_messages = messages
            .iter()
            .filter(|message| !original.messages.contains(message));
        assert!(
            changed_messages.count() as u64 <= report.unguarded,
            "mutant {mutant}: {hit:?} became {by:?}"
        );
        let complete = messages.len() >= original.messages.len() && report.ended;
        let told = !report.problems().is_empty();
        assert!(
            complete || told || !report.ended,
            "mutant {mutant}: {hit:?} became {by:?}: {report:?}"
        );
        assert!(changed || messages == original.messages);
    }
}
