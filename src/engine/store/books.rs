//! The state behind the store's lock: pages, subjects, interned texts and counters. Does no locking itself, and reads and
//! writes no file.

use super::arena::{Arena, Room};
use super::counters::Counters;
use super::found_sets::FoundSets;
use super::page::{Body, InMemory, Page};
use super::page_file::StoredPage;
use super::pages::Pages;
use super::slot::{Slot, SlotDigest};
use crate::doctor::Sequence;
use crate::message::{Codes, Found, MessageDigest, Row, StoredMessage};
use crate::subjects::{Interner, SubjectId, Subjects};
use crate::timeline::ConversationId;
use bytes::Bytes;
use natsbridge_wire::{Digest, Limits};
use std::ops::Range;
use std::sync::Arc;

/// What stands for senders and purposes that there was no room for.
pub(crate) const MORE_WORDS: &str = "(more names)";
/// Shares of the memory for messages that one page takes at most.
const PAGES: usize = 8;
/// Shares of that memory of which one is filled before pages are moved to disk: the rest is for bursts.
const SPILL_FROM: usize = 4;

/// What came of adding messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Entered {
    /// Older ones were evicted for them.
    pub(super) evicts: bool,
    /// Pages are to be moved to disk.
    pub(super) spills: bool,
}

/// What became of the record of an examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Examined {
    /// It is the first of its message.
    First,
    /// Other codes were found before.
    Again(Codes),
    /// Nothing new: the same was found before, or the message has been evicted in the meantime.
    Nothing,
}

/// What became of a page that was written to disk.
#[derive(Debug)]
pub(super) enum Spilled {
    /// It lies there now.
    Done,
    /// Its rows changed while it was written; these are the newest.
    Changed(Arc<Vec<Slot>>),
    /// It has been evicted in the meantime.
    Gone,
}

/// The inner state of one store.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) pages: Pages,
    pub(super) subjects: Subjects,
    pub(super) counters: Counters,
    words: Interner,
    found: FoundSets,
    /// Messages in memory.
    in_memory: usize,
    /// The first message that nobody has taken to be digested.
    pub(super) undigested: u64,
    /// All messages before this one are digested.
    digested: u64,
    /// Messages that were evicted before they were examined.
    pub(super) unexamined: u64,
    limits: Arc<Limits>,
}

impl Books {
    /// An empty store; the first message gets number 1.
    pub(super) fn new(limits: Arc<Limits>) -> Self {
        Self {
            pages: Pages::starting_at(1),
            subjects: Subjects::new(limits.subjects),
            counters: Counters::default(),
            words: Interner::new(limits.subjects, MORE_WORDS),
            found: FoundSets::default(),
            in_memory: 0,
            undigested: 1,
            digested: 1,
            unexamined: 0,
            limits,
        }
    }

    /// The room of a new page.
    pub(super) fn new_page(limits: &Limits) -> Room {
        Room {
            rows: limits.store_page.min(limits.store_messages / PAGES).max(1),
            bytes: limits.store_segment.min(limits.store_bytes / PAGES).max(1),
            at: 0,
        }
    }

    /// Adds the messages that were copied in this turn, and evicts the oldest ones until the limits hold, whose pages are
    /// to be freed outside the lock.
    pub(super) fn enter(&mut self, arena: &mut Arena, gone: &mut Vec<Page>) -> Entered {
        let new = Self::new_page(&self.limits);
        if arena.room == new {
            self.pages.begin(new.rows);
        }
        let rows = arena.slots.len();
        let charge: u64 = arena.slots.iter().map(|slot| self.charge(slot)).sum();
        for slot in &arena.slots {
            self.counters.bytes_received += u64::from(slot.payload_bytes) + u64::from(slot.record.headers);
        }
        self.counters.stored += rows as u64;
        self.counters.bytes_stored += charge;
        self.in_memory += rows;
        let memory = self.pages.grow(rows).and_then(Page::memory_mut);
        let Some(memory) = memory else {
            return Entered::default();
        };
        memory.charge += charge;
        Arc::make_mut(&mut memory.rows).append(&mut arena.slots);
        arena
            .chunks
            .drain(..)
            .for_each(|chunk| memory.records.push(chunk));
        arena.room.rows -= rows;
        arena.room.bytes = arena.room.bytes.saturating_sub(charge as usize);
        arena.room.at = memory.records.len();
        let evicted = self.counters.evicted;
        self.evict(gone);
        if arena.room.rows == 0 || arena.room.bytes == 0 || self.pages.range().is_empty() {
            arena.room = new;
        }
        Entered {
            evicts: self.counters.evicted > evicted,
            spills: self.fills(SPILL_FROM),
        }
    }

    /// Evicts the oldest messages until the limits of memory hold: those on disk go before those in memory.
    fn evict(&mut self, gone: &mut Vec<Page>) {
        while self.fills(1) {
            let first = self.pages.range().start;
            let Some(page) = self.pages.front() else { return };
            let row = (first - page.first) as usize;
            let Some(slot) = page.memory().and_then(|memory| memory.rows.get(row)) else {
                self.drop_page(gone);
                continue;
            };
            let charge = self.charge(slot);
            self.unexamined += u64::from(page.found(first).is_none());
            self.counters.bytes_stored -= charge;
            self.counters.evicted += 1;
            self.in_memory -= 1;
            if let Some(memory) = self.pages.front_mut().and_then(Page::memory_mut) {
                memory.charge -= charge;
            }
            gone.extend(self.pages.pop_row());
        }
    }

