//! Which rows are shown and in which order: first the filter, then the sort, as long work.

use super::arrangement::Arrangement;
use super::model::GridView;
use crate::preview::contract::{Wish, Work};
use natsbridge_app::ViewQuestion;
use natsbridge_wire::{FilterError, RowFilter, RowIndex, Scalar, Severity, ValuePath};
use serde_json::Value;
use std::sync::Arc;

/// What rows are to be shown.
pub const ROW_FILTER: ViewQuestion = ViewQuestion {
    id: "rows",
    title: "Show rows",
    advice: "score>3 and name~ada, note=null, or any word; empty shows all.",
};

pub(super) const SLOT: &str = "rows";

/// The result: the rows, and the position of the row under the cursor.
pub(super) struct Arranged {
    rows: RowIndex,
    cursor: Option<usize>,
    wanted: Arrangement,
}

/// The next order by a column: ascending, descending, original; alone, or after the columns that are sorted by already.
pub(super) fn sort(grid: &mut GridView, alone: bool) -> Vec<Wish> {
    let Some(column) = grid.column.map(|column| grid.shown.origin(column)) else {
        return Wish::tell(Severity::Note, "Go to a column first, then sort by it.");
    };
    let mut wanted = grid.arrangement.clone();
    wanted.turn(column, alone);
    arrange(grid, wanted)
}

pub(super) fn ask_filter(grid: &GridView) -> Vec<Wish> {
    let text = grid.arrangement.filter.as_ref().map(|(text, _)| text.clone());
    vec![Wish::Ask(ROW_FILTER, text.unwrap_or_default())]
}

/// How filters name a column of the table.
pub(super) fn column_path(grid: &GridView, column: usize) -> ValuePath {
    let columns = grid.shown.table().columns().iter();
    ValuePath::to_column(columns.map(|column| column.name.as_str()), column)
}

/// Only rows with the value under the cursor in its column.
pub(super) fn filter_by_cell(grid: &mut GridView) -> Vec<Wish> {
    let Some(column) = grid.column_with_rows() else {
        return vec![];
    };
    let (table, column) = (grid.shown.table(), grid.shown.origin(column));
    let name = column_path(grid, column);
    let value = match table.scalar(grid.shown.row(grid.cursor()), column) {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Text(text) => Value::from(text).to_string(),
    };
    let term = format!("{name}={value}");
    let text = match &grid.arrangement.filter {
        Some((text, _)) => format!("({text}) and {term}"),
        None => term,
    };
    filter_rows(grid, &text).unwrap_or_else(|why| {
        let text = format!("Cannot filter by this cell: {why}.");
        Wish::tell(Severity::Warning, text)
    })
}

pub(super) fn filter_rows(grid: &mut GridView, text: &str) -> Result<Vec<Wish>, String> {
    let text = text.trim();
    let mut wanted = grid.arrangement.clone();
    wanted.filter = None;
    if !text.is_empty() {
        let filter = read_filter(grid, text).map_err(|fault| fault.what)?;
        wanted.filter = Some((text.to_owned(), filter));
    }
    Ok(arrange(grid, wanted))
}

pub(super) fn read_filter(grid: &GridView, text: &str) -> Result<RowFilter, FilterError> {
    RowFilter::new(text, grid.shown.table().columns())
}

fn arrange(grid: &mut GridView, wanted: Arrangement) -> Vec<Wish> {
    let table = Arc::clone(grid.shown.table());
    if table.num_rows() > grid.most_rows {
        return grid.too_many("sorted or filtered");
    }
    let doing = match (wanted.sort.last(), wanted.filter.is_some()) {
        (Some((column, _)), _) => format!("sorting by {}", table.columns()[*column].name),
        (None, true) => "filtering rows".to_owned(),
        (None, false) => "showing all rows".to_owned(),
    };
    let here = grid.shown.row(grid.cursor());
    vec![Wish::Work(Work::new(SLOT, doing, move |progress| {
        let rows = wanted.rows(&*table, progress)?;
        Some(Arranged {
            cursor: rows.place_of(here),
            rows,
            wanted,
        })
    }))]
}

pub(super) fn take_arranged(grid: &mut GridView, arranged: Arranged) {
    grid.arrangement = arranged.wanted;
    grid.shown.set_rows(arranged.rows);
    grid.go_to_row(arranged.cursor.unwrap_or(0));
    grid.selected_from = None;
}
