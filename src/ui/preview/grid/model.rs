//! A grid's own state: what is shown, where the cursor and the window are, what is selected, frozen and searched for.

use super::arrangement::Arrangement;
use super::layout::{Layout, Widths};
use super::shown::Shown;
use crate::paint::format;
use crate::preview::contract::Wish;
use crate::preview::text::Pattern;
use crate::preview::viewport::Viewport;
use natsbridge_wire::{Limits, Severity, TableSource};
use std::sync::Arc;

/// A table as a grid.
pub struct GridView {
    pub(super) shown: Shown,
    pub(super) arrangement: Arrangement,
    pub(super) widths: Widths,
    pub(super) viewport: Viewport,
    /// The shown column under the cursor; `None` on the row number: the whole row.
    pub(super) column: Option<usize>,
    pub(super) left: usize,
    /// So many columns stay at the left.
    pub(super) frozen: usize,
    /// Where a selection of rows begins.
    pub(super) selected_from: Option<usize>,
    pub(super) layout: Layout,
    pub(super) body_y: u16,
    pub(super) pattern: Option<Pattern>,
    /// A note of the last search, shown beside the match count.
    pub(super) note: Option<String>,
    pub(super) wished: Vec<Wish>,
    pub(super) search_cells: usize,
    pub(super) most_rows: usize,
    pub(super) copy_rows: usize,
}

impl GridView {
    /// A grid over this table.
    pub fn new(table: Arc<dyn TableSource>, limits: &Limits) -> Self {
        let columns = table.columns().len();
        Self {
            shown: Shown::new(table),
            arrangement: Arrangement::default(),
            widths: Widths::new(columns),
            viewport: Viewport::default(),
            column: (columns > 0).then_some(0),
            left: 0,
            frozen: 0,
            selected_from: None,
            layout: Layout::default(),
            body_y: 0,
            pattern: None,
            note: None,
            wished: vec![],
            search_cells: limits.grid_search_cells,
            most_rows: limits.grid_rows,
            copy_rows: limits.grid_copy_rows,
        }
    }

    /// The place of the row under the cursor.
    pub(super) fn cursor(&self) -> usize {
        self.viewport.cursor()
    }

    pub(super) fn go_to(&mut self, (row, column): (usize, usize)) {
        self.go_to_row(row);
        self.column = Some(column);
    }

    pub(super) fn go_to_row(&mut self, place: usize) {
        self.viewport.move_to(place, self.shown.num_rows());
    }

    /// The column under the cursor, where there are rows.
    pub(super) fn column_with_rows(&self) -> Option<usize> {
        self.column.filter(|_| self.shown.num_rows() > 0)
    }

    /// The notice for a table with too many rows for an operation.
    pub(super) fn too_many(&self, done: &str) -> Vec<Wish> {
        let rows = format::count(self.shown.table().num_rows());
        let most = format::count(self.most_rows);
        let text = format!("This table has {rows} rows; at most {most} can be {done}.");
        Wish::tell(Severity::Warning, text)
    }
}
