//! Hostile Arrow bytes: forged lengths, bombs and every cut. Nothing aborts, no panic escapes, and what is refused is
//! refused before memory is asked for. The program `fuzz` tries mutants.

use arrow::array::{
    Array, ArrayRef, DictionaryArray, FixedSizeListArray, Int64Array, NullArray, RecordBatch, RunArray,
    StringArray,
};
use arrow::datatypes::{DataType, Field, Int8Type, Int64Type, Schema};
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
use bytes::Bytes;
use natsbridge_wire::{Cell, Code, Finding, Limits, Table, TableError, panics_are_caught};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Once};
use std::thread;

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

/// Row 12.
#[test]
fn every_cut_keeps_the_whole_batches_and_is_said() {
    silence_caught_panics();
    let numbers = |from: i64| one_column(Arc::new((from..from + 620).collect::<Int64Array>()));
    let batches: Vec<_> = (0..5).map(|batch| numbers(batch * 1000)).collect();
    let named = |name: &str| (name.to_owned(), seed(name));
    let seeds = [
        named("arrow/dictionary-delta.arrow"),
        named("julia/parts.arrow"),
        named("julia/zstd-tiny.arrow"),
        named("julia/parts.file.arrow"),
        named("julia/lz4.file.arrow"),
        (
            "five batches".to_owned(),
            written(&batches, IpcWriteOptions::default()),
        ),
    ];
    let mut cuts = 0;
    for (name, bytes) in seeds {
        let mut rows = 0;
        cuts += bytes.len() - 1;
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
            open(&bytes, &Limits::default()).0.expect(&name).num_rows(),
            "{name}"
        );
    }
    assert!(cuts >= 33_000, "{cuts} cuts");
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
