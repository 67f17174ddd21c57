//! How long to wait before the next try to connect. Pure arithmetic.

use natsbridge_wire::Limits;
use std::time::Duration;

/// This many losses in a row, each soon after connecting, count as a storm.
const STORM: u32 = 3;
/// A connection that lived less than this was lost soon.
const SOON: Duration = Duration::from_secs(10);
/// First pause after a try to get a lost connection back failed.
const REBUILD_FIRST: Duration = Duration::from_millis(100);

/// Remembers how the last connections ended.
#[derive(Debug)]
pub(crate) struct Backoff {
    retry: Duration,
    rebuild: Duration,
    storm: Duration,
    lost_soon: u32,
}

impl Backoff {
    /// Pauses as the limits have them.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            retry: limits.retry_pause,
            rebuild: limits.rebuild_pause,
            storm: limits.storm_pause,
            lost_soon: 0,
        }
    }

    /// Records that a connection was lost after it had `lived`; returns a pause if this has become a storm.
    pub(crate) fn lost(&mut self, lived: Duration) -> Option<Duration> {
        self.lost_soon = if lived < SOON { self.lost_soon + 1 } else { 0 };
        (self.lost_soon >= STORM).then(|| self.pause(0, true))
    }

    /// The pause before attempt number `tries` (from 0): either to restore a lost connection or to connect for the
    /// first time.
    pub(crate) fn pause(&self, tries: u32, lost: bool) -> Duration {
        match (tries, lost) {
            (0, true) if self.lost_soon >= STORM => {
                doubled(Duration::from_secs(1), self.lost_soon - STORM, self.storm)
            }
            (0, _) => Duration::ZERO,
            (_, true) => doubled(REBUILD_FIRST, tries - 1, self.rebuild),
            (_, false) => doubled(self.retry / 5, tries - 1, self.retry),
        }
    }
}

/// `first`, doubled so many times, at most `longest`.
pub(crate) fn doubled(first: Duration, times: u32, longest: Duration) -> Duration {
    first.saturating_mul(1 << times.min(20)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_limit() {
        let backoff = Backoff::new(&Limits::default());
        let pauses = |lost| [0, 1, 2, 3, 4, 30].map(|tries| backoff.pause(tries, lost).as_millis());
        assert_eq!(pauses(false), [0, 1000, 2000, 4000, 5000, 5000]);
        assert_eq!(pauses(true), [0, 100, 200, 400, 800, 2000]);
    }

    #[test]
    fn a_storm_slows_down_and_a_long_life_ends_it() {
        let mut backoff = Backoff::new(&Limits::default());
        let soon = Duration::from_millis(10);
        assert_eq!([backoff.lost(soon), backoff.lost(soon)], [None, None]);
        assert_eq!(backoff.lost(soon), Some(Duration::from_secs(1)));
        assert_eq!(backoff.lost(soon), Some(Duration::from_secs(2)));
        assert_eq!(
            (0..9).filter_map(|_| backoff.lost(soon)).last(),
            Some(Duration::from_secs(30))
        );
        assert_eq!(backoff.lost(Duration::from_secs(60)), None);
        assert_eq!(backoff.pause(0, true), Duration::ZERO);
    }
}
