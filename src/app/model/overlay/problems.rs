//! The cursor in the problem list. Data only.

use natsbridge_engine::{GroupBy, ProblemGroup};

/// The cursor in the problem list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProblemsAt {
    /// How they are put together.
    pub by: GroupBy,
    /// The row.
    at: usize,
    /// What the row shows: rows move as more is found, the selection stays.
    label: Option<String>,
}

impl ProblemsAt {
    /// The number of the chosen row among these.
    pub fn chosen(&self, rows: &[ProblemGroup]) -> usize {
        let label = self.label.as_ref();
        let same = label.and_then(|label| rows.iter().position(|row| row.label == *label));
        same.unwrap_or(self.at).min(rows.len().saturating_sub(1))
    }

    /// Chooses that row.
    pub(crate) fn choose(&mut self, rows: &[ProblemGroup], at: usize) {
        self.at = at.min(rows.len().saturating_sub(1));
        self.label = rows.get(self.at).map(|row| row.label.clone());
    }
}
