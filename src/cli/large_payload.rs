//! Payloads from files that are not read whole: opened, judged by their first bytes, sent as they are.

use crate::engine::file_blob;
use crate::wire::{Blob, Kind, Limits, sniff};
use std::path::Path;

/// Bytes that tell what a file is.
const HEAD: u64 = 64 << 10;
/// Begins and ends an Arrow file.
const FILE_MAGIC: &[u8] = b"ARROW1";
/// Begins each message of an Arrow stream.
const STREAM_MARK: &[u8] = &[0xff, 0xff, 0xff, 0xff];

/// Opens a file as a payload of that kind, or of the kind that its first bytes show. `None` where it has to be read,
/// because its kind is checked or converted before it is sent.
pub fn open(path: &Path, kind: Option<Kind>, limits: &Limits) -> Result<Option<(Blob, Kind)>, String> {
    let unreadable = |error| format!("cannot read {}: {error}", path.display());
    let blob = file_blob(path).map_err(unreadable)?;
    let head = blob.slice(0..HEAD).map_err(unreadable)?;
    let fits = blob.len() <= limits.direct_message as u64;
    let kind = match kind.or_else(|| sniff(&head).map(|sniffed| sniffed.kind)) {
        Some(kind) => kind,
        None if fits => return Ok(None),
        None => Kind::Binary,
    };
    match kind {
        Kind::Image | Kind::Audio | Kind::Video | Kind::Binary => Ok(Some((blob, kind))),
        Kind::Table if is_arrow(&head) => {
            whole_arrow(&blob, &head).map_err(|why| format!("{why} (in {})", path.display()))?;
            Ok(Some((blob, kind)))
        }
        _ if fits => Ok(None),
        _ => Err(format!(
            "{} is too large to be checked as {} ({} bytes at most); --binary sends it as it is",
            path.display(),
            kind.name(),
            limits.direct_message
        )),
    }
}

/// Whether bytes begin an Arrow file or stream.
pub fn is_arrow(head: &[u8]) -> bool {
    head.starts_with(FILE_MAGIC) || head.starts_with(STREAM_MARK)
}

/// A light look: a file that was cut off lacks the mark at its end.
fn whole_arrow(blob: &Blob, head: &[u8]) -> Result<(), String> {
    if !head.starts_with(FILE_MAGIC) {
        return Ok(());
    }
    let end = blob.len();
    let tail = blob
        .slice(end.saturating_sub(FILE_MAGIC.len() as u64)..end)
        .map_err(|error| error.to_string())?;
    match tail.as_ref() {
        FILE_MAGIC => Ok(()),
        _ => Err("the Arrow file is cut off: the mark at its end is missing".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(bytes: &[u8], kind: Option<Kind>, most: usize) -> Result<Option<Kind>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let limits = Limits {
            direct_message: most,
            ..Limits::default()
        };
        open(file.path(), kind, &limits).map(|opened| {
            opened.map(|(blob, kind)| {
                assert!(blob.memory().is_none(), "nothing was read");
                assert_eq!(blob.len(), bytes.len() as u64);
                kind
            })
        })
    }

    #[test]
    fn what_needs_no_check_is_only_opened() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let stream = [STREAM_MARK, &[1; 20]].concat();
        let file = [FILE_MAGIC, b"\0\0....", FILE_MAGIC].concat();
        for (bytes, kind, most, found) in [
            (&b"words"[..], Some(Kind::Binary), 100, Some(Kind::Binary)),
            (b"words", Some(Kind::Text), 100, None),
            (b"words", None, 100, None),
            (b"words", None, 2, Some(Kind::Binary)),
            (png, None, 100, Some(Kind::Image)),
            (b"a,b\n1,2", Some(Kind::Table), 100, None),
            (&stream, Some(Kind::Table), 2, Some(Kind::Table)),
            (&file, Some(Kind::Table), 2, Some(Kind::Table)),
        ] {
            assert_eq!(opened(bytes, kind, most), Ok(found), "{bytes:?} {kind:?} {most}");
        }
    }

    #[test]
    fn what_cannot_be_checked_or_is_cut_off_is_refused() {
        let error = opened(b"words", Some(Kind::Text), 2).unwrap_err();
        assert!(error.contains("too large to be checked as text"), "{error}");
        let error = opened(b"ARROW1\0\0....", Some(Kind::Table), 100).unwrap_err();
        assert!(error.contains("cut off"), "{error}");
        assert!(open(Path::new("/does/not/exist"), None, &Limits::default()).is_err());
    }
}
