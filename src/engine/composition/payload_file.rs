//! Payloads from files: small ones are read, large ones opened and judged by their first bytes. Converts nothing.

use crate::engine::stored_file::file_blob;
use crate::wire::{Blob, Kind, Limits};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes that tell what a file is.
const HEAD: u64 = 64 << 10;
/// Begins and ends an Arrow file.
const FILE_MAGIC: &[u8] = b"ARROW1";
/// Begins each message of an Arrow stream.
const STREAM_MARK: &[u8] = &[0xff, 0xff, 0xff, 0xff];

/// Opens a file as a payload: one of `limits.link_threshold` bytes and more stays where it is. What is no ordinary file
/// (a pipe) is read to its end, up to the largest direct message.
pub(super) fn open(path: &Path, limits: &Limits) -> io::Result<Blob> {
    let facts = std::fs::metadata(path)?;
    if facts.is_file() && facts.len() >= limits.link_threshold as u64 {
        return file_blob(path);
    }
    let most = limits.direct_message as u64;
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let why = format!("it gave more than {most} bytes; save it as a file first");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    Ok(bytes.into())
}

/// Whether a payload of that kind goes out as it is, without being read whole: its kind needs no check, or its first
/// bytes show that it is Arrow on disk.
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

/// A light look: a file that was cut off lacks the mark at its end.
fn is_whole(body: &Blob, head: &[u8]) -> io::Result<bool> {
    if !head.starts_with(FILE_MAGIC) {
        return Ok(true);
    }
    let end = body.len();
    let tail = body.slice(end.saturating_sub(FILE_MAGIC.len() as u64)..end)?;
    if tail.as_ref() == FILE_MAGIC {
        return Ok(true);
    }
    let why = "the Arrow file is cut off: the mark at its end is missing";
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, why))
}
