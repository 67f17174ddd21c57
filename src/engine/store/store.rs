//! The message store: raw bytes and fixed rows, oldest evicted first, exact counters. Bytes are copied and scanned outside the
//! lock that readers take; what memory has no room for goes to disk, if the limits want that.

use super::arena::Arena;
use super::batch::Batch;
use super::books::{Books, Entered};
use super::contents::{Contents, TURN};
use super::counters::Counters;
use super::digesting::Digesting;
use super::examinations::Examinations;
use super::finding::find;
use super::gaps::Gaps;
use super::page::Page;
use super::spill_fault::SpillFault;
use super::spiller::Spiller;
use super::text_search::TextSearch;
use crate::doctor::{Examination, Needs, Problems};
use crate::fetch::Links;
use crate::lock::lock;
use crate::message::{Found, Gap, Incoming, Row, StoredMessage};
use crate::shapes::{Contract, Shapes};
use crate::subjects::{SubjectId, SubjectStats};
use crate::tape::RecordingTap;
use crate::timeline::Timeline;
use natsbridge_wire::{Depth, Limits, Steps};
use std::ops::Range;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard};

/// The store; clones share it. Every call is short, so that the screen never waits for the network or vice versa.
///
/// ```
/// use natsbridge_engine::{Headers, Incoming, Store};
/// use natsbridge_wire::Limits;
///
/// let store = Store::new(Limits::default().into());
/// let headers = Headers::default();
/// store.append([Incoming { at_us: 0, subject: "a.b", reply: None, headers, payload: b"hello" }]);
/// assert_eq!(store.range(), 1..2);
/// assert_eq!(&store.message(1).unwrap().payload[..], b"hello");
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    limits: Arc<Limits>,
    /// Held by whoever adds or removes messages. Readers never take it.
    arena: Arc<Mutex<Arena>>,
    contents: Arc<Contents>,
    gaps: Arc<Mutex<Gaps>>,
    tap: RecordingTap,
    digesting: Arc<Digesting>,
    examinations: Arc<Examinations>,
    /// Wakes what moves messages to disk; that ends with the last of these.
    spilling: Option<SyncSender<()>>,
}

impl Store {
    /// An empty store under these limits. With [`Limits::store_spill`], messages that memory has no room for are moved to
    /// files in [`Limits::store_folder`], of which nothing is left in the end.
    pub fn new(limits: Arc<Limits>) -> Self {
        let contents = Arc::new(Contents::new(limits.clone()));
        let arena = Arena::new(limits.store_segment, Books::new_page(&limits));
        Self {
            arena: Arc::new(Mutex::new(arena)),
            gaps: Arc::default(),
            tap: RecordingTap::default(),
            digesting: Arc::new(Digesting::new(limits.clone(), Arc::clone(&contents))),
            examinations: Arc::new(Examinations::new(limits.clone(), Arc::clone(&contents))),
            spilling: Spiller::start(&contents, &limits),
            contents,
            limits,
        }
    }

