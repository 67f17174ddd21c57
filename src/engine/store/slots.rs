//! The fixed rows of the store, numbered without end: a deque of equal blocks that never moves a row.

use super::found_codes::CodesId;
use super::segment::Record;
use crate::doctor::Sequence;
use crate::timeline::ConversationId;
use natsbridge_wire::{Dialect, KindSet};
use std::collections::VecDeque;
use std::ops::Range;

/// Rows per block.
const BLOCK: u64 = 4096;

/// One message in the books.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot {
    pub(super) at_us: i64,
    pub(super) record: Record,
    pub(super) subject: u32,
    /// Payload bytes as they came, also when the body was too large to keep.
    pub(super) payload_bytes: u32,
    pub(super) digest: Option<SlotDigest>,
}

impl Slot {
    /// Whether it was examined.
    pub(super) fn is_examined(&self) -> bool {
        self.digest.is_some_and(|digest| digest.found.is_some())
    }
}

/// The digest with its texts interned.
#[derive(Debug, Clone, Copy)]
pub(super) struct SlotDigest {
    pub(super) declared_bytes: u64,
    pub(super) sender: u32,
    pub(super) purpose: u32,
    pub(super) payloads: u16,
    pub(super) links: u16,
    pub(super) dialect: Option<Dialect>,
    pub(super) kinds: KindSet,
    /// What was found in it; `None` until it is examined.
    pub(super) found: Option<SlotFound>,
    /// What only the messages before it tell.
    pub(super) sequence: Sequence,
    pub(super) conversation: Option<ConversationId>,
}

/// What was found, with its codes interned.
#[derive(Debug, Clone, Copy)]
pub(super) struct SlotFound {
    pub(super) codes: CodesId,
    pub(super) counts: [u8; 3],
}

/// The rows held now, by number.
#[derive(Debug, Default)]
pub(super) struct Rows {
    blocks: VecDeque<Vec<Slot>>,
    first: u64,
    next: u64,
}

impl Rows {
    /// No rows yet; the first will be number `first`.
    pub(super) fn starting_at(first: u64) -> Self {
        Self {
            blocks: VecDeque::new(),
            first,
            next: first,
        }
    }

    /// The numbers held now.
    pub(super) fn range(&self) -> Range<u64> {
        self.first..self.next
    }

    /// How many rows are held.
    pub(super) fn len(&self) -> usize {
        (self.next - self.first) as usize
    }

    /// Adds a row and gives its number.
    pub(super) fn push(&mut self, slot: Slot) -> u64 {
        let seq = self.next;
        if self.blocks.is_empty() || seq.is_multiple_of(BLOCK) {
            self.blocks.push_back(Vec::with_capacity(BLOCK as usize));
        }
        if let Some(block) = self.blocks.back_mut() {
            block.push(slot);
        }
        self.next += 1;
        seq
    }

    /// Takes the oldest row out.
    pub(super) fn pop(&mut self) -> Option<Slot> {
        let seq = self.first;
        let slot = std::mem::take(self.get_mut(seq)?);
        self.first += 1;
        if self.first == self.next {
            // An emptied block must not be mistaken for the one that the next row belongs to.
            *self = Self::starting_at(self.next);
        } else if self.first.is_multiple_of(BLOCK) {
            self.blocks.pop_front();
        }
        Some(slot)
    }

    /// The row of this number, if it is still held.
    pub(super) fn get(&self, seq: u64) -> Option<&Slot> {
        let (block, index) = self.place(seq)?;
        self.blocks.get(block)?.get(index)
    }

    /// As [`Rows::get`], to be changed.
    pub(super) fn get_mut(&mut self, seq: u64) -> Option<&mut Slot> {
        let (block, index) = self.place(seq)?;
        self.blocks.get_mut(block)?.get_mut(index)
    }

    fn place(&self, seq: u64) -> Option<(usize, usize)> {
        if !self.range().contains(&seq) {
            return None;
        }
        let front = self.front();
        let block = (seq / BLOCK - front / BLOCK) as usize;
        // The very first block of a run starts where the run started, not at a multiple.
        let start = if block == 0 { front } else { seq / BLOCK * BLOCK };
        Some((block, (seq - start) as usize))
    }

    /// The number of the first row in the front block, held or not.
    fn front(&self) -> u64 {
        let filled = self.blocks.front().map_or(0, Vec::len) as u64;
        let block = self.first / BLOCK;
        if self.next / BLOCK == block {
            self.next - filled
        } else {
            (block + 1) * BLOCK - filled
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slot(at_us: i64) -> Slot {
        Slot {
            at_us,
            ..Slot::default()
        }
    }

    proptest! {
        #[test]
        fn behaves_like_a_numbered_queue(first in 0u64..9000, steps in prop::collection::vec((0u16..5000, 0u16..5000), 1..6)) {
            let mut rows = Rows::starting_at(first);
            let mut model = first..first;
            for (pushes, pops) in steps {
                for _ in 0..pushes {
                    let seq = rows.push(slot(model.end as i64));
                    prop_assert_eq!(seq, model.end);
                    model.end += 1;
                }
                for _ in 0..pops {
                    let expected = (!model.is_empty()).then_some(model.start as i64);
                    prop_assert_eq!(rows.pop().map(|slot| slot.at_us), expected);
                    model.start += u64::from(expected.is_some());
                }
                prop_assert_eq!(rows.range(), model.clone());
                for seq in model.clone().step_by(97).chain(model.clone().last()) {
                    prop_assert_eq!(rows.get(seq).map(|slot| slot.at_us), Some(seq as i64));
                }
                prop_assert!(rows.get(model.end).is_none());
                prop_assert!(model.start == 0 || rows.get(model.start - 1).is_none());
            }
        }
    }
}
