//! The grid by what a person sees and gets: movement, order, filters, columns, copies, sheets.

use super::arrange;
use super::model::GridView;
use super::view::GO_TO;
use crate::preview::contract::{Motion, Preview, Searched, Wish, Work};
use crate::preview::sample::{drawn, exercise};
use natsbridge_app::Action;
use natsbridge_wire::{
    Cell, Column, Limits, Number, Scalar, SortKey, Table, TableError, TableSource, float_key, table_from_csv,
};
use std::sync::Arc;

struct Fake {
    columns: Vec<Column>,
    rows: usize,
    cell: fn(usize, usize) -> Cell,
}

impl TableSource for Fake {
    fn columns(&self) -> &[Column] {
        &self.columns
    }
    fn num_rows(&self) -> usize {
        self.rows
    }
    fn cell(&self, row: usize, column: usize) -> Cell {
        (self.cell)(row, column)
    }
    fn scalar(&self, row: usize, column: usize) -> Scalar {
        match self.cell(row, column) {
            Cell::Null => Scalar::Null,
            Cell::Text(text) => Number::Double(text.parse().unwrap_or(0.0)).into(),
        }
    }
    fn sort_key(&self, row: usize, column: usize) -> SortKey {
        let number = self.scalar(row, column).number();
        number.map_or(SortKey::Null, |number| SortKey::Number(float_key(number)))
    }
    fn row_text(&self, _: usize) -> String {
        "{}".to_owned()
    }
    fn whole_text(&self, row: usize, column: usize) -> Option<String> {
        match self.cell(row, column) {
            Cell::Null => None,
            Cell::Text(text) => Some(text),
        }
    }
    fn selected(&self, _: &[usize], _: &[usize]) -> Result<Table, TableError> {
        table_from_csv(b"a\n")
    }
}

/// Does what a view wishes for, as the loop would; gives what is left.
pub(super) fn granted(view: &mut GridView, wishes: Vec<Wish>) -> Vec<Wish> {
    let mut left = vec![];
    for wish in wishes {
        match wish {
            Wish::Work(Work { slot, run, .. }) => {
                let result = run(&natsbridge_app::Progress::default());
                let more = view.worked(slot, result);
                left.extend(granted(view, more));
            }
            other => left.push(other),
        }
    }
    left
}

pub(super) fn run(view: &mut GridView, action: Action) -> Vec<Wish> {
    let wishes = view.run(action).unwrap();
    granted(view, wishes)
}

fn csv(text: &str) -> GridView {
    let table = table_from_csv(text.as_bytes()).unwrap();
    GridView::new(Arc::new(table), &Limits::DEFAULT)
}

fn people() -> GridView {
    csv("name,score,city\nAda,3,Oslo\nGrace,,Lima\nBob,10,Oslo\nZoe,3,Rome\n")
}

pub(super) fn column(view: &mut GridView, column: usize) -> Vec<String> {
    let rows = view.shown.num_rows();
    let cell = |row| match view.shown.cell(row, column) {
        Cell::Null => "∅".to_owned(),
        Cell::Text(text) => text,
    };
    (0..rows).map(cell).collect()
}

#[test]
fn rows_are_sorted_up_down_and_as_they_were_with_nulls_last() {
    let mut view = people();
    view.act(Motion::Right);
    run(&mut view, Action::SortRows);
    assert_eq!(column(&mut view, 0), ["Ada", "Zoe", "Bob", "Grace"]);
    assert!(drawn(&mut view, 60, 6)[0].contains("▲score"));
    assert!(view.position().ends_with("▲ score"), "{}", view.position());
    run(&mut view, Action::SortRows);
    assert_eq!(
        column(&mut view, 0),
        ["Bob", "Ada", "Zoe", "Grace"],
        "equal rows keep their order"
    );
    run(&mut view, Action::SortRows);
    assert_eq!(column(&mut view, 0), ["Ada", "Grace", "Bob", "Zoe"]);
    view.act(Motion::LineStart);
    run(&mut view, Action::SortRows);
    assert_eq!(column(&mut view, 0), ["Ada", "Bob", "Grace", "Zoe"]);
}

#[test]
fn rows_are_sorted_by_several_columns_and_their_order_is_shown() {
    let mut view = people();
    view.act(Motion::Right);
    run(&mut view, Action::SortRows);
    assert_eq!(column(&mut view, 0), ["Ada", "Zoe", "Bob", "Grace"]);
    view.act(Motion::LineStart);
    run(&mut view, Action::AddSort);
    run(&mut view, Action::AddSort);
    assert_eq!(
        column(&mut view, 0),
        ["Zoe", "Ada", "Bob", "Grace"],
        "by score, then by name downwards"
    );
    let head = &drawn(&mut view, 60, 6)[0];
    assert!(head.contains("2▼") && head.contains("1▲score"), "{head}");
    assert!(
        view.position().ends_with("▲ score, ▼ name"),
        "{}",
        view.position()
    );
    run(&mut view, Action::AddSort);
    assert_eq!(column(&mut view, 0), ["Ada", "Zoe", "Bob", "Grace"]);
    run(&mut view, Action::SortRows);
    assert_eq!(
        column(&mut view, 0),
        ["Ada", "Bob", "Grace", "Zoe"],
        "alone again"
    );
}

