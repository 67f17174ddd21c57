//! Long work done elsewhere, as shown on screen: what it is, its progress, and the request to cancel it.

use natsbridge_wire::Steps;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The progress of some work; shared by the worker and the screen.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    /// Takes note that `done` of `total` steps are done.
    pub fn set(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// The share that is done in per cent, where it can be known.
    pub fn percent(&self) -> Option<u64> {
        let total = self.total.load(Ordering::Relaxed);
        let done = self.done.load(Ordering::Relaxed).min(total);
        let percent = (u128::from(done) * 100).checked_div(total.into())?;
        Some(percent as u64)
    }

    /// Requests cancellation.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether cancellation was requested; long loops check every few thousand steps.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl Steps for Progress {
    fn step(&self, done: u64, total: u64) -> bool {
        self.set(done, total);
        !self.is_cancelled()
    }
}

/// Some work in progress.
#[derive(Debug, Clone)]
pub struct Working {
    /// What is being done, as the screen says it: `sorting by score`.
    pub doing: String,
    /// How far it is.
    pub progress: Arc<Progress>,
    /// Since when, microseconds since the Unix epoch.
    pub since_us: i64,
    /// What would be lost if the program ended before it is done, a few words; mostly nothing.
    pub loss: Option<&'static str>,
}

/// The works under way, the one started last at the end.
#[derive(Debug, Clone, Default)]
pub struct Works(Vec<Working>);

impl Works {
    /// The one started last.
    pub fn last(&self) -> Option<&Working> {
        self.0.last()
    }

    /// Whether nothing is being done.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Some work was begun.
    pub(crate) fn begin(&mut self, working: Working) {
        self.0.push(working);
    }

    /// Cancels the one started last; returns what it was.
    pub(crate) fn cancel(&mut self) -> Option<Working> {
        let working = self.0.pop()?;
        working.progress.cancel();
        Some(working)
    }

    /// Cancels all: the program ends.
    pub fn cancel_all(&mut self) {
        while self.cancel().is_some() {}
    }

    /// What would be lost if the program ended now.
    pub(crate) fn losses(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(|work| work.loss.map(str::to_owned))
    }

    /// Some work has ended; returns what it was, unless it was cancelled before.
    pub(crate) fn end(&mut self, progress: &Arc<Progress>) -> Option<Working> {
        let mut works = self.0.iter();
        let at = works.position(|work| Arc::ptr_eq(&work.progress, progress))?;
        Some(self.0.remove(at))
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn a_share_is_known_once_the_whole_is() {
        let progress = Progress::default();
        assert_eq!(progress.percent(), None);
        progress.set(1, 3);
        assert_eq!(progress.percent(), Some(33));
        progress.set(9, 3);
        assert_eq!(progress.percent(), Some(100));
    }
}
