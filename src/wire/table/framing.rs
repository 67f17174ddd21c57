//! Where the Arrow messages stand: stream or file framing, and the walk from one message to the next. Knows lengths
//! and borders only; what a message says is the pre-scan's matter.

use super::table_error::TableError;
use crate::wire::limits::Limits;
use arrow::ipc::{Message, root_as_message};
use std::ops::Range;

const MAGIC: &[u8] = b"ARROW1";
const CONTINUATION: u32 = u32::MAX;

/// The part of a payload that holds messages.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Region {
    /// From the first message to where messages must end.
    pub range: Range<usize>,
    /// Which framing it is.
    pub framing: Framing,
}

/// The two ways to lay messages out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// Messages one after the other.
    Stream,
    /// Messages between magic words, a footer behind them.
    File {
        /// Whether the footer stands; without it file readers refuse the payload.
        footer: bool,
    },
}

/// Finds the messages. A file is read like a stream from behind its magic word: its footer is never believed.
pub(super) fn region(bytes: &[u8]) -> Region {
    if !bytes.starts_with(MAGIC) && !MAGIC.starts_with(bytes) {
        return Region {
            range: 0..bytes.len(),
            framing: Framing::Stream,
        };
    }
    // Writers pad the magic word to 8 bytes, Arrow.jl with alignment=64 to 64.
    let padding = bytes
        .iter()
        .skip(MAGIC.len())
        .take_while(|byte| **byte == 0)
        .count();
    let start = (MAGIC.len() + padding).next_multiple_of(8).min(bytes.len());
    let footer = footer_start(bytes).filter(|end| *end >= start);
    Region {
        range: start..footer.unwrap_or(bytes.len()),
        framing: Framing::File {
            footer: footer.is_some(),
        },
    }
}

fn footer_start(bytes: &[u8]) -> Option<usize> {
    let body = bytes.strip_suffix(MAGIC)?;
    let (before, length) = body.split_last_chunk::<4>()?;
    before
        .len()
        .checked_sub(usize::try_from(i32::from_le_bytes(*length)).ok()?)
}

/// What stands at one place of the region.
pub(super) enum Next<'a> {
    /// A whole message.
    Message {
        /// Its metadata, verified.
        head: Message<'a>,
        /// Its body, as long as the metadata says.
        body: &'a [u8],
        /// Where the next one starts.
        end: usize,
    },
    /// The end mark; what follows starts at `end`.
    EndMark {
        /// Behind the mark.
        end: usize,
    },
    /// The bytes end between two messages.
    Border,
    /// The bytes end inside a message.
    Cut,
}

/// Looks at the message that starts at `at`; `bytes` ends where the region ends.
pub(super) fn next_message<'a>(bytes: &'a [u8], at: usize, limits: &Limits) -> Result<Next<'a>, TableError> {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.is_empty() {
        return Ok(Next::Border);
    }
    let (length, prefix) = match word(rest, 0) {
        // Writers from before 0.15 leave the continuation word out.
        Some(CONTINUATION) => (word(rest, 4), 8),
        other => (other, 4),
    };
    let Some(length) = length else {
        return Ok(Next::Cut);
    };
    if length == 0 {
        return Ok(Next::EndMark { end: at + prefix });
    }
    let length = length as usize;
    if length > limits.table_metadata {
        return Err(TableError::invalid(format!(
            "no Arrow message at byte {at}: its metadata claims {length} bytes"
        )));
    }
    let Some(metadata) = rest.get(prefix..prefix + length) else {
        return Ok(Next::Cut);
    };
    let head = root_as_message(metadata).map_err(|error| {
        TableError::invalid(format!("no Arrow message at byte {at}: {}", one_line(&error)))
    })?;
    let claimed = usize::try_from(head.bodyLength())
        .map_err(|_| TableError::invalid(format!("the message at byte {at} has a negative body length")))?;
    let body = &rest[prefix + length..];
    Ok(match body.get(..claimed) {
        Some(body) => Next::Message {
            head,
            body,
            end: at + prefix + length + claimed,
        },
        None => Next::Cut,
    })
}

/// Whether the word that starts every message since 0.15 stands at `at`.
pub(super) fn has_continuation(bytes: &[u8], at: usize) -> bool {
    word(bytes, at) == Some(CONTINUATION)
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

    #[test]
    fn a_file_is_read_behind_its_magic_word_up_to_its_footer() {
        let mut bytes = b"ARROW1\0\0".to_vec();
        bytes.extend([0xff; 8]);
        bytes.extend([7; 5]);
        bytes.extend(5_i32.to_le_bytes());
        bytes.extend(MAGIC);
        let whole = region(&bytes);
        assert_eq!(whole.range, 8..16);
        assert_eq!(whole.framing, Framing::File { footer: true });
        let cut = region(&bytes[..bytes.len() - 1]);
        assert_eq!(cut.range, 8..bytes.len() - 1);
        assert_eq!(cut.framing, Framing::File { footer: false });
    }

    #[test]
    fn the_magic_word_may_be_padded_to_64_bytes() {
        let mut bytes = MAGIC.to_vec();
        bytes.resize(64, 0);
        bytes.extend([0xff; 16]);
        assert_eq!(region(&bytes).range.start, 64);
    }

    #[test]
    fn a_footer_length_that_reaches_beyond_the_start_is_not_believed() {
        let mut bytes = b"ARROW1\0\0".to_vec();
        bytes.extend(i32::MAX.to_le_bytes());
        bytes.extend(MAGIC);
        assert_eq!(region(&bytes).framing, Framing::File { footer: false });
    }
}
