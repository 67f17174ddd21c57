//! A part of the store that a worker is to filter for the list, and what came of it. Data only.

use super::narrow::ListScope;
use natsbridge_engine::MessageFilter;
use std::ops::Range;

/// The messages to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Among {
    /// Those with numbers in a range, as far as one step goes.
    Range(Range<u64>),
    /// These.
    These(Vec<u64>),
}

impl Among {
    /// The number after the last of them.
    pub fn end(&self) -> u64 {
        match self {
            Self::Range(range) => range.end,
            Self::These(seqs) => seqs.last().map_or(0, |last| last + 1),
        }
    }
}

/// Messages to be filtered for the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sift {
    /// What the list was restricted to, by its number.
    pub number: u64,
    /// What the list is narrowed to.
    pub narrow: ListScope,
    /// Its filter.
    pub filter: MessageFilter,
    /// The messages.
    pub among: Among,
    /// The time that ages are counted from, microseconds since the Unix epoch.
    pub now_us: i64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sifted {
    /// The number of the restriction that was asked for.
    pub number: u64,
    /// The messages to show, ascending.
    pub seqs: Vec<u64>,
    /// The first message that was not looked at.
    pub until: u64,
}
