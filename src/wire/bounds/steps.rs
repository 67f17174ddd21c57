//! How long work over a table tells how far it is, and hears that nobody waits for it any more.

/// Hears of every few thousand rows of long work.
pub trait Steps: Sync {
    /// Takes note that `done` of `total` steps are done; `false` when the work is to end.
    fn step(&self, done: u64, total: u64) -> bool;
}

/// For work that nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Steps for Unwatched {
    fn step(&self, _: u64, _: u64) -> bool {
        true
    }
}
