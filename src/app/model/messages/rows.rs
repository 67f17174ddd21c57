//! What the list shows of a message beyond its digest: its first line and whether it is highlighted. Found out by a
//! worker for the rows on screen and kept, the latest few thousand.

use super::highlights::Highlights;
use crate::model::settings::{Highlight, HighlightColour};
use natsbridge_wire::SafeText;
use std::collections::HashMap;

/// Rows kept.
const KEPT: usize = 4096;

/// What is known of a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowFacts {
    /// The first readable line of the message; empty if it has none.
    pub first_line: SafeText,
    /// The colour of the first rule that it matches.
    pub stands_out: Option<HighlightColour>,
}

/// Rows that a worker is to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Describe {
    /// Their numbers.
    pub seqs: Vec<u64>,
    /// The rules of highlighting.
    pub rules: Vec<Highlight>,
    /// Which state of the rules that is.
    pub changes: u64,
    /// The time that ages are counted from, microseconds since the Unix epoch.
    pub now_us: i64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The rows.
    pub rows: Vec<(u64, RowFacts)>,
    /// The state of the rules that they were looked at by.
    pub changes: u64,
}

/// What is known of the rows, by message number.
#[derive(Debug, Clone, Default)]
pub struct KnownRows {
    known: HashMap<u64, (RowFacts, u64)>,
    /// What a worker was last asked for and has not told yet.
    pending: Vec<u64>,
    pending_changes: u64,
}

impl KnownRows {
    /// What is known of a row; `None` while it was not looked at.
    pub fn get(&self, seq: u64) -> Option<&RowFacts> {
        self.known.get(&seq).map(|(facts, _)| facts)
    }

    /// The colour of a highlighted row; `None` too while that is undecided.
    pub fn stands_out(&self, seq: u64, highlights: &Highlights) -> Option<HighlightColour> {
        let (facts, changes) = self.known.get(&seq)?;
        facts.stands_out.filter(|_| *changes == highlights.changes())
    }

    /// These rows are on screen; returns what a worker is to look at for that.
    pub(crate) fn want(&mut self, shown: &[u64], highlights: &Highlights, now_us: i64) -> Option<Describe> {
        let changes = highlights.changes();
        let unknown = |seq: &&u64| self.known.get(*seq).is_none_or(|(_, of)| *of != changes);
        let seqs: Vec<u64> = shown.iter().filter(unknown).copied().collect();
        let asked = changes == self.pending_changes && seqs.iter().all(|seq| self.pending.contains(seq));
        if seqs.is_empty() || asked {
            return None;
        }
        self.pending.clone_from(&seqs);
        self.pending_changes = changes;
        if self.known.len() > KEPT {
            self.known.retain(|seq, _| shown.contains(seq));
        }
        Some(Describe {
            seqs,
            rules: highlights.rules().to_vec(),
            changes,
            now_us,
        })
    }

    /// Takes in what a worker found.
    pub(crate) fn take(&mut self, described: Described) {
        for (seq, facts) in described.rows {
            if described.changes == self.pending_changes {
                self.pending.retain(|pending| *pending != seq);
            }
            self.known.insert(seq, (facts, described.changes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seqs: &[u64]) -> Described {
        Described {
            rows: seqs.iter().map(|seq| (*seq, RowFacts::default())).collect(),
            changes: 0,
        }
    }

    #[test]
    fn a_row_is_asked_for_once_and_those_that_wait_again_with_newer_ones() {
        let (mut rows, highlights) = (KnownRows::default(), Highlights::default());
        let want = |rows: &mut KnownRows, shown: &[u64]| {
            rows.want(shown, &highlights, 0).map(|describe| describe.seqs)
        };
        assert_eq!(want(&mut rows, &[1, 2]), Some(vec![1, 2]));
        assert_eq!(want(&mut rows, &[1, 2]), None, "that is on its way");
        assert_eq!(
            want(&mut rows, &[2, 3]),
            Some(vec![2, 3]),
            "the latest request wins"
        );
        rows.take(told(&[1, 2]));
        assert_eq!(want(&mut rows, &[1, 2, 3]), None);
        rows.take(told(&[3]));
        assert!(rows.get(3).is_some() && rows.get(4).is_none());
    }
}
