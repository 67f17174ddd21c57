//! Copying from a grid: a cell, a row, selected rows, a column; as text for spreadsheets, JSON or Markdown.

use super::model::GridView;
use crate::preview::contract::Wish;
use natsbridge_wire::{Cell, Export, ExportFormat, Severity, Unwatched};
use std::ops::RangeInclusive;

/// The places of the selected rows, or of the one under the cursor.
pub(super) fn selection(grid: &GridView) -> RangeInclusive<usize> {
    let here = grid.cursor();
    match grid.selected_from {
        Some(from) => from.min(here)..=from.max(here),
        None => here..=here,
    }
}

/// What `y` copies: selected rows, the row if the cursor is on its number, or else the cell.
pub(super) fn copied(grid: &GridView) -> Option<String> {
    if grid.shown.num_rows() == 0 {
        return None;
    }
    if let Some(column) = grid.column.filter(|_| grid.selected_from.is_none()) {
        let row = grid.shown.row(grid.cursor());
        return grid.shown.table().whole_text(row, grid.shown.origin(column));
    }
    let text = rows_as(grid, ExportFormat::Tsv).ok()?;
    Some(without_heading(&text))
}

/// The selected rows in a format.
pub(super) fn copy_as(grid: &GridView, format: ExportFormat) -> Vec<Wish> {
    if grid.shown.num_rows() == 0 {
        return Wish::tell(Severity::Note, "There are no rows to copy.");
    }
    match rows_as(grid, format) {
        Ok(text) => vec![Wish::Copy(text)],
        Err(why) => Wish::tell(Severity::Error, format!("Cannot copy these rows: {why}.")),
    }
}

fn rows_as(grid: &GridView, format: ExportFormat) -> Result<String, String> {
    let selection = selection(grid);
    let count = selection.end() - selection.start() + 1;
    if count > grid.copy_rows {
        return Err(format!(
            "{count} rows are too many for the clipboard; write them to a file"
        ));
    }
    let mut text = Vec::new();
    let export = Export {
        table: &**grid.shown.table(),
        rows: &mut selection.map(|place| grid.shown.row(place)),
        count,
        columns: grid.shown.origins(),
    };
    let written = export.write(format, &mut text, &Unwatched);
    written.map(drop).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The column under the cursor, a line each.
pub(super) fn copy_column(grid: &GridView) -> Vec<Wish> {
    let Some(column) = grid.column else {
        return vec![];
    };
    let rows = grid.shown.num_rows();
    if rows > grid.copy_rows {
        let text = "This column is too long for the clipboard; write it to a file instead.";
        return Wish::tell(Severity::Warning, text);
    }
    let line = |place| match grid.shown.cell(place, column) {
        Cell::Null => String::new(),
        Cell::Text(text) => text.replace(['\n', '\r'], " "),
    };
    let lines: Vec<String> = (0..rows).map(line).collect();
    vec![Wish::Copy(lines.join("\n"))]
}

/// Rows for a spreadsheet come without column names.
fn without_heading(text: &str) -> String {
    let rows = text.split_once('\n').map_or("", |(_, rows)| rows);
    rows.strip_suffix('\n').unwrap_or(rows).to_owned()
}
