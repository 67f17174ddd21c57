//! Completed and running downloads by URL: the same link is downloaded once, however many ask for it. Its disk space
//! is bounded. Does no I/O.

use super::error::FetchError;
use super::fetched::Fetched;
use natsbridge_wire::Blob;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How a download ended, once it has.
pub(super) type Outcome = Option<Result<Fetched, FetchError>>;

/// A running download; it is cancelled when nobody waits for it any more.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) task: AbortHandle,
    pub(super) outcome: watch::Receiver<Outcome>,
    /// Bytes it may take.
    pub(super) most: u64,
    /// Whether it is automatic: redirects may be refused that are followed on request.
    pub(super) unasked: bool,
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Both.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    kept: HashMap<String, CacheEntry>,
    running: HashMap<String, Weak<Transfer>>,
    /// Counts uses, for their order.
    clock: u64,
}

#[derive(Debug)]
struct CacheEntry {
    fetched: Fetched,
    used: u64,
}

impl Shelf {
    /// What was downloaded before.
    pub(super) fn kept(&mut self, url: &str) -> Option<Fetched> {
        self.clock += 1;
        if !self.kept.get(url)?.is_intact() {
            self.kept.remove(url);
        }
        let kept = self.kept.get_mut(url)?;
        kept.used = self.clock;
        Some(kept.fetched.clone())
    }

    /// Whether it was, without counting as a use.
    pub(super) fn keeps(&self, url: &str) -> bool {
        self.kept.contains_key(url)
    }

    /// A running download that may take at least this many bytes and follow the same redirects.
    pub(super) fn running(&self, url: &str, most: u64, unasked: bool) -> Option<Arc<Transfer>> {
        let transfer = self.running.get(url)?.upgrade()?;
        (transfer.most >= most && (unasked || !transfer.unasked)).then_some(transfer)
    }

    /// Notes a download under way.
    pub(super) fn started(&mut self, url: String, transfer: &Arc<Transfer>) {
        self.running.retain(|_, running| running.strong_count() > 0);
        self.running.insert(url, Arc::downgrade(transfer));
    }

    /// Stores a download, and drops the oldest unused ones until at most `most` bytes of disk are used.
    pub(super) fn keep(&mut self, url: String, fetched: Fetched, most: u64) {
        self.clock += 1;
        let used = self.clock;
        self.kept.insert(url, CacheEntry { fetched, used });
        let mut total: u64 = self.kept.values().map(|kept| kept.fetched.blob.len()).sum();
        while total > most {
            let idle = self
                .kept
                .iter()
                .filter(|(_, kept)| kept.used != used && kept.is_idle());
            let Some((url, oldest)) = idle.min_by_key(|(_, kept)| kept.used) else {
                return;
            };
            total -= oldest.fetched.blob.len();
            let url = url.clone();
            self.kept.remove(&url);
        }
    }
}

impl CacheEntry {
    fn is_idle(&self) -> bool {
        match &self.fetched.blob {
            Blob::Stored(stored) => Arc::strong_count(stored) == 1,
            Blob::Memory(bytes) => bytes.is_unique(),
        }
    }

    /// A file that was saved is others', too, who may have changed it.
    fn is_intact(&self) -> bool {
        match &self.fetched.blob {
            Blob::Stored(stored) => stored.is_intact(),
            Blob::Memory(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn downloaded(bytes: usize) -> Fetched {
        Fetched {
            blob: vec![0; bytes].into(),
            ..Fetched::default()
        }
    }

    #[test]
    fn the_oldest_that_nobody_holds_goes_first() {
        let mut shelf = Shelf::default();
        for name in ["a", "b", "c"] {
            shelf.keep(name.into(), downloaded(10), 30);
        }
        let held = shelf.kept("b");
        shelf.kept("a");
        shelf.keep("d".into(), downloaded(20), 30);
        let left: Vec<_> = ["a", "b", "c", "d"]
            .into_iter()
            .filter(|url| shelf.keeps(url))
            .collect();
        assert_eq!(left, ["b", "d"], "a and c went, b is held");
        drop(held);
        shelf.keep("e".into(), downloaded(99), 30);
        assert!(
            shelf.keeps("e") && !shelf.keeps("b") && !shelf.keeps("d"),
            "the newest stays"
        );
    }
}
