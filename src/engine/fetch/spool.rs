//! Where the bytes of a download go: into memory while they are few, then into a temporary file that only its owner
//! can read. Writing overlaps receiving; at most two pieces are in memory.

use crate::files::{temporary_blob, temporary_file};
use bytes::Bytes;
use natsbridge_wire::Blob;
use std::fs::File;
use std::io::{self, Write};
use tempfile::TempPath;
use tokio::task::{JoinHandle, spawn_blocking};

/// Takes bytes, gives a blob.
#[derive(Debug)]
pub(super) struct Spool {
    /// Bytes that may wait in memory.
    piece: usize,
    waiting: Vec<Bytes>,
    held: usize,
    file: Option<SpoolFile>,
}

#[derive(Debug)]
struct SpoolFile {
    /// The file with the piece that is being written to it.
    writing: JoinHandle<io::Result<File>>,
    /// Removes it when dropped.
    path: TempPath,
}

impl Spool {
    /// One that keeps so many bytes in memory.
    pub(super) fn new(piece: usize) -> Self {
        Self {
            piece,
            waiting: Vec::new(),
            held: 0,
            file: None,
        }
    }

    /// Takes what came.
    pub(super) async fn take(&mut self, bytes: Bytes) -> io::Result<()> {
        self.held += bytes.len();
        self.waiting.push(bytes);
        if self.held > self.piece {
            self.write().await?;
        }
        Ok(())
    }

    /// All that came.
    pub(super) async fn finish(mut self) -> io::Result<Blob> {
        if self.file.is_none() {
            return Ok(match self.waiting.as_slice() {
                [] => Blob::default(),
                [only] => only.clone().into(),
                pieces => pieces.concat().into(),
            });
        }
        self.write().await?;
        match self.file.take() {
            Some(SpoolFile { writing, path }) => temporary_blob(written(writing).await?, path),
            None => Ok(Blob::default()),
        }
    }

    /// Writes the waiting bytes to disk, once the previous piece is there.
    async fn write(&mut self) -> io::Result<()> {
        let (file, path) = match self.file.take() {
            Some(SpoolFile { writing, path }) => (written(writing).await?, path),
            None => temporary_file()?,
        };
        let pieces = std::mem::take(&mut self.waiting);
        self.held = 0;
        let writing = spawn_blocking(move || {
            let mut file = file;
            for piece in pieces {
                file.write_all(&piece)?;
            }
            Ok(file)
        });
        self.file = Some(SpoolFile { writing, path });
        Ok(())
    }
}

async fn written(writing: JoinHandle<io::Result<File>>) -> io::Result<File> {
    writing.await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn few_bytes_stay_in_memory_many_go_to_a_file_that_goes_with_the_blob() {
        let mut few = Spool::new(10);
        few.take("hello".into()).await.unwrap();
        few.take("world".into()).await.unwrap();
        assert_eq!(few.finish().await.unwrap().memory().unwrap(), "helloworld");
        let mut many = Spool::new(10);
        for _ in 0..5 {
            many.take("0123456".into()).await.unwrap();
        }
        let blob = many.finish().await.unwrap();
        let Blob::Stored(stored) = &blob else {
            unreachable!("it is over the limit")
        };
        let path = stored.path().unwrap().to_owned();
        assert_eq!(std::fs::read(&path).unwrap(), "0123456".repeat(5).as_bytes());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        drop(blob);
        assert!(!path.exists(), "removed with the last holder");
    }

    #[tokio::test]
    async fn what_is_given_up_leaves_no_file() {
        let mut spool = Spool::new(1);
        spool.take("abc".into()).await.unwrap();
        let path = spool.file.as_ref().unwrap().path.to_path_buf();
        assert!(path.exists());
        drop(spool);
        assert!(!path.exists());
    }
}
