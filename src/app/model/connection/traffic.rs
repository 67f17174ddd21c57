//! How much has come in: the counters of the store as of the last look, and the rate.

use crate::model::figures::Meter;
use natsbridge_engine::{Counters, Store};

/// Microseconds between two samples of the rate.
const RATE_US: i64 = 1_000_000;

/// The traffic.
#[derive(Debug, Clone)]
pub struct Traffic {
    /// The store's counters, as of the last look.
    pub counters: Counters,
    /// Messages in per second.
    pub rate: Meter,
    rate_us: i64,
}

impl Traffic {
    /// Nothing yet.
    pub(crate) fn new(now_us: i64) -> Self {
        Self {
            counters: Counters::default(),
            rate: Meter::default(),
            rate_us: now_us,
        }
    }

    /// Looks at the counters.
    pub(crate) fn look(&mut self, store: &Store) {
        self.counters = store.counters();
    }

    /// Looks at the counters and, once a second, at the rate.
    pub(crate) fn sample(&mut self, store: &Store, now_us: i64) {
        self.look(store);
        let since = now_us - self.rate_us;
        if !(0..RATE_US).contains(&since) {
            self.rate
                .sample(self.counters.received, since.max(0) as f64 / 1e6);
            self.rate_us = now_us;
        }
    }
}
