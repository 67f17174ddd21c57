//! Tapes and dumps: cut, damaged, put together anew, and with lines that lie under a guard that is right. What was not hit is
//! read, in its order; what was is told.

use super::registry::{Target, files};
use crate::dice::Dice;
use crate::mutations;
use natsbridge_engine::{StoredMessage, TapeReader, TapeRecord, TapeReport};
use natsbridge_wire::Limits;
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::ops::Range;
use std::sync::OnceLock;

pub const TAPES: Target = Target {
    name: "tapes",
    memory: 24,
    seeds,
    mutate,
    check,
};

/// A tape that was recorded from a broker: eight messages of every sort, and all other records.
const TAPE: &[u8] = include_bytes!("../../fixtures/tape.jsonl");
const MARK: &[u8] = br#"{"guard":""#;
const GUARD: usize = MARK.len() + r#"00000000-00000000","#.len();

/// What a reader looks for to find its way again.
const MARKS: &[&[u8]] = &[b"\n", MARK, b"\0", b"\r\n{}", b"\xef\xbb\xbf", b"{\"tape\":2}"];

fn seeds() -> Vec<Vec<u8>> {
    let dumps = files("tests/fixtures/nats-dump")
        .into_iter()
        .map(|(_, bytes)| bytes);
    // Mostly tapes: of dumps there is less to be told.
    std::iter::repeat_n(TAPE.to_vec(), 12).chain(dumps).collect()
}

fn mutate(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut mutant = seed.to_vec();
    for _ in 0..=dice.below(2) {
        let lines = lines(&mutant);
        match dice.below(10) {
            0 | 1 => {
                let foreign: Vec<&[u8]> = self::lines(other).into_iter().map(|at| &other[at]).collect();
                mutations::parts(&mut mutant, &lines, &foreign, dice);
            }
            // A lie under a guard.
            2..=4 if !lines.is_empty() => lie(&mut mutant, dice.pick(&lines).clone(), dice),
            5 => {
                let hit = dice.range(mutant.len(), 400);
                mutant[hit].fill(0);
            }
            6 => {
                let at = dice.below(mutant.len() + 1);
                mutant.splice(at..at, dice.pick(MARKS).iter().copied());
            }
            _ => mutations::bytes(&mut mutant, other, dice),
        }
    }
    mutant
}

/// Where lines stand, with their ends.
fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let (mut all, mut start) = (Vec::new(), 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        all.push(start..start + line.len());
        start += line.len();
    }
    all
}

/// Replaces a value of a line and writes its guard anew.
fn lie(mutant: &mut Vec<u8>, line: Range<usize>, dice: &mut Dice) {
    const VALUES: &[&str] = &[
        "0",
        "-1",
        "9007199254740993",
        "18446744073709551616",
        "1e300",
        "null",
        "\"\"",
        "[]",
        "{}",
        "\"9999-99-99T00:00:00Z\"",
        "\"-262144-01-01T00:00:00Z\"",
        "\"\\ud800\"",
        "\"a b\"",
        "[\"x\",[]]",
        "true",
        "\"AAAA=\"",
    ];
    let text = mutant[line.clone()].to_vec();
    let Some(inside) = text.get(GUARD..).filter(|_| text.starts_with(MARK)) else {
        return mutations::bytes(mutant, &text, dice);
    };
    let mut inside = inside.to_vec();
    let ends: Vec<usize> = (0..inside.len()).filter(|at| inside[*at] == b':').collect();
    if let Some(at) = ends.get(dice.below(ends.len())).map(|at| at + 1) {
        let until = inside[at..].iter().position(|byte| b",}\n".contains(byte));
        inside.splice(at..at + until.unwrap_or(0), dice.pick(VALUES).bytes());
    }
    let body = inside.strip_suffix(b"\n").unwrap_or(&inside);
    mutant.splice(line, [guard(body).as_bytes(), &inside].concat());
}

/// Records that are as their guard says and that the tape did not hold.
fn lies(bytes: &[u8]) -> Vec<&[u8]> {
    let starts = bytes
        .windows(MARK.len())
        .enumerate()
        .filter(|(_, mark)| *mark == MARK);
    let sealed = starts.filter_map(|(at, _)| {
        let length = std::str::from_utf8(bytes.get(at + MARK.len()..at + MARK.len() + 8)?).ok()?;
        let record = bytes.get(at..at + GUARD + usize::from_str_radix(length, 16).ok()?)?;
        record
            .starts_with(guard(&record[GUARD..]).as_bytes())
            .then_some(record)
    });
    sealed
        .filter(|record| !TAPE.windows(record.len()).any(|known| known == *record))
        .collect()
}

