//! The storage of files: the interface of a directory and of a bucket.

use super::key::{Facts, Key};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use std::io;
use std::ops::Range;

/// Bytes on their way.
pub type Body<'a> = BoxStream<'a, io::Result<Bytes>>;

/// The result of a storage operation.
pub type Shelved<'a, T> = BoxFuture<'a, Result<T, ShelfError>>;

/// Why a storage operation failed.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// There is nothing under that key.
    #[error("no such file")]
    NotFound,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Anything else, as a sentence.
    #[error("{0}")]
    Failed(String),
}

impl From<io::Error> for ShelfError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// Keeps files.
pub trait Shelf: Send + Sync {
    /// Stores a body; it is invisible until it is complete. Fills in size, digest, time and tag.
    fn store<'a>(&'a self, key: &'a Key, facts: Facts, body: Body<'a>) -> Shelved<'a, Facts>;

    /// What is known of a file.
    fn facts<'a>(&'a self, key: &'a Key) -> Shelved<'a, Facts>;

    /// The bytes of a range that lies within the file.
    fn read<'a>(&'a self, key: &'a Key, facts: &'a Facts, range: Range<u64>) -> Shelved<'a, Body<'static>>;

    /// Removes a file. Of any number of concurrent callers, on any server, one succeeds and the others are told that
    /// there is no such file.
    fn remove<'a>(&'a self, key: &'a Key) -> Shelved<'a, ()>;

    /// Asks other servers with the same storage to leave a one-shot file to us; returns whether they do.
    fn claim<'a>(&'a self, key: &'a Key) -> Shelved<'a, bool>;

    /// Takes the claim back.
    fn release<'a>(&'a self, key: &'a Key) -> Shelved<'a, ()>;

    /// Removes expired files; returns the bytes kept, with `overhead` added for each file.
    fn sweep(&self, now_us: i64, overhead: u64) -> Shelved<'_, u64>;

    /// Free bytes of the disk, where that is known.
    fn free(&self) -> Option<u64>;
}
