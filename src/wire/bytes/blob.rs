//! The bytes of a payload, wherever they are: in memory, or in a place read piece by piece (a downloaded file or one
//! to upload). Independent of files; the engine knows those.

use bytes::Bytes;
use std::fmt::Debug;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A place that is read piece by piece.
pub trait ReadAt: Send + Sync + Debug {
    /// Bytes in all.
    fn size(&self) -> u64;
    /// Fills `buffer` from `offset` on; fails if there are fewer bytes.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
    /// Its file, if it is one.
    fn path(&self) -> Option<&Path> {
        None
    }
    /// The SHA-256 of all bytes, where it is known already.
    fn sha256(&self) -> Option<[u8; 32]> {
        None
    }
    /// Makes its file the file `to`, too, so that nothing has to be copied; false if that cannot be. Fails if there is such
    /// a file.
    fn hand_over(&self, _to: &Path) -> io::Result<bool> {
        Ok(false)
    }
    /// Whether the bytes are what they were, as far as that can be told without reading them.
    fn is_intact(&self) -> bool {
        true
    }
}

/// The bytes of a payload; cloning shares them.
#[derive(Debug, Clone)]
pub enum Blob {
    /// In memory.
    Memory(Bytes),
    /// Elsewhere.
    Stored(Arc<dyn ReadAt>),
}

impl Blob {
    /// Bytes in all.
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Stored(stored) => stored.size(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, where they are in memory.
    pub fn memory(&self) -> Option<&Bytes> {
        match self {
            Self::Memory(bytes) => Some(bytes),
            Self::Stored(_) => None,
        }
    }

    /// The bytes of a range, clipped to what there is.
    pub fn slice(&self, range: Range<u64>) -> io::Result<Bytes> {
        let end = range.end.min(self.len());
        let start = range.start.min(end);
        match self {
            Self::Memory(bytes) => Ok(bytes.slice(start as usize..end as usize)),
            Self::Stored(stored) => {
                let mut buffer = vec![0; (end - start) as usize];
                stored.read_at(start, &mut buffer)?;
                Ok(buffer.into())
            }
        }
    }

    /// All bytes in memory; `None` if there are more than `most`.
    pub fn load(&self, most: u64) -> io::Result<Option<Bytes>> {
        match self {
            Self::Memory(bytes) => Ok((bytes.len() as u64 <= most).then(|| bytes.clone())),
            Self::Stored(stored) if stored.size() <= most => self.slice(0..stored.size()).map(Some),
            Self::Stored(_) => Ok(None),
        }
    }

    /// The bytes one after the other, seekable.
    pub fn reader(&self) -> BlobReader {
        self.reader_from(0)
    }

    /// The bytes from `start` on, which is where the reader counts from.
    pub(crate) fn reader_from(&self, start: u64) -> BlobReader {
        BlobReader {
            blob: self.clone(),
            start: start.min(self.len()),
            at: 0,
        }
    }

    /// Writes all bytes to `out`, in large pieces.
    pub fn copy_to(&self, out: &mut impl Write) -> io::Result<()> {
        const PIECE: usize = 256 << 10;
        match self {
            Self::Memory(bytes) => out.write_all(bytes),
            Self::Stored(stored) => {
                let size = stored.size();
                let mut buffer = vec![0; PIECE.min(size as usize)];
                for at in (0..size).step_by(PIECE) {
                    let piece = &mut buffer[..(size - at).min(PIECE as u64) as usize];
                    stored.read_at(at, piece)?;
                    out.write_all(piece)?;
                }
                Ok(())
            }
        }
    }
}

impl Default for Blob {
    fn default() -> Self {
        Self::Memory(Bytes::new())
    }
}

impl PartialEq for Blob {
    /// Bytes in memory are compared; stored ones are equal if they are the same place.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Memory(a), Self::Memory(b)) => a == b,
            (Self::Stored(a), Self::Stored(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Eq for Blob {}

impl<T: Into<Bytes>> From<T> for Blob {
    fn from(bytes: T) -> Self {
        Self::Memory(bytes.into())
    }
}

/// Reads a blob from its start.
#[derive(Debug, Clone)]
pub struct BlobReader {
    blob: Blob,
    /// What counts as the start.
    start: u64,
    at: u64,
}

impl BlobReader {
    /// Bytes from the start to the end.
    pub(crate) fn len(&self) -> u64 {
        self.blob.len() - self.start
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.len().saturating_sub(self.at);
        let count = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if count == 0 {
            return Ok(0);
        }
        let (into, from) = (&mut buffer[..count], self.start + self.at);
        match &self.blob {
            Blob::Memory(bytes) => into.copy_from_slice(&bytes[from as usize..][..count]),
            Blob::Stored(stored) => stored.read_at(from, into)?,
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Elsewhere(&'static [u8]);

    impl ReadAt for Elsewhere {
        fn size(&self) -> u64 {
            self.0.len() as u64
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
            let bytes = self.0.get(offset as usize..).unwrap_or_default();
            buffer.copy_from_slice(bytes.get(..buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        }
    }

    #[test]
    fn memory_and_elsewhere_read_alike() {
        for blob in [
            Blob::from("hello world"),
            Blob::Stored(Arc::new(Elsewhere(b"hello world"))),
        ] {
            assert_eq!(blob.len(), 11);
            assert_eq!(blob.slice(6..99).unwrap(), "world");
            assert_eq!(blob.slice(50..60).unwrap(), "");
            assert_eq!(blob.load(10).unwrap(), None);
            assert_eq!(blob.load(11).unwrap().unwrap(), "hello world");
            let mut copied = Vec::new();
            blob.copy_to(&mut copied).unwrap();
            assert_eq!(copied, b"hello world");
            let mut late = String::new();
            blob.reader_from(4).read_to_string(&mut late).unwrap();
            assert_eq!(late, "o world");
            let mut reader = blob.reader();
            reader.seek(SeekFrom::End(-5)).unwrap();
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            assert_eq!(text, "world");
            assert!(reader.seek(SeekFrom::Current(-99)).is_err());
            reader.seek(SeekFrom::Start(99)).unwrap();
            assert_eq!(
                reader.read(&mut [0; 4]).unwrap(),
                0,
                "behind the end there is nothing"
            );
        }
    }
}
