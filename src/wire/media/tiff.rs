//! The first picture of a TIFF, whose directory says where each of its fields and parts is. Who decodes it stands elsewhere.

use super::ints::{be, le, pixels};
use std::ops::Range;

/// Parts of a picture looked at.
const PARTS: usize = 1 << 16;

/// The size as it is seen.
pub(super) fn tiff_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let directory = Directory::of(bytes)?;
    let field = |tag| directory.values(tag).next();
    let (width, height) = (pixels(field(256))?, pixels(field(257))?);
    let turned = field(274).is_some_and(|turn| turn >= 5);
    Some(if turned { (height, width) } else { (width, height) })
}

/// Where its last strip or tile ends; beyond the bytes where they end before its directory.
pub(super) fn tiff_end(bytes: &[u8]) -> u64 {
    let Some(directory) = Directory::of(bytes) else {
        // A BigTIFF has another head.
        let old = matches!(bytes.get(2..4), Some([42, 0] | [0, 42]));
        return if old { bytes.len() as u64 + 1 } else { 0 };
    };
    let ends = [(273, 279), (324, 325)]
        .into_iter()
        .flat_map(|(places, lengths)| {
            let parts = directory.values(places).zip(directory.values(lengths));
            parts.take(PARTS).map(|(place, length)| place + length)
        });
    ends.max().unwrap_or(0).max(directory.entries.end as u64)
}

/// The first directory.
struct Directory<'a> {
    bytes: &'a [u8],
    little: bool,
    /// Where its entries are, twelve bytes each.
    entries: Range<usize>,
}

impl<'a> Directory<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let mut directory = Self {
            bytes,
            little: bytes.starts_with(b"II"),
            entries: 0..0,
        };
        let start = usize::try_from(directory.number(4, 4)?).ok()?;
        let count = directory.number(start, 2)? as usize;
        directory.entries = start + 2..start + 2 + 12 * count;
        Some(directory)
    }

    /// The values of a field; none if it is not there.
    fn values(&self, tag: u64) -> impl Iterator<Item = u64> {
        let found = self
            .entries
            .clone()
            .step_by(12)
            .find(|&at| self.number(at, 2) == Some(tag));
        let placed = found.and_then(|at| {
            let wide = if self.number(at + 2, 2)? == 3 { 2 } else { 4 };
            let count = usize::try_from(self.number(at + 4, 4)?).ok()?;
            let inside = count.checked_mul(wide)? <= 4;
            let start = if inside {
                at + 8
            } else {
                self.number(at + 8, 4)? as usize
            };
            Some((start, wide, count))
        });
        let (start, wide, count) = placed.unwrap_or((0, 2, 0));
        (0..count).map_while(move |n| self.number(start + n * wide, wide))
    }

    /// A number of two or four bytes.
    fn number(&self, at: usize, wide: usize) -> Option<u64> {
        match (self.little, wide) {
            (true, 2) => le::<2>(self.bytes, at),
            (true, _) => le::<4>(self.bytes, at),
            (false, 2) => be::<2>(self.bytes, at),
            (false, _) => be::<4>(self.bytes, at),
        }
    }
}
