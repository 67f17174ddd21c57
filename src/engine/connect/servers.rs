//! The servers of a connection: tried in their order at first, in turn whenever the connection is lost.

use super::auth::answer;
use super::backoff::doubled;
use super::error::ConnectError;
use super::options::ConnectOptions;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// First pause between two rounds over all servers.
const BETWEEN_ROUNDS: Duration = Duration::from_millis(2);

/// Whose turn it is; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    servers: Arc<[String]>,
    /// The server tried last: the one we are connected to, if we are.
    at: Arc<AtomicUsize>,
    /// Tries since the last connection.
    tries: Arc<AtomicUsize>,
    longest: Duration,
}

impl Turns {
    /// The servers of those options, beginning with that one.
    pub(super) fn new(options: &ConnectOptions, first: &str) -> Self {
        let count = options.servers.len();
        let first = options.servers.iter().position(|server| server == first);
        Self {
            servers: options.servers.as_slice().into(),
            at: Arc::new(AtomicUsize::new(first.unwrap_or_default() + count - 1)),
            tries: Arc::default(),
            longest: options.limits.rebuild_pause,
        }
    }

    /// The server we are connected to, or that was tried last.
    pub(crate) fn current(&self) -> &str {
        &self.servers[self.at.load(Ordering::Relaxed) % self.servers.len()]
    }

    /// The index of the next one to try, and how long to wait before: once all have been tried, longer each time.
    pub(super) fn next(&self) -> (usize, Duration) {
        let count = self.servers.len();
        let tries = self.tries.fetch_add(1, Ordering::Relaxed);
        let at = self.at.fetch_add(1, Ordering::Relaxed) + 1;
        let rounds = u32::try_from(tries / count).unwrap_or(u32::MAX);
        let pause = match (rounds, tries % count) {
            (1.., 0) => doubled(BETWEEN_ROUNDS, rounds, self.longest),
            _ => Duration::ZERO,
        };
        (at % count, pause)
    }

    /// The server tried last has accepted us.
    pub(super) fn accepted(&self) {
        self.tries.store(0, Ordering::Relaxed);
    }
}

/// Opens the first server that accepts us.
pub(super) async fn first_to_accept<'a, T, F: Future<Output = Result<T, ConnectError>>>(
    options: &'a ConnectOptions,
    open: impl Fn(&'a str) -> F,
) -> Result<T, ConnectError> {
    // Only the first call in a process has an effect; another provider is just as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    // Problems with our own files are reported before any server is contacted.
    answer(&options.credentials, b"")?;
    let mut failure = ConnectError::unreachable("no broker address given");
    for server in &options.servers {
        match open(server).await {
            Ok(opened) => return Ok(opened),
            // A refusal is more informative than an unreachable server.
            Err(failed) if failure.is_final() && !failed.is_final() => {}
            Err(failed) => failure = failed,
        }
    }
    Err(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_tried_in_turn_and_rounds_wait_longer_each_time() {
        let options = ConnectOptions::from_urls("a,b,c").unwrap();
        let turns = Turns::new(&options, "nats://b:4222");
        let next = |tries: usize| (0..tries).map(|_| turns.next()).collect::<Vec<_>>();
        assert_eq!(next(1), [(1, Duration::ZERO)]);
        assert_eq!(turns.current(), "nats://b:4222");
        turns.accepted();
        let (none, first) = (Duration::ZERO, BETWEEN_ROUNDS * 2);
        assert_eq!(next(5), [(2, none), (0, none), (1, none), (2, first), (0, none)]);
        assert_eq!(
            next(300).iter().map(|(_, pause)| *pause).max(),
            Some(options.limits.rebuild_pause)
        );
        turns.accepted();
        assert_eq!(next(1)[0].1, none);
    }
}
