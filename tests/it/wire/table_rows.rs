//! Rows of tables sorted, filtered, counted and written, whatever the table is made of.

use crate::support::disk_stand::{Disk, lazy};
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow::datatypes::Schema;
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use natsbridge_wire::{
    Direction, Export, ExportFormat, Limits, RowFilter, RowIndex, RowsFormat, Table, TableSource, Unwatched,
    column_facts, rows_table, sorted_rows,
};
use std::sync::Arc;

const ROWS: usize = 5_000;

fn name(row: usize) -> Option<String> {
    (row % 11 != 3).then(|| format!("common prefix {:03}", row * 7 % 400))
}

fn batch(rows: std::ops::Range<usize>) -> RecordBatch {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(
        rows.clone().map(|row| (row as i64 * 37) % 1000 - 500),
    ));
    let scores = rows
        .clone()
        .map(|row| (row % 7 != 2).then(|| ((row * 31) % 97) as f64 / 4.0 - 10.0));
    let scores: ArrayRef = Arc::new(scores.collect::<Float64Array>());
    let names: ArrayRef = Arc::new(rows.clone().map(name).collect::<StringArray>());
    let times = rows.map(|row| 1_700_000_000_000 - (row as i64 * 977) % 100_000);
    let times: ArrayRef = Arc::new(TimestampMillisecondArray::from_iter_values(times));
    RecordBatch::try_from_iter([("id", ids), ("score", scores), ("name", names), ("at", times)]).unwrap()
}

/// The same table in memory, on disk, and compressed on disk: three batches each.
fn tables() -> Vec<(&'static str, Table)> {
    let batches = [batch(0..1000), batch(1000..1001), batch(1001..ROWS)];
    let schema: Arc<Schema> = batches[0].schema();
    let stored = |compression| {
        let options = IpcWriteOptions::default()
            .try_with_compression(compression)
            .unwrap();
        let mut bytes = Vec::new();
        let mut writer = FileWriter::try_new_with_options(&mut bytes, &schema, options).unwrap();
        for batch in &batches {
            writer.write(batch).unwrap();
        }
        writer.finish().unwrap();
        drop(writer);
        Table::open_blob(&Disk::blob(&bytes), &lazy(), &mut vec![]).unwrap()
    };
    vec![
        ("memory", Table::from_batches(schema.clone(), batches.to_vec())),
        ("disk", stored(None)),
        ("compressed", stored(Some(CompressionType::ZSTD))),
    ]
}

fn all() -> Vec<u32> {
    (0..ROWS as u32).collect()
}

#[test]
fn rows_are_sorted_the_same_wherever_they_are() {
    for (what, table) in tables() {
        for column in 0..4 {
            let up = sorted_rows(
                &table,
                column,
                Direction::Ascending,
                &RowIndex::All(all().len()),
                &Unwatched,
            )
            .unwrap();
            let mut expected = all();
            // Rust's own stable sort over the same keys is the truth.
            expected.sort_by_cached_key(|row| table.sort_key(*row as usize, column));
            assert_eq!(up, expected, "{what}, column {column}");
            let down = sorted_rows(
                &table,
                column,
                Direction::Descending,
                &RowIndex::Listed(all().into()),
                &Unwatched,
            )
            .unwrap();
            // Nulls are last either way, and equal rows as they stood.
            let mut stable = all();
            let is_null = |row: &u32| table.whole_text(*row as usize, column).is_none();
            stable.sort_by_cached_key(|row| {
                (
                    is_null(row),
                    std::cmp::Reverse(table.sort_key(*row as usize, column)),
                )
            });
            assert_eq!(down, stable, "{what}, column {column} turned around");
        }
    }
}

