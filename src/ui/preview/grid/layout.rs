//! Which columns of a grid are visible, where and how wide. Widths come from the cells, examined only when needed.

use super::shown::Shown;
use crate::paint::format;
use natsbridge_wire::{Cell, SafeText};
use std::collections::BTreeMap;
use std::ops::Range;

/// Rows used for a column's initial width.
const SAMPLED_ROWS: usize = 100;
/// Least and greatest width of a column.
const CELLS: Range<u16> = 4..40;
/// Greatest width that a person may give a column.
const MOST: u16 = 400;
/// Blank cells between columns.
const GAP: u16 = 2;

/// One visible column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its left edge within the grid.
    pub x: u16,
    /// Its width.
    pub width: u16,
    /// Which column it is.
    pub column: usize,
}

impl Slot {
    /// The cells it takes.
    pub fn cells(&self) -> Range<u16> {
        self.x..self.x + self.width
    }
}

/// Everything visible.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Width of the row numbers with their gap.
    pub numbers: u16,
    /// The columns from left to right.
    pub slots: Vec<Slot>,
    /// Whether columns are hidden on the left.
    pub more_left: bool,
    /// Whether columns are hidden on the right, or cut.
    pub more_right: bool,
}

/// Known column widths, by column number; widths from content only ever grow, to avoid jitter.
#[derive(Debug)]
pub struct Widths {
    by_content: Vec<Option<u16>>,
    by_hand: BTreeMap<usize, u16>,
}

impl Widths {
    /// Nothing known yet for this many columns.
    pub fn new(columns: usize) -> Self {
        Self {
            by_content: vec![None; columns],
            by_hand: BTreeMap::new(),
        }
    }

    /// Makes a column wider or narrower by so many cells.
    pub fn change(&mut self, column: usize, by: i16, source: &Shown) {
        let width = self.of(column, source).saturating_add_signed(by).clamp(1, MOST);
        self.by_hand.insert(source.origin(column), width);
    }

    /// Returns to widths from content.
    pub fn forget_hand(&mut self) {
        self.by_hand.clear();
    }

    /// The width of a column by its heading and its first rows.
    pub fn of(&mut self, column: usize, source: &Shown) -> u16 {
        self.among(column, source, 0..0)
    }

    /// The same, extended to fit the visible rows.
    fn among(&mut self, column: usize, source: &Shown, rows: Range<usize>) -> u16 {
        let origin = source.origin(column);
        if let Some(known) = self.by_hand.get(&origin) {
            return *known;
        }
        let known = self.by_content.get(origin).copied().flatten();
        let at_first = || {
            let texts = source.columns().get(column);
            let texts = texts.map_or([""; 2], |column| [&column.name, &column.type_name]);
            let heading = texts.map(|text| SafeText::new(text).width());
            let sampled = widest(column, source, 0..source.num_rows().min(SAMPLED_ROWS));
            clamped(heading[0].max(heading[1])).max(sampled)
        };
        let width = known.unwrap_or_else(at_first).max(widest(column, source, rows));
        if let Some(known) = self.by_content.get_mut(origin) {
            *known = Some(width);
        }
        width
    }

    /// The widest that any cell can be shown in a grid of `width` cells.
    pub fn widest(width: u16, source: &Shown) -> u16 {
        CELLS.end.min(width.saturating_sub(numbers(source)))
    }

    /// The first scrolling column that brings `cursor` into view, as close to `left` as possible.
    pub fn scroll_to(
        &mut self,
        cursor: Option<usize>,
        left: usize,
        frozen: usize,
        width: u16,
        source: &Shown,
        rows: Range<usize>,
    ) -> usize {
        let Some(cursor) = cursor.filter(|cursor| *cursor >= frozen) else {
            return left.max(frozen);
        };
        let mut room = width.saturating_sub(numbers(source));
        for column in 0..frozen {
            room = room.saturating_sub(self.among(column, source, rows.clone()) + GAP);
        }
        let first = self.first_beside(cursor, frozen, room, source, &rows);
        let mut left = left.clamp(first, cursor).max(frozen);
        if left > frozen {
            // After the window grows, it must not stay empty on the right while columns are hidden on the left.
            let last = source.columns().len().saturating_sub(1);
            left = left.min(self.first_beside(last, frozen, room, source, &rows));
        }
        left
    }

    /// The first column of a window of `room` cells that ends with `last`; costs as much as the window, not the
    /// table.
    fn first_beside(
        &mut self,
        last: usize,
        frozen: usize,
        room: u16,
        source: &Shown,
        rows: &Range<usize>,
    ) -> usize {
        let mut first = last;
        let mut used = self.among(last, source, rows.clone());
        while first > frozen {
            used += GAP + self.among(first - 1, source, rows.clone());
            if used > room {
                break;
            }
            first -= 1;
        }
        first
    }

    /// Places row numbers, frozen columns and the columns from `left` on.
    pub fn layout(
        &mut self,
        left: usize,
        frozen: usize,
        width: u16,
        source: &Shown,
        rows: Range<usize>,
    ) -> Layout {
        let columns = source.columns().len();
        let numbers = numbers(source);
        let mut slots = Vec::new();
        let (mut x, mut cut) = (numbers, false);
        for column in (0..frozen).chain(left.max(frozen)..columns) {
            if x >= width {
                cut = true;
                break;
            }
            let wanted = self.among(column, source, rows.clone());
            let given = wanted.min(width - x);
            cut = given < wanted;
            slots.push(Slot {
                x,
                width: given,
                column,
            });
            x += given + GAP;
        }
        Layout {
            numbers,
            more_left: left > frozen,
            more_right: cut,
            slots,
        }
    }
}

/// Width of the row numbers with their gap.
fn numbers(source: &Shown) -> u16 {
    format::count(source.num_rows()).len() as u16 + GAP
}

fn widest(column: usize, source: &Shown, rows: Range<usize>) -> u16 {
    rows.map(|row| cell_width(&source.cell(row, column)))
        .max()
        .unwrap_or(CELLS.start)
}

fn cell_width(cell: &Cell) -> u16 {
    match cell {
        Cell::Null => CELLS.start,
        // Anything longer gets the maximum column width.
        Cell::Text(text) if text.len() > 8 * usize::from(CELLS.end) => CELLS.end,
        Cell::Text(text) => clamped(SafeText::new(text).width()),
    }
}

fn clamped(cells: usize) -> u16 {
    u16::try_from(cells)
        .unwrap_or(u16::MAX)
        .clamp(CELLS.start, CELLS.end)
}
