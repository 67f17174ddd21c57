//! Payloads from files: small ones are read, large ones opened and judged by their first bytes. Converts nothing.

use crate::files::{file_blob, read_file};
use natsbridge_wire::{Blob, Kind, Limits};
use std::io;
use std::path::Path;

/// Bytes that tell what a file is.
const HEAD: u64 = 64 << 10;
/// Begins and ends an Arrow file.
const FILE_MAGIC: &[u8] = b"ARROW1";
/// Begins each message of an Arrow stream.
const STREAM_MARK: &[u8] = &[0xff, 0xff, 0xff, 0xff];

/// Opens a file as a payload; one of `limits.link_threshold` bytes or more is not read into memory.
pub(super) fn open(path: &Path, limits: &Limits) -> io::Result<Blob> {
    if std::fs::metadata(path)?.len() >= limits.link_threshold as u64 {
        return file_blob(path);
    }
    read_file(path, limits.direct_message as u64).map(Blob::from)
}

/// Whether a payload of that kind is sent without being read completely: its kind needs no check, or its first bytes
/// show that it is Arrow.
pub(super) fn stays(body: &Blob, kind: Kind) -> io::Result<bool> {
    Ok(match kind {
        Kind::Image | Kind::Audio | Kind::Video | Kind::Binary => true,
        Kind::Table if body.memory().is_none() => {
            let head = body.slice(0..HEAD)?;
            is_arrow(&head) && is_whole(body, &head)?
        }
        _ => false,
    })
}

/// Whether bytes begin an Arrow file or stream.
pub(super) fn is_arrow(head: &[u8]) -> bool {
    head.starts_with(FILE_MAGIC) || head.starts_with(STREAM_MARK)
}

/// A cheap check: a truncated file lacks the end marker.
fn is_whole(body: &Blob, head: &[u8]) -> io::Result<bool> {
    if !head.starts_with(FILE_MAGIC) {
        return Ok(true);
    }
    let end = body.len();
    let tail = body.slice(end.saturating_sub(FILE_MAGIC.len() as u64)..end)?;
    if tail.as_ref() == FILE_MAGIC {
        return Ok(true);
    }
    let why = "the Arrow file is truncated: its end marker is missing";
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(bytes: &[u8]) -> (tempfile::NamedTempFile, Blob) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let all = Limits {
            link_threshold: 0,
            ..Limits::default()
        };
        let blob = open(file.path(), &all).unwrap();
        assert!(blob.memory().is_none(), "nothing was read");
        (file, blob)
    }

    #[test]
    fn what_needs_no_check_goes_out_as_it_is() {
        let stream = [STREAM_MARK, &[1; 20]].concat();
        let file = [FILE_MAGIC, b"\0\0....", FILE_MAGIC].concat();
        for (bytes, kind, as_it_is) in [
            (&b"words"[..], Kind::Binary, true),
            (b"words", Kind::Image, true),
            (b"words", Kind::Text, false),
            (b"{}", Kind::Dictionary, false),
            (b"a,b\n1,2", Kind::Table, false),
            (&stream, Kind::Table, true),
            (&file, Kind::Table, true),
        ] {
            let (_file, blob) = stored(bytes);
            assert_eq!(stays(&blob, kind).unwrap(), as_it_is, "{bytes:?} {kind:?}");
        }
        let (_file, cut) = stored(b"ARROW1\0\0....");
        assert!(
            stays(&cut, Kind::Table)
                .unwrap_err()
                .to_string()
                .contains("truncated")
        );
    }

    #[test]
    fn small_files_are_read_and_a_device_without_end_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"words").unwrap();
        assert_eq!(open(file.path(), &Limits::default()).unwrap(), "words".into());
        assert!(open(Path::new("/does/not/exist"), &Limits::default()).is_err());
        #[cfg(unix)]
        {
            let error = open(Path::new("/dev/zero"), &Limits::default()).unwrap_err();
            assert!(error.to_string().contains("a device"), "{error}");
        }
    }
}
