//! The bytes of a payload, wherever they are: in memory, or in a place that is read piece by piece (a file that was
//! downloaded or is to be uploaded). Knows no files itself; the engine does.

use bytes::Bytes;
use std::fmt::Debug;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A place that is read piece by piece.
pub trait ReadAt: Send + Sync + Debug {
    /// Bytes in all.
    fn size(&self) -> u64;
    /// Fills `buffer` from `offset` on; an error if there are fewer bytes.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
    /// Its file, if it is one.
    fn path(&self) -> Option<&Path> {
        None
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
        BlobReader {
            blob: self.clone(),
            at: 0,
        }
    }
}

impl Default for Blob {
    fn default() -> Self {
        Self::Memory(Bytes::new())
    }
}

impl PartialEq for Blob {
    /// Bytes in memory are compared, stored ones are equal where they are the same place.
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
    at: u64,
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.blob.len().saturating_sub(self.at);
        let count = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if count == 0 {
            return Ok(0);
        }
        let into = &mut buffer[..count];
        match &self.blob {
            Blob::Memory(bytes) => into.copy_from_slice(&bytes[self.at as usize..][..count]),
            Blob::Stored(stored) => stored.read_at(self.at, into)?,
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.blob.len().checked_add_signed(by),
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
