//! Tables on disk: read where somebody looks, with the same cells, findings and errors as in memory, whatever the bytes.

use crate::support::disk_stand::{Disk, Endless, lazy, written};
use arrow::array::{
    Array, ArrayRef, BooleanArray, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use arrow::datatypes::{Field, Int32Type};
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
use natsbridge_wire::{Blob, Cell, Code, Finding, Limits, ReadAt, Table, TableError};
use proptest::prelude::*;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

type Opened = (Result<Table, TableError>, Vec<Finding>);

fn open(blob: &Blob, limits: &Limits) -> Opened {
    let mut findings = Vec::new();
    (Table::open_blob(blob, limits, &mut findings), findings)
}

/// Every cell, column by column and then row by row.
fn cells(table: &Table) -> Vec<Cell> {
    let (rows, columns) = (table.num_rows().min(3000), table.columns().len());
    let by_column = (0..columns).flat_map(|column| (0..rows).map(move |row| (row, column)));
    let by_row = (0..rows.min(200)).flat_map(|row| (0..columns).map(move |column| (row, column)));
    by_column
        .chain(by_row)
        .map(|(row, column)| table.cell(row, column))
        .collect()
}

fn assert_same(name: &str, bytes: &[u8], limits: &Limits) {
    let (memory, told) = open(&Blob::from(bytes.to_vec()), &Limits::DEFAULT);
    let (stored, found) = open(&Disk::blob(bytes), limits);
    match (memory, stored) {
        (Ok(memory), Ok(stored)) => {
            assert_eq!(found, told, "{name}");
            assert_eq!(stored.columns(), memory.columns(), "{name}");
            assert_eq!(stored.num_rows(), memory.num_rows(), "{name}");
            assert_eq!(cells(&stored), cells(&memory), "{name}");
            for row in 0..memory.num_rows().min(50) {
                assert_eq!(stored.row_json(row), memory.row_json(row), "{name}");
            }
            let whole = |table: &Table| table.batches().collect::<Result<Vec<_>, _>>().expect(name);
            assert_eq!(whole(&stored), whole(&memory), "{name}");
            assert_eq!(
                stored.to_stream().expect(name),
                memory.to_stream().expect(name),
                "{name}"
            );
        }
        (Err(memory), Err(stored)) => {
            assert_eq!(
                (stored.code, stored.message),
                (memory.code, memory.message),
                "{name}"
            );
            assert_eq!(found, told, "{name}");
        }
        (memory, stored) => panic!("{name}: memory {memory:?}, stored {stored:?}"),
    }
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = Vec::new();
    for part in ["arrow", "julia"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "arrow") {
                found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 150, "{}", found.len());
    found
}

#[test]
fn every_fixture_shows_from_disk_what_it_shows_from_memory() {
    for (name, bytes) in fixtures() {
        assert_same(&name, &bytes, &lazy());
        // As the product opens it: a small one is loaded.
        assert_same(&name, &bytes, &Limits::DEFAULT);
        // Windows that must shrink to a few rows.
        let narrow = Limits {
            table_window_bytes: 100_000,
            table_cached_bytes: 2_000,
            ..lazy()
        };
        assert_same(&name, &bytes, &narrow);
    }
}

#[test]
fn every_cut_is_told_as_from_memory() {
    for name in [
        "arrow/dictionary-delta.arrow",
        "julia/zstd-tiny.arrow",
        "julia/parts.file.arrow",
    ] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name);
        let bytes = std::fs::read(path).unwrap();
        for length in 0..bytes.len() {
            assert_same(&format!("{name} cut at {length}"), &bytes[..length], &lazy());
        }
    }
}

type Row = (Option<i64>, Option<String>, bool, Option<Vec<Option<i32>>>);

