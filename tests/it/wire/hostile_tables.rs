//! Hostile Arrow bytes: mutants by the hundred thousand, forged lengths, bombs and every cut. Nothing aborts, no panic
//! escapes, and what is refused is refused before memory is asked for.

use crate::support::disk_stand::{Disk, lazy};
use arrow::array::{
    Array, ArrayRef, DictionaryArray, FixedSizeListArray, Int64Array, NullArray, RecordBatch, RunArray,
    StringArray,
};
use arrow::datatypes::{DataType, Field, Int8Type, Int32Type, Int64Type, Schema};
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{DictionaryHandling, IpcWriteOptions, StreamWriter};
use bytes::Bytes;
use natsbridge_wire::{Cell, Code, Finding, Limits, Table, TableError, panics_are_caught};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Once};
use std::thread;

/// Mutants in all; `NATSBRIDGE_MUTANTS` asks for more.
const MUTANTS: usize = 200_000;
const THREADS: usize = 2;
/// One mutant of so many is read from disk as well; coprime to the number of seeds, so that each seed has its share.
const FROM_DISK: usize = 5;

/// Small tables of every layout, both framings and both codecs.
const SEEDS: &[&str] = &[
    "arrow/seed-small.arrow",
    "arrow/views.arrow",
    "arrow/run-end.arrow",
    "arrow/list-view.arrow",
    "arrow/unions.arrow",
    "arrow/nested.arrow",
    "arrow/decimals.arrow",
    "arrow/odd.arrow",
    "arrow/dictionary-delta.arrow",
    "arrow/dictionary-replacement.arrow",
    "arrow/file.arrow",
    "julia/zstd-tiny.arrow",
    "julia/lz4-dict.arrow",
    "julia/zstd-dict.file.arrow",
    "julia/parts-dict-nested.arrow",
    "julia/unions-sparse.arrow",
];

fn seed(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    std::fs::read(path).expect("fixture")
}

/// Does what the program's own hook does: nothing is printed about a panic that becomes a finding.
fn silence_caught_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !panics_are_caught() {
                before(info);
            }
        }));
    });
}

fn open(bytes: &[u8], limits: &Limits) -> (Result<Table, TableError>, Vec<Finding>) {
    let mut findings = Vec::new();
    let table = Table::open(&Bytes::copy_from_slice(bytes), limits, &mut findings);
    (table, findings)
}

/// Reads as the grid would: 50 rows of every column, some as JSON.
fn shown(table: &Table) -> (Vec<Cell>, Value) {
    let rows = table.num_rows();
    let mut cells = Vec::new();
    for row in (0..rows.min(25)).chain(rows.saturating_sub(25).max(25)..rows) {
        cells.extend((0..table.columns().len()).map(|column| table.cell(row, column)));
    }
    (cells, table.row_json(0))
}

fn show(bytes: &[u8], limits: &Limits) -> bool {
    let (table, _) = open(bytes, limits);
    table.is_ok_and(|table| !shown(&table).1.is_null() || table.num_rows() == 0)
}

/// As [`show`], from disk too: what opens in memory shows the same from there, and nothing is worse from there.
fn show_both(bytes: &[u8], limits: &Limits) -> bool {
    let mut findings = Vec::new();
    let stored = Table::open_blob(&Disk::blob(bytes), &lazy(), &mut findings);
    let stored = stored.map(|table| (shown(&table), findings));
    match open(bytes, limits) {
        (Ok(memory), told) => {
            let (cells, found) = stored.expect("opens from disk as well");
            assert_eq!((cells, found), (shown(&memory), told));
            true
        }
        // The scan is the same. What only the values tell is told where one looks.
        (Err(error), _) => {
            if let Err(from_disk) = stored {
                assert_eq!(from_disk.code, error.code, "{error} / {from_disk}");
            }
            false
        }
    }
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.roll() >> 16) as usize % most.max(1)
    }
}

const EXTREMES: &[i64] = &[
    0,
    -1,
    1,
    7,
    8,
    64,
    255,
    1 << 16,
    1 << 26,
    i32::MAX as i64,
    i32::MIN as i64,
    1 << 40,
    i64::MAX,
    i64::MIN,
];

