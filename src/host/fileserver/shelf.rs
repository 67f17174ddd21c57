//! Where files are kept: the contract of a directory and of a bucket.

use super::key::{Facts, Key};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use std::io;
use std::ops::Range;

/// Bytes on their way.
pub type Body<'a> = BoxStream<'a, io::Result<Bytes>>;

/// What a shelf returns.
pub type Shelved<'a, T> = BoxFuture<'a, Result<T, ShelfError>>;

/// Why a shelf did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// There is nothing under that key.
    #[error("there is no such file")]
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
    /// Stores a body; nothing is seen of it before it is complete. Fills in size, digest, time and tag.
    fn store<'a>(&'a self, key: &'a Key, facts: Facts, body: Body<'a>) -> Shelved<'a, Facts>;

    /// What is known of a file.
    fn facts<'a>(&'a self, key: &'a Key) -> Shelved<'a, Facts>;

    /// The bytes of a range that lies within the file.
    fn read<'a>(&'a self, key: &'a Key, facts: &'a Facts, range: Range<u64>) -> Shelved<'a, Body<'static>>;

    /// Removes a file. Of any number who try at the same time, at whatever server, one succeeds and the others hear that
    /// there is no such file.
    fn remove<'a>(&'a self, key: &'a Key) -> Shelved<'a, ()>;

    /// Asks other servers of the same shelf to leave a one-shot file to us; whether they do.
    fn claim<'a>(&'a self, key: &'a Key) -> Shelved<'a, bool>;

    /// Takes the claim back.
    fn release<'a>(&'a self, key: &'a Key) -> Shelved<'a, ()>;

    /// Removes what is over; returns the bytes kept, `overhead` counted for each file.
    fn sweep(&self, now_us: i64, overhead: u64) -> Shelved<'_, u64>;

    /// Free bytes of the disk, where that is known.
    fn free(&self) -> Option<u64>;
}
