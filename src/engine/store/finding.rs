//! Searching all messages for a text: their records are searched many at a time, as one haystack, and what is found is traced
//! back to the rows. Several threads take page after page.

use super::chunks::Chunks;
use super::contents::{Contents, Piece};
use super::page_file::StoredPage;
use super::slot::Slot;
use super::text_search::TextSearch;
use crate::lock::lock;
use crate::subjects::SubjectId;
use natsbridge_wire::Steps;
use std::io;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Bytes read from disk at a time, few enough to be searched before they leave the processor's cache.
const PIECE: usize = 256 << 10;
/// Threads that search at most.
const THREADS: usize = 4;

/// The numbers of the messages that hold the text, oldest first; `None` if cancelled.
pub(super) fn find(contents: &Contents, search: &TextSearch, steps: &dyn Steps) -> Option<Vec<u64>> {
    let held = contents.books().pages.range();
    let work = Work {
        contents,
        search,
        steps,
        next: Mutex::new(held.start),
        done: AtomicU64::new(0),
        cancelled: AtomicBool::new(false),
        held,
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut found = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(THREADS))
            .filter_map(|_| {
                let other = std::thread::Builder::new().name("finding".into());
                other.spawn_scoped(scope, || Finding::new(&work).all()).ok()
            })
            .collect();
        let mut found = Finding::new(&work).all();
        for other in others {
            match other.join() {
                Ok(more) => found.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        found
    });
    found.sort_unstable();
    (!work.cancelled.into_inner()).then_some(found)
}

/// What all threads of a search share: pages are searched by whoever is free.
struct Work<'a> {
    contents: &'a Contents,
    search: &'a TextSearch,
    steps: &'a dyn Steps,
    held: Range<u64>,
    /// The first message that nobody has taken.
    next: Mutex<u64>,
    /// Messages searched.
    done: AtomicU64,
    cancelled: AtomicBool,
}

impl Work<'_> {
    fn take(&self) -> Option<(Range<u64>, Piece)> {
        if self.cancelled.load(Ordering::Relaxed) {
            return None;
        }
        let mut next = lock(&self.next);
        let (seqs, piece) = self.contents.piece(*next..self.held.end)?;
        *next = seqs.end;
        Some((seqs, piece))
    }

    fn searched(&self, messages: u64) {
        let done = messages + self.done.fetch_add(messages, Ordering::Relaxed);
        if !self.steps.step(done, self.held.end - self.held.start) {
            self.cancelled.store(true, Ordering::Relaxed);
        }
    }
}

/// One thread of a search.
struct Finding<'a> {
    work: &'a Work<'a>,
    /// Whether the text is in the name of a subject, by its number.
    named: Vec<Option<bool>>,
    /// Records read from disk.
    buffer: Vec<u8>,
    /// Which messages of the page at hand hold the text.
    hits: Vec<bool>,
}

impl<'a> Finding<'a> {
    fn new(work: &'a Work<'a>) -> Self {
        Self {
            work,
            named: Vec::new(),
            buffer: Vec::new(),
            hits: Vec::new(),
        }
    }

    /// The numbers of the messages that hold the text, of those that nobody else took.
    fn all(mut self) -> Vec<u64> {
        let mut found = Vec::new();
        while let Some((seqs, piece)) = self.work.take() {
            self.hits.clear();
            self.hits.resize((seqs.end - seqs.start) as usize, false);
            match piece {
                Piece::Memory(rows, records) => self.search_memory(&rows, &records),
                Piece::Disk(stored, first) => {
                    if let Err(error) = self.search_disk(&stored, (seqs.start - first) as usize) {
                        self.work.contents.lose(first, &stored, error);
                        self.hits.clear();
                    }
                }
                Piece::Lost => {}
            }
            let messages = seqs.end - seqs.start;
            let hits = seqs.zip(&self.hits).filter(|(_, hit)| **hit);
            found.extend(hits.map(|(seq, _)| seq));
            self.work.searched(messages);
        }
        found
    }

    fn search_memory(&mut self, rows: &[Slot], records: &Chunks) {
        for (at, row) in rows.iter().enumerate() {
            self.hits[at] = self.is_named(SubjectId(row.subject));
        }
        for (start, chunk) in records.iter() {
            trace(self.work.search, (chunk, 0), start, rows, &mut self.hits);
        }
    }