    /// Whether memory is filled by more than one `share`th of its limits.
    fn fills(&self, share: usize) -> bool {
        self.counters.bytes_stored > (self.limits.store_bytes / share) as u64
            || self.in_memory > self.limits.store_messages / share
    }

    /// Evicts the oldest page.
    fn drop_page(&mut self, gone: &mut Vec<Page>) {
        let Some((page, held)) = self.pages.pop() else {
            return;
        };
        self.take_off(&page, held);
        gone.push(page);
    }

    /// Counts a page that is no longer held, with those of its messages that were until now.
    fn take_off(&mut self, page: &Page, held: Range<u64>) {
        match &page.body {
            Body::Memory(memory) => {
                self.counters.bytes_stored -= memory.charge;
                self.in_memory -= (held.end - held.start) as usize;
            }
            Body::Disk(stored) => self.counters.bytes_on_disk -= stored.size(),
            // That was counted when it was lost.
            Body::Lost => return,
        }
        self.counters.evicted += held.end - held.start;
        self.unexamined += page.unexamined(held);
    }

    /// Evicts all messages; returns their pages to be freed outside the lock.
    pub(super) fn forget(&mut self) -> Vec<Page> {
        let (mut gone, evicted) = (Vec::new(), self.counters.evicted);
        while !self.pages.range().is_empty() {
            self.drop_page(&mut gone);
        }
        self.counters.cleared += self.counters.evicted - evicted;
        self.undigested = self.pages.range().end;
        gone
    }

    /// Lets go of whole pages before that message, which have done their service: they do not count as evicted.
    pub(super) fn release(&mut self, before: u64) -> Vec<Page> {
        let (evicted, unexamined) = (self.counters.evicted, self.unexamined);
        let mut gone = Vec::new();
        while self
            .pages
            .sealed_front()
            .is_some_and(|page| page.range().end <= before)
        {
            self.drop_page(&mut gone);
        }
        (self.counters.evicted, self.unexamined) = (evicted, unexamined);
        gone
    }

    /// The page that is to be moved to disk next, with its first number; `None` while there is room enough in memory.
    pub(super) fn to_spill(&self) -> Option<(u64, InMemory)> {
        if !self.fills(SPILL_FROM) {
            return None;
        }
        let page = self.pages.oldest_in_memory()?;
        Some((page.first, page.memory()?.clone()))
    }

    /// The page that begins with that number, with these rows, lies on disk now.
    pub(super) fn spilled(&mut self, first: u64, rows: &Arc<Vec<Slot>>, stored: &Arc<StoredPage>) -> Spilled {
        // Its first messages may have been evicted, but its last is there if it is.
        let last = first + rows.len() as u64 - 1;
        let Some(page) = self.pages.page_mut(last) else {
            return Spilled::Gone;
        };
        let Some(memory) = page.memory() else {
            return Spilled::Gone;
        };
        if !Arc::ptr_eq(&memory.rows, rows) {
            return Spilled::Changed(Arc::clone(&memory.rows));
        }
        self.counters.bytes_on_disk += stored.size();
        self.counters.bytes_stored -= memory.charge;
        page.body = Body::Disk(Arc::clone(stored));
        let held = self.pages.range().start.max(first)..last + 1;
        self.in_memory -= (held.end - held.start) as usize;
        Spilled::Done
    }

    /// Evicts the oldest messages on disk, one file of them; whether there were any.
    pub(super) fn evict_file(&mut self, gone: &mut Vec<Page>) -> bool {
        let mut file: Option<Arc<StoredPage>> = None;
        loop {
            match self.pages.front().map(|page| &page.body) {
                Some(Body::Disk(stored)) if file.as_ref().is_none_or(|file| file.shares_file(stored)) => {
                    file = Some(Arc::clone(stored));
                }
                Some(Body::Lost) => {}
                _ => return file.is_some(),
            }
            self.drop_page(gone);
        }
    }

    /// The page of that message lies in a file that cannot be read: its messages count as evicted.
    pub(super) fn lose(&mut self, seq: u64, unreadable: &Arc<StoredPage>) {
        let is = |page: &&Page| matches!(&page.body, Body::Disk(stored) if Arc::ptr_eq(stored, unreadable));
        let Some(page) = self.pages.page(seq).filter(is) else {
            return;
        };
        let held = self.pages.held(page);
        self.counters.evicted += held.end - held.start;
        self.counters.bytes_on_disk -= unreadable.size();
        self.unexamined += page.unexamined(held);
        if let Some(page) = self.pages.page_mut(seq) {
            page.body = Body::Lost;
        }
    }

