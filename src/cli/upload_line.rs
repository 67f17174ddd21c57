//! Upload progress on one line of standard error that is cleared when done. Only shown on a terminal.

use crate::cli::output;
use natsbridge_app::size;
use natsbridge_engine::{Progress, clock};
use std::io::{self, IsTerminal};
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, interval_at};

/// Time between two updates; shorter uploads show no line.
const PACE: Duration = Duration::from_millis(250);

/// Waits for `work`; meanwhile shows how far its uploads are.
pub async fn shown<T>(progress: &Progress, work: impl Future<Output = T>) -> T {
    if !io::stderr().is_terminal() {
        return work.await;
    }
    let mut work = pin!(work);
    let mut pace = interval_at(Instant::from_std(clock::instant()) + PACE, PACE);
    let mut line = Line(false);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = pace.tick() => line.show(progress),
        }
    }
}

/// The line, if it stands; cleared when dropped, also when the work is cancelled.
struct Line(bool);

impl Line {
    fn show(&mut self, progress: &Progress) {
        if let Some(total) = progress.total().filter(|total| *total > 0) {
            self.0 = true;
            output::status(&text(progress.done(), total));
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.0 {
            output::status("");
        }
    }
}

fn text(done: u64, total: u64) -> String {
    let percent = u128::from(done) * 100 / u128::from(total);
    format!("Uploading: {} of {} ({percent} %)", size(done), size(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is() {
        let text = text(512 << 20, 1 << 30);
        assert!(
            text.starts_with("Uploading: ") && text.ends_with("(50 %)"),
            "{text}"
        );
    }
}
