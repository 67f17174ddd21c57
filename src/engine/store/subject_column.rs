//! The subjects of a page that lies on disk, by row, in few bytes: what is asked of subjects alone reads no file.

use crate::subjects::SubjectId;
use std::collections::HashMap;

/// Subject numbers by row: the different ones, and for each row which of them it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SubjectColumn {
    different: Box<[SubjectId]>,
    rows: Rows,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rows {
    /// All have the only one.
    Same(usize),
    Few(Box<[u8]>),
    Many(Box<[u16]>),
}

impl SubjectColumn {
    /// Of these rows, at most 65,536.
    pub(super) fn new(subjects: impl Iterator<Item = u32>) -> Self {
        let (mut different, mut places) = (Vec::new(), HashMap::new());
        let rows: Vec<u16> = subjects
            .map(|subject| {
                *places.entry(subject).or_insert_with(|| {
                    different.push(SubjectId(subject));
                    (different.len() - 1) as u16
                })
            })
            .collect();
        let rows = match different.len() {
            0 | 1 => Rows::Same(rows.len()),
            2..=256 => Rows::Few(rows.into_iter().map(|place| place as u8).collect()),
            _ => Rows::Many(rows.into()),
        };
        Self {
            different: different.into(),
            rows,
        }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        match &self.rows {
            Rows::Same(rows) => *rows,
            Rows::Few(places) => places.len(),
            Rows::Many(places) => places.len(),
        }
    }

    /// Every subject once.
    pub(super) fn different(&self) -> &[SubjectId] {
        &self.different
    }

    /// The subject of a row.
    pub(super) fn get(&self, row: usize) -> Option<SubjectId> {
        let place = match &self.rows {
            Rows::Same(rows) => (row < *rows).then_some(0),
            Rows::Few(places) => places.get(row).map(|place| usize::from(*place)),
            Rows::Many(places) => places.get(row).map(|place| usize::from(*place)),
        };
        self.different.get(place?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_subject_however_many_there_are() {
        for different in [1, 2, 256, 257, 3000] {
            let subjects: Vec<u32> = (0..4096).map(|row| row * 7 % different + 5).collect();
            let column = SubjectColumn::new(subjects.iter().copied());
            assert_eq!(
                (column.len(), column.different().len()),
                (4096, different as usize)
            );
            for (row, subject) in subjects.iter().enumerate() {
                assert_eq!(column.get(row), Some(SubjectId(*subject)));
            }
            assert_eq!(column.get(4096), None);
        }
        assert_eq!(SubjectColumn::new(std::iter::empty()).get(0), None);
    }
}
