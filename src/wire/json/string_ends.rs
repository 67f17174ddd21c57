//! Finds where strings end: the bytes that are special in a JSON string, for a block of text at a time. Strings are
//! mostly shorter than a block, so one scan serves several of them.

use super::text::plain_run;

const BLOCK: usize = 64;

/// The special bytes (quote, backslash, control characters) of the block looked at last.
pub(super) struct Marks {
    /// Where the block starts; no block's start before the first look.
    start: usize,
    /// One bit a byte, the lowest for the first.
    bits: u64,
}

impl Marks {
    /// Nothing looked at yet.
    pub fn new() -> Self {
        Self {
            start: usize::MAX,
            bits: 0,
        }
    }

    /// The offset of the first special byte from `at` on; the length of `bytes` where there is none.
    #[inline]
    pub fn next(&mut self, bytes: &[u8], at: usize) -> usize {
        let start = at & !(BLOCK - 1);
        if start == self.start {
            let left = self.bits >> (at % BLOCK);
            if left != 0 {
                return at + left.trailing_zeros() as usize;
            }
        }
        self.beyond(bytes, at)
    }

    /// As `next`, where the block looked at last does not tell.
    #[inline(never)]
    fn beyond(&mut self, bytes: &[u8], at: usize) -> usize {
        // Longer runs use a stateless search, which is faster.
        const BLOCKS: usize = 4;
        let mut at = at;
        for _ in 0..BLOCKS {
            let start = at & !(BLOCK - 1);
            if start != self.start {
                (self.start, self.bits) = (start, marks(&bytes[start.min(bytes.len())..]));
            }
            let left = self.bits >> (at % BLOCK);
            if left != 0 {
                return at + left.trailing_zeros() as usize;
            }
            at = start + BLOCK;
        }
        at + plain_run(&bytes[at..])
    }
}

/// The special bytes among the first 64; the end of the text counts as one.
#[inline]
fn marks(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or_else(|| last_marks(bytes), marks_of)
}

#[cold]
#[inline(never)]
fn last_marks(bytes: &[u8]) -> u64 {
    let mut block = [0; BLOCK];
    block[..bytes.len()].copy_from_slice(bytes);
    marks_of(&block)
}

#[inline]
fn marks_of(block: &[u8; BLOCK]) -> u64 {
    // Without branches the compiler looks at many bytes at once.
    let flags = block.map(|byte| u8::from(byte == b'"') | u8::from(byte == b'\\') | u8::from(byte < b' '));
    let (words, _) = flags.as_chunks::<8>();
    // The product gathers the lowest bits of the eight bytes in its highest byte.
    let gathered = |word: &[u8; 8]| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    let words = words.iter().enumerate();
    words.fold(0, |bits, (index, word)| bits | gathered(word) << (8 * index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Special bytes far apart and close together, at any place of a block.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let plain = || prop::sample::select(b" !#[]a\x7f\x80\xA2\xDC\xff".to_vec());
        let run = prop_oneof![
            prop::collection::vec(plain(), 0..9),
            prop::collection::vec(plain(), 0..600)
        ];
        let part = (run, any::<u8>()).prop_map(|(run, byte)| [run, vec![byte]].concat());
        prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn the_next_special_byte_is_found_from_anywhere(bytes in bytes(), from in any::<prop::sample::Index>()) {
            let mut marks = Marks::new();
            let mut at = from.index(bytes.len() + 1);
            loop {
                let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
                let slow = bytes[at..].iter().position(special).map_or(bytes.len(), |step| at + step);
                prop_assert_eq!(marks.next(&bytes, at), slow);
                at = slow + 1;
                if at > bytes.len() {
                    break;
                }
            }
        }
    }
}
