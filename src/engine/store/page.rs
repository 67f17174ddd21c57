//! A page: messages that follow on each other, with their rows and records in one place, in memory or on disk.

use super::chunks::Chunks;
use super::found_sets::FoundId;
use super::page_file::StoredPage;
use super::slot::Slot;
use std::ops::Range;
use std::sync::Arc;

/// A page of the store. What was found in its messages stays in memory wherever the page lies: it comes late, message by
/// message, in two bytes each, and a row on disk need not be written again for it.
#[derive(Debug)]
pub(super) struct Page {
    /// The number of its first message.
    pub(super) first: u64,
    /// How many it has.
    pub(super) rows: usize,
    /// By row; rows beyond the end were not examined.
    found: Vec<Option<FoundId>>,
    pub(super) body: Body,
}

/// Where a page lies.
#[derive(Debug)]
pub(super) enum Body {
    /// In memory.
    Memory(InMemory),
    /// In a file.
    Disk(Arc<StoredPage>),
    /// Nowhere: its file could not be read.
    Lost,
}

/// Rows and records in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct InMemory {
    pub(super) rows: Arc<Vec<Slot>>,
    pub(super) records: Chunks,
    /// What its messages cost, as long as they are not evicted.
    pub(super) charge: u64,
}

impl Page {
    /// An empty one in memory with room for so many rows.
    pub(super) fn new(first: u64, rows: usize) -> Self {
        Self {
            first,
            rows: 0,
            found: Vec::new(),
            body: Body::Memory(InMemory {
                rows: Arc::new(Vec::with_capacity(rows)),
                ..InMemory::default()
            }),
        }
    }

    /// Its messages.
    pub(super) fn range(&self) -> Range<u64> {
        self.first..self.first + self.rows as u64
    }

    /// Its rows and records, if they are in memory.
    pub(super) fn memory(&self) -> Option<&InMemory> {
        match &self.body {
            Body::Memory(memory) => Some(memory),
            Body::Disk(_) | Body::Lost => None,
        }
    }

    /// As [`Page::memory`], to be changed.
    pub(super) fn memory_mut(&mut self) -> Option<&mut InMemory> {
        match &mut self.body {
            Body::Memory(memory) => Some(memory),
            Body::Disk(_) | Body::Lost => None,
        }
    }

    /// What was found in a message, if it was examined.
    pub(super) fn found(&self, seq: u64) -> Option<FoundId> {
        self.found.get((seq - self.first) as usize).copied().flatten()
    }

    /// Notes what was found in a message; returns what was before.
    pub(super) fn set_found(&mut self, seq: u64, found: FoundId) -> Option<FoundId> {
        if self.found.len() < self.rows {
            self.found.resize(self.rows, None);
        }
        let row = self.found.get_mut((seq - self.first) as usize)?;
        row.replace(found)
    }

    /// The first of these messages, all of them in this page, that was not examined.
    pub(super) fn next_unexamined(&self, mut seqs: Range<u64>) -> Option<u64> {
        seqs.find(|seq| self.found(*seq).is_none())
    }

    /// How many of these messages, all of them in this page, were not examined.
    pub(super) fn unexamined(&self, seqs: Range<u64>) -> u64 {
        if self.found.is_empty() {
            return seqs.end - seqs.start;
        }
        seqs.filter(|seq| self.found(*seq).is_none()).count() as u64
    }
}
