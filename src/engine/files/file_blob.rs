//! Blobs that are files: opened for upload, or created by a download and removed when no longer used.

use natsbridge_wire::{Blob, ReadAt};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempPath;

/// A file as a blob. Its size is what it was when it was opened.
#[derive(Debug)]
struct StoredFile {
    file: File,
    size: u64,
    path: PathBuf,
    /// Removes the file when dropped.
    _temporary: Option<TempPath>,
}

/// Opens a file as a blob; nothing of it is read yet.
pub fn file_blob(path: &Path) -> io::Result<Blob> {
    let file = File::open(path)?;
    stored(file, path.to_owned(), None)
}

/// A new file that only its owner can read, and that goes with its path.
pub(crate) fn temporary_file() -> io::Result<(File, TempPath)> {
    let file = tempfile::Builder::new().prefix("natsbridge-").tempfile()?;
    Ok(file.into_parts())
}

/// A finished download as a blob; the file is removed when the last clone is dropped.
pub(crate) fn temporary_blob(file: File, path: TempPath) -> io::Result<Blob> {
    stored(file, path.to_path_buf(), Some(path))
}

fn stored(file: File, path: PathBuf, temporary: Option<TempPath>) -> io::Result<Blob> {
    let size = file.metadata()?.len();
    Ok(Blob::Stored(Arc::new(StoredFile {
        file,
        size,
        path,
        _temporary: temporary,
    })))
}

impl ReadAt for StoredFile {
    fn size(&self) -> u64 {
        self.size
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut done = 0;
        while done < buffer.len() {
            let read = std::os::windows::fs::FileExt::seek_read(
                &self.file,
                &mut buffer[done..],
                offset + done as u64,
            )?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            done += read;
        }
        Ok(())
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }
}
