//! Which conversations are listed and in which order, and what all of them come to. Data only.

use crate::model::turned::turned;

/// Events of the timeline pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineMsg {
    /// The row at that place of the list, or of the open conversation, was clicked.
    Select(usize),
    /// It was scrolled by so many rows.
    Scroll(isize),
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By start time, newest last.
    #[default]
    Age,
    /// The slowest first.
    Latency,
    /// The most severe first.
    State,
}

impl Sort {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Age => "by age",
            Self::Latency => "by latency",
            Self::State => "by state",
        }
    }

    pub(crate) fn next(self) -> Self {
        turned(&[Self::Age, Self::Latency, Self::State], self, true)
    }
}

/// Which conversations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// All but single messages that nobody answered.
    #[default]
    Conversations,
    /// Those with problems.
    Problems,
    /// Single messages too.
    Everything,
}

impl Scope {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Problems => "problems only",
            Self::Everything => "with single messages",
        }
    }

    pub(crate) fn next(self) -> Self {
        turned(
            &[Self::Conversations, Self::Problems, Self::Everything],
            self,
            true,
        )
    }
}

/// Totals over all conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Conversations with a request that waits.
    pub open: usize,
    /// Conversations with one that waits too long.
    pub unanswered: usize,
    /// Conversations with problems.
    pub problems: usize,
    /// Conversations in the scope that do not match the filter.
    pub filtered: usize,
    /// The median latency, microseconds.
    pub p50_us: Option<u64>,
    /// The 99th percentile of the latencies.
    pub p99_us: Option<u64>,
    /// Evicted conversations: expired or pushed out; including single messages if those are listed.
    pub gone: u64,
}