fn guard(body: &[u8]) -> String {
    format!(
        "{{\"guard\":\"{:08x}-{:08x}\",",
        body.len(),
        crc32fast::hash(body)
    )
}

fn check(mutant: &[u8]) -> bool {
    let Some((messages, report)) = open(mutant) else {
        return false;
    };
    // The part in which it differs from the tape that it was, if it was one.
    let same = |pair: &(&u8, &u8)| pair.0 == pair.1;
    let before = TAPE.iter().zip(mutant).take_while(same).count();
    let after = TAPE[before..]
        .iter()
        .rev()
        .zip(mutant[before..].iter().rev())
        .take_while(same)
        .count();
    if before + after < TAPE.len() / 8 {
        return true;
    }
    let (original, hit, lies) = (original(), before..TAPE.len() - after, lies(mutant));
    // A lie may be so long that its guard covers lines behind it.
    let covered = |line: &Range<usize>| {
        let text = &TAPE[line.start..line.end - 1];
        lies.iter()
            .any(|lie| lie.windows(text.len()).any(|part| part == text))
    };
    let mut left = messages.iter();
    for (line, wanted) in original {
        if (line.end - 1 <= hit.start || line.start >= hit.end) && !covered(line) {
            assert!(
                left.any(|message| message == wanted),
                "{wanted:?} is lost though {hit:?} was hit"
            );
        }
    }
    // What has a guard is as it was; what has none is said to have none.
    let changed = messages
        .iter()
        .filter(|message| !original.iter().any(|(_, known)| known == *message))
        .count();
    assert!(
        changed as u64 <= report.unguarded + lies.len() as u64,
        "{report:?}"
    );
    // The tape itself tells of two that were missed: more than that is missed, lost, damaged, or of a kind that is not known.
    let told = report.missed.saturating_sub(2) + report.lost + report.damaged + report.unknown;
    assert!(
        messages.len() >= original.len() || !report.ended || told > 0,
        "missing untold: {report:?}"
    );
    true
}

/// The messages of the tape as it was, with their lines.
fn original() -> &'static [(Range<usize>, String)] {
    static ORIGINAL: OnceLock<Vec<(Range<usize>, String)>> = OnceLock::new();
    ORIGINAL.get_or_init(|| {
        let (messages, report) = open(TAPE).expect("a tape");
        assert_eq!(
            (report.damaged, report.unguarded, report.ended),
            (0, 0, true),
            "{:?}",
            report.problems()
        );
        let lines = lines(TAPE).into_iter();
        let lines = lines.filter(|line| {
            TAPE[line.clone()]
                .windows(13)
                .any(|part| part == b",\"subject\":\"t")
        });
        let lines: Vec<_> = lines.zip(messages).collect();
        assert_eq!(lines.len(), 8);
        lines
    })
}

/// All messages as text, and what is told; `None` for what is no tape.
fn open(bytes: &[u8]) -> Option<(Vec<String>, TapeReport)> {
    static FILE: OnceLock<(tempfile::NamedTempFile, File)> = OnceLock::new();
    let (named, mut file) = {
        let (named, file) = FILE.get_or_init(|| {
            let named = tempfile::NamedTempFile::new().unwrap();
            let file = named.reopen().unwrap();
            (named, file)
        });
        (named, file)
    };
    // A file that is emptied and written anew is put on the disk at once, which takes most of the time.
    file.rewind().unwrap();
    file.write_all(bytes).unwrap();
    file.set_len(bytes.len() as u64).unwrap();
    // A block of the usual size is mostly work for nothing with so small a file.
    let limits = Limits {
        tape_block: 4096,
        ..Limits::default()
    };
    let mut tape = TapeReader::open(named.path(), &limits).ok()?;
    let (mut messages, mut damaged) = (Vec::new(), 0);
    while let Some(record) = tape.next().ok()? {
        match record {
            TapeRecord::Damaged(bytes) => damaged += bytes,
            TapeRecord::Message(message) => messages.push(told(&message)),
            _ => {}
        }
    }
    let report = tape.report();
    assert_eq!(damaged, report.damaged_bytes, "all that is skipped is counted");
    for problem in report.problems() {
        assert!(problem.len() < 1000, "{problem}");
    }
    Some((messages, report))
}

fn told(message: &StoredMessage) -> String {
    format!(
        "{} {} {} {:?} {:?} {:?}",
        message.seq, message.at_us, message.subject, message.reply, message.headers, message.payload
    )
}