    /// Stores a batch in order, copying the bytes. For a message over [`Limits::direct_message`] only the row is
    /// kept.
    pub fn append<'a>(&self, batch: impl IntoIterator<Item = Incoming<'a>>) {
        let mut arena = lock(&self.arena);
        let mut batch = batch.into_iter();
        let (mut turn, mut gone) = (Vec::new(), Vec::new());
        loop {
            turn.clear();
            let (rows, mut bytes) = (arena.room.rows.min(TURN), 0);
            while turn.len() < rows
                && bytes < arena.room.bytes
                && let Some(message) = batch.next()
            {
                bytes += message.payload.len() + self.limits.store_row_overhead;
                turn.push(message);
            }
            if turn.is_empty() {
                return;
            }
            // Before anything may be cut or evicted.
            self.tap.record(|intake| intake.take(&turn));
            arena.subjects.clear();
            {
                let mut books = self.books();
                for message in &turn {
                    let bytes = message.payload.len() as u64;
                    let subject = books.subjects.count(message.subject, bytes, message.at_us);
                    arena.subjects.push(subject);
                }
            }
            arena.copy(&turn, self.limits.direct_message);
            let entered = self.books().enter(&mut arena, &mut gone);
            free(&mut gone);
            self.wake_spiller(entered);
        }
    }

    /// Has pages moved to disk if it is time for that.
    fn wake_spiller(&self, entered: Entered) {
        let Some(spilling) = self.spilling.as_ref().filter(|_| entered.spills) else {
            return;
        };
        let ended = matches!(spilling.try_send(()), Err(TrySendError::Disconnected(())));
        if entered.evicts && !ended {
            self.contents.faults.tell(SpillFault::Behind);
        }
    }

    /// Limits in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sequence numbers stored now: first kept .. next to come.
    pub fn range(&self) -> Range<u64> {
        self.books().pages.range()
    }

    /// The rows with these numbers that are still held, oldest first.
    pub fn rows(&self, seqs: Range<u64>) -> Vec<Row> {
        let rows = self.contents.turns(seqs, Books::row);
        rows.flat_map(|(_, turn)| turn).collect()
    }

    /// One row.
    pub fn row(&self, seq: u64) -> Option<Row> {
        self.rows(seq..seq.saturating_add(1)).pop()
    }

    /// One whole message.
    pub fn message(&self, seq: u64) -> Option<StoredMessage> {
        self.contents.message(seq)
    }

    /// Whole messages from a number on, at most `most` with at most `most_bytes` bytes, but one at least if there are any:
    /// for whoever reads them all in order, and wants to know exactly what was evicted before it came to it.
    pub fn messages(&self, from: u64, most: usize, most_bytes: usize) -> Batch {
        self.contents.messages(from, most, most_bytes)
    }

    /// Calls `visit` with the subject id of each held row from `from` on, oldest first; returns the next number to scan.
    /// Reads no file.
    pub fn scan_subjects(&self, from: u64, visit: impl FnMut(u64, SubjectId)) -> u64 {
        self.contents.scan_subjects(from, visit)
    }

    /// The numbers of the messages that contain a text, oldest first: in subject, headers, body or inside base64.
    /// `None` if cancelled.
    pub fn find(&self, search: &TextSearch, steps: &dyn Steps) -> Option<Vec<u64>> {
        find(&self.contents, search, steps)
    }

    /// Digests up to `most` rows that have none yet, outside the lock, and enters them into the timeline; returns how
    /// many it did.
    pub fn digest_pending(&self, most: usize) -> usize {
        let done = self.digesting.pending(most);
        if done > 0 {
            self.examinations.needs.tell();
        }
        done
    }

    /// Accesses the conversations. Whatever is done here keeps others waiting.
    pub fn timeline<T>(&self, look: impl FnOnce(&mut Timeline) -> T) -> T {
        self.digesting.timeline(look)
    }

    /// From now on all stored messages are examined, those already here too.
    pub fn examine_everything(&self) {
        self.examinations.needs.want_everything();
    }

    /// From now on the shapes of messages are learned as these are examined, and what changes is told of them.
    pub fn learn_shapes(&self) {
        self.examinations.shapes.learn();
    }

    /// Messages are held against a file of shapes from now on.
    pub fn expect_shapes(&self, contract: Contract) {
        self.examinations.shapes.expect(contract);
    }

    /// Accesses the shapes learned so far. Whatever is done here keeps the examination waiting.
    pub fn shapes<T>(&self, look: impl FnOnce(&Shapes) -> T) -> T {
        self.examinations.shapes.shapes(look)
    }

    /// Has these examined before all others: they are on screen.
    pub fn list(&self, seqs: impl IntoIterator<Item = u64>) {
        self.examinations.list(seqs);
    }

    /// Examinations take into account what is known of links here.
    pub fn know_links(&self, links: Arc<dyn Links>) {
        self.examinations.know_links(links);
    }

    /// Examines messages that were not examined yet, about [`Limits::examined_at_once`] bytes; returns how many.
    pub fn examine_pending(&self) -> usize {
        self.examinations.examine_pending()
    }

    /// The examination of a message: the one at hand, or a new one, which takes its time. `None` if the message has been
    /// evicted. What little memory does not allow is left out, and said; [`look`](Self::look) gives more.
    pub fn examine(&self, seq: u64) -> Option<Arc<Examination>> {
        self.examine_to(seq, Depth::Glance)
    }

    /// The same for somebody who looks at one of its payloads: there is memory for this one before all others.
    pub fn look(&self, seq: u64, payload: usize) -> Option<Arc<Examination>> {
        self.examine_to(seq, Depth::Payload(payload))
    }

    /// The same with everything that it holds, as far as a message may take memory.
    pub fn examine_whole(&self, seq: u64) -> Option<Arc<Examination>> {
        self.examine_to(seq, Depth::Whole)
    }

    fn examine_to(&self, seq: u64, depth: Depth) -> Option<Arc<Examination>> {
        // The messages before it must be known first.
        while !self.books().is_digested(seq) && self.digest_pending(TURN) > 0 {}
        self.examinations.examine(seq, depth)
    }

    /// What was found in a message, if it was examined.
    pub fn found(&self, seq: u64) -> Option<Found> {
        self.books().found(seq)
    }

    /// Accesses the problems found so far. Whatever is done here keeps the examination waiting.
    pub fn problems<T>(&self, look: impl FnOnce(&Problems) -> T) -> T {
        self.examinations.problems(look)
    }

    /// Text of a subject.
    pub fn subject(&self, id: SubjectId) -> Arc<str> {
        self.books().subjects.text(id)
    }

    /// All subjects seen, in order of first appearance. Beyond [`Limits::subjects`] they are counted in one entry
    /// called `(more subjects)`; messages on them still know their own subject.
    pub fn subjects(&self) -> Vec<SubjectStats> {
        self.books().subjects.all()
    }

    /// The counters (`received` and `dropped` are kept up to date by the session).
    pub fn counters(&self) -> Counters {
        let counters = self.books().counters;
        Counters {
            received: counters.stored + counters.dropped,
            ..counters
        }
    }

    /// Where a recording is attached: it sees every message and gap that enters the store, in the same order.
    pub(crate) fn tap(&self) -> &RecordingTap {
        &self.tap
    }

    /// Marks that messages may be missing.
    pub fn mark_gap(&self, gap: Gap) {
        let since = self.range().end.saturating_sub(gap.before);
        self.tap.record(|intake| intake.gap(gap.clone(), since));
        lock(&self.gaps).add(gap);
    }

    /// The gaps between the messages held, oldest first.
    pub fn gaps(&self) -> Vec<Gap> {
        lock(&self.gaps).from(self.range().start)
    }

    /// Removes all messages, from disk too (they count as evicted in the counters). Numbers continue.
    pub fn clear(&self) {
        let mut arena = lock(&self.arena);
        let mut gone = self.books().forget();
        arena.room = Books::new_page(&self.limits);
        free(&mut gone);
    }

    /// Lets go of messages before this one, whole pages of them: whoever took them needs them no more. They do not count as
    /// evicted.
    pub fn release(&self, before: u64) {
        let mut gone = self.books().release(before);
        free(&mut gone);
    }

    /// Has `tell` called with what goes wrong with messages on disk, each kind once; it has to be quick.
    pub fn on_spill_fault(&self, tell: impl Fn(&SpillFault) + Send + 'static) {
        self.contents.faults.pass_on(tell);
    }

    /// Which examinations are to be done next.
    pub(crate) fn needs(&self) -> &Needs {
        &self.examinations.needs
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.contents.books()
    }
}

