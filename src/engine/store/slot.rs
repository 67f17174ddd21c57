//! The fixed row that is kept of every message, in memory and, in the same number of bytes, in a page's file.

use super::record::Record;
use crate::doctor::Sequence;
use crate::timeline::ConversationId;
use natsbridge_wire::{DIALECTS, Dialect, KindSet};
use std::num::NonZeroU64;

/// Bytes of a row in a file.
pub(super) const ROW: usize = 64;

/// Set in every row: bytes that a file lost read as zeros.
const PRESENT: u8 = 8;
const DIGESTED: u8 = 1;
const REUSED: u8 = 2;
const UNASKED: u8 = 4;

/// One message in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Slot {
    pub(super) at_us: i64,
    pub(super) record: Record,
    pub(super) subject: u32,
    /// Payload bytes as they came, also when the body was too large to keep.
    pub(super) payload_bytes: u32,
    pub(super) digest: Option<SlotDigest>,
}

/// The digest with its texts interned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SlotDigest {
    pub(super) declared_bytes: u64,
    pub(super) sender: u32,
    pub(super) purpose: u32,
    pub(super) payloads: u16,
    pub(super) links: u16,
    pub(super) dialect: Option<Dialect>,
    pub(super) kinds: KindSet,
    /// What only the messages before it tell.
    pub(super) sequence: Sequence,
    pub(super) conversation: Option<ConversationId>,
}

impl Slot {
    /// Adds its bytes to those of a file, numbers little-endian.
    pub(super) fn write(&self, file: &mut Vec<u8>) {
        let record = self.record;
        file.extend_from_slice(&self.at_us.to_le_bytes());
        for number in [
            record.at,
            record.payload,
            record.headers,
            self.subject,
            self.payload_bytes,
        ] {
            file.extend_from_slice(&number.to_le_bytes());
        }
        file.extend_from_slice(&record.reply.to_le_bytes());
        file.extend_from_slice(&record.subject.to_le_bytes());
        let Some(digest) = self.digest else {
            file.extend_from_slice(&[0; ROW / 2 - 2]);
            file.extend_from_slice(&[PRESENT, 0]);
            return;
        };
        file.extend_from_slice(&digest.declared_bytes.to_le_bytes());
        let conversation = digest.conversation.map_or(0, |id| id.0.get());
        file.extend_from_slice(&conversation.to_le_bytes());
        file.extend_from_slice(&digest.sender.to_le_bytes());
        file.extend_from_slice(&digest.purpose.to_le_bytes());
        file.extend_from_slice(&digest.payloads.to_le_bytes());
        file.extend_from_slice(&digest.links.to_le_bytes());
        let dialect = DIALECTS
            .iter()
            .position(|row| Some(row.dialect) == digest.dialect);
        let flag = |holds: bool, flag: u8| if holds { flag } else { 0 };
        file.extend_from_slice(&[
            dialect.map_or(0, |at| at as u8 + 1),
            digest.kinds.0,
            PRESENT
                | DIGESTED
                | flag(digest.sequence.correlation_reused, REUSED)
                | flag(digest.sequence.reply_without_request, UNASKED),
            0,
        ]);
    }

    /// The row of these bytes; `None` if they are none.
    pub(super) fn read(bytes: &[u8; ROW]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let at_us = i64::from_le_bytes(fields.take());
        let [at, payload, headers, subject, payload_bytes] =
            std::array::from_fn(|_| u32::from_le_bytes(fields.take()));
        let record = Record {
            at,
            payload,
            headers,
            reply: u16::from_le_bytes(fields.take()),
            subject: u16::from_le_bytes(fields.take()),
        };
        let [declared_bytes, conversation] = std::array::from_fn(|_| u64::from_le_bytes(fields.take()));
        let [sender, purpose] = std::array::from_fn(|_| u32::from_le_bytes(fields.take()));
        let [payloads, links] = std::array::from_fn(|_| u16::from_le_bytes(fields.take()));
        let [dialect, kinds, flags, _] = fields.take();
        let digest = SlotDigest {
            declared_bytes,
            sender,
            purpose,
            payloads,
            links,
            dialect: usize::from(dialect)
                .checked_sub(1)
                .and_then(|at| DIALECTS.get(at))
                .map(|row| row.dialect),
            kinds: KindSet(kinds),
            sequence: Sequence {
                correlation_reused: flags & REUSED != 0,
                reply_without_request: flags & UNASKED != 0,
            },
            conversation: NonZeroU64::new(conversation).map(ConversationId),
        };
        let slot = Self {
            at_us,
            record,
            subject,
            payload_bytes,
            digest: (flags & DIGESTED != 0).then_some(digest),
        };
        (flags & PRESENT != 0).then_some(slot)
    }
}

/// What is left to be read of a row.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        // All of them together are as long as a row.
        let (taken, rest) = self.0.split_first_chunk().unwrap_or((&[0; N], &[]));
        self.0 = rest;
        *taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Numbers = (i64, [u32; 5], [u16; 4], [u64; 2], [u32; 2], u8);

    fn slot((at_us, of_record, small, large, words, flags): Numbers) -> Slot {
        let digest = SlotDigest {
            declared_bytes: large[0],
            sender: words[0],
            purpose: words[1],
            payloads: small[0],
            links: small[1],
            dialect: DIALECTS.get(usize::from(flags >> 3) % 8).map(|row| row.dialect),
            kinds: KindSet(flags),
            sequence: Sequence {
                correlation_reused: flags & 1 != 0,
                reply_without_request: flags & 2 != 0,
            },
            conversation: NonZeroU64::new(large[1]).map(ConversationId),
        };
        Slot {
            at_us,
            record: Record {
                at: of_record[0],
                payload: of_record[1],
                headers: of_record[2],
                reply: small[2],
                subject: small[3],
            },
            subject: of_record[3],
            payload_bytes: of_record[4],
            digest: (flags & 4 != 0).then_some(digest),
        }
    }

    proptest! {
        #[test]
        fn a_row_comes_back_from_its_bytes(numbers in any::<Numbers>()) {
            let slot = slot(numbers);
            let mut bytes = Vec::new();
            slot.write(&mut bytes);
            let bytes: [u8; ROW] = bytes.try_into().unwrap();
            prop_assert_eq!(Slot::read(&bytes), Some(slot));
            prop_assert_eq!(Slot::read(&[0; ROW]), None);
        }
    }

    #[test]
    fn a_row_costs_less_than_it_is_charged() {
        assert!(size_of::<Slot>() <= 104, "{} bytes", size_of::<Slot>());
    }
}
