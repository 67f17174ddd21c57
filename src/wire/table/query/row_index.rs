//! Which rows of a table are shown, in which order: all as they stand, or a list of numbers.

use std::sync::Arc;

/// Rows that are shown.
#[derive(Debug, Clone)]
pub enum RowIndex {
    /// So many, as they stand.
    All(usize),
    /// These.
    Listed(Arc<Vec<u32>>),
}

impl RowIndex {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::All(rows) => *rows,
            Self::Listed(rows) => rows.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number in the table of the row at a place.
    pub fn get(&self, place: usize) -> Option<usize> {
        match self {
            Self::All(rows) => (place < *rows).then_some(place),
            Self::Listed(rows) => rows.get(place).map(|row| *row as usize),
        }
    }

    /// The place where a row of the table is shown.
    pub fn place_of(&self, row: usize) -> Option<usize> {
        match self {
            Self::All(rows) => (row < *rows).then_some(row),
            Self::Listed(rows) => rows.iter().position(|at| *at as usize == row),
        }
    }

    /// Puts the numbers from one place up to another into `out`, which holds nothing else then.
    pub fn fill(&self, places: std::ops::Range<usize>, out: &mut Vec<u32>) {
        out.clear();
        match self {
            Self::All(rows) => out.extend(places.start as u32..places.end.min(*rows) as u32),
            Self::Listed(rows) => out.extend(rows.get(places).unwrap_or_default()),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter_map(|place| self.get(place))
    }
}
