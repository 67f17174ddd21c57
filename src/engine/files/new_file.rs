//! A file that appears under its name whole or not at all. Until then it has no name where the system can do that, so that
//! nothing of it stays however the program ends; elsewhere a hidden one that goes when it is given up.

#[cfg(target_os = "linux")]
use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
#[cfg(target_os = "linux")]
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file being written for a folder.
#[derive(Debug)]
pub enum NewFile {
    /// Without a name; the folder is kept open, so that the file appears there and nowhere else.
    #[cfg(target_os = "linux")]
    Unnamed {
        /// The file.
        file: File,
        /// Where it is to appear.
        folder: File,
    },
    /// Under a hidden name in that folder.
    Hidden {
        /// The file.
        file: NamedTempFile,
        /// Where it is to appear.
        folder: PathBuf,
    },
}

impl NewFile {
    /// One for that folder, for its owner alone.
    pub fn create_in(folder: &Path) -> io::Result<Self> {
        // The folder of a bare name has none.
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        #[cfg(target_os = "linux")]
        if let Some(unnamed) = unnamed(folder)? {
            return Ok(unnamed);
        }
        let file = tempfile::Builder::new()
            .prefix(".natsbridge-")
            .suffix(".part")
            .tempfile_in(folder)?;
        let folder = folder.to_owned();
        Ok(Self::Hidden { file, folder })
    }

    /// What is written.
    pub fn file(&self) -> &File {
        match self {
            #[cfg(target_os = "linux")]
            Self::Unnamed { file, .. } => file,
            Self::Hidden { file, .. } => file.as_file(),
        }
    }

    /// Gives it its name in the folder; an error, and still there, where something has that name.
    pub fn appear(self, name: &OsStr) -> Result<(), (io::Error, Self)> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Unnamed { file, folder } => {
                link(&file, &folder, name).map_err(|error| (error, Self::Unnamed { file, folder }))
            }
            Self::Hidden { file, folder } => match file.persist_noclobber(folder.join(name)) {
                Ok(_) => Ok(()),
                Err(failed) => {
                    let file = failed.file;
                    Err((failed.error, Self::Hidden { file, folder }))
                }
            },
        }
    }
}

/// One without a name, where the file system can do that and `/proc` is there to give it one later.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> io::Result<Option<NewFile>> {
    let folder = openat(CWD, folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    match openat(&folder, ".", flags, Mode::RUSR | Mode::WUSR) {
        Ok(file) if Path::new("/proc/self/fd").is_dir() => Ok(Some(NewFile::Unnamed {
            file: file.into(),
            folder: folder.into(),
        })),
        Ok(_) | Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::NOENT | Errno::INVAL) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Gives a file without a name one.
#[cfg(target_os = "linux")]
pub(super) fn link(file: &File, folder: impl AsFd, name: impl AsRef<OsStr>) -> io::Result<()> {
    let open = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, open, folder, name.as_ref(), AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_appears_whole_and_where_nothing_is() {
        let dir = tempfile::tempdir().unwrap();
        let seen = || std::fs::read_dir(dir.path()).unwrap().count();
        let hidden = tempfile::NamedTempFile::new_in(dir.path()).unwrap();
        let folder = dir.path().to_owned();
        for file in [
            NewFile::create_in(dir.path()).unwrap(),
            NewFile::Hidden { file: hidden, folder },
        ] {
            file.file().write_all(b"whole").unwrap();
            std::fs::write(dir.path().join("taken"), "mine").unwrap();
            let (error, file) = file.appear("taken".as_ref()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            file.appear("new".as_ref()).map_err(|(error, _)| error).unwrap();
            assert_eq!(std::fs::read(dir.path().join("taken")).unwrap(), b"mine");
            assert_eq!(std::fs::read(dir.path().join("new")).unwrap(), b"whole");
            std::fs::remove_file(dir.path().join("new")).unwrap();
        }
        // The folder is the one that was opened, whatever its name leads to by now.
        #[cfg(target_os = "linux")]
        {
            let (moved, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let (from, to) = (moved.path().join("folder"), moved.path().join("renamed"));
            std::fs::create_dir(&from).unwrap();
            let file = NewFile::create_in(&from).unwrap();
            std::fs::rename(&from, &to).unwrap();
            std::os::unix::fs::symlink(elsewhere.path(), &from).unwrap();
            file.appear("new".as_ref()).map_err(|(error, _)| error).unwrap();
            assert!(to.join("new").exists() && !elsewhere.path().join("new").exists());
        }
        let given_up = NewFile::create_in(dir.path()).unwrap();
        #[cfg(target_os = "linux")]
        assert_eq!(
            seen(),
            1,
            "it has no name, as far as this file system can do that"
        );
        drop(given_up);
        assert_eq!(seen(), 1);
    }
}