fn mutate(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len());
        let value = EXTREMES[dice.below(EXTREMES.len())].to_le_bytes();
        let width = if dice.below(2) == 0 { 4 } else { 8 };
        match dice.below(10) {
            0..=3 => bytes[at] ^= 1 << dice.below(8),
            4 => bytes[at] = dice.roll() as u8,
            5 | 6 => {
                let end = (at / 4 * 4 + width).min(bytes.len());
                let start = end.saturating_sub(width);
                bytes[start..end].copy_from_slice(&value[..end - start]);
            }
            7 => {
                bytes.splice(at..at, value[..width].iter().copied());
            }
            8 => bytes.truncate(at.max(1)),
            _ => {
                let from = dice.below(other.len());
                let end = (from + dice.below(200)).min(other.len());
                let to = (at + dice.below(200)).min(bytes.len());
                bytes.splice(at..to, other[from..end].iter().copied());
            }
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    bytes
}

#[test]
fn mutants_neither_abort_nor_panic() {
    silence_caught_panics();
    let wanted = std::env::var("NATSBRIDGE_MUTANTS")
        .ok()
        .and_then(|text| text.parse().ok());
    let each = wanted.unwrap_or(MUTANTS).div_ceil(THREADS);
    let seeds: Arc<Vec<_>> = Arc::new(SEEDS.iter().map(|name| seed(name)).collect());
    let work = |number: usize| {
        let seeds = seeds.clone();
        thread::spawn(move || {
            let limits = Limits::default();
            let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1));
            let shown = (0..each).filter(|turn| {
                let other = &seeds[dice.below(seeds.len())];
                let mutant = mutate(&seeds[turn % seeds.len()], other, &mut dice);
                if turn % FROM_DISK == 0 {
                    show_both(&mutant, &limits)
                } else {
                    show(&mutant, &limits)
                }
            });
            shown.count()
        })
    };
    let threads: Vec<_> = (0..THREADS).map(work).collect();
    let shown: usize = threads
        .into_iter()
        .map(|thread| thread.join().expect("no panic escapes"))
        .sum();
    // Enough of them must get through for the cells to be tried as well.
    assert!(
        shown > each / 10,
        "only {shown} of {} mutants opened",
        each * THREADS
    );
}

#[test]
fn every_cut_keeps_the_whole_batches_and_is_said() {
    silence_caught_panics();
    for name in [
        "arrow/dictionary-delta.arrow",
        "julia/parts.arrow",
        "julia/zstd-tiny.arrow",
        "julia/parts.file.arrow",
    ] {
        let bytes = seed(name);
        let mut rows = 0;
        for length in 1..bytes.len() {
            let (table, findings) = open(&bytes[..length], &Limits::default());
            let said = |code| findings.iter().any(|finding| finding.code == code);
            match table {
                Ok(table) => {
                    assert!(table.num_rows() >= rows, "{name} cut at {length}");
                    rows = table.num_rows();
                    let mark = bytes.len() - 8;
                    let named = said(Code::ArrowTruncated) || said(Code::ArrowNoEndMark);
                    assert!(named || length > mark, "{name} cut at {length}: {findings:?}");
                }
                Err(error) => {
                    assert_eq!(rows, 0, "{name} cut at {length} lost rows");
                    assert_eq!(
                        error.code,
                        Code::ArrowTruncated,
                        "{name} cut at {length}: {error}"
                    );
                }
            }
        }
        assert_eq!(
            rows,
            open(&bytes, &Limits::default()).0.expect(name).num_rows(),
            "{name}"
        );
    }
}

fn written(batches: &[RecordBatch], options: IpcWriteOptions) -> Vec<u8> {
    let mut writer =
        StreamWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).expect("schema");
    for batch in batches {
        writer.write(batch).expect("batch");
    }
    writer.into_inner().expect("end mark")
}

fn one_column(array: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter([("c", array)]).expect("one column")
}

