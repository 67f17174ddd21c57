//! Where files are kept for one run: their bytes in one file without a name, what is known of them in memory. Nothing of
//! it stays, however the run ends.

use super::contract::{Backend, Body, StorageError, Stored};
use super::key::{Facts, Key, new_id};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use md5::{Digest, Md5};
use natsbridge_engine::{read_at, write_at};
use natsbridge_wire::Limits;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::spawn_blocking;

/// The files of one run.
#[derive(Debug)]
pub struct OneRun {
    ground: Arc<Ground>,
    files: Mutex<HashMap<String, (Facts, Arc<Extent>)>>,
    clock: fn() -> i64,
}

/// The file that all of them share, in blocks. Only what is written of a block takes room on the disk.
#[derive(Debug)]
struct Ground {
    file: File,
    block: u64,
    free: Mutex<Free>,
}

#[derive(Debug, Default)]
struct Free {
    blocks: Vec<u64>,
    /// The first that was never used.
    next: u64,
}

/// The blocks of one file; free again when nobody reads it any more.
#[derive(Debug)]
struct Extent {
    ground: Arc<Ground>,
    blocks: Vec<u64>,
}

impl OneRun {
    /// An empty one.
    pub fn new(limits: &Limits, clock: fn() -> i64) -> io::Result<Self> {
        Ok(Self {
            ground: Arc::new(Ground {
                file: tempfile::tempfile()?,
                block: limits.fileserver_buffer.max(4096) as u64,
                free: Mutex::default(),
            }),
            files: Mutex::default(),
            clock,
        })
    }

    fn files(&self) -> MutexGuard<'_, HashMap<String, (Facts, Arc<Extent>)>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept under that key.
    fn found(&self, key: &Key) -> Result<(Facts, Arc<Extent>), StorageError> {
        let found = self.files().get(&key.stem()).cloned();
        let known = |(facts, _): &(Facts, _)| !matches!(key, Key::File { name, .. } if *name != facts.name);
        found.filter(known).ok_or(StorageError::NotFound)
    }

    async fn put(&self, key: &Key, mut facts: Facts, mut body: Body<'_>) -> Result<Facts, StorageError> {
        let mut extent = Extent {
            ground: Arc::clone(&self.ground),
            blocks: Vec::new(),
        };
        // Plik's clients are told it; nobody needs it for a file uploaded by PUT.
        let mut digest = matches!(key, Key::File { .. }).then(Md5::new);
        facts.size = 0;
        while let Some(piece) = body.next().await {
            let (piece, at) = (piece?, facts.size);
            facts.size += piece.len() as u64;
            let writing = spawn_blocking(move || {
                if let Some(digest) = &mut digest {
                    digest.update(&piece);
                }
                extent.write(at, &piece).map(|()| (extent, digest))
            });
            (extent, digest) = writing.await.map_err(StorageError::ended)??;
        }
        facts.md5 = digest.map(|digest| format!("{:x}", digest.finalize()));
        facts.stored_us = (self.clock)();
        facts.tag = new_id();
        self.files().insert(key.stem(), (facts.clone(), Arc::new(extent)));
        Ok(facts)
    }
}

impl Backend for OneRun {
    fn store<'a>(&'a self, key: &'a Key, facts: Facts, body: Body<'a>) -> Stored<'a, Facts> {
        self.put(key, facts, body).boxed()
    }

    fn facts<'a>(&'a self, key: &'a Key) -> Stored<'a, Facts> {
        async move { self.found(key).map(|(facts, _)| facts) }.boxed()
    }

    fn read<'a>(&'a self, key: &'a Key, facts: &'a Facts, range: Range<u64>) -> Stored<'a, Body<'static>> {
        async move {
            let (now, extent) = self.found(key)?;
            if now.tag != facts.tag {
                return Err(StorageError::NotFound);
            }
            let pieces = stream::try_unfold((extent, range), async |(extent, mut left)| {
                if left.is_empty() {
                    return Ok(None);
                }
                let reading =
                    spawn_blocking(move || extent.read(&mut left).map(|piece| (piece, (extent, left))));
                reading.await.map_err(io::Error::other)?.map(Some)
            });
            Ok(pieces.boxed())
        }
        .boxed()
    }

    fn remove<'a>(&'a self, key: &'a Key) -> Stored<'a, ()> {
        async move {
            let removed = self.files().remove(&key.stem());
            removed.map(drop).ok_or(StorageError::NotFound)
        }
        .boxed()
    }

    fn sweep(&self, now_us: i64, overhead: u64) -> Stored<'_, u64> {
        async move {
            let mut files = self.files();
            files.retain(|_, (facts, _)| !facts.is_over(now_us));
            Ok(files.values().map(|(facts, _)| facts.size + overhead).sum())
        }
        .boxed()
    }

    #[cfg(unix)]
    fn free(&self) -> Option<u64> {
        let facts = rustix::fs::fstatvfs(&self.ground.file).ok()?;
        Some(facts.f_bavail.saturating_mul(facts.f_frsize))
    }

    #[cfg(not(unix))]
    fn free(&self) -> Option<u64> {
        None
    }
}

