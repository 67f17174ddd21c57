//! When the messages of a run go out: one right after the other or at a rate, until the last or until the run is
//! stopped. What is sent, and how many are on their way at once, is up to whoever sends them.

use futures_util::{Stream, StreamExt, stream};
use std::time::Duration;
use tokio::time::interval;

/// The numbers of a run's messages from 1 to `count`, each when its time has come: at once, or one `every` so often.
/// Delays are caught up, because a rate is a rate. Ends early once `stopped` is done.
pub fn turns(
    count: u64,
    every: Option<Duration>,
    stopped: impl Future<Output = ()>,
) -> impl Stream<Item = u64> {
    // A rate beyond a message per nanosecond is no pause at all.
    let pace = every.filter(|every| !every.is_zero()).map(interval);
    let numbers = stream::unfold((pace, 1), move |(mut pace, number)| async move {
        if number > count {
            return None;
        }
        if let Some(pace) = &mut pace {
            pace.tick().await;
        }
        Some((number, (pace, number + 1)))
    });
    numbers.take_until(stopped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use std::future::{pending, ready};
    use tokio::time::Instant;

    async fn numbers(count: u64, every: Option<Duration>) -> Vec<u64> {
        turns(count, every, pending()).collect().await
    }

    #[tokio::test]
    async fn a_run_is_numbered_from_one_and_keeps_its_rate() {
        assert_eq!(numbers(3, None).await, [1, 2, 3]);
        assert_eq!(
            numbers(2, Some(Duration::ZERO)).await,
            [1, 2],
            "faster than any clock"
        );
        let start = Instant::from_std(clock::instant());
        assert_eq!(numbers(3, Some(Duration::from_millis(20))).await, [1, 2, 3]);
        assert!(start.elapsed() >= Duration::from_millis(40));
        let stopped: Vec<u64> = turns(u64::MAX, None, ready(())).collect().await;
        assert_eq!(stopped, [0; 0]);
    }
}