    fn search_disk(&mut self, stored: &StoredPage, from: usize) -> io::Result<()> {
        let named: Vec<SubjectId> = stored.subjects.different().to_vec();
        if named.into_iter().any(|subject| self.is_named(subject)) {
            for row in from..stored.subjects.len() {
                let subject = stored.subjects.get(row);
                self.hits[row - from] = subject.is_some_and(|subject| self.is_named(subject));
            }
        }
        self.buffer.resize(stored.record_bytes(), 0);
        let read = |start, piece: &mut [u8]| stored.records(start, piece);
        let first = read_and_search(self.work.search, &mut self.buffer, PIECE, read)?;
        // Most pages hold nothing: their rows need not be read.
        if let Some(first) = first {
            let rows = stored.rows(0..stored.subjects.len(), |rows| rows)?;
            let rest = (&self.buffer[..], first);
            trace(self.work.search, rest, 0, &rows[from..], &mut self.hits);
        }
        Ok(())
    }

    fn is_named(&mut self, subject: SubjectId) -> bool {
        let Work { contents, search, .. } = self.work;
        let at = subject.0 as usize;
        if self.named.len() <= at {
            self.named.resize(at + 1, None);
        }
        let name = || search.is_in_text(&contents.books().subjects.text(subject));
        *self.named[at].get_or_insert_with(name)
    }
}

/// Fills a buffer piece by piece, each searched while it is at hand; if there is a match, gives a place shortly before the
/// first one.
fn read_and_search(
    search: &TextSearch,
    buffer: &mut [u8],
    piece: usize,
    mut read: impl FnMut(usize, &mut [u8]) -> io::Result<()>,
) -> io::Result<Option<usize>> {
    let mut first = None;
    for start in (0..buffer.len()).step_by(piece) {
        let end = buffer.len().min(start + piece);
        read(start, &mut buffer[start..end])?;
        if first.is_none() {
            // What begins in the piece before may end in this one.
            let from = start.saturating_sub(search.longest());
            let found = search.find(&buffer[..end], from);
            // A longer one may begin before it and end in the next piece.
            first = found.map(|found| found.start.saturating_sub(search.longest()));
        }
    }
    Ok(first)
}

/// Marks the rows whose records hold the text, of those that lie in `haystack` from `at` on; it begins at `start` of the page.
fn trace(
    search: &TextSearch,
    (haystack, mut at): (&[u8], usize),
    start: usize,
    rows: &[Slot],
    hits: &mut [bool],
) {
    let mut row = 0;
    while let Some(found) = search.find(haystack, at) {
        let place = start + found.start;
        row += rows[row..].partition_point(|slot| slot.record.range().end <= place);
        let Some(record) = rows.get(row).map(|slot| slot.record.range()) else {
            return;
        };
        if place < record.start {
            // It is in a record that is not asked for.
            at = record.start - start;
            continue;
        }
        // What begins in one record and ends in the next is in neither.
        let end = record.end - start;
        hits[row] |= found.end <= end || search.is_in(&haystack[found.start..end]);
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_haystack_gives_what_record_by_record_gives(
            texts in prop::collection::vec("[ab]{0,9}", 0..20),
            wanted in "[ab]{1,4}",
            from in 0usize..4,
        ) {
            let mut haystack = Vec::new();
            let rows: Vec<Slot> = texts
                .iter()
                .map(|text| {
                    let at = haystack.len() as u32;
                    haystack.extend_from_slice(text.as_bytes());
                    let record = Record { at, payload: text.len() as u32, ..Record::default() };
                    Slot { record, ..Slot::default() }
                })
                .collect();
            let search = TextSearch::new(&wanted).unwrap();
            let rows = rows.get(from..).unwrap_or_default();
            let mut hits = vec![false; rows.len()];
            trace(&search, (&haystack, 0), 0, rows, &mut hits);
            let texts = texts.get(from..).unwrap_or_default();
            let expected: Vec<bool> = texts.iter().map(|text| search.is_in(text.as_bytes())).collect();
            prop_assert_eq!(hits, expected);
            for piece in 1..5 {
                let mut buffer = vec![0; haystack.len()];
                let read = |start: usize, piece: &mut [u8]| {
                    piece.copy_from_slice(&haystack[start..start + piece.len()]);
                    Ok(())
                };
                let first = read_and_search(&search, &mut buffer, piece, read).unwrap();
                let found = search.find(&haystack, 0).map(|found| found.start);
                prop_assert_eq!(first.is_some(), found.is_some());
                prop_assert!(first <= found && found.unwrap_or(0) <= first.unwrap_or(0) + search.longest() + piece);
            }
        }
    }
}
