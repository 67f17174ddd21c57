//! What the store holds, wherever it lies: rows and records, read in memory under the lock and on disk outside of it. Of the
//! disk only the pages and stretches read last are kept in memory.

use super::batch::Batch;
use super::books::Books;
use super::chunks::Chunks;
use super::page::Body;
use super::page_file::StoredPage;
use super::recent::Recent;
use super::slot::{Slot, SlotDigest};
use super::spill_fault::{Faults, SpillFault};
use crate::lock::lock;
use crate::message::StoredMessage;
use crate::subjects::SubjectId;
use crate::wording::Cause;
use bytes::Bytes;
use natsbridge_wire::Limits;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

/// Rows handled per turn of the lock, so that nobody waits long.
pub(super) const TURN: usize = 1024;
/// Rows on disk that are read at a time.
const BLOCK: usize = 512;
/// Blocks of them that are kept in memory.
const BLOCKS: usize = 256;
/// Stretches of records on disk that are kept in memory.
const STRETCHES: usize = 4;
/// Bytes of one: messages are mostly read one after the other.
const STRETCH: usize = 64 << 10;

/// All messages of one store.
#[derive(Debug)]
pub(super) struct Contents {
    books: Mutex<Books>,
    rows: Mutex<Recent<Block>>,
    stretches: Mutex<Recent<Stretch>>,
    pub(super) faults: Faults,
}

/// Rows of a page on disk, which begins with that message; the place of the first of them.
#[derive(Debug, Clone)]
struct Block {
    first: u64,
    start: usize,
    rows: Arc<Vec<Slot>>,
}

/// Records of a page on disk, which begins with that message.
#[derive(Debug, Clone)]
struct Stretch {
    first: u64,
    start: usize,
    bytes: Bytes,
}

/// Messages of one page, to be searched.
#[derive(Debug)]
pub(super) enum Piece {
    /// Their rows, and the records of the whole page.
    Memory(Vec<Slot>, Chunks),
    /// The page that they are in, and the number of its first message.
    Disk(Arc<StoredPage>, u64),
    /// They can no longer be read.
    Lost,
}

impl Contents {
    /// Nothing yet.
    pub(super) fn new(limits: Arc<Limits>) -> Self {
        Self {
            books: Mutex::new(Books::new(limits)),
            rows: Mutex::new(Recent::new(BLOCKS)),
            stretches: Mutex::new(Recent::new(STRETCHES)),
            faults: Faults::default(),
        }
    }

