//! Every table that Julia wrote opens with the rows, columns and values that Julia says it wrote.

use natsbridge_wire::{Cell, Code, Finding, Limits, Table};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/julia")
}

fn open(name: &str) -> (Table, Vec<Finding>) {
    let bytes = std::fs::read(fixtures().join(name)).expect("fixture").into();
    let mut findings = Vec::new();
    let table = Table::open(&bytes, &Limits::default(), &mut findings);
    (table.unwrap_or_else(|error| panic!("{name}: {error}")), findings)
}

fn index() -> Vec<Value> {
    let text = std::fs::read(fixtures().join("index.json")).expect("index.json");
    serde_json::from_slice(&text).expect("index.json is JSON")
}

/// Brings both sides to one form: the index writes structs as pairs, big integers as text, infinities in full, and
/// some scalars in Julia's words.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| json!([name, normal(value)]))
            .collect(),
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if !number.is_f64() && float.abs() >= 9_007_199_254_740_992.0 => {
                json!(number.to_string())
            }
            // serde_json reads floats to within one unit of their last place.
            Some(float) => json!(format!("{float:.14e}")),
            None => value.clone(),
        },
        Value::String(text) => match text.as_str() {
            "inf" => json!("Infinity"),
            "-inf" => json!("-Infinity"),
            other => json!(julia_period(other).unwrap_or_else(|| other.to_owned())),
        },
        other => other.clone(),
    }
}

/// `2 day` and `1 millisecond` in the unit that Arrow stores.
fn julia_period(text: &str) -> Option<String> {
    let (count, unit) = text.split_once(' ')?;
    let count: i64 = count.parse().ok()?;
    let (factor, unit) = match unit {
        "week" => (604_800, "s"),
        "day" => (86_400, "s"),
        "hour" => (3_600, "s"),
        "minute" => (60, "s"),
        "second" => (1, "s"),
        "millisecond" => (1, "ms"),
        "microsecond" => (1, "us"),
        "nanosecond" => (1, "ns"),
        _ => return None,
    };
    Some(format!("{}{unit}", count * factor))
}

