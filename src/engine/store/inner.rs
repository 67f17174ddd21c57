//! The state behind the store's lock: rows, subjects, interned texts and counters. Does no locking itself.

use super::counters::Counters;
use super::found_codes::FoundCodes;
use super::segment::Record;
use super::slots::{Rows, Slot, SlotDigest, SlotFound};
use crate::doctor::Sequence;
use crate::message::{Codes, Found, MessageDigest, Row, StoredMessage};
use crate::subjects::{Interner, SubjectId, Subjects};
use crate::timeline::ConversationId;
use bytes::Bytes;
use natsbridge_wire::{Digest, Limits};
use std::sync::Arc;

/// A message that has no digest yet.
#[derive(Debug)]
pub(super) struct Undigested {
    pub(super) seq: u64,
    pub(super) at_us: i64,
    pub(super) subject: Arc<str>,
    pub(super) payload: Bytes,
    pub(super) record: Record,
}

/// What became of the record of an examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Examined {
    /// It is the first of its message.
    First,
    /// Other codes were found before.
    Again(Codes),
    /// Nothing new: the same codes were found before, or the message has been evicted in the meantime.
    Nothing,
}

/// The inner state of one store.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) rows: Rows,
    pub(super) subjects: Subjects,
    pub(super) counters: Counters,
    words: Interner,
    codes: FoundCodes,
    undigested: u64,
    /// Messages that were evicted before they were examined.
    pub(super) unexamined: u64,
}

