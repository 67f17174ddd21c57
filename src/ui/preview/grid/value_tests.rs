//! The grid over values of every sort: asked for, sorted and written as what they are.

use super::arrange;
use super::json_rows::JsonRows;
use super::model::GridView;
use super::tests::{column, granted, run};
use super::writing::WRITE;
use crate::preview::contract::{Preview, Wish};
use natsbridge_app::Action;
use natsbridge_wire::{Limits, Table};
use std::sync::Arc;

fn arrow(path: &str) -> GridView {
    let file = format!("{}/../../tests/fixtures/{path}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&file).unwrap().into();
    let table = Table::open(&bytes, &Limits::DEFAULT, &mut Vec::new()).unwrap();
    GridView::new(Arc::new(table), &Limits::DEFAULT)
}

fn json_rows(text: &str) -> GridView {
    let rows = JsonRows::new(&text.parse().unwrap(), &Limits::DEFAULT).unwrap();
    GridView::new(Arc::new(rows), &Limits::DEFAULT)
}

#[test]
fn filtering_by_a_cell_asks_for_that_column_and_that_value() {
    let mut views: Vec<(&str, GridView)> = [
        "field/names.arrow",
        "field/dup.arrow",
        "field/x_union.arrow",
        "field/x_bool8.arrow",
        "arrow/nested.arrow",
        "arrow/odd.arrow",
        "arrow/unions.arrow",
        "arrow/times.arrow",
        "arrow/decimals.arrow",
        "arrow/uuid.arrow",
        "arrow/large.arrow",
        "arrow/views.arrow",
        "arrow/run-end.arrow",
    ]
    .into_iter()
    .map(|path| (path, arrow(path)))
    .collect();
    let mixed = r#"[{"a b": 5, "n": 1e1000, "": null, "x\ny": [1, {"k": 0.10}]}, {"a b": "5", "n": -0, "": true, "x\ny": "[1]"},
        {"a b": "null", "n": 1724442618569203714, "": "true", "x\ny": [1]}, {"a b": null, "n": 1724442618569203715}]"#;
    views.push(("rows of JSON", json_rows(mixed)));
    for (name, view) in &mut views {
        for at in 0..view.shown.columns().len() {
            let whole = column(view, at);
            for (row, text) in whole.iter().enumerate() {
                view.go_to((row, at));
                run(view, Action::FilterByCell);
                let filter = view.arrangement.filter.as_ref().map(|(text, _)| text.clone());
                let rows: Vec<usize> = view.shown.rows().iter().collect();
                assert!(rows.contains(&row), "{name}: {filter:?} does not show row {row}");
                let same = |row: &usize| whole[*row] == *text;
                assert!(
                    rows.iter().all(same),
                    "{name}: {filter:?} shows {rows:?} for {text}"
                );
                let wishes = view.answer(arrange::ROW_FILTER, "").unwrap();
                granted(view, wishes);
            }
        }
    }
}

#[test]
fn numbers_that_no_double_tells_apart_are_sorted() {
    let mut view = json_rows(
        r#"[{"id": 1724442618569203715}, {"id": 1e1000}, {"id": 1724442618569203714}, {"id": -1e1000}, {"id": 0.5}]"#,
    );
    run(&mut view, Action::SortRows);
    assert_eq!(
        column(&mut view, 0),
        [
            "-1e1000",
            "0.5",
            "1724442618569203714",
            "1724442618569203715",
            "1e1000"
        ]
    );
    run(&mut view, Action::SortRows);
    assert_eq!(column(&mut view, 0)[1], "1724442618569203715");
}

#[test]
fn an_export_is_whole_or_not_there_and_says_what_became_text() {
    let folder = tempfile::tempdir().unwrap();
    let mut view = arrow("field/x_union.arrow");
    let mut write = |name: &str| {
        let path = folder.path().join(name);
        let wishes = view.answer(WRITE, path.to_str().unwrap())?;
        match &granted(&mut view, wishes)[..] {
            [Wish::Tell(_, text)] => Ok(text.clone()),
            _ => panic!(),
        }
    };
    let told = write("u.parquet").unwrap();
    assert!(
        told.contains("Exported") && told.contains("Written as text, for want of a type there: union"),
        "{told}"
    );
    assert!(write("u.parquet").unwrap().contains("already exists"));
    assert!(write("u.arrow").unwrap().starts_with("Exported"));
    let wrong: String = write("u.xlsx").unwrap_err();
    assert!(wrong.contains("must end in .csv"), "{wrong}");
    let mut files: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    files.sort();
    assert_eq!(files, ["u.arrow", "u.parquet"]);
}

#[test]
fn rows_of_json_become_one_table_however_many_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..9000)
        .map(|row| format!("{{\"n\": {}}}", if row == 8999 { "0.5" } else { "1" }))
        .collect();
    let mut view = json_rows(&format!("[{}]", rows.join(",")));
    let path = folder.path().join("rows.arrow");
    let wishes = view.answer(WRITE, path.to_str().unwrap()).unwrap();
    assert!(
        matches!(&granted(&mut view, wishes)[..], [Wish::Tell(_, text)] if text.starts_with("Exported 9,000 rows"))
    );
    let table = Table::open(
        &std::fs::read(path).unwrap().into(),
        &Limits::DEFAULT,
        &mut Vec::new(),
    )
    .unwrap();
    assert_eq!((table.num_rows(), &*table.columns()[0].type_name), (9000, "f64"));
}
