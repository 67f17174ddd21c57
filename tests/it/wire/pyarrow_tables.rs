//! Tables written by pyarrow: the types, framings and codecs that Julia does not write, each with the cells it must show.

use natsbridge_wire::{Cell, Code, Finding, Limits, Table};
use std::path::PathBuf;

fn open(name: &str) -> (Table, Vec<Finding>) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/arrow")
        .join(format!("{name}.arrow"));
    let bytes = std::fs::read(path).expect("fixture").into();
    let mut findings = Vec::new();
    let table = Table::open(&bytes, &Limits::default(), &mut findings);
    (table.unwrap_or_else(|error| panic!("{name}: {error}")), findings)
}

fn types(name: &str) -> Vec<String> {
    let (table, _) = open(name);
    table
        .columns()
        .iter()
        .map(|column| column.type_name.clone())
        .collect()
}

fn cells(name: &str, row: usize) -> Vec<String> {
    let (table, _) = open(name);
    let text = |column| match table.cell(row, column) {
        Cell::Null => "∅".to_owned(),
        Cell::Text(text) => text,
    };
    (0..table.columns().len()).map(text).collect()
}

fn codes(name: &str) -> Vec<Code> {
    open(name).1.iter().map(|finding| finding.code).collect()
}

#[test]
fn decimals_of_every_width_are_exact() {
    let expected = [
        "decimal32(9,2)",
        "decimal64(18,3)",
        "decimal(10,2)",
        "decimal256(50,0)",
    ];
    assert_eq!(types("decimals"), expected);
    assert_eq!(
        cells("decimals", 0),
        ["1.25", "123456789.123", "12345678.90", &"9".repeat(40)]
    );
    assert_eq!(cells("decimals", 1), ["∅"; 4]);
    assert_eq!(cells("decimals", 2), ["-0.01", "-0.001", "-1.00", "-1"]);
    assert_eq!(codes("decimals"), [Code::ArrowSmallDecimal]);
}

