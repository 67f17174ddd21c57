//! The filter and sort order of a table's rows.

use super::shown::Shown;
use natsbridge_wire::{Direction, RowFilter, RowIndex, Steps, TableSource, sorted_rows};
use std::sync::Arc;

/// What is requested.
#[derive(Debug, Clone, Default)]
pub struct Arrangement {
    /// The filter as typed, and read.
    pub filter: Option<(String, RowFilter)>,
    /// The column of the table, and which way.
    pub sort: Option<(usize, Direction)>,
}

impl Arrangement {
    /// In words, for the line below the grid.
    pub fn words(&self, shown: &Shown) -> Vec<String> {
        let mut words = Vec::new();
        if let Some((text, _)) = &self.filter {
            words.push(format!("where {text}"));
        }
        if let Some((column, arrow)) = self.sorted() {
            let column = shown.table().columns().get(column);
            let name = column.map_or("", |column| &column.name);
            words.push(format!("{arrow} {name}"));
        }
        words
    }

    /// The column that rows are sorted by, with its arrow.
    pub fn sorted(&self) -> Option<(usize, &'static str)> {
        self.sort.map(|(column, direction)| match direction {
            Direction::Ascending => (column, "▲"),
            Direction::Descending => (column, "▼"),
        })
    }

    /// The resulting rows; `None` if cancelled.
    pub fn rows(&self, table: &dyn TableSource, steps: &dyn Steps) -> Option<RowIndex> {
        let rows = match &self.filter {
            None => RowIndex::All(table.num_rows()),
            Some((_, filter)) => RowIndex::Listed(Arc::new(filter.rows(table, steps)?)),
        };
        let Some((column, direction)) = self.sort else {
            return Some(rows);
        };
        sorted_rows(table, column, direction, &rows, steps).map(|rows| RowIndex::Listed(Arc::new(rows)))
    }
}
