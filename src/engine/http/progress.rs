//! The progress of an upload or download. One side counts, the other polls or is notified.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Stands for a total that is not known.
const UNKNOWN: u64 = u64::MAX;

/// How far a transfer is; clones share it.
#[derive(Clone)]
pub struct Progress(Arc<Shared>);

struct Shared {
    done: AtomicU64,
    total: AtomicU64,
    tell: Box<dyn Fn() + Send + Sync>,
}

impl Progress {
    /// A progress that calls `tell` whenever it has moved; `tell` has to be quick.
    pub fn telling(tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared {
            done: AtomicU64::new(0),
            total: AtomicU64::new(UNKNOWN),
            tell: Box::new(tell),
        }))
    }

    /// Starts (again) at nothing; bytes in all, where that is known.
    pub fn start(&self, total: Option<u64>) {
        self.go_on(0, total);
    }

    /// Goes on where so many bytes are done already.
    pub(crate) fn go_on(&self, done: u64, total: Option<u64>) {
        self.0.done.store(done, Ordering::Relaxed);
        self.0.total.store(total.unwrap_or(UNKNOWN), Ordering::Relaxed);
        (self.0.tell)();
    }

    /// So many bytes more are done.
    pub fn add(&self, bytes: u64) {
        self.0.done.fetch_add(bytes, Ordering::Relaxed);
        (self.0.tell)();
    }

    /// Subtracts bytes of a failed attempt.
    pub fn take_back(&self, bytes: u64) {
        let _ = (self.0.done).fetch_update(Ordering::Relaxed, Ordering::Relaxed, |done| {
            Some(done.saturating_sub(bytes))
        });
        (self.0.tell)();
    }

    /// Bytes done.
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    /// Bytes in all, where that is known.
    pub fn total(&self) -> Option<u64> {
        Some(self.0.total.load(Ordering::Relaxed)).filter(|total| *total != UNKNOWN)
    }
}

impl Default for Progress {
    /// A progress without listeners.
    fn default() -> Self {
        Self::telling(|| ())
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Progress({} of {:?})", self.done(), self.total())
    }
}
