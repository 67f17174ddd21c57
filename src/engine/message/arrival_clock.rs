//! When messages came: the clock that people set says what time it is, a clock that nobody sets how much time has passed. The
//! clocks are read elsewhere.

use crate::clock::Reading;

/// A difference between the clocks that is no matter of reading one after the other: the clock was set.
const SET_US: i64 = 100_000;

/// Gives times of arrival.
#[derive(Debug, Default)]
pub(crate) struct ArrivalClock {
    /// How far the one clock is ahead of the other.
    ahead_us: Option<i64>,
}

impl ArrivalClock {
    /// The time of arrival of what comes now, in microseconds since the Unix epoch, and by how much the clock was set since
    /// the last time, if it was. Times never go back unless it was.
    pub(crate) fn now(&mut self, reading: Reading) -> (i64, Option<i64>) {
        let ahead_us = reading.wall_us - reading.steady_us;
        let known = *self.ahead_us.get_or_insert(ahead_us);
        let set_us = Some(ahead_us - known).filter(|by| by.abs() >= SET_US);
        if set_us.is_some() {
            self.ahead_us = Some(ahead_us);
        }
        let followed = if set_us.is_some() { ahead_us } else { known };
        (reading.steady_us + followed, set_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    /// The times of arrival and what was set, at these times of the steady clock, with the other one so far ahead.
    fn told(readings: &[(i64, i64)]) -> Vec<(i64, Option<i64>)> {
        let mut clock = ArrivalClock::default();
        let reading = |(steady_us, ahead): &(i64, i64)| Reading {
            wall_us: steady_us + ahead,
            steady_us: *steady_us,
        };
        readings.iter().map(|at| clock.now(reading(at))).collect()
    }

    #[test]
    fn a_clock_that_was_set_is_followed_and_that_is_told_once() {
        let (day, second) = (24 * HOUR, 1_000_000);
        assert_eq!(
            told(&[
                (0, day),
                (second, day),
                (2 * second, day + HOUR),
                (3 * second, day + HOUR),
                (4 * second, day - HOUR),
                (5 * second, day - HOUR),
            ]),
            [
                (day, None),
                (day + second, None),
                (day + HOUR + 2 * second, Some(HOUR)),
                (day + HOUR + 3 * second, None),
                (day - HOUR + 4 * second, Some(-2 * HOUR)),
                (day - HOUR + 5 * second, None),
            ]
        );
    }

    #[test]
    fn distances_are_those_of_the_steady_clock() {
        // Somebody else ran between the two looks.
        let times = told(&[(0, 0), (10, 70_000), (20, -70_000), (30, 0)]);
        assert_eq!(times, [(0, None), (10, None), (20, None), (30, None)]);
        // Small steps add up.
        let times = told(&[(0, 0), (10, 60_000), (20, 120_000)]);
        assert_eq!(times[2], (120_020, Some(120_000)));
    }
}