impl Books {
    /// An empty store; the first message gets number 1.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            rows: Rows::starting_at(1),
            subjects: Subjects::new(limits.subjects),
            counters: Counters::default(),
            words: Interner::new(limits.subjects, "(more names)"),
            codes: FoundCodes::default(),
            undigested: 1,
            unexamined: 0,
        }
    }

    /// Adds a copied message and evicts the oldest ones until the limits hold; returns the evicted ones, to be freed
    /// outside the lock.
    pub(super) fn enter(&mut self, slot: Slot, limits: &Limits, gone: &mut Vec<Slot>) {
        self.counters.stored += 1;
        self.counters.bytes_received += u64::from(slot.payload_bytes) + slot.record.header_len() as u64;
        self.counters.bytes_stored += self.charge(&slot, limits);
        self.rows.push(slot);
        while self.counters.bytes_stored > limits.store_bytes as u64
            || self.rows.len() > limits.store_messages
        {
            let Some(oldest) = self.rows.pop() else { break };
            self.counters.bytes_stored -= self.charge(&oldest, limits);
            self.counters.evicted += 1;
            self.unexamined += u64::from(!oldest.is_examined());
            gone.push(oldest);
        }
    }

    /// Removes all rows; returns them to be freed outside the lock.
    pub(super) fn forget(&mut self) -> Rows {
        let next = self.rows.range().end;
        self.counters.evicted += self.rows.len() as u64;
        self.counters.bytes_stored = 0;
        let range = self.rows.range();
        let unexamined = range.filter(|seq| self.rows.get(*seq).is_some_and(|slot| !slot.is_examined()));
        self.unexamined += unexamined.count() as u64;
        self.undigested = next;
        std::mem::replace(&mut self.rows, Rows::starting_at(next))
    }

    /// Claims up to `most` rows that have no digest yet.
    pub(super) fn claim_undigested(&mut self, most: usize) -> Vec<Undigested> {
        let held = self.rows.range();
        let from = self.undigested.max(held.start);
        let to = held.end.min(from + most as u64);
        self.undigested = to.max(from);
        (from..to)
            .filter_map(|seq| {
                let slot = self.rows.get(seq)?;
                Some(Undigested {
                    seq,
                    at_us: slot.at_us,
                    subject: self.subject_of(slot),
                    payload: slot.record.payload(),
                    record: slot.record.clone(),
                })
            })
            .collect()
    }

    /// Stores a digest in its row, if that has not been evicted.
    pub(super) fn digested(
        &mut self,
        seq: u64,
        digest: &Digest<'_>,
        (conversation, sequence): (Option<ConversationId>, Sequence),
        limits: &Limits,
    ) {
        self.counters.undecodable += u64::from(digest.broken);
        let sender = self.words.word(&digest.sender, limits.field_cells);
        let purpose = self.words.word(&digest.purpose, limits.field_cells);
        if let Some(slot) = self.rows.get_mut(seq) {
            slot.digest = Some(SlotDigest {
                declared_bytes: digest.declared_bytes,
                sender,
                purpose,
                payloads: digest.payloads,
                links: digest.links,
                dialect: digest.dialect,
                kinds: digest.kinds,
                found: None,
                sequence,
                conversation,
            });
        }
    }

    /// Whether a message has its digest, or has been evicted.
    pub(super) fn is_digested(&self, seq: u64) -> bool {
        self.rows.get(seq).is_none_or(|slot| slot.digest.is_some())
    }

    /// Whether a message can be examined and was not.
    pub(super) fn awaits_examination(&self, seq: u64) -> bool {
        let slot = self.rows.get(seq);
        slot.is_some_and(|slot| slot.digest.is_some() && !slot.is_examined())
    }

    /// What only the messages before it tell of a message; `None` until it is digested, and when it has been evicted.
    pub(super) fn sequence(&self, seq: u64) -> Option<Sequence> {
        Some(self.rows.get(seq)?.digest?.sequence)
    }

    /// The first message from this number on that can be examined and was not; messages are digested in order.
    pub(super) fn next_unexamined(&self, from: u64) -> Option<u64> {
        let held = self.rows.range();
        for seq in from.max(held.start)..held.end {
            if self.rows.get(seq)?.digest?.found.is_none() {
                return Some(seq);
            }
        }
        None
    }

    /// Records what was found in a message.
    pub(super) fn examined(&mut self, seq: u64, found: Found) -> Examined {
        let codes = self.codes.id(found.codes);
        let Some(digest) = self.rows.get_mut(seq).and_then(|slot| slot.digest.as_mut()) else {
            return Examined::Nothing;
        };
        let counts = found.counts;
        match digest.found.replace(SlotFound { codes, counts }) {
            None => Examined::First,
            Some(before) if before.codes == codes => Examined::Nothing,
            Some(before) => Examined::Again(self.codes.codes(before.codes).unwrap_or_default()),
        }
    }

    /// What was found in a message.
    pub(super) fn found(&self, seq: u64) -> Option<Found> {
        self.whole(self.rows.get(seq)?.digest?.found?)
    }

    fn whole(&self, found: SlotFound) -> Option<Found> {
        Some(Found {
            counts: found.counts,
            codes: self.codes.codes(found.codes)?,
        })
    }

    /// One row.
    pub(super) fn row(&self, seq: u64) -> Option<Row> {
        let slot = self.rows.get(seq)?;
        Some(Row {
            seq,
            at_us: slot.at_us,
            subject: SubjectId(slot.subject),
            bytes: slot.payload_bytes,
            digest: slot.digest.map(|digest| MessageDigest {
                dialect: digest.dialect,
                sender: self.words.text(digest.sender),
                purpose: self.words.text(digest.purpose),
                kinds: digest.kinds,
                payloads: digest.payloads,
                links: digest.links,
                declared_bytes: digest.declared_bytes,
                found: digest.found.and_then(|found| self.whole(found)),
                conversation: digest.conversation,
            }),
        })
    }

    /// One whole message.
    pub(super) fn message(&self, seq: u64) -> Option<StoredMessage> {
        let slot = self.rows.get(seq)?;
        Some(StoredMessage {
            seq,
            at_us: slot.at_us,
            subject: self.subject_of(slot),
            reply: slot.record.reply().map(str::to_owned),
            headers: slot.record.headers(),
            payload: slot.record.payload(),
        })
    }

    fn subject_of(&self, slot: &Slot) -> Arc<str> {
        match slot.record.subject() {
            Some(own) => own.into(),
            None => self.subjects.text(SubjectId(slot.subject)),
        }
    }

    /// What a message costs: its bytes, its subject and a fixed overhead.
    fn charge(&self, slot: &Slot, limits: &Limits) -> u64 {
        let subject = match slot.record.subject() {
            Some(_) => 0,
            None => self.subjects.text_len(slot.subject),
        };
        (slot.record.len() + subject + limits.store_row_overhead) as u64
    }
}
