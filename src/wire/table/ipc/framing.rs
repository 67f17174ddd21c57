//! Where the Arrow messages are: stream or file framing, and iterating over messages. Handles lengths and boundaries
//! only; contents are checked by the pre-scan.

use crate::bounds::Limits;
use crate::bytes::Blob;
use crate::table::table_error::TableError;
use arrow::ipc::{Message, root_as_message};
use bytes::Bytes;
use std::io;
use std::ops::Range;

pub(super) const MAGIC: &[u8] = b"ARROW1";
const CONTINUATION: u32 = u32::MAX;

/// The part of a payload that holds messages.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Region {
    /// From the first message to where messages must end.
    pub range: Range<u64>,
    /// Which framing it is.
    pub framing: Framing,
}

/// The two ways to lay messages out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// Messages one after the other.
    Stream,
    /// Messages between magic words, followed by a footer.
    File {
        /// Whether the footer is complete; without it file readers refuse the payload.
        footer: bool,
    },
}

/// Finds the messages. A file is read like a stream after its magic word: its footer is never trusted.
pub(super) fn region(blob: &Blob) -> io::Result<Region> {
    let (size, magic) = (blob.len(), MAGIC.len() as u64);
    if !MAGIC.starts_with(&blob.slice(0..magic)?) {
        return Ok(Region {
            range: 0..size,
            framing: Framing::Stream,
        });
    }
    // Writers pad the magic word to 8 bytes, Arrow.jl with alignment=64 to 64.
    let padded = first_nonzero(blob, magic..size)?;
    let start = padded.next_multiple_of(8).min(size);
    let footer = footer_start(blob)?.filter(|end| *end >= start);
    Ok(Region {
        range: start..footer.unwrap_or(size),
        framing: Framing::File {
            footer: footer.is_some(),
        },
    })
}

fn footer_start(blob: &Blob) -> io::Result<Option<u64>> {
    let Some(before) = blob.len().checked_sub(4 + MAGIC.len() as u64) else {
        return Ok(None);
    };
    let tail = blob.slice(before..blob.len())?;
    let length = tail.strip_suffix(MAGIC).and_then(|length| length.first_chunk());
    let length = length.and_then(|length| u64::try_from(i32::from_le_bytes(*length)).ok());
    Ok(length.and_then(|length| before.checked_sub(length)))
}

/// The place of the first byte that is not zero; the end of the range where there is none.
pub(super) fn first_nonzero(blob: &Blob, range: Range<u64>) -> io::Result<u64> {
    const PIECE: u64 = 64 << 10;
    let mut at = range.start;
    while at < range.end {
        let piece = blob.slice(at..range.end.min(at + PIECE))?;
        if let Some(zeros) = piece.iter().position(|byte| *byte != 0) {
            return Ok(at + zeros as u64);
        }
        at += piece.len() as u64;
    }
    Ok(at)
}

/// Why no further message is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    /// The end mark; what follows starts at this byte.
    Mark(u64),
    /// The bytes end between two messages.
    Border,
    /// The bytes end inside a message.
    Cut,
}

/// The metadata of one message.
pub(super) struct Metadata {
    /// Where its message starts.
    at: u64,
    /// Where it stands itself.
    pub range: Range<u64>,
    bytes: Bytes,
}

impl Metadata {
    /// What it says, verified.
    pub fn head(&self) -> Result<Message<'_>, TableError> {
        head(&self.bytes, self.at)
    }

    /// Where its body stands; `None` where the bytes end before it does.
    pub fn body(&self, head: &Message<'_>, border: u64) -> Result<Option<Range<u64>>, TableError> {
        let at = self.at;
        let length = u64::try_from(head.bodyLength()).map_err(|_| {
            TableError::invalid(format!("the message at byte {at} has a negative body length"))
        })?;
        let start = self.range.end;
        let end = start.checked_add(length).filter(|end| *end <= border);
        Ok(end.map(|end| start..end))
    }
}

/// What the metadata of the message at byte `at` says, verified.
pub(super) fn head(metadata: &[u8], at: u64) -> Result<Message<'_>, TableError> {
    root_as_message(metadata)
        .map_err(|error| TableError::invalid(format!("no Arrow message at byte {at}: {}", one_line(&error))))
}

/// The metadata, if it is whole, of the message that starts at `at`; the region ends at `border`.
pub(super) fn next_message(
    blob: &Blob,
    at: u64,
    border: u64,
    limits: &Limits,
) -> Result<Result<Metadata, Ending>, TableError> {
    if at >= border {
        return Ok(Err(Ending::Border));
    }
    let words = blob.slice(at..border.min(at + 8))?;
    let (length, prefix) = match word(&words, 0) {
        // Writers from before 0.15 leave the continuation word out.
        Some(CONTINUATION) => (word(&words, 4), 8),
        other => (other, 4),
    };
    let Some(length) = length else {
        return Ok(Err(Ending::Cut));
    };
    if length == 0 {
        return Ok(Err(Ending::Mark(at + prefix)));
    }
    if length as usize > limits.table_metadata {
        return Err(TableError::invalid(format!(
            "no Arrow message at byte {at}: its metadata claims {length} bytes"
        )));
    }
    let range = at + prefix..at + prefix + u64::from(length);
    if range.end > border {
        return Ok(Err(Ending::Cut));
    }
    let bytes = blob.slice(range.clone())?;
    Ok(Ok(Metadata { at, range, bytes }))
}

/// Whether the word that starts every message since 0.15 stands at `at`.
pub(super) fn has_continuation(blob: &Blob, at: u64, border: u64) -> io::Result<bool> {
    let words = blob.slice(at..border.min(at.saturating_add(4)))?;
    Ok(word(&words, 0) == Some(CONTINUATION))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|word| u32::from_le_bytes(*word))
}

/// The verifier's complaint without the trace that it appends line by line.
fn one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region_of(bytes: &[u8]) -> Region {
        region(&Blob::from(bytes.to_vec())).unwrap()
    }

    #[test]
    fn a_file_is_read_behind_its_magic_word_up_to_its_footer() {
        let mut bytes = b"ARROW1\0\0".to_vec();
        bytes.extend([0xff; 8]);
        bytes.extend([7; 5]);
        bytes.extend(5_i32.to_le_bytes());
        bytes.extend(MAGIC);
        let whole = region_of(&bytes);
        assert_eq!(whole.range, 8..16);
        assert_eq!(whole.framing, Framing::File { footer: true });
        let cut = region_of(&bytes[..bytes.len() - 1]);
        assert_eq!(cut.range, 8..bytes.len() as u64 - 1);
        assert_eq!(cut.framing, Framing::File { footer: false });
    }

    #[test]
    fn the_magic_word_may_be_padded_to_64_bytes() {
        let mut bytes = MAGIC.to_vec();
        bytes.resize(64, 0);
        bytes.extend([0xff; 16]);
        assert_eq!(region_of(&bytes).range.start, 64);
    }

    #[test]
    fn a_footer_length_that_reaches_beyond_the_start_is_not_believed() {
        let mut bytes = b"ARROW1\0\0".to_vec();
        bytes.extend(i32::MAX.to_le_bytes());
        bytes.extend(MAGIC);
        assert_eq!(region_of(&bytes).framing, Framing::File { footer: false });
    }
}
