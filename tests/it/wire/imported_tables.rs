//! Rows that become tables: read by pyarrow as they were meant, Parquet as pyarrow writes it, and whatever else a file may
//! hold.

use crate::support::binary::{Folder, finish};
use crate::support::parquet_bomb::one_text_in_all_rows;
use crate::support::real::python;
use arrow::array::{Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use natsbridge_wire::{ColumnType, Limits, RowsFormat, rows_table};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

const CSV: &[u8] = b"\xef\xbb\xbfzip,n,big,x,ok,day,at,zoned,words,none\r\n\
007,1,9007199254740993,1.5,true,2026-02-22,2026-02-22T10:00:00,2026-02-22T10:00:00+02:00,\"a \"\"b\"\",\nc\",\r\n\
12,-2,18446744073709551616,2,FALSE,1969-12-31,2026-02-22 10:00:00.25,2026-02-22T08:00:00.5Z,,\r\n";

/// Prints the schema of a stream and its rows as pyarrow has them.
const READ: &str = r#"
import json, sys
import pyarrow.ipc as ipc
table = ipc.open_stream(sys.argv[1]).read_all()
print(json.dumps({"types": {f.name: str(f.type) for f in table.schema}, "rows": table.to_pylist()}, default=str))
"#;

/// Writes a Parquet file with that compression.
const WRITE: &str = r#"
import sys, datetime, pyarrow as pa, pyarrow.parquet as pq
table = pa.table({
    "id": pa.array([1, None, 3], pa.int32()),
    "name": pa.array(["a", "b", "a"]).dictionary_encode(),
    "at": pa.array([datetime.datetime(2026, 2, 22, 10), None, None], pa.timestamp("ms", tz="UTC")),
    "list": pa.array([[1, 2], [], None], pa.list_(pa.int64())),
    "price": pa.array([1, 2, 3], pa.decimal128(9, 2)),
    "code": pa.array(["007", "08", None]),
})
pq.write_table(table, sys.argv[1], compression=sys.argv[2])
"#;

fn run(script: &str, args: &[&str]) -> Option<String> {
    let mut python = python()?;
    let run = finish(python.args(["-c", script]).args(args));
    assert_eq!(run.code, Some(0), "{run:?}");
    Some(run.out)
}

fn read_by_pyarrow(stream: &[u8]) -> Option<Value> {
    let folder = Folder::new();
    let file = folder.file("table.arrows", stream);
    Some(serde_json::from_str(&run(READ, &[file.trim_start_matches('@')])?).unwrap())
}

#[test]
fn pyarrow_reads_a_csv_with_the_types_that_it_was_given() {
    let made = rows_table(CSV, RowsFormat::Csv, &[], &Limits::default()).unwrap();
    let Some(read) = read_by_pyarrow(&made.table.to_stream().unwrap()) else {
        return;
    };
    assert_eq!(
        read["types"],
        json!({"zip": "string", "n": "int64", "big": "string", "x": "double", "ok": "bool", "day": "date32[day]",
            "at": "timestamp[ms]", "zoned": "timestamp[ms, tz=UTC]", "words": "string", "none": "string"})
    );
    assert_eq!(
        read["rows"],
        json!([
            {"zip": "007", "n": 1, "big": "9007199254740993", "x": 1.5, "ok": true, "day": "2026-02-22",
                "at": "2026-02-22 10:00:00", "zoned": "2026-02-22 08:00:00+00:00", "words": "a \"b\",\nc", "none": null},
            {"zip": "12", "n": -2, "big": "18446744073709551616", "x": 2.0, "ok": false, "day": "1969-12-31",
                "at": "2026-02-22 10:00:00.250000", "zoned": "2026-02-22 08:00:00.500000+00:00", "words": null, "none": null}
        ])
    );
}

#[test]
fn pyarrow_reads_chosen_types_in_every_form() {
    let types = [
        ("a", ColumnType::Text),
        ("b", ColumnType::Integer),
        ("c", ColumnType::Timestamp),
    ];
    let types = types.map(|(name, chosen)| (name.to_owned(), chosen));
    for (format, rows) in [
        (RowsFormat::Csv, "c,a,b\n2026-02-22,1,007\n,2,\n"),
        (RowsFormat::Tsv, "c\ta\tb\n2026-02-22\t1\t007\n\t2\t\n"),
        (RowsFormat::Json, r#"[{"c":"2026-02-22","a":1,"b":"7"},{"a":2}]"#),
        (
            RowsFormat::Json,
            "{\"c\":\"2026-02-22\",\"a\":1,\"b\":7}\n{\"a\":2}\n",
        ),
    ] {
        let made = rows_table(rows.as_bytes(), format, &types, &Limits::default()).unwrap();
        assert!(
            made.columns
                .iter()
                .all(|column| column.because == "chosen by hand")
        );
        let Some(read) = read_by_pyarrow(&made.table.to_stream().unwrap()) else {
            return;
        };
        assert_eq!(
            read["types"],
            json!({"c": "timestamp[ms]", "a": "string", "b": "int64"}),
            "{rows}"
        );
        assert_eq!(
            read["rows"],
            json!([{"c": "2026-02-22 00:00:00", "a": "1", "b": 7}, {"c": null, "a": "2", "b": null}]),
            "{rows}"
        );
    }
}

#[test]
fn parquet_of_every_usual_codec_is_read_and_its_columns_retyped() {
    for codec in ["none", "snappy", "zstd", "lz4"] {
        let folder = Folder::new();
        let path = folder.path().join("rows.parquet");
        if run(WRITE, &[path.to_str().unwrap(), codec]).is_none() {
            return;
        }
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(RowsFormat::of(&bytes, ""), RowsFormat::Parquet);
        let types = [
            ("code".to_owned(), ColumnType::Integer),
            ("id".to_owned(), ColumnType::Text),
        ];
        let made = rows_table(&bytes, RowsFormat::Parquet, &types, &Limits::default()).unwrap();
        let read = read_by_pyarrow(&made.table.to_stream().unwrap()).unwrap();
        assert_eq!(read["types"]["code"], "int64", "{codec}");
        assert_eq!(read["types"]["list"], "list<element: int64>", "{codec}");
        assert_eq!(
            read["rows"],
            json!([
                {"id": "1", "name": "a", "at": "2026-02-22 10:00:00+00:00", "list": [1, 2], "price": "1.00", "code": 7},
                {"id": null, "name": "b", "at": null, "list": [], "price": "2.00", "code": 8},
                {"id": "3", "name": "a", "at": null, "list": null, "price": "3.00", "code": null}
            ]),
            "{codec}"
        );
        let because: Vec<_> = made
            .columns
            .iter()
            .map(|column| column.because.as_str())
            .collect();
        assert_eq!(because[..2], ["chosen by hand", "set by the file"]);
    }
}

#[test]
fn what_does_not_fit_says_where_and_what_there_is() {
    let refused = |rows: &str, format, name: &str, chosen| {
        let types = [(name.to_owned(), chosen)];
        rows_table(rows.as_bytes(), format, &types, &Limits::default())
            .unwrap_err()
            .message
    };
    let error = refused("a,b\n1,x\n2,y\n", RowsFormat::Csv, "b", ColumnType::Integer);
    assert_eq!(
        error,
        "row 1, column \"b\": \"x\" is not a 64-bit whole number; correct it or choose another type for the column"
    );
    let error = refused("a,b\n1,x\n", RowsFormat::Csv, "c", ColumnType::Text);
    assert!(
        error.contains("\"c\", which the rows do not have; they have a, b"),
        "{error}"
    );
    let error = refused("[{\"a\": {\"b\": 1}}]", RowsFormat::Json, "a", ColumnType::Float);
    assert!(
        error.starts_with("row 1, column \"a\": \"{\\\"b\\\":1}\" is not a number"),
        "{error}"
    );
}

fn parquet_bytes() -> Vec<u8> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("n", DataType::Int64, true),
        Field::new("s", DataType::Utf8, true),
    ]));
    let columns: Vec<arrow::array::ArrayRef> = vec![
        Arc::new((0..50).map(|n| (n % 7 != 0).then_some(n)).collect::<Int64Array>()),
        Arc::new(StringArray::from_iter_values(
            (0..50).map(|n| format!("word {}", n % 5)),
        )),
    ];
    let batch = RecordBatch::try_new(schema.clone(), columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn a_parquet_file_that_is_cut_off_or_claims_too_much_is_refused() {
    let whole = parquet_bytes();
    let read = |bytes: &[u8], limits: &Limits| rows_table(bytes, RowsFormat::Parquet, &[], limits);
    assert_eq!(read(&whole, &Limits::default()).unwrap().table.num_rows(), 50);
    let error = read(&whole[..whole.len() - 3], &Limits::default()).unwrap_err();
    assert!(error.message.contains("truncated"), "{error}");
    let rows = Limits {
        table_rows: 49,
        ..Limits::default()
    };
    assert!(
        read(&whole, &rows)
            .unwrap_err()
            .message
            .contains("50 rows; the limit is 49")
    );
    let bytes = Limits {
        table_bytes: 100,
        ..Limits::default()
    };
    assert!(
        read(&whole, &bytes)
            .unwrap_err()
            .message
            .contains("the limit is 100")
    );
}

/// Row 15: a file of a few kilobytes whose rows all point at one long text is refused for what it would become.
#[test]
fn a_parquet_file_that_repeats_one_long_text_is_refused_from_its_metadata() {
    let bytes = one_text_in_all_rows(100);
    assert!(bytes.len() < 4096, "{}", bytes.len());
    let limits = Limits {
        table_bytes: 64 << 20,
        ..Limits::default()
    };
    let error = rows_table(&bytes, RowsFormat::Parquet, &[], &limits).unwrap_err();
    assert!(error.message.contains("becomes at least 10"), "{error}");
}

/// Row 15: what is made of rows is charged as long as it is there.
#[test]
fn tables_made_of_rows_are_charged_until_they_go() {
    let limits = Limits {
        message_memory: 1 << 20,
        ..Limits::default()
    };
    let rows = "n,text\n1,one\n2,two\n".as_bytes();
    for (bytes, format) in [
        (rows, RowsFormat::Csv),
        (br#"[{"n":1}]"#.as_slice(), RowsFormat::Json),
        (parquet_bytes().as_slice(), RowsFormat::Parquet),
    ] {
        let made = rows_table(bytes, format, &[], &Limits::default()).unwrap();
        let memory = made.table.memory();
        assert!((1..100_000).contains(&memory), "{format:?}: {memory}");
    }
    let many = "n\n".to_owned() + &"1\n".repeat(200_000);
    let error = rows_table(many.as_bytes(), RowsFormat::Csv, &[], &limits).unwrap_err();
    assert!(error.message.contains("raise message_memory"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_damaged_parquet_file_never_panics(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = parquet_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(made) = rows_table(&bytes, RowsFormat::Parquet, &[], &Limits::default()) {
            let _ = made.table.to_stream();
        }
    }

    #[test]
    fn any_text_makes_a_table_or_a_sentence(text in any::<String>()) {
        for format in [RowsFormat::Csv, RowsFormat::Tsv, RowsFormat::Json] {
            match rows_table(text.as_bytes(), format, &[], &Limits::default()) {
                Ok(made) => prop_assert_eq!(made.columns.len(), made.table.columns().len()),
                Err(error) => prop_assert!(!error.message.is_empty()),
            }
        }
    }
}