#[test]
fn filters_say_the_same_wherever_rows_are() {
    for (what, table) in tables() {
        let rows = |text: &str| {
            let filter = RowFilter::new(text, table.columns()).unwrap();
            filter.rows(&table, &Unwatched).unwrap().len()
        };
        let count = |wanted: &dyn Fn(usize) -> bool| (0..ROWS).filter(|row| wanted(*row)).count();
        let id = |row: usize| (row as i64 * 37) % 1000 - 500;
        assert_eq!(
            rows("id>=0 and id<10"),
            count(&|row| (0..10).contains(&id(row))),
            "{what}"
        );
        assert_eq!(rows("name=null"), count(&|row| name(row).is_none()), "{what}");
        assert_eq!(rows("name~\"PREFIX 007\""), 0, "capitals count");
        let seven = count(&|row| name(row).is_some_and(|name| name.ends_with("007")));
        assert_eq!(rows("name~\"prefix 007\""), seven, "{what}");
        assert_eq!(rows("\"prefix 007\""), seven, "any column");
        assert_eq!(
            rows("not name~prefix"),
            count(&|row| name(row).is_none()),
            "{what}"
        );
        assert_eq!(
            rows("at>=\"2023-11-14 22:13\"") + rows("at<\"2023-11-14 22:13\""),
            ROWS,
            "{what}"
        );
        let facts = column_facts(&table, 1, &mut (0..ROWS), ROWS as u64, 1000, &Unwatched).unwrap();
        assert_eq!(facts.nulls as usize, count(&|row| row % 7 == 2), "{what}");
        assert_eq!((facts.distinct, facts.more_distinct), (97, false), "{what}");
        let numbers = facts.numbers.unwrap();
        assert_eq!(numbers.ends, (-10.0, 14.0), "{what}");
        assert_eq!(numbers.bars.iter().sum::<u64>(), numbers.count, "{what}");
    }
}

fn written(table: &Table, format: ExportFormat) -> Vec<u8> {
    let rows = [4999, 3, 0, 1000];
    let mut out = Vec::new();
    let export = Export {
        table,
        rows: &mut rows.into_iter(),
        count: rows.len(),
        columns: &[2, 0],
    };
    export.write(format, &mut out, &Unwatched).unwrap();
    out
}

#[test]
fn what_is_shown_is_written_and_other_readers_read_it() {
    for (what, table) in tables() {
        let expected: Vec<serde_json::Value> = [4999_usize, 3, 0, 1000]
            .iter()
            .map(|row| serde_json::json!({"name": name(*row), "id": (*row as i64 * 37) % 1000 - 500}))
            .collect();
        let read_back = |bytes: Vec<u8>, format| {
            let table = rows_table(&bytes, format, &[], &Limits::default()).unwrap().table;
            (0..table.num_rows())
                .map(|row| table.row_json(row))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            read_back(written(&table, ExportFormat::Csv), RowsFormat::Csv),
            expected,
            "{what}"
        );
        assert_eq!(
            read_back(written(&table, ExportFormat::Tsv), RowsFormat::Tsv),
            expected,
            "{what}"
        );
        let parquet = written(&table, ExportFormat::Parquet);
        assert_eq!(read_back(parquet, RowsFormat::Parquet), expected, "{what}");
        let lines = written(&table, ExportFormat::JsonLines);
        let lines: Vec<serde_json::Value> = String::from_utf8(lines)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        // A row keeps the order of its table; its names say which is which.
        assert_eq!(lines, expected, "{what}");
        let whole: Vec<serde_json::Value> =
            serde_json::from_slice(&written(&table, ExportFormat::Json)).unwrap();
        assert_eq!(whole, expected, "{what}");
        let arrow = Table::open(
            &written(&table, ExportFormat::Arrow).into(),
            &Limits::default(),
            &mut vec![],
        )
        .unwrap();
        let rows: Vec<_> = (0..arrow.num_rows()).map(|row| arrow.row_json(row)).collect();
        assert_eq!(rows, expected, "{what}");
        let markdown = String::from_utf8(written(&table, ExportFormat::Markdown)).unwrap();
        assert_eq!(markdown.lines().nth(1), Some("|---|---:|"), "{what}");
        assert_eq!(markdown.lines().nth(3), Some("|  | -389 |"), "{what}: {markdown}");
    }
}