#[test]
fn every_julia_table_opens_with_its_rows_columns_and_values() {
    let mut wrong = Vec::new();
    for case in index() {
        let name = case["file"].as_str().expect("file");
        let (table, findings) = open(name);
        let errors: Vec<_> = findings
            .iter()
            .filter(|it| it.code.severity() == natsbridge_wire::Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let mut compare = |what: &str, ours: Value, theirs: Value| {
            if ours != theirs {
                wrong.push(format!("{name}: {what}\n  ours   {ours}\n  theirs {theirs}"));
            }
        };
        compare("rows", json!(table.num_rows()), case["nrows"].clone());
        let sizes: Vec<_> = table
            .batches()
            .map(|batch| batch.expect(name).num_rows())
            .collect();
        compare("batches", json!(sizes), case["batches"].clone());
        // The later partition of these has another schema, of which nothing is left on the wire.
        let differs = name.starts_with("parts-names-differ") || name.starts_with("parts-types-differ");
        let columns: Vec<_> = table
            .columns()
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        compare(
            "columns",
            json!(columns),
            if differs {
                json!(["a"])
            } else {
                case["columns"].clone()
            },
        );
        let Some(rows) = case["rows"].as_array() else {
            continue;
        };
        // The index holds Julia's internals of these; their own tests below say what they mean.
        if ["arrow-native-times", "ipaddr", "parts-types-differ"]
            .iter()
            .any(|it| name.starts_with(it))
        {
            continue;
        }
        for (number, theirs) in rows.iter().enumerate() {
            let ours = table.row_json(number);
            let ours: Vec<_> = ours.as_object().expect("a row").values().map(normal).collect();
            compare(&format!("row {number}"), Value::Array(ours), normal(theirs));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn stream_and_file_of_one_table_show_the_same() {
    for case in index() {
        let name = case["file"].as_str().expect("file");
        let Some(base) = name.strip_suffix(".file.arrow") else {
            continue;
        };
        let (file, findings) = open(name);
        assert!(
            findings.iter().any(|it| it.code == Code::ArrowFileFraming),
            "{name}"
        );
        let (stream, findings) = open(&format!("{base}.arrow"));
        assert!(
            findings.iter().all(|it| it.code != Code::ArrowFileFraming),
            "{name}"
        );
        assert_eq!(file.columns(), stream.columns(), "{name}");
        for row in 0..stream.num_rows().min(500) {
            assert_eq!(file.row_json(row), stream.row_json(row), "{name} row {row}");
            for column in 0..stream.columns().len() {
                assert_eq!(
                    file.cell(row, column),
                    stream.cell(row, column),
                    "{name} row {row}"
                );
            }
        }
    }
}

fn texts(table: &Table, row: usize) -> Vec<String> {
    let text = |column| match table.cell(row, column) {
        Cell::Null => "∅".to_owned(),
        Cell::Text(text) => text,
    };
    (0..table.columns().len()).map(text).collect()
}

fn types(table: &Table) -> Vec<&str> {
    table
        .columns()
        .iter()
        .map(|column| column.type_name.as_str())
        .collect()
}

#[test]
fn julia_types_are_shown_as_what_they_mean() {
    let (table, _) = open("everything.arrow");
    let expected = [
        "i64",
        "utf8",
        "list<utf8>",
        "struct<x: f64, y: f64>",
        "symbol",
        "binary",
        "uuid",
    ];
    assert_eq!(types(&table), expected);
    assert_eq!(
        texts(&table, 1),
        [
            "2",
            "Bob",
            "[]",
            "{x: NaN, y: inf}",
            "relay",
            "hex:",
            "6f1e0c2b-0000-4000-8000-000000000002"
        ]
    );
    let (table, _) = open("tuples.arrow");
    assert_eq!(
        (types(&table)[0], texts(&table, 0)[0].as_str()),
        ("tuple<i64, utf8>", r#"(1, "a")"#)
    );
    let (table, _) = open("struct.arrow");
    assert_eq!(types(&table), ["Person<id: i64, name: utf8>"]);
    let (table, _) = open("allmissing.arrow");
    assert_eq!(types(&table), ["null", "nothing", "i64", "utf8"]);
    assert_eq!(texts(&table, 0), ["∅"; 4]);
    let (table, _) = open("dict-all.arrow");
    assert_eq!(
        types(&table),
        ["dict<utf8>", "dict<i64>", "dict<date32>", "dict<symbol>"]
    );
    let (table, _) = open("unions.arrow");
    assert_eq!(types(&table), ["union<union<f64, i64>, utf8>"]);
    assert_eq!(
        [0, 1, 2].map(|row| texts(&table, row).remove(0)),
        ["1", "two", "3.0"]
    );
    let (table, _) = open("maps.arrow");
    assert_eq!(
        (types(&table)[0], texts(&table, 0)[0].as_str()),
        ("map<utf8, i64>", r#"{"a": 1}"#)
    );
}

#[test]
fn addresses_and_native_times_read_as_people_write_them() {
    let (table, _) = open("ipaddr.arrow");
    assert_eq!(
        (types(&table)[0], texts(&table, 0)[0].as_str()),
        ("ipv4", "127.0.0.1")
    );
    let (table, findings) = open("arrow-native-times.arrow");
    assert_eq!(types(&table), ["timestamp[us]", "timestamp[ns, UTC]", "date64"]);
    assert_eq!(
        texts(&table, 0),
        [
            "2026-02-22T14:16:57.123456",
            "2026-02-22T14:16:57.123456789Z",
            "2026-02-22"
        ]
    );
    let finding = findings
        .iter()
        .find(|it| it.code == Code::ArrowFineTimes)
        .expect("finer than ms");
    assert!(
        finding.message.contains("columns \"ts\", \"tsn\""),
        "{}",
        finding.message
    );
}

#[test]
fn a_partition_of_another_type_is_read_by_the_first_schema() {
    let (table, _) = open("parts-types-differ.arrow");
    // The bits of 1.5 as an integer: garbage that no reader can notice.
    assert_eq!(table.row_json(2), json!({"a": 1.5_f64.to_bits()}));
}

#[test]
fn what_other_readers_stumble_over_is_said() {
    let codes = |name| open(name).1.iter().map(|it| it.code).collect::<Vec<_>>();
    assert_eq!(codes("chat.arrow"), []);
    assert_eq!(codes("lz4.arrow"), [Code::ArrowCompressed]);
    assert_eq!(codes("zstd.arrow"), [Code::ArrowCompressed]);
    assert_eq!(codes("parts-dict-delta3.arrow"), [Code::ArrowDictionaryDelta]);
    assert_eq!(
        codes("parts-dict-delta3.file.arrow"),
        [Code::ArrowDictionaryDelta, Code::ArrowFileFraming]
    );
    assert_eq!(codes("colnames.arrow"), []);
}

#[test]
fn every_julia_table_survives_being_written_again() {
    for case in index() {
        let name = case["file"].as_str().expect("file");
        let (table, _) = open(name);
        let stream = table
            .to_stream()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut findings = Vec::new();
        let again = Table::open(&stream.into(), &Limits::default(), &mut findings).expect(name);
        let heavy = [
            Code::ArrowCompressed,
            Code::ArrowFileFraming,
            Code::ArrowDictionaryDelta,
        ];
        assert!(
            findings.iter().all(|it| !heavy.contains(&it.code)),
            "{name}: {findings:?}"
        );
        assert_eq!(again.num_rows(), table.num_rows(), "{name}");
        let both = (0..table.num_rows().min(200)).map(|row| (table.row_json(row), again.row_json(row)));
        for (ours, theirs) in both {
            assert_eq!(ours, theirs, "{name}");
        }
    }
}

#[test]
fn a_table_may_start_at_any_address() {
    for case in index() {
        let name = case["file"].as_str().expect("file");
        let bytes = std::fs::read(fixtures().join(name)).expect(name);
        let shifted = bytes::Bytes::from([&[0], &bytes[..]].concat()).slice(1..);
        let table = Table::open(&shifted, &Limits::default(), &mut Vec::new());
        let table = table.unwrap_or_else(|error| panic!("{name}: {error}"));
        let (expected, _) = open(name);
        for row in 0..expected.num_rows().min(50) {
            assert_eq!(table.row_json(row), expected.row_json(row), "{name}");
        }
    }
}

#[test]
fn nothing_at_all_is_no_table() {
    let error = Table::open(&bytes::Bytes::new(), &Limits::default(), &mut Vec::new()).expect_err("no bytes");
    assert_eq!(error.code, Code::EmptyTable);
}

#[test]
fn long_text_is_cut_in_the_cell_and_whole_in_json() {
    let (table, _) = open("large-strings.arrow");
    let Cell::Text(text) = table.cell(0, 0) else {
        panic!("no text");
    };
    assert!(text.len() <= Limits::DEFAULT.cell_bytes && text.ends_with('…'));
    let row: Map<String, Value> = table.row_json(0).as_object().cloned().expect("a row");
    assert_eq!(row["s"].as_str().map(str::len), Some(100_000));
}
