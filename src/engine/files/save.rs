//! Saves payloads to files: safe names, never overwriting, never following links, readable by the owner only.

use super::new_file::NewFile;
use natsbridge_wire::{Blob, Limits};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Bytes of what is kept together as the extension of a name.
const LONGEST_EXTENSION: usize = 32;

/// Bytes that are written at a time.
const BUFFER: usize = 1 << 18;

/// Names that Windows keeps for devices.
const DEVICES: &[&str] = &[
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
    "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "COM¹", "COM²", "COM³", "LPT¹",
    "LPT²", "LPT³",
];

/// Writes `body` into `dir` under a name made from `dataname`, or `payload-<id>` where nothing is left of it;
/// returns where it went.
pub fn save_payload(dir: &Path, dataname: &str, id: &str, body: &Blob) -> io::Result<PathBuf> {
    let mut new = NewFile::create_in(dir)?;
    copy(body, &new)?;
    for name in names(dataname, id) {
        match new.appear(name.as_ref()) {
            Ok(()) => return Ok(dir.join(name)),
            Err((error, same)) if error.kind() == ErrorKind::AlreadyExists => new = same,
            Err((error, _)) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// The same for a payload that was received and is not needed any more: a file that was downloaded becomes the saved one
/// where it can, and is not copied.
pub fn save_received(dir: &Path, dataname: &str, id: &str, body: &Blob) -> io::Result<PathBuf> {
    let Blob::Stored(stored) = body else {
        return save_payload(dir, dataname, id, body);
    };
    for name in names(dataname, id) {
        let path = dir.join(name);
        match stored.hand_over(&path) {
            Ok(true) => return Ok(path),
            Ok(false) => break,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    save_payload(dir, dataname, id, body)
}

/// The names that are tried, one after the other.
fn names(dataname: &str, id: &str) -> impl Iterator<Item = String> {
    let name = safe_file_name(dataname, id);
    (0..=u32::MAX).map(move |clash| numbered(&name, clash))
}

/// Writes a file that does not exist yet, whole or not at all.
pub fn save_new(path: &Path, body: &Blob) -> io::Result<()> {
    save_through(path, |file| body.copy_to(file)).map(drop)
}

/// Creates a new file written by `write`, completely or not at all: it gets its name when it is whole, so that no end of the
/// program leaves half of it. Returns its size in bytes.
///
/// # Errors When the file exists, cannot be created, or `write` fails.
pub fn save_through<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<u64, E> {
    // Looked at before the work; what comes to be under that name later is not overwritten either.
    if path.symlink_metadata().is_ok() {
        return Err(io::Error::from(ErrorKind::AlreadyExists).into());
    }
    let name = path.file_name().ok_or(io::Error::from(ErrorKind::InvalidInput))?;
    let new = NewFile::create_in(path.parent().unwrap_or(path))?;
    let mut file = BufWriter::with_capacity(BUFFER, new.file().try_clone()?);
    write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    let size = file.metadata()?.len();
    new.appear(name).map_err(|(error, _)| error)?;
    Ok(size)
}

fn copy(body: &Blob, new: &NewFile) -> io::Result<()> {
    let mut file = BufWriter::with_capacity(BUFFER, new.file());
    body.copy_to(&mut file)?;
    file.flush()
}

/// Creates a new file that only its owner may read. `create_new` is `O_CREAT|O_EXCL`: it neither overwrites nor
/// follows a link of that name.
pub fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// A foreign name as a safe file name: its last component, harmless characters, of bounded length. `payload-<id>` if
/// nothing is left of it.
pub fn safe_file_name(dataname: &str, id: &str) -> String {
    let cleaned = clean(dataname.rsplit(['/', '\\']).next().unwrap_or_default());
    if cleaned.is_empty() {
        return clean(&format!("payload-{id}"));
    }
    let stem = cleaned.split('.').next().unwrap_or_default().trim_end();
    if DEVICES.iter().any(|device| device.eq_ignore_ascii_case(stem)) {
        return clean(&format!("_{cleaned}"));
    }
    cleaned
}

fn clean(name: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || "._ -".contains(c);
    let cleaned: String = name.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    cut(&cleaned, Limits::in_force().file_name_bytes)
        .trim_start_matches(['.', '-', ' '])
        .trim_end_matches(['.', ' '])
        .to_owned()
}

/// The beginning of a text, in at most so many bytes.
fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The name for the n-th try: ` (1)` goes before the extension, and takes the room that it needs from the stem.
fn numbered(name: &str, clash: u32) -> String {
    if clash == 0 {
        return name.to_owned();
    }
    // What follows a dot early in a long name is none.
    let dot = name.rfind('.').filter(|at| name.len() - at <= LONGEST_EXTENSION);
    let (stem, extension) = name.split_at(dot.unwrap_or(name.len()));
    let ending = format!(" ({clash}){extension}");
    let room = Limits::in_force().file_name_bytes.saturating_sub(ending.len());
    cut(stem, room).to_owned() + &ending
}

#[cfg(test)]
mod tests {
    use super::super::file_blob::{file_blob, temporary_blob, temporary_file};
    use super::*;
    use crate::clock;

    #[test]
    fn names_are_made_safe() {
        for (given, safe) in [
            ("avatar.png", "avatar.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\x.dll", "x.dll"),
            ("..", "payload-7"),
            ("", "payload-7"),
            ("a/", "payload-7"),
            (".bashrc", "bashrc"),
            ("-rf", "rf"),
            ("con.txt", "_con.txt"),
            ("NUL", "_NUL"),
            ("a\u{0}b\u{202e}c:d*", "a_b_c_d_"),
            ("Übersicht 1.csv", "Übersicht 1.csv"),
            ("dots...", "dots"),
        ] {
            assert_eq!(safe_file_name(given, "7"), safe, "{given:?}");
        }
        let long = safe_file_name(&"é".repeat(500), "7");
        assert!(long.len() <= Limits::DEFAULT.file_name_bytes && !long.is_empty());
        let device = safe_file_name(&format!("NUL.{}", "x".repeat(200)), "7");
        for clash in [0, 1, 10] {
            for name in [&long, &device, &format!("a.{}", "x".repeat(118))] {
                assert!(
                    numbered(name, clash).len() <= Limits::DEFAULT.file_name_bytes,
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn a_downloaded_file_becomes_the_saved_one_once_and_is_copied_then() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = temporary_file().unwrap();
        file.write_all(b"downloaded").unwrap();
        let body = temporary_blob(file, None).unwrap();
        std::fs::write(dir.path().join("a.bin"), "taken").unwrap();
        let save = || save_received(dir.path(), "a.bin", "", &body).unwrap();
        let (first, second) = (save(), save());
        assert_eq!(first, dir.path().join("a (1).bin"));
        assert_eq!(second, dir.path().join("a (2).bin"));
        let Blob::Stored(stored) = &body else {
            unreachable!("it is a file")
        };
        assert!(stored.is_intact());
        // The saved file is the person's: changing it changes neither the other one nor what is believed of ours.
        std::fs::write(&first, "changed").unwrap();
        assert!(!stored.is_intact());
        drop(body);
        assert_eq!(std::fs::read(first).unwrap(), b"changed");
        assert_eq!(std::fs::read(second).unwrap(), b"downloaded");
        // What is in memory, or a person's own file, is written.
        let own = dir.path().join("own");
        std::fs::write(&own, "own").unwrap();
        let copy = save_received(dir.path(), "copy", "", &file_blob(&own).unwrap()).unwrap();
        std::fs::write(&own, "else").unwrap();
        assert_eq!(std::fs::read(copy).unwrap(), b"own");
    }

    #[test]
    fn nothing_is_overwritten_and_no_link_followed() {
        let dir = std::env::temp_dir().join(format!("natsbridge-save-{}", clock::random_uuid()));
        std::fs::create_dir(&dir).unwrap();
        let first = save_payload(&dir, "a.txt", "", &"1".into()).unwrap();
        let second = save_payload(&dir, "a.txt", "", &"2".into()).unwrap();
        assert_eq!(first, dir.join("a.txt"));
        assert_eq!(second, dir.join("a (1).txt"));
        assert_eq!(std::fs::read(first).unwrap(), b"1");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&second).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let outside = dir.join("outside");
            std::os::unix::fs::symlink(&outside, dir.join("link")).unwrap();
            assert_eq!(
                save_payload(&dir, "link", "", &"3".into()).unwrap(),
                dir.join("link (1)")
            );
            assert!(!outside.exists(), "the link was not followed");
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
