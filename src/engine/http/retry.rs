//! How often a transfer over HTTP is tried, and the pauses between. Pure, but for the jitter.

use crate::clock;
use crate::connect::doubled;
use natsbridge_wire::Limits;
use std::time::Duration;

/// Random variation of pauses, so that many peers do not come back at once.
const JITTER: f64 = 0.2;

/// Tries and pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Tries in all.
    pub tries: u32,
    /// Pause before the second; each further one is twice as long.
    pub first: Duration,
    /// Longest pause.
    pub longest: Duration,
}

impl Default for Retry {
    /// As the NATSBridge document has it.
    fn default() -> Self {
        Self::of(Limits::in_force())
    }
}

impl Retry {
    /// As the limits have it.
    pub(crate) fn of(limits: &Limits) -> Self {
        Self {
            tries: limits.link_tries,
            first: limits.link_pause,
            longest: limits.link_longest_pause,
        }
    }

    /// The pause after so many tries, at least what the server asked for; never longer than the longest.
    pub(crate) fn pause(&self, tries: u32, asked: Option<Duration>) -> Duration {
        // A UUID as a convenient source of randomness.
        let chance = f64::from(clock::random_uuid().as_u128() as u32) / f64::from(u32::MAX);
        self.pause_by(tries, asked, chance)
    }

    fn pause_by(&self, tries: u32, asked: Option<Duration>, chance: f64) -> Duration {
        let pause = doubled(self.first, tries.saturating_sub(1), self.longest);
        let spread = pause.mul_f64(1.0 - JITTER + 2.0 * JITTER * chance);
        spread.max(asked.unwrap_or_default()).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_spread_by_a_fifth() {
        let retry = Retry::default();
        let millis = |tries, chance| retry.pause_by(tries, None, chance).as_millis();
        assert_eq!(
            [1, 2, 3, 4, 7, 99].map(|tries| millis(tries, 0.5)),
            [100, 200, 400, 800, 5000, 5000]
        );
        assert_eq!((millis(1, 0.0), millis(1, 1.0)), (80, 120));
        let asked = |seconds| {
            retry
                .pause_by(1, Some(Duration::from_secs(seconds)), 0.5)
                .as_secs()
        };
        assert_eq!((asked(3), asked(3600)), (3, 5));
        for tries in 1..9 {
            assert!(retry.pause(tries, None) <= retry.longest);
        }
    }
}