fn batch_of(rows: &[Row]) -> RecordBatch {
    let numbers: ArrayRef = Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>());
    let texts: ArrayRef = Arc::new(rows.iter().map(|row| row.1.clone()).collect::<StringArray>());
    let flags: ArrayRef = Arc::new(rows.iter().map(|row| Some(row.2)).collect::<BooleanArray>());
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(rows.iter().map(|row| row.3.clone()));
    let lists: ArrayRef = Arc::new(lists);
    let field = |name: &str, array: &ArrayRef| Arc::new(Field::new(name, array.data_type().clone(), true));
    let both = StructArray::from(vec![
        (field("l", &lists), lists.clone()),
        (field("t", &texts), texts.clone()),
    ]);
    RecordBatch::try_from_iter_with_nullable([
        ("n", numbers, true),
        ("t", texts, true),
        ("f", flags, true),
        ("l", lists, true),
        ("s", Arc::new(both) as ArrayRef, true),
    ])
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_tables_in_random_batches_show_the_same(
        rows in proptest::collection::vec((
            proptest::option::of(any::<i64>()),
            proptest::option::of("\\PC{0,9}"),
            any::<bool>(),
            proptest::option::of(proptest::collection::vec(proptest::option::of(any::<i32>()), 0..4)),
        ), 0..120),
        cuts in proptest::collection::vec(0_usize..120, 0..5),
        window in 1_usize..40,
    ) {
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(rows.len())).chain([0, rows.len()]).collect();
        cuts.sort_unstable();
        let batches: Vec<_> = cuts.windows(2).map(|cut| batch_of(&rows[cut[0]..cut[1]])).collect();
        let limits = Limits { table_window_rows: window, ..lazy() };
        assert_same("random", &written(&batches), &limits);
    }
}

#[test]
fn a_table_of_more_than_a_gigabyte_is_read_where_one_looks() {
    let endless = Arc::new(Endless::new(32_000_000));
    assert!(endless.size() > 1 << 30);
    let blob = Blob::Stored(endless.clone());
    let mut findings = Vec::new();
    let table = Table::open_blob(&blob, &Limits::DEFAULT, &mut findings).unwrap();
    assert_eq!(findings, []);
    assert_eq!(table.num_rows() as u64, endless.rows);
    let read = || endless.read.load(Ordering::Relaxed);
    assert!(read() < 10_000, "{} bytes to open it", read());
    let middle = endless.rows / 2;
    for from in [0, middle, endless.rows - 50] {
        for row in from..from + 50 {
            let cells = [0, 1, 2].map(|column| table.cell(row as usize, column));
            assert_eq!(cells, Endless::row(row), "{row}");
        }
    }
    assert_eq!(
        table.row_json(1).to_string(),
        r#"{"number":7,"half":0.5,"text":"text 00000000001"}"#
    );
    // Four places of at most two windows, each of 1,024 rows of 37 bytes.
    assert!(read() < 300_000, "{} bytes to look at it", read());
    let whole = table.batches().next().unwrap().unwrap_err();
    assert_eq!(whole.code, Code::ArrowLimit);
    assert_eq!(table.cell(endless.rows as usize, 0), Cell::Null);
}

#[test]
fn a_file_that_goes_away_says_so_in_its_cells() {
    #[derive(Debug)]
    struct Gone(Vec<u8>, AtomicU64);
    impl ReadAt for Gone {
        fn size(&self) -> u64 {
            self.0.len() as u64
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
            if self.1.load(Ordering::Relaxed) == 1 {
                return Err(io::Error::other("the disk is gone"));
            }
            buffer.copy_from_slice(&self.0[offset as usize..][..buffer.len()]);
            Ok(())
        }
    }
    let rows: Vec<Row> = (0..40).map(|n| (Some(n), None, true, None)).collect();
    let disk = Arc::new(Gone(written(&[batch_of(&rows)]), AtomicU64::new(0)));
    let blob = Blob::Stored(disk.clone());
    let table = open(&blob, &lazy()).0.unwrap();
    assert_eq!(table.cell(0, 0), Cell::Text("0".into()));
    disk.1.store(1, Ordering::Relaxed);
    assert_eq!(table.cell(1, 0), Cell::Text("1".into()), "read before");
    let Cell::Text(said) = table.cell(30, 0) else {
        panic!("a null instead of a cause");
    };
    assert_eq!(
        said,
        "⟨unreadable: the table cannot be read from its file: the disk is gone⟩"
    );
    let error = open(&blob, &lazy()).0.unwrap_err();
    assert_eq!(error.code, Code::PayloadUnreadable);
}

