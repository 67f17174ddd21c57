//! Blobs that are files: opened for upload, or created by a download, without a name, and gone when no longer used or when
//! the program ends in whatever way.

use super::positioned::read_at;
use super::regular::open_file;
use natsbridge_wire::{Blob, ReadAt};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

/// A file as a blob. Its size is what it was when it was opened.
#[derive(Debug)]
struct StoredFile {
    file: File,
    size: u64,
    /// Where it is, if it has a name: one of our own has none.
    path: Option<PathBuf>,
    sha256: Option<[u8; 32]>,
    /// When it was last written to, once others have it, too.
    given: OnceLock<SystemTime>,
}

/// Opens a file as a blob; nothing of it is read yet.
pub fn file_blob(path: &Path) -> io::Result<Blob> {
    let (file, _) = open_file(path)?;
    stored(file, Some(path.to_owned()), None)
}

/// A new file that only its owner can read, and that goes when it is closed.
pub(crate) fn temporary_file() -> io::Result<File> {
    let file = tempfile::tempfile()?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// A finished download as a blob, with the SHA-256 of its bytes if it is known; the file goes with the last clone.
pub(crate) fn temporary_blob(file: File, sha256: Option<[u8; 32]>) -> io::Result<Blob> {
    stored(file, None, sha256)
}

fn stored(file: File, path: Option<PathBuf>, sha256: Option<[u8; 32]>) -> io::Result<Blob> {
    let size = file.metadata()?.len();
    Ok(Blob::Stored(Arc::new(StoredFile {
        file,
        size,
        path,
        sha256,
        given: OnceLock::new(),
    })))
}

impl ReadAt for StoredFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        read_at(&self.file, buffer, offset)
    }

    fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    fn sha256(&self) -> Option<[u8; 32]> {
        self.sha256
    }

    /// Only a file of our own, and only once: whoever has it may change it.
    fn hand_over(&self, to: &Path) -> io::Result<bool> {
        if self.path.is_some() || self.given.get().is_some() {
            return Ok(false);
        }
        let Ok(written) = self.file.metadata().and_then(|facts| facts.modified()) else {
            return Ok(false);
        };
        match name(&self.file, to) {
            Ok(()) => {
                self.given.get_or_init(|| written);
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // Another file system, or one that cannot do that.
            Err(_) => Ok(false),
        }
    }

    fn is_intact(&self) -> bool {
        let Some(written) = self.given.get() else {
            return true;
        };
        let facts = self.file.metadata();
        facts.is_ok_and(|facts| {
            facts.len() == self.size && facts.modified().is_ok_and(|modified| modified == *written)
        })
    }
}

/// Gives a file that has none a name.
#[cfg(target_os = "linux")]
fn name(file: &File, to: &Path) -> io::Result<()> {
    super::new_file::link(file, rustix::fs::CWD, to)
}

/// Gives a file that has none a name.
#[cfg(not(target_os = "linux"))]
fn name(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