fn compressed(codec: CompressionType) -> Vec<u8> {
    let zeros = one_column(Arc::new(Int64Array::from(vec![0; 1000])));
    let options = IpcWriteOptions::default()
        .try_with_compression(Some(codec))
        .expect("codec");
    written(&[zeros], options)
}

/// The places where a compressed buffer says that it holds 8,000 bytes.
fn prefix(bytes: &[u8]) -> usize {
    let needle = 8000_i64.to_le_bytes();
    bytes
        .windows(8)
        .position(|window| window == needle)
        .expect("a length prefix")
}

fn refusal(bytes: &[u8], limits: &Limits) -> Code {
    open(bytes, limits).0.expect_err("refused").code
}

#[test]
fn forged_lengths_of_compressed_buffers_are_refused_before_memory_is_asked_for() {
    silence_caught_panics();
    let limits = Limits::default();
    for codec in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        let good = compressed(codec);
        let at = prefix(&good);
        assert_eq!(open(&good, &limits).0.expect("good").num_rows(), 1000);
        for (claim, code) in [
            (1 << 40, Code::ArrowLimit),
            (1 << 46, Code::ArrowLimit),
            (i64::MAX - 7, Code::ArrowLimit),
            // No whole number of eight-byte values.
            (i64::MAX, Code::ArrowInvalid),
            (-2, Code::ArrowInvalid),
            (i64::MIN, Code::ArrowInvalid),
            // Within the limit, yet not what comes out.
            (7999, Code::ArrowInvalid),
            (8001, Code::ArrowInvalid),
            (200 << 20, Code::ArrowInvalid),
        ] {
            let mut forged = good.clone();
            forged[at..at + 8].copy_from_slice(&claim.to_le_bytes());
            assert_eq!(refusal(&forged, &limits), code, "{codec:?} claims {claim}");
        }
    }
    // A ZSTD frame that keeps its content size to itself, with one empty block.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x01, 0x00, 0x00];
    for (claim, code) in [(1_i64 << 40, Code::ArrowLimit), (8000, Code::ArrowInvalid)] {
        let mut forged = compressed(CompressionType::ZSTD);
        let at = prefix(&forged);
        forged[at..at + 8].copy_from_slice(&claim.to_le_bytes());
        forged[at + 8..at + 8 + frame.len()].copy_from_slice(&frame);
        assert_eq!(refusal(&forged, &limits), code, "claims {claim}");
    }
}

#[test]
fn real_bombs_meet_the_same_limit() {
    let small = Limits {
        table_bytes: 1 << 20,
        ..Limits::DEFAULT
    };
    for codec in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        let zeros = one_column(Arc::new(Int64Array::from(vec![0; 1 << 19])));
        let options = IpcWriteOptions::default()
            .try_with_compression(Some(codec))
            .expect("codec");
        let bomb = written(&[zeros], options);
        assert!(bomb.len() < 1 << 16, "{} bytes", bomb.len());
        assert_eq!(refusal(&bomb, &small), Code::ArrowLimit);
        assert!(open(&bomb, &Limits::DEFAULT).0.is_ok());
    }
}

#[test]
fn dictionaries_that_grow_with_every_batch_are_counted_each_time() {
    let batches: Vec<_> = (1..=64)
        .map(|count| {
            let values: Vec<_> = (0..count * 50)
                .map(|number| format!("value number {number:020}"))
                .collect();
            let keys = arrow::array::Int32Array::from(vec![0]);
            let array = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(StringArray::from(values)));
            one_column(Arc::new(array.expect("dictionary")))
        })
        .collect();
    let options = IpcWriteOptions::default().with_dictionary_handling(DictionaryHandling::Delta);
    let stream = written(&batches, options);
    let small = Limits {
        table_bytes: 1 << 20,
        ..Limits::DEFAULT
    };
    assert!(stream.len() < small.table_bytes / 2, "{} bytes", stream.len());
    assert_eq!(refusal(&stream, &small), Code::ArrowLimit);
    let (table, _) = open(&stream, &Limits::DEFAULT);
    assert_eq!(table.expect("within the limit").num_rows(), 64);
}