#[test]
fn rows_are_filtered_by_expression_and_by_the_value_under_the_cursor() {
    let mut view = people();
    let wishes = view
        .answer(arrange::ROW_FILTER, "score>=3 and not city=Rome")
        .unwrap();
    granted(&mut view, wishes);
    assert_eq!(column(&mut view, 0), ["Ada", "Bob"]);
    assert!(
        view.position().contains("row 1 of 2 (of 4)"),
        "{}",
        view.position()
    );
    let wishes = view.answer(arrange::ROW_FILTER, "score=null").unwrap();
    granted(&mut view, wishes);
    assert_eq!(column(&mut view, 0), ["Grace"]);
    let wishes = view.answer(arrange::ROW_FILTER, "").unwrap();
    granted(&mut view, wishes);
    view.act(Motion::Top);
    view.act(Motion::LineEnd);
    run(&mut view, Action::FilterByCell);
    assert_eq!(column(&mut view, 0), ["Ada", "Bob"], "city is Oslo");
    let mut odd = csv("total amount,a.b,n > 3,plain\n1,1,1,1\n");
    for (at, name) in ["\"total amount\"", "\"a.b\"", "\"n > 3\"", "plain"]
        .iter()
        .enumerate()
    {
        odd.act(Motion::LineStart);
        for _ in 0..at {
            odd.act(Motion::Right);
        }
        run(&mut odd, Action::FilterByCell);
        let (text, _) = odd.arrangement.filter.clone().unwrap();
        assert!(text.ends_with(&format!("{name}=1")), "{text}");
        assert!(odd.words(arrange::ROW_FILTER).contains(&(*name).to_owned()));
    }
    let wrong = view.check(arrange::ROW_FILTER, "points>3").unwrap_err().what;
    assert!(
        wrong.contains("unknown column \"points\"") && wrong.contains("name, score, city"),
        "{wrong}"
    );
    assert!(
        view.check(arrange::ROW_FILTER, "score>many")
            .unwrap_err()
            .what
            .contains("numbers")
    );
    let wishes = view.answer(arrange::ROW_FILTER, "nobody").unwrap();
    granted(&mut view, wishes);
    assert_eq!(drawn(&mut view, 60, 6)[2], "No rows match the filter.");
}

#[test]
fn the_cursor_stays_on_its_row_whatever_the_order() {
    let mut view = people();
    view.act(Motion::Bottom);
    run(&mut view, Action::SortRows);
    assert_eq!(view.copy().as_deref(), Some("Zoe"));
    let wishes = view.answer(GO_TO, "3").unwrap();
    granted(&mut view, wishes);
    assert_eq!(view.copy().as_deref(), Some("Bob"), "rows keep their numbers");
    assert!(view.answer(GO_TO, "5").err().unwrap().contains("4 rows"));
    assert!(view.answer(GO_TO, "x").err().unwrap().contains("not a number"));
}

#[test]
fn columns_are_hidden_shown_frozen_and_resized() {
    let mut view = people();
    view.act(Motion::Right);
    run(&mut view, Action::HideColumn);
    let head = drawn(&mut view, 60, 6)[0].clone();
    assert!(
        head.contains("name") && head.contains("city") && !head.contains("score"),
        "{head}"
    );
    assert!(view.position().contains("1 hidden"));
    run(&mut view, Action::ShowColumns);
    assert!(drawn(&mut view, 60, 6)[0].contains("score"));
    view.act(Motion::LineStart);
    let before = drawn(&mut view, 60, 6)[0].find("score");
    for _ in 0..3 {
        run(&mut view, Action::WidenColumn);
    }
    let after = drawn(&mut view, 60, 6)[0].find("score");
    assert_eq!(after, before.map(|at| at + 6));
    view.act(Motion::Wrap);
    assert_eq!(drawn(&mut view, 60, 6)[0].find("score"), before);
}