#[test]
fn compressed_columns_larger_than_the_cache_are_unpacked_once() {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..5000));
    let batch = RecordBatch::try_from_iter([("a", numbers.clone()), ("b", numbers)]).unwrap();
    let options = IpcWriteOptions::default();
    let options = options.try_with_compression(Some(CompressionType::ZSTD)).unwrap();
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    let disk = Arc::new(Disk::new(&writer.into_inner().unwrap()));
    let limits = Limits {
        table_cached_bytes: 1000,
        ..lazy()
    };
    let table = open(&Blob::Stored(disk.clone()), &limits).0.unwrap();
    for row in 0..5000 {
        let text = Cell::Text(row.to_string());
        assert_eq!([0, 1].map(|column| table.cell(row, column)), [text.clone(), text]);
    }
    let (read, all) = (disk.read(), disk.size());
    assert!(read < 2 * all, "{read} of {all} bytes");
}

#[test]
fn a_value_too_large_for_its_window_says_so_and_its_neighbours_stand() {
    let texts: Vec<_> = (0..20)
        .map(|n| if n == 7 { "x".repeat(50_000) } else { n.to_string() })
        .collect();
    let batch = RecordBatch::try_from_iter([("t", Arc::new(StringArray::from(texts)) as ArrayRef)]).unwrap();
    let limits = Limits {
        table_window_bytes: 4096,
        ..lazy()
    };
    let table = open(&Disk::blob(&written(&[batch])), &limits).0.unwrap();
    assert_eq!(table.cell(6, 0), Cell::Text("6".into()));
    assert_eq!(
        table.cell(7, 0),
        Cell::Text("⟨too large to show from its file⟩".into())
    );
    assert_eq!(table.cell(8, 0), Cell::Text("8".into()));
}

#[test]
fn a_file_that_somebody_else_writes_to_while_it_is_shown_never_ends_in_a_panic() {
    let rows: Vec<Row> = (0..40).map(|n| (Some(n), None, true, None)).collect();
    let whole = written(&[batch_of(&rows), batch_of(&rows)]);
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut number = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.arrow");
    for case in 0..400 {
        std::fs::write(&path, &whole).unwrap();
        let blob = natsbridge_engine::file_blob(&path).unwrap();
        let opened = (case % 2 == 0).then(|| open(&blob, &lazy()).0.unwrap());
        let mut other = whole.clone();
        match case % 4 {
            0 | 1 => other.truncate(number(whole.len())),
            _ => (0..=number(40)).for_each(|_| other[number(whole.len())] = number(256) as u8),
        }
        // In place: the same file, other bytes.
        std::fs::write(&path, &other).unwrap();
        let table = opened.map_or_else(|| open(&blob, &lazy()).0, Ok);
        match table {
            Ok(table) => drop(cells(&table)),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        assert_eq!(blob.len(), whole.len() as u64);
        let read = blob.copy_to(&mut io::sink());
        assert_eq!(read.is_err(), other.len() < whole.len(), "case {case}");
    }
}

/// From memory such a batch is left out; from disk nothing is decoded until somebody looks, so its rows say why.
#[test]
fn a_batch_that_cannot_be_decoded_costs_itself_only() {
    let column = |texts: &[&str]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let batch = |texts: &[&str]| RecordBatch::try_from_iter([("t", column(texts))]).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch(&[]).schema()).unwrap();
    for texts in [["aaaa", "a2"], ["bbbb", "b2"], ["cccc", "c2"]] {
        writer.write(&batch(&texts)).unwrap();
    }
    let mut bytes = writer.into_inner().unwrap();
    let at = bytes.windows(4).position(|window| window == b"bbbb").unwrap();
    bytes[at..at + 4].copy_from_slice(&[0xff; 4]);
    let (memory, told) = open(&Blob::from(bytes.clone()), &Limits::DEFAULT);
    assert_eq!(memory.unwrap().num_rows(), 4);
    assert!(
        told[0].message.starts_with("record batch 2 cannot be decoded"),
        "{told:?}"
    );
    let stored = open(&Disk::blob(&bytes), &lazy()).0.unwrap();
    let text = |row| match stored.cell(row, 0) {
        Cell::Text(text) => text,
        Cell::Null => panic!("row {row} is null"),
    };
    assert_eq!([text(0), text(1), text(4), text(5)], ["aaaa", "a2", "cccc", "c2"]);
    assert!(text(2).starts_with("⟨unreadable: "), "{}", text(2));
    let error = stored.to_stream().unwrap_err();
    assert!(
        error.message.starts_with("record batch 2 cannot be decoded"),
        "{error}"
    );
}
