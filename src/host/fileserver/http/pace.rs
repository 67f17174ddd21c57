//! How fast a client moves bytes while it is waited for: what decides who makes room where places are short. Time in which
//! the server itself is busy does not count.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Waiting before which nobody is called slow.
const GRACE: Duration = Duration::from_secs(1);

/// The pace of one client: an average that forgets.
#[derive(Debug, Default)]
pub struct Pace(Mutex<Moved>);

#[derive(Debug, Default)]
struct Moved {
    bytes: u64,
    waited: Duration,
    since: Option<Instant>,
}

impl Pace {
    /// From now on the client is waited for.
    pub fn waiting(&self, now: Instant) {
        self.moved_so_far().since.get_or_insert(now);
    }

    /// It has moved bytes, up or down.
    pub fn moved(&self, bytes: usize, now: Instant) {
        let mut moved = self.moved_so_far();
        let since = moved.since.take().unwrap_or(now);
        moved.waited += now.saturating_duration_since(since);
        moved.bytes += bytes as u64;
        while moved.waited > 4 * GRACE {
            moved.waited /= 2;
            moved.bytes /= 2;
        }
    }

    /// Bytes a second; without bound while it has hardly been waited for.
    pub fn rate(&self, now: Instant) -> u64 {
        let moved = self.moved_so_far();
        let waits = moved.since.map(|since| now.saturating_duration_since(since));
        let waited = moved.waited + waits.unwrap_or_default();
        if waited < GRACE {
            return u64::MAX;
        }
        (moved.bytes as f64 / waited.as_secs_f64()) as u64
    }

    fn moved_so_far(&self) -> MutexGuard<'_, Moved> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_engine::clock;

    #[test]
    fn only_time_spent_waiting_counts_and_the_past_is_forgotten() {
        let (pace, start) = (Pace::default(), clock::instant());
        let after = |millis| start + Duration::from_millis(millis);
        assert_eq!(pace.rate(after(60_000)), u64::MAX, "nobody waited for it");
        pace.waiting(after(0));
        pace.waiting(after(500));
        assert_eq!(pace.rate(after(999)), u64::MAX);
        assert_eq!(pace.rate(after(2000)), 0);
        pace.moved(10_000, after(2000));
        assert_eq!(pace.rate(after(60_000)), 5000);
        // Fast once, slow ever since.
        for second in 60..100 {
            pace.waiting(after(second * 1000));
            pace.moved(100, after(second * 1000 + 1000));
        }
        assert!((90..=110).contains(&pace.rate(after(100_000))));
    }
}