#[test]
fn rows_columns_and_selections_are_copied() {
    let mut view = people();
    run(&mut view, Action::SelectRows);
    view.act(Motion::Down);
    assert_eq!(view.copy().as_deref(), Some("Ada\t3\tOslo\nGrace\t\tLima"));
    let [Wish::Copy(json)] = &run(&mut view, Action::CopyRowsJson)[..] else {
        panic!()
    };
    assert_eq!(
        json.lines().next(),
        Some(r#"{"name":"Ada","score":3,"city":"Oslo"}"#)
    );
    let [Wish::Copy(markdown)] = &run(&mut view, Action::CopyRowsMarkdown)[..] else {
        panic!()
    };
    assert_eq!(markdown.lines().next(), Some("| name | score | city |"));
    assert_eq!(markdown.lines().nth(1), Some("|---|---:|---|"));
    let [Wish::Copy(column)] = &run(&mut view, Action::CopyColumn)[..] else {
        panic!()
    };
    assert_eq!(column, "Ada\nGrace\nBob\nZoe");
}

#[test]
fn facts_and_details_come_on_a_sheet() {
    let mut view = people();
    view.act(Motion::Right);
    let mut wishes = run(&mut view, Action::ColumnStatistics);
    let Some(Wish::Lay(sheet)) = wishes.first_mut() else {
        panic!()
    };
    let text = drawn(&mut *sheet.view, 80, 40).join("\n");
    for fact in [
        "rows",
        "1 (25.0 %)",
        "distinct values",
        "mean",
        "5.3333",
        "from 3",
    ] {
        assert!(text.contains(fact), "{fact} is not in {text}");
    }
    let mut wishes = run(&mut view, Action::Open);
    let Some(Wish::Lay(sheet)) = wishes.first_mut() else {
        panic!()
    };
    assert_eq!(sheet.title, "row 1 · score i64");
    assert_eq!(drawn(&mut *sheet.view, 20, 2)[0], "3");
    let wishes = run(&mut view, Action::PlotColumn);
    assert!(matches!(&wishes[..], [Wish::Lay(sheet)] if sheet.title == "score by row"));
}

#[test]
fn a_table_that_is_too_long_is_not_sorted_and_says_so() {
    let mut view = grid(&[("n", "i64")], 1 << 40, |_, _| Cell::Null);
    for action in [Action::SortRows, Action::ColumnStatistics, Action::PlotColumn] {
        let [Wish::Tell(_, text)] = &run(&mut view, action)[..] else {
            panic!()
        };
        assert!(text.contains("at most 50,000,000"), "{text}");
    }
}

fn granted_wishes(view: &mut GridView) {
    let wishes = view.wishes();
    granted(view, wishes);
}

fn grid(columns: &[(&str, &str)], rows: usize, cell: fn(usize, usize) -> Cell) -> GridView {
    let column = |(name, type_name): &(&str, &str)| Column {
        name: (*name).to_owned(),
        type_name: (*type_name).to_owned(),
        nullable: true,
        numeric: *type_name != "utf8",
        mixed: false,
    };
    let columns = columns.iter().map(column).collect();
    GridView::new(Arc::new(Fake { columns, rows, cell }), &Limits::DEFAULT)
}

fn scores() -> GridView {
    grid(
        &[("id", "i64"), ("name", "utf8"), ("score", "f64")],
        20_000,
        |row, column| match (column, row) {
            (0, _) => Cell::Text((row + 1).to_string()),
            (1, 2) => Cell::Null,
            (1, 1) => Cell::Text("漢字".to_owned()),
            (1, _) => Cell::Text(format!("name {row}")),
            _ => Cell::Text(format!("{row}.50")),
        },
    )
}

#[test]
fn columns_stand_straight_and_nulls_are_marked() {
    let mut view = scores();
    assert_eq!(
        drawn(&mut view, 40, 6),
        [
            "          id  name     score",
            "         i64  utf8       f64",
            "     1     1  name 0    0.50",
            "     2     2  漢字      1.50",
            "     3     3  ∅         2.50",
            "     4     4  name 3    3.50",
        ]
    );
    assert_eq!(view.position(), "row 1 of 20,000 · id i64");
}

#[test]
fn the_cursor_walks_rows_and_columns() {
    let mut view = scores();
    drawn(&mut view, 40, 6);
    view.act(Motion::Bottom);
    view.act(Motion::LineEnd);
    assert_eq!(view.position(), "row 20,000 of 20,000 · score f64");
    assert_eq!(view.copy().as_deref(), Some("19999.50"));
    assert!(drawn(&mut view, 40, 6)[5].starts_with("20,000  20000  name 19999"));
    view.act(Motion::LineStart);
    view.act(Motion::Left);
    assert_eq!(view.position(), "row 20,000 of 20,000");
    assert_eq!(view.copy().as_deref(), Some("20000\tname 19999\t19999.50"));
    view.act(Motion::Top);
    drawn(&mut view, 40, 6);
    view.act(Motion::Click { column: 16, row: 3 });
    assert_eq!(view.position(), "row 2 of 20,000 · name utf8");
}

#[test]
fn scrolls_by_column_and_may_freeze_the_first() {
    let names: Vec<String> = (0..30).map(|n| format!("column{n}")).collect();
    let columns: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "i64")).collect();
    let mut view = grid(&columns, 5, |row, column| Cell::Text((row * column).to_string()));
    let header = |view: &mut GridView| drawn(view, 40, 8)[0].clone();
    assert!(header(&mut view).contains("column0") && header(&mut view).ends_with('›'));
    view.act(Motion::LineEnd);
    let right = header(&mut view);
    assert!(
        right.contains("column29") && !right.contains("column0") && right.contains('‹'),
        "{right}"
    );
    view.act(Motion::LineStart);
    view.run(Action::FreezeColumns);
    view.act(Motion::LineEnd);
    let frozen = header(&mut view);
    assert!(
        frozen.contains("column29") && frozen.contains("column0"),
        "{frozen}"
    );
    view.act(Motion::LineStart);
    assert!(header(&mut view).contains("column1"));

    view.act(Motion::LineStart);
    view.run(Action::FreezeColumns);
    view.act(Motion::LineEnd);
    assert!(header(&mut view).contains('‹'));
    let wide = drawn(&mut view, 400, 8)[0].clone();
    assert!(
        wide.contains("column0") && wide.contains("column29") && !wide.contains('‹'),
        "a wider window shows what fits: {wide}"
    );
}