#[test]
fn rows_that_cost_no_bytes_are_counted_too() {
    let limits = Limits::default();
    let nulls = one_column(Arc::new(NullArray::new(1 << 40)));
    assert_eq!(
        refusal(&written(&[nulls], IpcWriteOptions::default()), &limits),
        Code::ArrowLimit
    );
    let ends = arrow::array::Int64Array::from(vec![1_i64 << 40]);
    let runs = RunArray::<Int64Type>::try_new(&ends, &Int64Array::from(vec![7])).expect("runs");
    let runs = one_column(Arc::new(runs));
    assert_eq!(
        refusal(&written(&[runs], IpcWriteOptions::default()), &limits),
        Code::ArrowLimit
    );
    // As many as are allowed open at once and cost what is looked at.
    let most = usize::try_from(limits.table_rows).expect("fits");
    let nulls = one_column(Arc::new(NullArray::new(most)));
    assert!(show(&written(&[nulls], IpcWriteOptions::default()), &limits));
}

#[test]
fn endless_lists_in_one_row_are_cut() {
    let limits = Limits {
        table_row_bytes: 64 << 10,
        ..Limits::DEFAULT
    };
    let row = |values: ArrayRef| {
        let item = Arc::new(Field::new("item", values.data_type().clone(), true));
        let length = i32::try_from(values.len()).expect("fits");
        let list = FixedSizeListArray::new(item, length, values, None);
        let bytes = written(&[one_column(Arc::new(list))], IpcWriteOptions::default());
        let table = open(&bytes, &limits).0.expect("opens");
        (table.row_json(0).to_string(), table.cell(0, 0))
    };
    let (json, cell) = row(Arc::new(NullArray::new(40_000_000)));
    assert!(
        json.len() < 64 << 10 && json.ends_with(" more\"]}"),
        "{} bytes",
        json.len()
    );
    assert!(matches!(cell, Cell::Text(text) if text.len() <= limits.cell_bytes));
    // One long text, named a hundred thousand times over.
    let values = Arc::new(StringArray::from(vec!["x".repeat(10_000)]));
    let keys = arrow::array::Int8Array::from(vec![0; 100_000]);
    let texts = DictionaryArray::<Int8Type>::try_new(keys, values).expect("dictionary");
    let (json, _) = row(Arc::new(texts));
    assert!(
        json.len() < 66 << 10 && json.contains('…'),
        "{} bytes",
        json.len()
    );
}

#[test]
fn types_nested_too_deep_and_tables_too_wide_are_refused() {
    let limits = Limits::default();
    let nested = |depth: usize| {
        let mut field = Field::new("c", DataType::Null, true);
        for _ in 0..depth {
            field = Field::new("c", DataType::List(Arc::new(field)), true);
        }
        let writer = StreamWriter::try_new(Vec::new(), &Schema::new(vec![field])).expect("schema");
        writer.into_inner().expect("end mark")
    };
    // Building the deep one takes a deep stack; refusing it must not.
    let deep = thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(move || nested(5000));
    let deep = deep.expect("thread").join().expect("built");
    assert_eq!(refusal(&deep, &limits), Code::ArrowInvalid);
    assert!(open(&nested(20), &limits).0.is_ok());
    let wide: Vec<_> = (0..=limits.table_columns)
        .map(|n| Field::new(format!("c{n}"), DataType::Null, true))
        .collect();
    let writer = StreamWriter::try_new(Vec::new(), &Schema::new(wide)).expect("schema");
    assert_eq!(
        refusal(&writer.into_inner().expect("end mark"), &limits),
        Code::ArrowLimit
    );
}

#[test]
fn other_bytes_are_no_table() {
    silence_caught_panics();
    let limits = Limits::default();
    for bytes in [
        &b"ARROW1"[..],
        b"ARROW1\0\0",
        b"hello, world",
        b"\xff\xff\xff\xff",
        b"{\"a\": 1}",
        &[0; 64],
        &[0xff; 64],
    ] {
        let code = refusal(bytes, &limits);
        assert!(
            [Code::ArrowInvalid, Code::ArrowTruncated].contains(&code),
            "{bytes:?}"
        );
    }
}
