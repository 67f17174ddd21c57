//! Arrow tables: every layout, both framings, both codecs, of every writer; changed in their messages and anywhere. Each is
//! shown as the grid would, some from disk as well, sorted, counted and written out again.

use super::registry::{Target, files, one_in};
use crate::dice::Dice;
use crate::mutations;
use bytes::Bytes;
use natsbridge_wire::{
    Blob, Cell, Direction, Finding, Limits, ReadAt, RowIndex, Table, TableError, TableSource, Unwatched,
    column_facts, sorted_rows,
};
use serde_json::Value;
use std::io;
use std::ops::Range;
use std::sync::Arc;

pub const ARROW: Target = Target {
    name: "arrow",
    memory: 160,
    seeds,
    mutate,
    check,
};

/// The longest seed.
const LONGEST: usize = 2600;

fn seeds() -> Vec<Vec<u8>> {
    let all = ["tests/fixtures/arrow", "tests/fixtures/julia", "assets/demo"].map(files);
    let arrow = |(path, bytes): (std::path::PathBuf, Vec<u8>)| {
        let is_arrow = path.extension().is_some_and(|ending| ending == "arrow");
        (is_arrow && (1..LONGEST).contains(&bytes.len())).then_some(bytes)
    };
    all.into_iter().flatten().filter_map(arrow).collect()
}

fn mutate(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut mutant = seed.to_vec();
    for _ in 0..=dice.below(3) {
        let messages = messages(&mutant);
        match dice.below(10) {
            // The description of a batch: lengths, offsets, counts.
            0..=4 if !messages.is_empty() => {
                let (head, _) = dice.pick(&messages).clone();
                mutations::number(&mut mutant[head], dice);
            }
            5 => {
                let whole = |bytes: &[u8]| -> Vec<Range<usize>> {
                    let messages = self::messages(bytes).into_iter();
                    messages.map(|(head, body)| head.start..body.end).collect()
                };
                let foreign: Vec<&[u8]> = whole(other).into_iter().map(|at| &other[at]).collect();
                let parts = whole(&mutant);
                mutations::parts(&mut mutant, &parts, &foreign, dice);
            }
            6 if !messages.is_empty() => {
                let (_, body) = dice.pick(&messages).clone();
                mutations::number(&mut mutant[body], dice);
            }
            _ => mutations::bytes(&mut mutant, other, dice),
        }
    }
    mutant
}

/// Where the description of each message stands, with its length before it, and where its body: as far as the bytes tell.
fn messages(bytes: &[u8]) -> Vec<(Range<usize>, Range<usize>)> {
    let (mut all, mut at) = (Vec::new(), 0);
    if bytes.starts_with(b"ARROW1") {
        at = 8;
    }
    while let Some(words) = bytes.get(at..at + 8) {
        let marked = words.starts_with(&[0xff; 4]);
        let length = &words[if marked { 4..8 } else { 0..4 }];
        let length = u32::from_le_bytes(length.try_into().unwrap()) as usize;
        let head = at..at
            .saturating_add(length)
            .saturating_add(if marked { 8 } else { 4 });
        let Some(meta) = bytes.get(head.clone()).filter(|_| length > 0) else {
            break;
        };
        let meta = &meta[if marked { 8 } else { 4 }..];
        let body = arrow::ipc::root_as_message(meta).map_or(0, |message| message.bodyLength());
        let end = head
            .end
            .saturating_add(usize::try_from(body).unwrap_or(0))
            .min(bytes.len());
        all.push((head.clone(), head.end..end));
        at = end;
    }
    all
}

/// Bytes that count as lying on disk.
#[derive(Debug)]
struct Disk(Vec<u8>);

impl ReadAt for Disk {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let bytes = self.0.get(offset as usize..).unwrap_or_default();
        buffer.copy_from_slice(bytes.get(..buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

fn check(mutant: &[u8]) -> bool {
    // What is unpacked is small, so that it shows where more is taken than that.
    let limits = Limits {
        table_bytes: 32 << 20,
        ..Limits::DEFAULT
    };
    let mut told = Vec::new();
    let table = Table::open(&Bytes::copy_from_slice(mutant), &limits, &mut told);
    if one_in(5, mutant) {
        same_from_disk(mutant, &limits, &table, &told);
    }
    let Ok(table) = table else {
        return false;
    };
    shown(&table);
    if one_in(8, mutant) && table.num_rows() < 2000 {
        worked_with(&table);
    }
    true
}

/// Reads as the grid would: 50 rows of every column, one as JSON.
fn shown(table: &Table) -> (Vec<Cell>, Value) {
    let rows = table.num_rows();
    let mut cells = Vec::new();
    for row in (0..rows.min(25)).chain(rows.saturating_sub(25).max(25)..rows) {
        cells.extend((0..table.columns().len().min(200)).map(|column| table.cell(row, column)));
    }
    (cells, table.row_json(0))
}

/// What opens in memory shows the same from disk, and nothing is worse from there.
fn same_from_disk(mutant: &[u8], limits: &Limits, memory: &Result<Table, TableError>, told: &[Finding]) {
    let lazy = Limits {
        table_loaded: 0,
        table_window_rows: 16,
        ..limits.clone()
    };
    let mut findings = Vec::new();
    let stored = Table::open_blob(
        &Blob::Stored(Arc::new(Disk(mutant.to_vec()))),
        &lazy,
        &mut findings,
    );
    match (memory, stored) {
        (Ok(memory), stored) => {
            let stored = stored.expect("opens from disk as well");
            // A batch that cannot be decoded is left out in memory, and unreadable from disk.
            if memory.num_rows() < stored.num_rows() {
                shown(&stored);
                return;
            }
            assert_eq!(shown(&stored), shown(memory));
            let told_too = |finding: &Finding| told.contains(finding);
            assert!(findings.iter().all(told_too), "{findings:?} / {told:?}");
            // A batch without rows that cannot be decoded is missed by nobody, and told of in memory only.
            let mut more = told.iter().filter(|finding| !findings.contains(finding));
            let lost = |finding: &Finding| {
                finding
                    .message
                    .contains(" cannot be decoded, the others are shown")
            };
            assert!(more.all(lost), "{findings:?} / {told:?}");
        }
        // What only the values tell is told where one looks.
        (Err(error), Err(from_disk)) => assert_eq!(from_disk.code, error.code, "{error} / {from_disk}"),
        (Err(_), Ok(stored)) => drop(shown(&stored)),
    }
}

/// Sorts, counts, and writes the stream again, which must open.
fn worked_with(table: &Table) {
    let source: &dyn TableSource = table;
    for column in 0..table.columns().len().min(20) {
        let all = RowIndex::All(table.num_rows());
        sorted_rows(source, column, Direction::Descending, &all, &Unwatched);
        let mut rows = 0..table.num_rows();
        column_facts(
            source,
            column,
            &mut rows,
            table.num_rows() as u64,
            100,
            &Unwatched,
        );
    }
    if let Ok(stream) = table.to_stream() {
        let again = Table::open(&stream.into(), &Limits::DEFAULT, &mut Vec::new());
        assert_eq!(
            again.expect("what was written opens").num_rows(),
            table.num_rows()
        );
    }
}
