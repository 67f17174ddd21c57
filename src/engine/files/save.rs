//! Saves payloads to files: safe names, never overwriting, never following links, readable by the owner only.

use natsbridge_wire::{Blob, Limits};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};

/// Names that Windows keeps for devices.
const DEVICES: &[&str] = &[
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
    "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "COM¹", "COM²", "COM³", "LPT¹",
    "LPT²", "LPT³",
];

/// Writes `body` into `dir` under a name made from `dataname`, or `payload-<id>` where nothing is left of it;
/// returns where it went.
pub fn save_payload(dir: &Path, dataname: &str, id: &str, body: &Blob) -> io::Result<PathBuf> {
    let name = safe_file_name(dataname, id);
    for clash in 0.. {
        let path = dir.join(numbered(&name, clash));
        match save_new(&path, body) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Writes a file that does not exist yet, whole or not at all.
pub fn save_new(path: &Path, body: &Blob) -> io::Result<()> {
    save_through(path, |file| body.copy_to(file)).map(drop)
}

/// Creates a new file written by `write`, completely or not at all; returns its size in bytes.
///
/// # Errors When the file exists, cannot be created, or `write` fails.
pub fn save_through<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<u64, E> {
    let mut file = BufWriter::with_capacity(1 << 18, create_new(path)?);
    let written = write(&mut file).and_then(|()| {
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(file.metadata()?.len())
    });
    written.inspect_err(|_| {
        // Half a file is worse than none; the first error is the one to tell.
        let _ = std::fs::remove_file(path);
    })
}

/// Creates a new file that only its owner may read. `create_new` is `O_CREAT|O_EXCL`: it neither overwrites nor
/// follows a link of that name.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
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
        return format!("_{cleaned}");
    }
    cleaned
}

fn clean(name: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || "._ -".contains(c);
    let mut cleaned: String = name.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    while cleaned.len() > Limits::DEFAULT.file_name_bytes {
        cleaned.pop();
    }
    cleaned
        .trim_start_matches(['.', '-', ' '])
        .trim_end_matches(['.', ' '])
        .to_owned()
}

/// The name for the n-th try: ` (1)` goes before the extension.
fn numbered(name: &str, clash: u32) -> String {
    match (clash, name.rsplit_once('.')) {
        (0, _) => name.to_owned(),
        (_, Some((stem, extension))) => format!("{stem} ({clash}).{extension}"),
        (_, None) => format!("{name} ({clash})"),
    }
}

#[cfg(test)]
mod tests {
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
