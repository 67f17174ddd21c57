//! The time axis that all bars of the list share: how far a moment is from the start, and the marks in its head.

use crate::paint::cells;
use natsbridge_app::span;
use natsbridge_engine::ConversationView;

/// Where the logarithmic axis begins to tell times apart, in microseconds.
const KNEE_US: f64 = 300.0;
/// Cells between two marks at the least.
const GAP: usize = 2;

/// A time axis from 0 to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    linear: bool,
    end_us: u64,
}

impl Axis {
    /// An axis that the longest of these conversations fills, as they are at the time `now_us`.
    pub fn over<'v>(
        views: impl IntoIterator<Item = &'v ConversationView>,
        now_us: i64,
        linear: bool,
    ) -> Self {
        let longest = views.into_iter().map(|view| lasts(view, now_us)).max();
        Self {
            linear,
            end_us: longest.unwrap_or(0).max(1000),
        }
    }

    /// The cell of a moment, of `width` cells.
    pub fn cell(&self, us: u64, width: usize) -> usize {
        let (us, end) = (us.min(self.end_us) as f64, self.end_us as f64);
        let share = if self.linear {
            us / end
        } else {
            (us / KNEE_US).ln_1p() / (end / KNEE_US).ln_1p()
        };
        (share * width.saturating_sub(1) as f64).round() as usize
    }

    /// The marks: where each begins, and its words; none touches another.
    pub fn marks(&self, width: usize) -> Vec<(usize, String)> {
        let mut marks = vec![(0, "0".to_owned())];
        for us in self.round_times(width) {
            let (at, word) = (self.cell(us, width), short(us));
            let free = marks.last().map_or(0, |(at, word)| at + cells(word) + GAP);
            if at >= free && at + cells(&word) <= width {
                marks.push((at, word));
            }
        }
        marks
    }

    /// Round times on it: powers of ten, or on a linear one, equal steps of 1, 2 or 5.
    fn round_times(&self, width: usize) -> Vec<u64> {
        let decades = || std::iter::successors(Some(1000_u64), |us| us.checked_mul(10));
        if !self.linear {
            return decades().take_while(|us| *us <= self.end_us).collect();
        }
        let least = self.end_us / (width / 12).max(1) as u64;
        let steps = std::iter::once(100)
            .chain(decades())
            .flat_map(|us| [us, us.saturating_mul(2), us.saturating_mul(5)]);
        let step = steps.into_iter().find(|us| *us >= least).unwrap_or(u64::MAX);
        let times = std::iter::successors(Some(step), |us| us.checked_add(step));
        times.take_while(|us| *us <= self.end_us).collect()
    }
}

/// A round time in few cells: `10 ms`, `1 s`, `100 s`.
fn short(us: u64) -> String {
    match us {
        0..1000 => format!("{us} µs"),
        1000..1_000_000 => format!("{} ms", us / 1000),
        1_000_000..600_000_000 => format!("{} s", us / 1_000_000),
        _ => span(us),
    }
}

/// How long a conversation lasts: to its last message or transfer, or to now while it waits.
fn lasts(view: &ConversationView, now_us: i64) -> u64 {
    let transfers = view.transfers.iter().map(|transfer| transfer.to_us);
    let last = transfers.max().unwrap_or(view.last_us).max(view.last_us);
    let end = if view.waiting_us.is_some() {
        last.max(now_us)
    } else {
        last
    };
    let first = view
        .messages
        .first()
        .map_or(view.first_us, |message| message.at_us);
    end.saturating_sub(first).max(0).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_time_is_a_longer_way() {
        let axis = Axis {
            linear: false,
            end_us: 10_000_000,
        };
        let cells = [0, 1_350, 25_000, 140_000, 1_000_000, 10_000_000].map(|us| axis.cell(us, 61));
        assert_eq!(cells, [0, 10, 26, 35, 47, 60]);
        let axis = Axis {
            linear: true,
            end_us: 1_000_000,
        };
        assert_eq!(
            [0, 250_000, 1_000_000, 9_000_000].map(|us| axis.cell(us, 101)),
            [0, 25, 100, 100]
        );
    }

    #[test]
    fn marks_are_round_and_keep_apart() {
        let words = |linear, end_us, width| {
            let marks = Axis { linear, end_us }.marks(width);
            let ends = marks.iter().map(|(at, word)| at + cells(word));
            let starts = marks.iter().skip(1).map(|(at, _)| *at);
            assert!(ends.zip(starts).all(|(end, start)| end < start), "{marks:?}");
            marks.into_iter().map(|(_, word)| word).collect::<Vec<_>>()
        };
        assert_eq!(
            words(false, 12_000_000, 80),
            ["0", "1 ms", "10 ms", "100 ms", "1 s"]
        );
        assert_eq!(
            words(true, 1_000_000, 80),
            ["0", "200 ms", "400 ms", "600 ms", "800 ms"]
        );
        assert_eq!(words(true, 140_000, 40), ["0", "50 ms", "100 ms"]);
        for width in 1..120 {
            for end in [1, 999, 1000, 77_777, 3_600_000_000, u64::MAX] {
                words(false, end, width);
                words(true, end, width);
            }
        }
    }
}
