//! Where the bytes of a download go: into memory while they are few, then into a file without a name that only its owner
//! can read. Writing and hashing overlap receiving; at most two pieces are in memory, and their room is used again.

use crate::files::{temporary_blob, temporary_file};
use natsbridge_wire::Blob;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use tokio::task::{JoinHandle, spawn_blocking};

/// Takes bytes, gives a blob.
#[derive(Debug)]
pub(super) struct Spool {
    /// Bytes that may wait in memory.
    most: usize,
    waiting: Vec<u8>,
    digest: bool,
    file: Option<SpoolFile>,
}

/// A file and the piece that is on its way into it.
#[derive(Debug)]
struct SpoolFile {
    writing: JoinHandle<io::Result<File>>,
    /// The digest that the piece is added to, if one is made.
    hashing: Option<JoinHandle<Sha256>>,
    piece: Arc<Vec<u8>>,
}

/// A file that is written up to here.
struct Written {
    file: File,
    digest: Option<Sha256>,
    /// Room for a piece.
    room: Vec<u8>,
}

impl Spool {
    /// One that keeps so many bytes in memory, and makes the SHA-256 of what is more if `digest`.
    pub(super) fn new(most: usize, digest: bool) -> Self {
        Self {
            most,
            waiting: Vec::new(),
            digest,
            file: None,
        }
    }

    /// Takes what came. It is copied: room that is lent for long would be made anew for what comes next.
    pub(super) async fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() > self.most {
            self.write().await?;
        }
        Ok(())
    }

    /// All that came.
    pub(super) async fn finish(mut self) -> io::Result<Blob> {
        if self.file.is_none() {
            self.waiting.shrink_to_fit();
            return Ok(self.waiting.into());
        }
        self.write().await?;
        let Written { file, digest, .. } = self.written().await?;
        temporary_blob(file, digest.map(|digest| digest.finalize().into()))
    }

    /// Writes the waiting bytes to disk, once the previous piece is there.
    async fn write(&mut self) -> io::Result<()> {
        let Written {
            mut file,
            digest,
            mut room,
        } = self.written().await?;
        room.clear();
        let piece = Arc::new(std::mem::replace(&mut self.waiting, room));
        let hashing = digest.map(|mut digest| {
            let piece = Arc::clone(&piece);
            spawn_blocking(move || {
                digest.update(&*piece);
                digest
            })
        });
        let writing = spawn_blocking({
            let piece = Arc::clone(&piece);
            move || file.write_all(&piece).map(|()| file)
        });
        self.file = Some(SpoolFile {
            writing,
            hashing,
            piece,
        });
        Ok(())
    }

    /// The file with its last piece; a new one if there is none yet.
    async fn written(&mut self) -> io::Result<Written> {
        let Some(last) = self.file.take() else {
            return Ok(Written {
                file: temporary_file()?,
                digest: self.digest.then(Sha256::new),
                room: Vec::new(),
            });
        };
        Ok(Written {
            file: last.writing.await.map_err(io::Error::other)??,
            digest: match last.hashing {
                Some(hashing) => Some(hashing.await.map_err(io::Error::other)?),
                None => None,
            },
            room: Arc::try_unwrap(last.piece).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn few_bytes_stay_in_memory_many_go_to_a_file_without_a_name() {
        let mut few = Spool::new(10, true);
        few.take(b"hello").await.unwrap();
        few.take(b"world").await.unwrap();
        assert_eq!(few.finish().await.unwrap().memory().unwrap(), "helloworld");
        let mut many = Spool::new(10, true);
        for _ in 0..5 {
            many.take(b"0123456").await.unwrap();
        }
        let blob = many.finish().await.unwrap();
        let Blob::Stored(stored) = &blob else {
            unreachable!("it is over the limit")
        };
        let digest: [u8; 32] = Sha256::digest("0123456".repeat(5)).into();
        assert_eq!(stored.sha256(), Some(digest));
        assert!(stored.path().is_none(), "nothing is there that could stay");
        let bytes = blob.load(u64::MAX).unwrap().unwrap();
        assert_eq!(bytes, "0123456".repeat(5));
    }
}
