//! Files that a person names, opened only if they are files: a pipe may keep its reader waiting for ever, a device never ends.
//! Every file that a verb, a setting or a context names is opened here.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Opens a file for reading; what is no file is named and refused before anything of it is touched.
pub fn open_file(path: &Path) -> io::Result<(File, Metadata)> {
    refuse_others(std::fs::metadata(path)?.file_type())?;
    let mut options = OpenOptions::new();
    options.read(true);
    // It may have become a pipe by now, which is not waited for.
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    refuse_others(metadata.file_type())?;
    Ok((file, metadata))
}

/// All of a file, if it has at most so many bytes.
pub fn read_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let (file, metadata) = open_file(path)?;
    if metadata.len() > most {
        return Err(too_large(most));
    }
    // Room for all at once: a secret leaves no copies behind.
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    // Some files of the system say that they are empty, and others grow.
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_large(most));
    }
    Ok(bytes)
}

/// The same for a text.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let text = String::from_utf8(read_file(path, most)?);
    text.map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8 text"))
}

fn too_large(most: u64) -> io::Error {
    let why = format!("it has more than {most} bytes");
    io::Error::new(ErrorKind::FileTooLarge, why)
}

fn refuse_others(kind: FileType) -> io::Result<()> {
    let why = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "it is a directory, not a file"
    } else {
        special(kind)
    };
    Err(io::Error::new(ErrorKind::InvalidInput, why))
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "it is a pipe, not a file: save what it gives to a file first"
    } else if kind.is_socket() {
        "it is a socket, not a file"
    } else {
        "it is a device, not a file"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "it is no file"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "words").unwrap();
        assert_eq!(read_text(&path, 5).unwrap(), "words");
        let error = read_file(&path, 4).unwrap_err();
        assert!(error.to_string().contains("more than 4 bytes"), "{error}");
        std::fs::write(&path, b"\xff").unwrap();
        let error = read_text(&path, 5).unwrap_err();
        assert!(error.to_string().contains("not UTF-8"), "{error}");
        let error = read_file(folder.path(), 5).unwrap_err();
        assert!(error.to_string().contains("a directory"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_named_and_never_waited_for() {
        use rustix::fs::{CWD, Mode, mkfifoat};
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        mkfifoat(CWD, &pipe, Mode::RWXU).unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (path, what) in [
            (pipe.as_path(), "a pipe"),
            (&socket, "a socket"),
            (Path::new("/dev/zero"), "a device"),
            (Path::new("/dev/tty"), "a device"),
        ] {
            let error = open_file(path).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        // The system says that this one is empty.
        assert!(read_text(Path::new("/proc/self/status"), 1 << 20).unwrap().len() > 100);
    }
}
