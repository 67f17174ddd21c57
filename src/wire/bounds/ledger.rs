//! What is charged at present by all who share the same limits. How much one message may take is in `budget`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What all who share the same limits have charged at present. Limits that are cloned share it. The defaults have none, so
/// that only what one message takes is bounded there; those of the settings have one.
#[derive(Debug, Clone, Default)]
pub struct Ledger(Option<Arc<Pools>>);

/// A quarter of the memory is for what nobody looks at, the rest for what somebody wants: neither keeps the other out.
#[derive(Debug, Default)]
struct Pools {
    glanced: AtomicU64,
    wanted: AtomicU64,
}

/// Limits are the same limits whatever is charged.
impl PartialEq for Ledger {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Ledger {}

impl Ledger {
    pub(super) const NONE: Self = Self(None);

    /// Nothing is charged yet.
    pub fn new() -> Self {
        Self(Some(Arc::default()))
    }

    /// Bytes charged at present.
    pub fn charged(&self) -> u64 {
        let both = |pools: &Arc<Pools>| pools.glanced.load(Relaxed) + pools.wanted.load(Relaxed);
        self.0.as_ref().map_or(0, both)
    }

    /// What is charged of the memory for that.
    pub(super) fn pool(&self, depth: Depth) -> Option<&AtomicU64> {
        let pools = self.0.as_ref()?;
        Some(match depth {
            Depth::Glance => &pools.glanced,
            Depth::Whole | Depth::Payload(_) => &pools.wanted,
        })
    }
}

/// Adds these bytes, unless that makes more than `most`.
pub(super) fn take(charged: &AtomicU64, bytes: u64, most: u64) -> bool {
    let more = |charged: u64| charged.checked_add(bytes).filter(|sum| *sum <= most);
    charged.fetch_update(Relaxed, Relaxed, more).is_ok()
}

/// How much of a message is wanted, which decides how much memory there is for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// All of it; what there is no memory for is an error of its payload.
    #[default]
    Whole,
    /// As much as little memory allows: nobody is looking.
    Glance,
    /// One payload, that of this number, and of the others what fits beside it.
    Payload(usize),
}
