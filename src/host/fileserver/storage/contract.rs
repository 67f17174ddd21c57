//! The storage of files: the interface of a directory and of a bucket.

use super::key::{Facts, Key};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use std::error::Error;
use std::io;
use std::ops::Range;
use tokio::task::JoinError;

/// Bytes on their way.
pub type Body<'a> = BoxStream<'a, io::Result<Bytes>>;

/// What a backend returns.
pub type Stored<'a, T> = BoxFuture<'a, Result<T, StorageError>>;

/// Why a backend did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is nothing under that key.
    #[error("no such file")]
    NotFound,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Anything else.
    #[error(transparent)]
    Failed(Box<dyn Error + Send + Sync>),
}

impl StorageError {
    /// Work in the background did not come to its end: the runtime is shutting down.
    pub fn ended(source: JoinError) -> Self {
        Self::Failed(source.into())
    }
}

impl From<io::Error> for StorageError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Failed(error.into()),
        }
    }
}

/// Keeps files.
pub trait Backend: Send + Sync {
    /// Stores a body; it is invisible until it is complete. Fills in size, digest, time and tag.
    fn store<'a>(&'a self, key: &'a Key, facts: Facts, body: Body<'a>) -> Stored<'a, Facts>;

    /// What is known of a file.
    fn facts<'a>(&'a self, key: &'a Key) -> Stored<'a, Facts>;

    /// The bytes of a range that lies within the file.
    fn read<'a>(&'a self, key: &'a Key, facts: &'a Facts, range: Range<u64>) -> Stored<'a, Body<'static>>;

    /// Removes a file. Of any number of concurrent callers, on any server, one succeeds and the others are told that
    /// there is no such file.
    fn remove<'a>(&'a self, key: &'a Key) -> Stored<'a, ()>;

    /// Asks other servers of the same backend to leave a one-shot file to us; whether they do. Most backends are ours alone.
    fn claim<'a>(&'a self, _: &'a Key) -> Stored<'a, bool> {
        async { Ok(true) }.boxed()
    }

    /// Takes the claim back.
    fn release<'a>(&'a self, _: &'a Key) -> Stored<'a, ()> {
        async { Ok(()) }.boxed()
    }

    /// Removes expired files; returns the bytes kept, with `overhead` added for each file.
    fn sweep(&self, now_us: i64, overhead: u64) -> Stored<'_, u64>;

    /// Free bytes of the disk, where that is known.
    fn free(&self) -> Option<u64>;
}