impl Extent {
    /// Where the byte at `at` lies, and how many follow it in its block.
    fn place(&self, at: u64) -> (u64, u64) {
        let (block, within) = (self.ground.block, at % self.ground.block);
        (
            self.blocks[(at / block) as usize] * block + within,
            block - within,
        )
    }

    fn write(&mut self, mut at: u64, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if at / self.ground.block == self.blocks.len() as u64 {
                self.blocks.push(self.ground.take());
            }
            let (place, room) = self.place(at);
            let (now, later) = bytes.split_at(bytes.len().min(room as usize));
            write_at(&self.ground.file, now, place)?;
            at += now.len() as u64;
            bytes = later;
        }
        Ok(())
    }

    /// The next piece of that range, which begins behind it from then on.
    fn read(&self, range: &mut Range<u64>) -> io::Result<Bytes> {
        let (place, room) = self.place(range.start);
        let mut piece = vec![0; room.min(range.end - range.start) as usize];
        read_at(&self.ground.file, &mut piece, place)?;
        range.start += piece.len() as u64;
        Ok(piece.into())
    }
}

impl Ground {
    fn take(&self) -> u64 {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.blocks.pop().unwrap_or_else(|| {
            free.next += 1;
            free.next - 1
        })
    }
}

impl Drop for Extent {
    fn drop(&mut self) {
        // Their room on the disk is given back, where the system can do that; else they are used again.
        #[cfg(target_os = "linux")]
        for run in self.blocks.chunk_by(|one, next| one + 1 == *next) {
            use rustix::fs::{FallocateFlags, fallocate};
            let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
            let block = self.ground.block;
            let _ = fallocate(&self.ground.file, flags, run[0] * block, run.len() as u64 * block);
        }
        let mut free = self.ground.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.blocks.extend(self.blocks.drain(..).rev());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt;

    #[tokio::test]
    async fn what_is_kept_comes_back_and_its_room_is_used_again() {
        let limits = Limits {
            fileserver_buffer: 4096,
            ..Limits::default()
        };
        let run = OneRun::new(&limits, || 5).unwrap();
        let key = |name: &str| Key::Path(name.to_owned());
        let bytes = |from: u8, length: usize| {
            (0..length)
                .map(|n| from.wrapping_add((n / 7) as u8))
                .collect::<Vec<_>>()
        };
        let store = async |name: &str, bytes: &[u8]| {
            let pieces: Vec<_> = bytes
                .chunks(1000)
                .map(|piece| Ok(Bytes::copy_from_slice(piece)))
                .collect();
            run.store(&key(name), Facts::default(), stream::iter(pieces).boxed())
                .await
                .unwrap()
        };
        let read = async |name: &str, range: Range<u64>| {
            let facts = run.facts(&key(name)).await?;
            let pieces: Vec<Bytes> = run.read(&key(name), &facts, range).await?.try_collect().await?;
            Ok::<_, StorageError>(pieces.concat())
        };
        for round in 0..20 {
            let (one, other) = (bytes(round, 30_000), bytes(round + 100, 5000));
            store("one", &one).await;
            store("other", &other).await;
            assert_eq!(read("one", 0..30_000).await.unwrap(), one);
            assert_eq!(read("one", 4095..8193).await.unwrap(), one[4095..8193]);
            assert_eq!(read("other", 0..5000).await.unwrap(), other);
            run.remove(&key("other")).await.unwrap();
            assert!(matches!(read("other", 0..1).await, Err(StorageError::NotFound)));
        }
        assert!(
            run.ground.free.lock().unwrap().next <= 2 * 8 + 2,
            "blocks are used again"
        );
        // Who has begun to read reads on, though it is replaced.
        let facts = store("one", &bytes(1, 30_000)).await;
        let reading = run.read(&key("one"), &facts, 0..30_000).await.unwrap();
        store("one", b"new").await;
        store("more", &bytes(9, 60_000)).await;
        let pieces: Vec<Bytes> = reading.try_collect().await.unwrap();
        assert_eq!(pieces.concat(), bytes(1, 30_000));
        assert!(
            run.read(&key("one"), &facts, 0..1).await.is_err(),
            "it is another one now"
        );
        assert_eq!(run.sweep(0, 10).await.unwrap(), 3 + 60_000 + 20);
    }
}