/// Frees evicted pages. Whoever adds messages waits for no disk: files go elsewhere.
fn free(gone: &mut Vec<Page>) {
    if gone.iter().any(|page| page.memory().is_none()) {
        let gone = std::mem::take(gone);
        // Without a thread for it, they go here after all.
        drop(std::thread::Builder::new().spawn(move || drop(gone)));
    }
    gone.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Headers;
    use proptest::prelude::*;

    fn store(change: impl FnOnce(&mut Limits)) -> Store {
        let mut limits = Limits::default();
        change(&mut limits);
        Store::new(limits.into())
    }

    fn message<'a>(subject: &'a str, payload: &'a [u8]) -> Incoming<'a> {
        Incoming {
            at_us: 1,
            subject,
            reply: None,
            headers: Headers::default(),
            payload,
        }
    }

    #[test]
    fn what_was_taken_makes_room_and_counts_as_nothing_lost() {
        let store = store(|limits| {
            limits.store_page = 8;
            limits.store_messages = 100;
        });
        let mut next = store.range().start;
        for round in 0..100_u64 {
            store.append((0..30).map(|_| message("s", b"body")));
            while next < store.range().end {
                let batch = store.messages(next, 1000, 1 << 20);
                assert_eq!(batch.messages[0].seq, next, "{round}");
                assert_eq!(batch.missed, 0, "{round}");
                next = batch.next;
                store.release(next);
            }
        }
        let (held, counters) = (store.range(), store.counters());
        assert_eq!((held.end, counters.stored, counters.evicted), (3001, 3000, 0));
        assert!(held.start > 2900, "{held:?}");
    }

    proptest! {
        #[test]
        fn counters_add_up_and_the_newest_survive(sizes in prop::collection::vec(0usize..3000, 1..200), keep in 1usize..50) {
            let store = store(|limits| {
                limits.store_messages = keep;
                limits.store_bytes = 40_000;
                limits.store_segment = 8192;
            });
            let bodies: Vec<Vec<u8>> = sizes.iter().enumerate().map(|(i, size)| vec![i as u8; *size]).collect();
            for chunk in bodies.chunks(7) {
                store.append(chunk.iter().map(|body| message("s", body)));
            }
            let (counters, held) = (store.counters(), store.range());
            prop_assert_eq!(counters.received, counters.stored + counters.dropped);
            prop_assert_eq!(counters.stored, sizes.len() as u64);
            prop_assert_eq!(counters.stored - counters.evicted, held.end - held.start);
            prop_assert_eq!(held.end, sizes.len() as u64 + 1);
            prop_assert!(held.end - held.start <= keep as u64);
            prop_assert!(counters.bytes_stored <= 40_000);
            let kept: usize = held.clone().map(|seq| sizes[seq as usize - 1] + 1 + 200).sum();
            prop_assert_eq!(counters.bytes_stored, kept as u64);
            for seq in held {
                prop_assert_eq!(&store.message(seq).unwrap().payload[..], &bodies[seq as usize - 1][..]);
            }
        }
    }

    #[test]
    fn a_selection_survives_eviction() {
        let store = store(|limits| limits.store_messages = 3);
        store.append([message("a", b"1"), message("a", b"2"), message("a", b"3")]);
        let chosen = store.row(3).unwrap();
        store.append([message("a", b"4"), message("a", b"5")]);
        assert_eq!(store.range(), 3..6);
        assert_eq!(&store.message(chosen.seq).unwrap().payload[..], b"3");
        assert!(store.row(2).is_none());
        assert_eq!(
            store.rows(0..100).iter().map(|row| row.seq).collect::<Vec<_>>(),
            [3, 4, 5]
        );
    }

    #[test]
    fn numbers_go_on_after_clear() {
        let store = store(|_| ());
        store.append([message("a", b"1"), message("a", b"2")]);
        store.clear();
        let counters = store.counters();
        assert_eq!((counters.evicted, counters.cleared, counters.lost()), (2, 2, 0));
        assert_eq!(store.range(), 3..3);
        assert_eq!(store.counters().bytes_stored, 0);
        assert_eq!(store.digest_pending(10), 0);
        store.append([message("a", b"3")]);
        assert_eq!(
            store.rows(1..9).iter().map(|row| row.seq).collect::<Vec<_>>(),
            [3]
        );
    }

    #[test]
    fn subjects_beyond_the_cap_are_counted_together_and_keep_their_own_text() {
        let store = store(|limits| limits.subjects = 2);
        for subject in ["a", "b", "c", "d", "a"] {
            store.append([message(subject, b"xy")]);
        }
        let stats: Vec<_> = store
            .subjects()
            .iter()
            .map(|s| (s.subject.to_string(), s.count, s.bytes))
            .collect();
        let expected = [("a", 2, 4), ("b", 1, 2), ("(more subjects)", 2, 4)];
        assert_eq!(
            stats,
            expected.map(|(text, count, bytes)| (text.to_owned(), count, bytes))
        );
        assert_eq!(&*store.message(4).unwrap().subject, "d");
        assert_eq!(&*store.subject(store.row(4).unwrap().subject), "(more subjects)");
        let mut seen = Vec::new();
        assert_eq!(store.scan_subjects(2, |seq, id| seen.push((seq, id.0))), 6);
        assert_eq!(seen, [(2, 1), (3, 2), (4, 2), (5, 0)]);
    }

    #[test]
    fn every_row_is_digested_once() {
        let store = store(|limits| limits.store_messages = 2500);
        let payload = b"not an envelope".to_vec();
        store.append((0..3000).map(|_| message("a", &payload)));
        assert!(store.row(3000).unwrap().digest.is_none());
        assert_eq!(store.digest_pending(2000), 2000);
        assert_eq!(store.digest_pending(2000), 500, "evicted rows are not digested");
        assert_eq!(store.digest_pending(2000), 0);
        assert!(store.rows(0..u64::MAX).iter().all(|row| row.digest.is_some()));
    }

    #[test]
    fn an_oversized_body_keeps_its_row_only() {
        let store = store(|limits| limits.direct_message = 4);
        store.append([message("a", b"12345")]);
        assert_eq!(store.row(1).unwrap().bytes, 5);
        assert!(store.message(1).unwrap().payload.is_empty());
    }
}
