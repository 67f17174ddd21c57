//! How far long work is, on one line of standard error that is cleared when done: done and in all, rate, time left. Only on
//! a terminal.

use crate::cli::output;
use natsbridge_app::{per_second, size, span};
use natsbridge_engine::{Progress, clock, grouped};
use std::io::{self, IsTerminal};
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::time::interval_at;

/// Time between two updates; shorter work shows no line.
const PACE: Duration = Duration::from_millis(250);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Bytes.
    Bytes,
    /// Messages.
    Messages,
}

/// How far something is, as of a moment.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// What is counted.
    pub of: Counted,
    /// How much is done.
    pub done: u64,
    /// The share that is done, from 0 to 1, where that is known.
    pub share: Option<f64>,
    /// How long it has taken.
    pub took: Duration,
}

impl Measure {
    /// Of so many bytes.
    pub fn bytes(done: u64, total: Option<u64>, took: Duration) -> Self {
        let share = total
            .filter(|total| *total > 0)
            .map(|total| done as f64 / total as f64);
        Self {
            of: Counted::Bytes,
            done,
            share,
            took,
        }
    }

    /// `512 MB (50 %), 34.0 MB/s, 15 s left`.
    pub fn text(self) -> String {
        let (seconds, done) = (self.took.as_secs_f64().max(0.001), self.done);
        let rate = done as f64 / seconds;
        let (done, rate) = match self.of {
            Counted::Bytes => (size(done), format!("{}/s", size(rate as u64))),
            Counted::Messages => (grouped(done), per_second(rate)),
        };
        let Some(share) = self.share.filter(|share| *share > 0.0) else {
            return format!("{done}, {rate}");
        };
        let share = share.min(1.0);
        let left = Duration::from_secs_f64((seconds / share - seconds).min(1e9));
        // Whole seconds: the last digits would only flicker.
        let left = span(left.as_secs() * 1_000_000).replace(".00 s", " s");
        let left = if left.starts_with('0') { "1 s".into() } else { left };
        format!("{done} ({:.0} %), {rate}, {left} left", (share * 100.0).floor())
    }
}

/// The line, if somebody looks; cleared when dropped, also when the work is cancelled.
#[derive(Debug)]
pub struct ProgressLine {
    begun: Instant,
    shown: Instant,
    looks: bool,
    stands: bool,
}

impl ProgressLine {
    /// For work that begins now.
    pub fn start() -> Self {
        let now = clock::instant();
        Self {
            begun: now,
            shown: now,
            looks: io::stderr().is_terminal(),
            stands: false,
        }
    }

    /// How long the work has taken, if it is time to show again how far it is.
    pub fn is_due(&mut self) -> Option<Duration> {
        let now = clock::instant();
        if !self.looks || now.duration_since(self.shown) < PACE {
            return None;
        }
        self.shown = now;
        Some(now.duration_since(self.begun))
    }

    /// Shows it.
    pub fn show(&mut self, text: &str) {
        self.stands = true;
        output::status(text);
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.stands {
            output::status("");
        }
    }
}

/// Waits for `work`; meanwhile shows how far its uploads are.
pub async fn uploading<T>(progress: &Progress, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let mut line = ProgressLine::start();
    let mut pace = interval_at(tokio::time::Instant::from_std(line.begun) + PACE, PACE);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = pace.tick(), if line.looks => {
                // Nothing is to be uploaded, or not yet.
                let total = progress.total().filter(|total| *total > 0);
                if let Some((total, took)) = total.zip(line.is_due()) {
                    let far = Measure::bytes(progress.done(), Some(total), took).text();
                    line.show(&format!("Uploading {}: {far}", size(total)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is_how_fast_and_how_long_still() {
        let seconds = Duration::from_secs;
        let text = Measure::bytes(500_000_000, Some(1_000_000_000), seconds(10)).text();
        assert_eq!(text, "500 MB (50 %), 50.0 MB/s, 10.0 s left");
        let text = Measure {
            of: Counted::Messages,
            done: 1200,
            share: None,
            took: seconds(1),
        };
        assert_eq!(text.text(), "1,200, 1,200/s");
        let text = Measure::bytes(999, Some(1000), seconds(1)).text();
        assert!(text.ends_with("(99 %), 999 B/s, 1 s left"), "{text}");
    }
}
