//! Gaps in what was received: from when to when, and why. Bounded: the oldest go first.

/// Gaps kept.
const MOST: usize = 1000;

/// A time in which messages may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The number of the first message after it.
    pub before: u64,
    /// Its start, microseconds since the Unix epoch.
    pub from_us: i64,
    /// Its end.
    pub to_us: i64,
    /// Why, as a clause: `the broker closed the connection`.
    pub cause: String,
}

/// The gaps of a store, oldest first.
#[derive(Debug, Default)]
pub(super) struct Gaps(Vec<Gap>);

impl Gaps {
    /// Adds one.
    pub(super) fn add(&mut self, gap: Gap) {
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push(gap);
    }

    /// Those between messages held from `first` on.
    pub(super) fn from(&self, first: u64) -> Vec<Gap> {
        self.0.iter().filter(|gap| gap.before >= first).cloned().collect()
    }
}
