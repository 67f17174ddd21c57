//! Progress reports and cancellation for long work on a table.

/// Hears of every few thousand rows of long work.
pub trait Steps: Sync {
    /// Reports that `done` of `total` steps are done; returns `false` if the work should stop.
    fn step(&self, done: u64, total: u64) -> bool;
}

/// For work without progress or cancellation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Steps for Unwatched {
    fn step(&self, _: u64, _: u64) -> bool {
        true
    }
}