#[test]
fn newer_layouts_show_plain_values() {
    assert_eq!(types("views"), ["utf8_view", "binary_view"]);
    let long = "a text too long to stand inside its view";
    assert_eq!(
        cells("views", 2),
        [long, "hex:000102030405060708090a0b0c0d0e0f10111213"]
    );
    assert_eq!(codes("views"), [Code::ArrowViewTypes]);
    assert_eq!(types("run-end"), ["run_end<utf8>", "run_end<i64>"]);
    let runs = [["a", "7"], ["a", "7"], ["∅", "7"], ["b", "7"], ["b", "8"]];
    for (row, expected) in runs.iter().enumerate() {
        assert_eq!(cells("run-end", row), *expected);
    }
    assert_eq!(types("list-view"), ["list_view<i64>", "large_list_view<utf8>"]);
    assert_eq!(cells("list-view", 1), ["∅", r#"["b", null]"#]);
    assert_eq!(cells("list-view", 3), ["[3]", "[]"]);
    assert_eq!(types("large"), ["large_utf8", "large_binary", "large_list<f32>"]);
    assert_eq!(cells("large", 0), ["x", "hex:01", "[1.5]"]);
}

#[test]
fn times_of_every_unit_keep_their_digits() {
    let (table, findings) = open("times");
    let cell = |name: &str| {
        let column = table
            .columns()
            .iter()
            .position(|column| column.name == name)
            .expect(name);
        match table.cell(0, column) {
            Cell::Text(text) => text,
            Cell::Null => panic!("{name} is null"),
        }
    };
    for (name, expected) in [
        ("d32", "2026-02-22"),
        ("d64", "2026-02-22"),
        ("t_s", "2026-02-22T14:16:57"),
        ("t_ms", "2026-02-22T14:16:57.123"),
        ("t_us", "2026-02-22T14:16:57.123456"),
        ("u_ns", "2026-02-22T14:16:57.123456789Z"),
        ("dur_s", "-90s"),
        ("dur_ns", "-90ns"),
        ("east", "2026-02-22T19:46:57.123+05:30"),
        ("nowhere", "1970-01-01T00:00:00Z"),
        ("far", "4611686018427387904 s since 1970"),
        ("c_s", "14:16:57"),
        ("c_ms", "14:16:57.123"),
        ("c_us", "14:16:57.123456"),
        ("c_ns", "14:16:57.123456789"),
    ] {
        assert_eq!(cell(name), expected, "{name}");
    }
    // A machine without a time zone database shows UTC.
    assert!(["2026-02-22T15:16:57.123+01:00", "2026-02-22T14:16:57.123Z"].contains(&cell("oslo").as_str()));
    let mut codes: Vec<_> = findings.iter().map(|finding| finding.code.name()).collect();
    codes.dedup();
    assert_eq!(
        codes,
        ["arrow-fine-times", "arrow-unknown-zone", "arrow-legacy-zone"]
    );
    assert_eq!(cells("interval", 0), ["1y 2mo -3d 1500us"]);
    assert_eq!(types("interval"), ["interval[month_day_nano]"]);
}

#[test]
fn nested_values_read_like_json() {
    assert_eq!(
        cells("nested", 0),
        [
            r#"{x: 1, tags: ["a", "q\"q"]}"#,
            "[[1], [2, 3]]",
            r#"{"k": 1, "k2": null}"#,
            r#"{1: "one"}"#,
            "[1.0, 2.0]",
            "hex:616263"
        ]
    );
    assert_eq!(
        open("nested").0.row_json(0).to_string(),
        concat!(
            r#"{"p":{"x":1,"tags":["a","q\"q"]},"ll":[[1],[2,3]],"m":[["k",1],["k2",null]],"#,
            r#""by_number":[[1,"one"]],"fixed":[1.0,2.0],"fsb":"hex:616263"}"#
        )
    );
    assert_eq!(types("unions"), ["union<i64, utf8>", "sparse_union<i64, utf8>"]);
    assert_eq!(cells("unions", 1), ["two", "two"]);
    assert_eq!(cells("unions", 2), ["∅", "3"]);
}

#[test]
fn numbers_show_their_shortest_digits_and_stay_exact_in_json() {
    assert_eq!(
        cells("odd", 0),
        ["∅", "1.5", "a", "true", "0.1", "0.1", "18446744073709551615"]
    );
    assert_eq!(
        cells("odd", 1),
        ["∅", "NaN", "∅", "∅", "-inf", "inf", "9007199254740993"]
    );
    assert_eq!(
        open("odd").0.row_json(1).to_string(),
        r#"{"nothing":null,"half":"NaN","d":null,"b":null,"f":"-inf","f32":"inf","big":9007199254740993}"#
    );
    let numeric: Vec<_> = open("odd")
        .0
        .columns()
        .iter()
        .map(|column| column.numeric)
        .collect();
    assert_eq!(numeric, [false, true, false, false, true, true, true]);
}

#[test]
fn compressed_tables_and_both_framings_show_the_same() {
    for (name, expected) in [
        ("lz4", vec![Code::ArrowCompressed]),
        ("zstd", vec![Code::ArrowCompressed]),
        ("file-zstd", vec![Code::ArrowCompressed, Code::ArrowFileFraming]),
    ] {
        assert_eq!(codes(name), expected, "{name}");
        assert_eq!(open(name).0.num_rows(), 300, "{name}");
        assert_eq!(cells(name, 299), ["299", "row 5", "key 2"], "{name}");
    }
    assert_eq!(codes("file"), [Code::ArrowFileFraming]);
    assert_eq!(cells("file", 19), ["19", "row 5", "key 1"]);
}

#[test]
fn dictionaries_may_change_on_the_way() {
    let values = |name: &str, rows: usize| {
        (0..rows)
            .map(|row| cells(name, row).remove(0))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        values("dictionary-replacement", 4),
        ["red", "green", "blue", "red"]
    );
    assert_eq!(
        codes("dictionary-replacement"),
        [Code::ArrowDictionaryReplacement]
    );
    assert_eq!(
        values("dictionary-delta", 5),
        ["red", "green", "red", "green", "blue"]
    );
    assert_eq!(codes("dictionary-delta"), [Code::ArrowDictionaryDelta]);
}

#[test]
fn how_a_table_ends_is_said() {
    assert_eq!(codes("seed-small"), []);
    assert_eq!(codes("empty"), []);
    assert_eq!(codes("no-columns"), []);
    assert_eq!(codes("no-end-mark"), [Code::ArrowNoEndMark]);
    assert_eq!(codes("trailing-text"), [Code::ArrowTrailingBytes]);
    assert_eq!(codes("two-streams"), [Code::ArrowSeveralStreams]);
    assert_eq!(codes("file-cut"), [Code::ArrowFileFraming, Code::ArrowTruncated]);
    assert_eq!(open("file-cut").0.num_rows(), 4);
}

#[test]
fn repeated_names_lose_no_column() {
    let (table, findings) = open("same-names");
    assert_eq!(table.row_json(0).to_string(), r#"{"a":1,"a_1":"x","b":2.5}"#);
    assert_eq!(
        findings[0].message,
        r#"several columns with the same name: column "a""#
    );
}

#[test]
fn a_table_written_again_keeps_its_values_in_types_that_all_peers_read() {
    for (name, expected) in [
        (
            "decimals",
            vec![
                "decimal(9,2)",
                "decimal(18,3)",
                "decimal(10,2)",
                "decimal256(50,0)",
            ],
        ),
        ("views", vec!["utf8", "binary"]),
        ("run-end", vec!["utf8", "i64"]),
        ("list-view", vec!["list<i64>", "large_list<utf8>"]),
        ("dictionary-replacement", vec!["utf8"]),
        ("zstd", vec!["i64", "utf8", "dict<utf8>"]),
        ("uuid", vec!["uuid"]),
    ] {
        let (table, _) = open(name);
        let stream = table.to_stream().expect(name).into();
        let mut findings = Vec::new();
        let again = Table::open(&stream, &Limits::default(), &mut findings).expect(name);
        assert_eq!(findings, [], "{name}");
        let types: Vec<_> = again
            .columns()
            .iter()
            .map(|column| column.type_name.as_str())
            .collect();
        assert_eq!(types, expected, "{name}");
        for row in 0..table.num_rows() {
            assert_eq!(again.row_json(row), table.row_json(row), "{name}");
        }
    }
}