    /// The books. Whoever has them neither reads nor writes a file.
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        lock(&self.books)
    }

    /// What is told of the held rows with these numbers, oldest first, and the number after each turn of the lock.
    pub(super) fn turns<T>(
        &self,
        seqs: Range<u64>,
        tell: impl Fn(&Books, u64, &Slot) -> T,
    ) -> impl Iterator<Item = (u64, Vec<T>)> {
        let mut from = seqs.start;
        std::iter::from_fn(move || {
            let (end, turn) = self.turn(from..seqs.end, &tell)?;
            from = end;
            Some((end, turn))
        })
    }

    fn turn<T>(&self, seqs: Range<u64>, tell: impl Fn(&Books, u64, &Slot) -> T) -> Option<(u64, Vec<T>)> {
        let books = self.books();
        let (seqs, page) = books.here(seqs, TURN)?;
        let (first, end) = (page.first, seqs.end);
        let told = |books: &Books, rows: &[Slot]| {
            let told = seqs.clone().zip(rows);
            let told: Vec<T> = told.map(|(seq, row)| tell(books, seq, row)).collect();
            (seqs.start + told.len() as u64, told)
        };
        let row = (seqs.start - first) as usize;
        let stored = match &page.body {
            Body::Memory(memory) => return Some(told(&books, &memory.rows[row..])),
            Body::Disk(stored) => Arc::clone(stored),
            Body::Lost => return Some((end, vec![])),
        };
        drop(books);
        Some(match self.block(first, &stored, row) {
            Some(block) => told(&self.books(), &block.rows[row - block.start..]),
            None => (end, vec![]),
        })
    }

    /// Reads the first of these messages that are held, of one page, at most so many and with at most so many bytes, but one
    /// at least; gives the number after the last. `None` if none is held.
    pub(super) fn read<T>(
        &self,
        seqs: Range<u64>,
        (most, most_bytes): (usize, usize),
        make: impl Fn(&Books, u64, &Slot, &Bytes) -> T,
    ) -> Option<(u64, Vec<T>)> {
        let books = self.books();
        let (seqs, page) = books.here(seqs, most)?;
        let (first, start) = (page.first, seqs.start);
        let row = (start - first) as usize;
        let fit = |rows: &[Slot]| {
            let mut bytes = 0;
            let rows = rows.iter().take((seqs.end - start) as usize);
            let fit = rows.take_while(|row| {
                bytes += row.record.len();
                bytes <= most_bytes
            });
            fit.count().max(1)
        };
        let stored = match &page.body {
            Body::Memory(memory) => {
                let rows = &memory.rows[row..];
                let rows = (start..).zip(&rows[..fit(rows)]);
                let made: Vec<T> = rows
                    .map(|(seq, row)| make(&books, seq, row, &memory.records.get(row.record.range())))
                    .collect();
                return Some((start + made.len() as u64, made));
            }
            Body::Disk(stored) => Arc::clone(stored),
            Body::Lost => return Some((seqs.end, vec![])),
        };
        drop(books);
        let Some(block) = self.block(first, &stored, row) else {
            return Some((seqs.end, vec![]));
        };
        let rows = &block.rows[row - block.start..];
        let rows = &rows[..fit(rows)];
        let from = rows.first().map_or(0, |row| row.record.range().start);
        let to = rows.last().map_or(0, |row| row.record.range().end);
        let Some(records) = self.records_of(first, &stored, from..to) else {
            return Some((seqs.end, vec![]));
        };
        let books = self.books();
        let made: Vec<T> = (start..)
            .zip(rows)
            .map(|(seq, row)| {
                let range = row.record.range();
                let record = records.slice(range.start - from..range.end - from);
                make(&books, seq, row, &record)
            })
            .collect();
        Some((start + made.len() as u64, made))
    }

    /// One whole message.
    pub(super) fn message(&self, seq: u64) -> Option<StoredMessage> {
        let (_, mut messages) = self.read(seq..seq.saturating_add(1), (1, usize::MAX), Books::message)?;
        messages.pop()
    }

    /// Whole messages from a number on.
    pub(super) fn messages(&self, from: u64, most: usize, most_bytes: usize) -> Batch {
        let mut batch = Batch {
            next: from,
            ..Batch::default()
        };
        while batch.messages.is_empty()
            && let Some((end, messages)) = self.read(batch.next..u64::MAX, (most, most_bytes), Books::message)
        {
            batch.missed += end - batch.next - messages.len() as u64;
            batch.messages = messages;
            batch.next = end;
        }
        batch
    }

    /// Calls `visit` with the subject of each held row from `from` on; returns the next number.
    pub(super) fn scan_subjects(&self, from: u64, mut visit: impl FnMut(u64, SubjectId)) -> u64 {
        let mut next = from.max(self.books().pages.range().start);
        loop {
            let books = self.books();
            let Some((seqs, page)) = books.here(next..u64::MAX, TURN) else {
                return next;
            };
            let first = (seqs.start - page.first) as usize;
            next = seqs.end;
            match &page.body {
                Body::Memory(memory) => {
                    let rows = memory.rows[first..].iter().take(TURN);
                    let subjects: Vec<SubjectId> = rows.map(|row| SubjectId(row.subject)).collect();
                    drop(books);
                    seqs.zip(subjects).for_each(|(seq, subject)| visit(seq, subject));
                }
                Body::Disk(stored) => {
                    let stored = Arc::clone(stored);
                    drop(books);
                    for (seq, row) in seqs.zip(first..) {
                        if let Some(subject) = stored.subjects.get(row) {
                            visit(seq, subject);
                        }
                    }
                }
                Body::Lost => {}
            }
        }
    }

    /// The first of these messages that are held, of one page, to be searched.
    pub(super) fn piece(&self, seqs: Range<u64>) -> Option<(Range<u64>, Piece)> {
        let books = self.books();
        let (seqs, page) = books.here(seqs, usize::MAX)?;
        let rows = (seqs.start - page.first) as usize..(seqs.end - page.first) as usize;
        let piece = match &page.body {
            Body::Memory(memory) => Piece::Memory(memory.rows[rows].to_vec(), memory.records.clone()),
            Body::Disk(stored) => Piece::Disk(Arc::clone(stored), page.first),
            Body::Lost => Piece::Lost,
        };
        Some((seqs, piece))
    }

    /// Stores digests of messages whose pages went to disk before; each with its page and the first number of that, in
    /// order.
    pub(super) fn digest_on_disk(&self, late: &[(u64, SlotDigest, u64, Arc<StoredPage>)]) {
        for of_page in late.chunk_by(|(.., one), (.., next)| Arc::ptr_eq(one, next)) {
            let [(from, _, first, stored), ..] = of_page else {
                continue;
            };
            let start = (from - first) as usize;
            let set = |row: usize, slot: &mut Slot| {
                let late = of_page.get(row - start);
                slot.digest = late.map_or(slot.digest, |(_, digest, ..)| Some(*digest));
            };
            let forget = || lock(&self.rows).forget(|block| block.first == *first);
            if let Err(error) = stored.change(start..start + of_page.len(), set, forget) {
                self.lose(*first, stored, error);
            }
        }
    }

    /// The rows around that one of a page on disk; `None` if it cannot be read.
    fn block(&self, first: u64, stored: &Arc<StoredPage>, row: usize) -> Option<Block> {
        let start = row - row % BLOCK;
        let is = |block: &Block| block.first == first && block.start == start;
        if let Some(block) = lock(&self.rows).find(is) {
            return Some(block);
        }
        let keep = |rows| {
            let rows = Arc::new(rows);
            let block = Block { first, start, rows };
            lock(&self.rows).keep(block.clone());
            block
        };
        let rows = start..(start + BLOCK).min(stored.subjects.len());
        let block = stored.rows(rows, keep);
        block.map_err(|error| self.lose(first, stored, error)).ok()
    }

    /// Records of a page on disk; `None` if they cannot be read.
    fn records_of(&self, first: u64, stored: &Arc<StoredPage>, range: Range<usize>) -> Option<Bytes> {
        let holds = |stretch: &Stretch| {
            let end = stretch.start + stretch.bytes.len();
            stretch.first == first && stretch.start <= range.start && range.end <= end
        };
        if let Some(Stretch { start, bytes, .. }) = lock(&self.stretches).find(holds) {
            return Some(bytes.slice(range.start - start..range.end - start));
        }
        let end = (range.start + STRETCH).min(stored.record_bytes()).max(range.end);
        let mut buffer = vec![0; end - range.start];
        if let Err(error) = stored.records(range.start, &mut buffer) {
            self.lose(first, stored, error);
            return None;
        }
        let bytes = Bytes::from(buffer);
        if bytes.len() <= STRETCH {
            lock(&self.stretches).keep(Stretch {
                first,
                start: range.start,
                bytes: bytes.clone(),
            });
        }
        Some(bytes.slice(..range.len()))
    }

    /// A page on disk, which begins with that message, cannot be read.
    pub(super) fn lose(&self, first: u64, stored: &Arc<StoredPage>, error: io::Error) {
        let last = first + stored.subjects.len() as u64 - 1;
        self.books().lose(last, stored);
        self.faults.tell(SpillFault::Unreadable(Cause::of(error)));
    }
}
