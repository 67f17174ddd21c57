//! The filter and sort order of a table's rows.

use super::shown::Shown;
use natsbridge_wire::{Direction, RowFilter, RowIndex, SortKey, Steps, TableSource, sorted_rows};
use std::cmp::Reverse;
use std::sync::Arc;

/// What is requested.
#[derive(Debug, Clone, Default)]
pub struct Arrangement {
    /// The filter as typed, and read.
    pub filter: Option<(String, RowFilter)>,
    /// The columns of the table, the one that counts most first, and which way.
    pub sort: Vec<(usize, Direction)>,
}

impl Arrangement {
    /// In words, for the line below the grid.
    pub fn words(&self, shown: &Shown) -> Vec<String> {
        let mut words = Vec::new();
        if let Some((text, _)) = &self.filter {
            words.push(format!("where {text}"));
        }
        let names = self.sort.iter().map(|(column, direction)| {
            let column = shown.table().columns().get(*column);
            let name = column.map_or("", |column| &column.name);
            format!("{} {name}", arrow(*direction))
        });
        let names: Vec<String> = names.collect();
        if !names.is_empty() {
            words.push(names.join(", "));
        }
        words
    }

    /// Turns a column: ascending, descending, not at all. Alone, or after those that are sorted by already.
    pub fn turn(&mut self, column: usize, alone: bool) {
        let place = self.sort.iter().position(|(at, _)| *at == column);
        let next = match place.map(|place| self.sort[place].1) {
            None => Some(Direction::Ascending),
            Some(Direction::Ascending) => Some(Direction::Descending),
            Some(Direction::Descending) => None,
        };
        if alone {
            self.sort.clear();
        }
        match (place.filter(|_| !alone), next) {
            (Some(place), Some(next)) => self.sort[place].1 = next,
            (Some(place), None) => drop(self.sort.remove(place)),
            (None, Some(next)) => self.sort.push((column, next)),
            (None, None) => {}
        }
    }

    /// The sign of a column that rows are sorted by: its arrow, and where there are several, its place.
    pub fn sign(&self, column: usize) -> Option<String> {
        let place = self.sort.iter().position(|(at, _)| *at == column)?;
        let arrow = arrow(self.sort[place].1);
        Some(match self.sort.len() {
            1 => arrow.to_owned(),
            _ => format!("{}{arrow}", place + 1),
        })
    }

    /// The resulting rows; `None` if cancelled.
    pub fn rows(&self, table: &dyn TableSource, steps: &dyn Steps) -> Option<RowIndex> {
        let rows = match &self.filter {
            None => RowIndex::All(table.num_rows()),
            Some((_, filter)) => RowIndex::Listed(Arc::new(filter.rows(table, steps)?)),
        };
        let Some(((column, direction), others)) = self.sort.split_first() else {
            return Some(rows);
        };
        let mut sorted = sorted_rows(table, *column, *direction, &rows, steps)?;
        if !others.is_empty() {
            order_equals(&mut sorted, table, *column, others, steps)?;
        }
        Some(RowIndex::Listed(Arc::new(sorted)))
    }
}

fn arrow(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "▲",
        Direction::Descending => "▼",
    }
}

/// Puts rows that are equal by the first column into the order of the others; `None` if cancelled.
fn order_equals(
    rows: &mut [u32],
    table: &dyn TableSource,
    first: usize,
    others: &[(usize, Direction)],
    steps: &dyn Steps,
) -> Option<()> {
    let total = rows.len() as u64;
    let mut done = 0;
    let key = |row: u32, column: usize| table.sort_key(row as usize, column);
    for equal in rows.chunk_by_mut(|a, b| key(*a, first) == key(*b, first)) {
        done += equal.len() as u64;
        if !steps.step(done, total) {
            return None;
        }
        if equal.len() > 1 {
            let keys = |row: &u32| -> Vec<Place> {
                let places = others.iter().map(|(column, direction)| {
                    let key = key(*row, *column);
                    match direction {
                        // Without a value is last both ways.
                        _ if key == SortKey::Null => Place::Last,
                        Direction::Ascending => Place::Up(key),
                        Direction::Descending => Place::Down(Reverse(key)),
                    }
                });
                places.collect()
            };
            equal.sort_by_cached_key(keys);
        }
    }
    Some(())
}

/// The place of a value in an order; within a column all are of one sort, or the last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Up(SortKey),
    Down(Reverse<SortKey>),
    Last,
}
