//! What a grid can show: anything with columns and cells. The table is the one in use; tests bring others.

use crate::wire::{Cell, Column, Table};

/// What a grid shows.
pub trait GridSource: Send + Sync {
    /// The columns.
    fn columns(&self) -> &[Column];
    /// How many rows.
    fn num_rows(&self) -> usize;
    /// The text of one cell.
    fn cell(&self, row: usize, column: usize) -> Cell;
}

impl GridSource for Table {
    fn columns(&self) -> &[Column] {
        self.columns()
    }
    fn num_rows(&self) -> usize {
        self.num_rows()
    }
    fn cell(&self, row: usize, column: usize) -> Cell {
        self.cell(row, column)
    }
}
