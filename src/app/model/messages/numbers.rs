//! Many message numbers, ascending, in about a bit each: a list may be as long as the store, which reaches beyond memory.

use std::collections::VecDeque;
use std::ops::Range;

/// Numbers per block.
const BLOCK: u64 = 4096;
const WORD: u64 = u64::BITS as u64;
const WORDS: usize = (BLOCK / WORD) as usize;

/// Ascending numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Numbers {
    blocks: VecDeque<Block>,
    /// How many were added in all, and how many of them have gone.
    added: usize,
    gone: usize,
    /// One more than the last one added.
    next: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    /// Its numbers begin here.
    start: u64,
    /// How many were added before its first one.
    before: usize,
    bits: [u64; WORDS],
}

impl Numbers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.added - self.gone
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at a place.
    pub fn get(&self, place: usize) -> Option<u64> {
        if place >= self.len() {
            return None;
        }
        let at = self.gone + place;
        let block = self.blocks.partition_point(|block| block.before <= at);
        let block = self.blocks.get(block.checked_sub(1)?)?;
        block.get(at - block.before.max(self.gone))
    }

    /// The place of a number, or of the first one after it.
    pub fn position(&self, number: u64) -> usize {
        let at = self.blocks.partition_point(|block| block.start + BLOCK <= number);
        let Some(block) = self.blocks.get(at) else {
            return self.len();
        };
        block.before.max(self.gone) - self.gone + block.count_before(number)
    }

    /// Whether a number is among them.
    pub fn contains(&self, number: u64) -> bool {
        self.get(self.position(number)) == Some(number)
    }

    /// All of them, ascending.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u64> {
        (0..self.len()).map(|place| self.get(place).unwrap_or_default())
    }

    /// Adds a number that is larger than all before it; any other is left out.
    pub(crate) fn push(&mut self, number: u64) {
        if number < self.next {
            return;
        }
        self.next = number + 1;
        let start = number - number % BLOCK;
        if self.blocks.back().is_none_or(|block| block.start < start) {
            self.blocks.push_back(Block {
                start,
                before: self.added,
                bits: [0; WORDS],
            });
        }
        if let Some(block) = self.blocks.back_mut() {
            block.bits[(number % BLOCK / WORD) as usize] |= 1 << (number % WORD);
            self.added += 1;
        }
    }

    /// Lets go of those before this one.
    pub(crate) fn forget_before(&mut self, number: u64) {
        while self
            .blocks
            .front()
            .is_some_and(|block| block.start + BLOCK <= number)
        {
            self.blocks.pop_front();
            self.gone = self.blocks.front().map_or(self.added, |block| block.before);
        }
        if let Some(block) = self.blocks.front_mut() {
            self.gone = self.gone.max(block.before) + block.count_before(number);
            block.clear_before(number);
        }
    }
}

impl FromIterator<u64> for Numbers {
    fn from_iter<I: IntoIterator<Item = u64>>(numbers: I) -> Self {
        let mut all = Self::default();
        numbers.into_iter().for_each(|number| all.push(number));
        all
    }
}

impl From<Range<u64>> for Numbers {
    fn from(range: Range<u64>) -> Self {
        let mut all = Self::default();
        let first = range.start - range.start % BLOCK;
        for start in (first..range.end).step_by(BLOCK as usize) {
            let mut block = Block {
                start,
                before: all.added,
                bits: [u64::MAX; WORDS],
            };
            block.clear_before(range.start);
            let words = block.bits.iter_mut().zip((start..).step_by(WORD as usize));
            words.for_each(|(word, start)| *word &= below(range.end, start));
            all.added += block.count_before(range.end);
            all.blocks.push_back(block);
        }
        all.next = range.end;
        all
    }
}

impl Block {
    fn get(&self, mut place: usize) -> Option<u64> {
        for (at, word) in self.bits.iter().enumerate() {
            let here = word.count_ones() as usize;
            if place < here {
                // The lowest ones are passed over.
                let rest = (0..place).fold(*word, |word, _| word & (word - 1));
                return Some(self.start + at as u64 * WORD + u64::from(rest.trailing_zeros()));
            }
            place -= here;
        }
        None
    }

    fn count_before(&self, number: u64) -> usize {
        let words = self.bits.iter().zip((self.start..).step_by(WORD as usize));
        let before = words.map(|(word, start)| (word & below(number, start)).count_ones());
        before.sum::<u32>() as usize
    }

    fn clear_before(&mut self, number: u64) {
        let words = self.bits.iter_mut().zip((self.start..).step_by(WORD as usize));
        words.for_each(|(word, start)| *word &= !below(number, start));
    }
}

/// The bits of a word, which begins with the number `start`, that stand for numbers before this one.
fn below(number: u64, start: u64) -> u64 {
    match number.saturating_sub(start) {
        bits @ 0..WORD => (1 << bits) - 1,
        _ => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random, ascending.
    fn scattered(most_step: u64, count: usize) -> Vec<u64> {
        let mut state = 7u64;
        let mut number = 0;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            number += 1 + (state >> 33) % most_step;
            number
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn they_answer_as_a_list_does() {
        for most_step in [1, 3, 100, 9000] {
            let mut list = scattered(most_step, 3000);
            let mut numbers: Numbers = list.iter().copied().collect();
            for gone in [0, 1, 700, 1500, 2900, 3000] {
                let first = list.get(gone).copied().unwrap_or(u64::MAX / 2);
                list.retain(|number| *number >= first);
                numbers.forget_before(first);
                assert_eq!(numbers.len(), list.len());
                let all: Vec<u64> = (0..list.len() + 2)
                    .filter_map(|place| numbers.get(place))
                    .collect();
                assert_eq!(all, list);
                for number in list.iter().flat_map(|number| [number - 1, *number, number + 1]) {
                    assert_eq!(numbers.position(number), list.partition_point(|at| *at < number));
                    assert_eq!(numbers.contains(number), list.binary_search(&number).is_ok());
                }
            }
            numbers.push(u64::MAX / 2 + 5);
            numbers.push(1);
            assert_eq!((numbers.len(), numbers.get(0)), (1, Some(u64::MAX / 2 + 5)));
        }
    }

    #[test]
    fn a_range_is_what_its_numbers_are() {
        for range in [5..5, 1..2, 1..4096, 4095..4097, 4096..8192, 100..20_000] {
            let numbers = Numbers::from(range.clone());
            assert_eq!(numbers.len() as u64, range.end - range.start);
            assert!(numbers.iter().eq(range.clone()), "{range:?}");
            assert_eq!(numbers.position(range.start + 1), numbers.len().min(1));
        }
    }
}