#[test]
fn search_looks_near_at_once_and_through_the_whole_table_elsewhere() {
    let mut view = scores();
    view.search_cells = 3000;
    assert_eq!(view.search("name 99"), Searched::SoFar(11), "99 and 990 to 999");
    assert!(
        view.position().ends_with("11 matches so far"),
        "{}",
        view.position()
    );
    granted_wishes(&mut view);
    assert_eq!(view.position(), "row 100 of 20,000 · name utf8 · 111 matches");
    view.act(Motion::NextMatch);
    assert_eq!(view.position(), "row 991 of 20,000 · name utf8");
    view.act(Motion::PreviousMatch);
    assert_eq!(view.position(), "row 100 of 20,000 · name utf8");
    assert_eq!(view.search("nowhere"), Searched::SoFar(0));
    granted_wishes(&mut view);
    assert!(view.position().ends_with("no match"), "{}", view.position());
}

#[test]
fn a_table_of_billions_of_rows_costs_its_window() {
    let mut view = grid(&[("n", "null")], usize::MAX / 2, |_, _| Cell::Null);
    view.act(Motion::Bottom);
    assert!(drawn(&mut view, 60, 10)[9].contains('∅'));
    assert_eq!(view.search("x"), Searched::Nearby(0));
}

#[test]
fn a_cell_cut_is_shown_whole_below() {
    let mut view = grid(&[("note", "utf8")], 2, |_, _| Cell::Text("word ".repeat(20)));
    let screen = drawn(&mut view, 60, 12);
    assert!(screen[2].ends_with('…'), "{screen:?}");
    assert!(
        screen[9].starts_with('─') && screen[10].starts_with("word word"),
        "{screen:?}"
    );
}

#[test]
fn any_size_and_any_emptiness_is_fine() {
    for mut view in [
        scores(),
        grid(&[], 3, |_, _| Cell::Null),
        grid(&[("a", "utf8")], 0, |_, _| Cell::Null),
    ] {
        view.search_cells = 500;
        exercise(&mut view);
    }
    assert_eq!(
        drawn(&mut grid(&[("a", "utf8")], 0, |_, _| Cell::Null), 20, 4)[2],
        "No rows."
    );
    assert_eq!(
        drawn(&mut grid(&[], 3, |_, _| Cell::Null), 60, 1),
        ["The table has no columns and 3 rows."]
    );
}

#[test]
fn an_export_leaves_out_columns_named_like_secrets_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut view = csv("user,apiToken,PASSWORD\nAda,S3CRET-1,S3CRET-2\n");
    for (ending, raw) in [
        ("csv", false),
        ("json", false),
        ("md", false),
        ("arrow", false),
        ("csv", true),
    ] {
        let path = folder.path().join(format!("{raw}.{ending}"));
        let text = format!("{}{}", path.display(), if raw { " --raw" } else { "" });
        let wishes = super::writing::write_to(&view, &text).unwrap();
        let told = granted(&mut view, wishes);
        let [Wish::Tell(_, told)] = &told[..] else {
            panic!("a notice")
        };
        let bytes = std::fs::read(path).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(holds("user") && holds("Ada"));
        for secret in ["S3CRET-1", "S3CRET-2", "apiToken"] {
            assert_eq!(holds(secret), raw, "{secret} in {ending}");
        }
        assert_eq!(told.contains("apiToken, PASSWORD; --raw"), !raw, "{told}");
    }
}