    /// The first of these messages that are held, of one page at most, with their page.
    pub(super) fn here(&self, seqs: Range<u64>, most: usize) -> Option<(Range<u64>, &Page)> {
        let held = self.pages.range();
        let start = seqs.start.max(held.start);
        let page = self.pages.page(start)?;
        let end = seqs
            .end
            .min(page.range().end)
            .min(start.saturating_add(most as u64));
        (start < end).then_some((start..end, page))
    }

    /// Marks that all messages before this one were taken to be digested.
    pub(super) fn taken(&mut self, end: u64) {
        self.undigested = self.undigested.max(end);
    }

    /// Marks that all messages before this one are digested.
    pub(super) fn digested_until(&mut self, end: u64) {
        self.digested = self.digested.max(end);
    }

    /// A digest in few bytes.
    pub(super) fn digest(
        &mut self,
        digest: &Digest<'_>,
        (conversation, sequence): (Option<ConversationId>, Sequence),
    ) -> SlotDigest {
        self.counters.undecodable += u64::from(digest.broken);
        SlotDigest {
            declared_bytes: digest.declared_bytes,
            sender: self.words.word(&digest.sender, self.limits.field_cells),
            purpose: self.words.word(&digest.purpose, self.limits.field_cells),
            payloads: digest.payloads,
            links: digest.links,
            dialect: digest.dialect,
            kinds: digest.kinds,
            sequence,
            conversation,
        }
    }

    /// Stores a digest in its row, if that is in memory; gives the page that lies on disk.
    pub(super) fn digested(&mut self, seq: u64, digest: SlotDigest) -> Option<(u64, Arc<StoredPage>)> {
        let page = self.pages.page_mut(seq)?;
        let first = page.first;
        match &mut page.body {
            Body::Memory(memory) => {
                let slot = Arc::make_mut(&mut memory.rows).get_mut((seq - first) as usize)?;
                slot.digest = Some(digest);
                None
            }
            Body::Disk(stored) => Some((first, Arc::clone(stored))),
            Body::Lost => None,
        }
    }

    /// Whether a message has its digest, or has been evicted.
    pub(super) fn is_digested(&self, seq: u64) -> bool {
        seq < self.digested || !self.pages.range().contains(&seq)
    }

    /// Whether a message can be examined and was not.
    pub(super) fn awaits_examination(&self, seq: u64) -> bool {
        let page = self.pages.page(seq).filter(|_| seq < self.digested);
        page.is_some_and(|page| !matches!(page.body, Body::Lost) && page.found(seq).is_none())
    }

    /// The first message from this number on that can be examined and was not; messages are digested in order.
    pub(super) fn next_unexamined(&self, from: u64) -> Option<u64> {
        let held = self.pages.range();
        let (mut from, end) = (from.max(held.start), held.end.min(self.digested));
        while from < end {
            let page = self.pages.page(from)?;
            let here = from..page.range().end.min(end);
            let lost = matches!(page.body, Body::Lost);
            if let Some(seq) = page.next_unexamined(here.clone()).filter(|_| !lost) {
                return Some(seq);
            }
            from = here.end;
        }
        None
    }

    /// Records what was found in a message.
    pub(super) fn examined(&mut self, seq: u64, found: Found) -> Examined {
        let id = self.found.id(found);
        let can = |page: &&mut Page| !matches!(page.body, Body::Lost);
        let Some(page) = self.pages.page_mut(seq).filter(can) else {
            return Examined::Nothing;
        };
        match page.set_found(seq, id) {
            None => Examined::First,
            Some(before) if before == id => Examined::Nothing,
            Some(before) => match self.found.found(before).unwrap_or_default().codes {
                codes if codes == found.codes => Examined::Nothing,
                codes => Examined::Again(codes),
            },
        }
    }

    /// What was found in a message.
    pub(super) fn found(&self, seq: u64) -> Option<Found> {
        let page = self.pages.page(seq)?;
        self.found.found(page.found(seq)?)
    }

    /// One row.
    pub(super) fn row(&self, seq: u64, slot: &Slot) -> Row {
        Row {
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
                found: self.found(seq),
                conversation: digest.conversation,
            }),
        }
    }

    /// One whole message, of its row and its record.
    pub(super) fn message(&self, seq: u64, slot: &Slot, record: &Bytes) -> StoredMessage {
        StoredMessage {
            seq,
            at_us: slot.at_us,
            subject: self.subject_of(slot, record),
            reply: slot.record.reply(record).map(str::to_owned),
            headers: slot.record.headers(record),
            payload: slot.record.payload(record),
        }
    }

    /// The subject of a message.
    pub(super) fn subject_of(&self, slot: &Slot, record: &[u8]) -> Arc<str> {
        match slot.record.subject(record) {
            Some(own) => own.into(),
            None => self.subjects.text(SubjectId(slot.subject)),
        }
    }

    /// What a message costs in memory: its bytes, its subject and a fixed overhead.
    fn charge(&self, slot: &Slot) -> u64 {
        let subject = match slot.record.subject {
            0 => self.subjects.text_len(slot.subject),
            _ => 0,
        };
        (slot.record.len() + subject + self.limits.store_row_overhead) as u64
    }
}
