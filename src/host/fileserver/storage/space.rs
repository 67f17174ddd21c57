//! How much more can be stored: what is kept, what is arriving, and the smaller of a fixed limit and a share of the
//! disk.

use natsbridge_wire::Limits;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The accounting of stored bytes; exact within one server, refreshed by every sweep.
#[derive(Debug, Default)]
pub struct Space {
    kept: AtomicU64,
    arriving: AtomicU64,
    most: AtomicU64,
}

impl Space {
    /// Takes over what a sweep has counted.
    pub fn measured(&self, kept: u64, free: Option<u64>, limits: &Limits) {
        self.kept.store(kept, Ordering::Relaxed);
        let of_disk = free.map(|free| kept.saturating_add(free / 100 * limits.fileserver_disk_percent));
        let most = limits.fileserver_total.min(of_disk.unwrap_or(u64::MAX));
        self.most.store(most, Ordering::Relaxed);
    }

    /// Whether so many bytes more would fit.
    pub fn fits(&self, bytes: u64) -> bool {
        let taken = self
            .kept
            .load(Ordering::Relaxed)
            .saturating_add(self.arriving.load(Ordering::Relaxed));
        taken.saturating_add(bytes) <= self.most.load(Ordering::Relaxed)
    }

    /// A file has gone.
    pub fn freed(&self, bytes: u64) {
        let less = |kept: u64| Some(kept.saturating_sub(bytes));
        // The closure always gives a value.
        let _ = self.kept.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

/// Bytes being received; released when dropped.
#[derive(Debug)]
pub struct Arrival {
    space: Arc<Space>,
    bytes: u64,
}

impl Arrival {
    /// A file begins to arrive.
    pub fn begin(space: &Arc<Space>) -> Self {
        Self {
            space: Arc::clone(space),
            bytes: 0,
        }
    }

    /// So many bytes more have come; false if there is no room for them.
    pub fn grow(&mut self, bytes: u64) -> bool {
        self.bytes += bytes;
        self.space.arriving.fetch_add(bytes, Ordering::Relaxed);
        self.space.fits(0)
    }

    /// They stay.
    pub fn keep(self) {
        self.space.kept.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.space.arriving.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_arrives_counts_until_it_is_kept_or_dropped() {
        let limits = Limits {
            fileserver_total: 100,
            ..Limits::default()
        };
        let space = Arc::new(Space::default());
        space.measured(10, Some(1_000_000), &limits);
        let mut one = Arrival::begin(&space);
        assert!(one.grow(60) && space.fits(30) && !space.fits(31));
        let mut other = Arrival::begin(&space);
        assert!(!other.grow(31));
        drop(other);
        one.keep();
        assert!(space.fits(30) && !space.fits(31));
        space.freed(60);
        assert!(space.fits(90) && !space.fits(91));
        space.measured(10, Some(50), &limits);
        assert!(!space.fits(41), "80 % of what the disk has left");
    }
}
