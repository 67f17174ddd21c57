//! A payload as a stream of pieces, read on demand and counted as they go. Independent of servers.

use crate::http::Progress;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use natsbridge_wire::Blob;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Bytes per piece: small enough that progress is visible on a slow line.
const HANDED: usize = 16 << 10;

/// What has been taken of one body.
#[derive(Clone, Debug)]
pub(super) struct BodyProgress(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    progress: Progress,
    taken: AtomicU64,
    total: u64,
    unreadable: OnceLock<String>,
}

impl BodyProgress {
    /// Nothing yet, of a body.
    pub(super) fn of(body: &Blob, progress: &Progress) -> Self {
        Self(Arc::new(Counts {
            progress: progress.clone(),
            taken: AtomicU64::new(0),
            total: body.len(),
            unreadable: OnceLock::new(),
        }))
    }

    /// Bytes taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.0.taken.load(Ordering::Relaxed)
    }

    /// Whether all is taken.
    pub(super) fn is_whole(&self) -> bool {
        self.taken() >= self.0.total
    }

    /// Why the body itself could not be read, if so.
    pub(super) fn unreadable(&self) -> Option<&str> {
        self.0.unreadable.get().map(String::as_str)
    }

    /// The attempt failed: its bytes do not count.
    pub(super) fn forget(&self) {
        self.0.progress.take_back(self.0.taken.swap(0, Ordering::Relaxed));
    }

    fn took(&self, bytes: usize) {
        self.0.taken.fetch_add(bytes as u64, Ordering::Relaxed);
        self.0.progress.add(bytes as u64);
    }

    fn unreadable_because(&self, error: &io::Error) {
        // Only the first reason counts.
        let _ = self.0.unreadable.set(error.to_string());
    }
}

/// The bytes of a body one after the other, `piece` read at a time off this task, one piece ahead.
pub(super) fn pieces(
    body: &Blob,
    piece: usize,
    moved: &BodyProgress,
) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let (body, piece, moved) = (body.clone(), piece as u64, moved.clone());
    let counted = moved.clone();
    let ranges = (0..body.len().div_ceil(piece)).map(move |number| number * piece..(number + 1) * piece);
    stream::iter(ranges)
        .map(move |range| read(body.clone(), range))
        .buffered(2)
        .map_ok(|bytes| stream::iter(handed(bytes)).map(Ok))
        .try_flatten()
        .inspect_ok(move |bytes| counted.took(bytes.len()))
        .inspect_err(move |error| moved.unreadable_because(error))
}

async fn read(body: Blob, range: Range<u64>) -> io::Result<Bytes> {
    if body.memory().is_some() {
        return body.slice(range);
    }
    let reading = tokio::task::spawn_blocking(move || body.slice(range));
    reading.await.map_err(io::Error::other)?
}

fn handed(mut bytes: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || (!bytes.is_empty()).then(|| bytes.split_to(bytes.len().min(HANDED))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::ReadAt;

    #[derive(Debug)]
    struct Cut(u64);

    impl ReadAt for Cut {
        fn size(&self) -> u64 {
            self.0 * 2
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
            buffer.fill(7);
            let within = offset + buffer.len() as u64 <= self.0;
            within.then_some(()).ok_or(io::ErrorKind::UnexpectedEof.into())
        }
    }

    #[tokio::test]
    async fn all_bytes_come_in_order_and_are_counted() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| n as u8).collect();
        let (body, progress) = (Blob::from(bytes.clone()), Progress::default());
        let moved = BodyProgress::of(&body, &progress);
        let read: Vec<Bytes> = pieces(&body, 40_000, &moved).try_collect().await.unwrap();
        assert_eq!(read.concat(), bytes);
        assert!(read.iter().all(|piece| piece.len() <= HANDED));
        assert!(moved.is_whole());
        assert_eq!(progress.done(), 100_000);
        moved.forget();
        assert_eq!(progress.done(), 0, "a failed try does not count");
        let nothing = Blob::default();
        let none: Vec<Bytes> = pieces(&nothing, 10, &moved).try_collect().await.unwrap();
        assert!(none.is_empty());
    }

    #[tokio::test]
    async fn a_body_that_cannot_be_read_is_told_apart() {
        let body = Blob::Stored(Arc::new(Cut(50_000)));
        let moved = BodyProgress::of(&body, &Progress::default());
        let read = pieces(&body, 25_000, &moved).try_collect::<Vec<_>>().await;
        assert!(read.is_err());
        assert_eq!(moved.taken(), 50_000);
        assert!(moved.unreadable().is_some() && !moved.is_whole());
    }
}
