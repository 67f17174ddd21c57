//! The record bytes of a page in memory: the pieces in which they were copied, in order.

use bytes::Bytes;
use std::ops::Range;

/// Pieces of bytes that follow on each other; a record never lies across two.
#[derive(Debug, Clone, Default)]
pub(super) struct Chunks {
    /// Each with the place where it begins.
    all: Vec<(usize, Bytes)>,
    len: usize,
}

impl Chunks {
    /// Bytes in all.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds a piece.
    pub(super) fn push(&mut self, bytes: Bytes) {
        let start = self.len;
        self.len += bytes.len();
        self.all.push((start, bytes));
    }

    /// The bytes of a record; shares their memory.
    pub(super) fn get(&self, record: Range<usize>) -> Bytes {
        let after = self.all.partition_point(|(start, _)| *start <= record.start);
        let chunk = after.checked_sub(1).and_then(|at| self.all.get(at));
        match chunk {
            Some((start, bytes)) if record.end - start <= bytes.len() => {
                bytes.slice(record.start - start..record.end - start)
            }
            // One without bytes may stand at the very end.
            _ => Bytes::new(),
        }
    }

    /// The pieces, each with the place where it begins.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Bytes)> {
        self.all.iter().map(|(start, bytes)| (*start, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_cut_out_of_their_pieces() {
        let mut chunks = Chunks::default();
        for bytes in ["one two", "three"] {
            chunks.push(Bytes::from_static(bytes.as_bytes()));
        }
        let got = [0..3, 4..7, 7..12, 9..11, 12..12, 0..0].map(|range| chunks.get(range));
        assert_eq!(got, ["one", "two", "three", "re", "", ""]);
        assert_eq!(Chunks::default().get(0..0), "");
    }
}
