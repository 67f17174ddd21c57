//! The part of a table that is shown: which rows, in which order, which columns. Cells are read through it; nothing
//! is copied.

use natsbridge_wire::{Cell, Column, RowIndex, TableSource};
use std::sync::Arc;

/// The part of a table that is shown.
#[derive(Clone)]
pub struct Shown {
    table: Arc<dyn TableSource>,
    rows: RowIndex,
    origins: Vec<usize>,
    columns: Vec<Column>,
}

impl Shown {
    /// All of it.
    pub fn new(table: Arc<dyn TableSource>) -> Self {
        Self {
            rows: RowIndex::All(table.num_rows()),
            origins: (0..table.columns().len()).collect(),
            columns: table.columns().to_vec(),
            table,
        }
    }

    /// The table behind it.
    pub fn table(&self) -> &Arc<dyn TableSource> {
        &self.table
    }

    /// The columns that are shown.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Their numbers in the table.
    pub fn origins(&self) -> &[usize] {
        &self.origins
    }

    /// The number in the table of a shown column.
    pub fn origin(&self, column: usize) -> usize {
        self.origins.get(column).copied().unwrap_or(column)
    }

    /// The rows that are shown.
    pub fn rows(&self) -> &RowIndex {
        &self.rows
    }

    /// How many rows are shown.
    pub fn num_rows(&self) -> usize {
        self.rows.len()
    }

    /// How many cells are shown.
    pub fn cells(&self) -> usize {
        self.num_rows().saturating_mul(self.columns.len())
    }

    /// The number in the table of a shown row.
    pub fn row(&self, place: usize) -> usize {
        self.rows.get(place).unwrap_or(place)
    }

    /// The text of one shown cell.
    pub fn cell(&self, place: usize, column: usize) -> Cell {
        match self.rows.get(place) {
            Some(row) => self.table.cell(row, self.origin(column)),
            None => Cell::Null,
        }
    }

    /// Shows other rows.
    pub fn set_rows(&mut self, rows: RowIndex) {
        self.rows = rows;
    }

    /// Hides a column; the last one stays.
    pub fn hide(&mut self, column: usize) -> bool {
        let hides = self.origins.len() > 1 && column < self.origins.len();
        if hides {
            self.origins.remove(column);
            self.columns.remove(column);
        }
        hides
    }

    /// Shows all columns again; returns how many were hidden.
    pub fn show_all(&mut self) -> usize {
        let hidden = self.hidden();
        self.origins = (0..self.table.columns().len()).collect();
        self.columns = self.table.columns().to_vec();
        hidden
    }

    /// How many columns are hidden.
    pub fn hidden(&self) -> usize {
        self.table.columns().len() - self.origins.len()
    }
}
