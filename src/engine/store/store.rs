//! The message store: raw bytes in append-only segments, fixed rows, oldest evicted first, exact counters. Bytes are
//! copied and scanned outside the lock that readers take.

use super::counters::Counters;
use super::examinations::Examinations;
use super::gaps::Gaps;
use super::inner::{Books, Undigested};
use super::segment::Segment;
use super::slots::Slot;
use super::text_search::TextSearch;
use crate::doctor::{Examination, Ids, Needs, Problems, SeenMessages, Sequence};
use crate::fetch::Links;
use crate::lock::lock;
use crate::message::{Found, Gap, Incoming, Row, StoredMessage};
use crate::subjects::{Interned, SubjectId, SubjectStats};
use crate::tape::RecordingTap;
use crate::timeline::{Timeline, TimelineMessage, fingerprint};
use natsbridge_wire::{Digest, Limits, Steps, scan};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

/// Rows handled per turn of the lock, so that nobody waits long.
const TURN: usize = 1024;

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
    segment: Arc<Mutex<Segment>>,
    books: Arc<Mutex<Books>>,
    gaps: Arc<Mutex<Gaps>>,
    tap: RecordingTap,
    timeline: Arc<Mutex<Timeline>>,
    /// Held while messages are digested, in order of arrival.
    digesting: Arc<Mutex<SeenMessages>>,
    examinations: Arc<Examinations>,
}

impl Store {
    /// An empty store under these limits.
    pub fn new(limits: Arc<Limits>) -> Self {
        let books = Arc::new(Mutex::new(Books::new(&limits)));
        Self {
            segment: Arc::new(Mutex::new(Segment::new(limits.store_segment))),
            gaps: Arc::default(),
            tap: RecordingTap::default(),
            timeline: Arc::new(Mutex::new(Timeline::new(limits.clone()))),
            digesting: Arc::new(Mutex::new(SeenMessages::new(limits.checked_history))),
            examinations: Arc::new(Examinations::new(limits.clone(), Arc::clone(&books))),
            books,
            limits,
        }
    }

    /// Stores a batch in order, copying the bytes. For a message over [`Limits::direct_message`] only the row is
    /// kept.
    pub fn append<'a>(&self, batch: impl IntoIterator<Item = Incoming<'a>>) {
        // Held throughout: it orders writers. Readers never take it.
        let mut segment = lock(&self.segment);
        let mut batch = batch.into_iter();
        let mut gone = Vec::new();
        loop {
            let turn: Vec<Incoming<'_>> = batch.by_ref().take(TURN).collect();
            if turn.is_empty() {
                return;
            }
            // Before anything may be cut or evicted.
            self.tap.record(|intake| intake.take(&turn));
            let subjects: Vec<Interned> = {
                let mut books = self.books();
                turn.iter()
                    .map(|message| {
                        let bytes = message.payload.len() as u64;
                        books.subjects.count(message.subject, bytes, message.at_us)
                    })
                    .collect()
            };
            let slots: Vec<Slot> = turn
                .iter()
                .zip(subjects)
                .map(|(message, subject)| self.copy(&mut segment, message, subject))
                .collect();
            {
                let mut books = self.books();
                for slot in slots {
                    books.enter(slot, &self.limits, &mut gone);
                }
            }
            gone.clear();
        }
    }

    /// Limits in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sequence numbers stored now: first kept .. next to come.
    pub fn range(&self) -> Range<u64> {
        self.books().rows.range()
    }

    /// The rows with these numbers that are still held, oldest first.
    pub fn rows(&self, seqs: Range<u64>) -> Vec<Row> {
        let rows = self.turns(seqs, Books::row);
        rows.flat_map(|(_, turn)| turn).collect()
    }

    /// One row.
    pub fn row(&self, seq: u64) -> Option<Row> {
        self.books().row(seq)
    }

    /// One whole message.
    pub fn message(&self, seq: u64) -> Option<StoredMessage> {
        self.books().message(seq)
    }

    /// Calls `visit` with the subject id of each held row from `from` on, oldest first; returns the next number to scan.
    pub fn scan_subjects(&self, from: u64, mut visit: impl FnMut(u64, SubjectId)) -> u64 {
        let mut next = from.max(self.range().start);
        let subject = |books: &Books, seq| Some((seq, SubjectId(books.rows.get(seq)?.subject)));
        for (end, turn) in self.turns(from..u64::MAX, subject) {
            for (seq, subject) in turn {
                visit(seq, subject);
            }
            next = end;
        }
        next
    }

    /// The numbers of the messages that contain a text, oldest first: in subject, headers, body or inside base64.
    /// `None` if cancelled.
    pub fn find(&self, search: &TextSearch, steps: &dyn Steps) -> Option<Vec<u64>> {
        let held = self.range();
        let mut found = Vec::new();
        let mut subjects: HashMap<SubjectId, bool> = HashMap::new();
        let record = |books: &Books, seq| {
            let slot = books.rows.get(seq)?;
            Some((seq, SubjectId(slot.subject), slot.record.clone()))
        };
        for (end, turn) in self.turns(held.clone(), record) {
            for (seq, subject, record) in turn {
                let named = *subjects
                    .entry(subject)
                    .or_insert_with(|| search.is_in_text(&self.subject(subject)));
                if named || search.is_in(record.bytes()) {
                    found.push(seq);
                }
            }
            if !steps.step(end - held.start, held.end - held.start) {
                return None;
            }
        }
        Some(found)
    }

    /// What is told of the held rows with these numbers, oldest first, and the number after each turn of the lock.
    fn turns<T>(
        &self,
        seqs: Range<u64>,
        tell: impl Fn(&Books, u64) -> Option<T>,
    ) -> impl Iterator<Item = (u64, Vec<T>)> {
        let mut from = seqs.start;
        std::iter::from_fn(move || {
            let books = self.books();
            let held = books.rows.range();
            from = from.max(held.start);
            let end = seqs.end.min(held.end).min(from + TURN as u64);
            let mut turn = Vec::with_capacity(end.saturating_sub(from) as usize);
            turn.extend((from..end).filter_map(|seq| tell(&books, seq)));
            let came = from < end;
            from = from.max(end);
            came.then_some((end, turn))
        })
    }

    /// Digests up to `most` rows that have none yet, outside the lock, and enters them into the timeline; returns how
    /// many it did.
    pub fn digest_pending(&self, most: usize) -> usize {
        // Held throughout: the timeline is told of messages in the order in which they came.
        let mut seen = lock(&self.digesting);
        let claimed = self.books().claim_undigested(most);
        let digests: Vec<_> = claimed
            .iter()
            .map(|message| {
                let digest = scan(&message.payload);
                let print = payloads_print(message, &digest);
                (message, digest, print)
            })
            .collect();
        for turn in digests.chunks(TURN) {
            let conversations: Vec<_> = {
                let mut timeline = lock(&self.timeline);
                let enter = |(message, digest, print): &(&Undigested, Digest<'_>, u64)| {
                    timeline.enter(&TimelineMessage {
                        seq: message.seq,
                        at_us: message.at_us,
                        subject: &message.subject,
                        reply: message.record.reply(),
                        bytes: u32::try_from(message.payload.len()).unwrap_or(u32::MAX),
                        fingerprint: *print,
                        digest,
                    })
                };
                turn.iter().map(enter).collect()
            };
            let sequences: Vec<_> = turn
                .iter()
                .map(|(_, digest, _)| Ids::of(digest).map_or_else(Sequence::default, |ids| seen.take(ids)))
                .collect();
            let mut books = self.books();
            for ((message, digest, _), context) in turn.iter().zip(conversations.into_iter().zip(sequences)) {
                books.digested(message.seq, digest, context, &self.limits);
            }
        }
        if !claimed.is_empty() {
            self.examinations.needs.tell();
        }
        claimed.len()
    }

    /// Accesses the conversations. Whatever is done here keeps others waiting.
    pub fn timeline<T>(&self, look: impl FnOnce(&mut Timeline) -> T) -> T {
        look(&mut lock(&self.timeline))
    }

    /// From now on all stored messages are examined, those already here too.
    pub fn examine_everything(&self) {
        self.examinations.needs.want_everything();
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
    /// evicted.
    pub fn examine(&self, seq: u64) -> Option<Arc<Examination>> {
        // The messages before it must be known first.
        while !self.books().is_digested(seq) && self.digest_pending(TURN) > 0 {}
        self.examinations.examine(seq)
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

    /// Removes all messages (they count as evicted in the counters). Numbers continue.
    pub fn clear(&self) {
        let rows = self.books().forget();
        drop(rows);
    }

    fn copy(&self, segment: &mut Segment, message: &Incoming<'_>, subject: Interned) -> Slot {
        let kept = message.payload.len() <= self.limits.direct_message;
        let record = segment.write(&Incoming {
            payload: if kept { message.payload } else { &[] },
            subject: match subject {
                Interned::Own(_) => "",
                Interned::Overflow(_) => message.subject,
            },
            ..*message
        });
        Slot {
            at_us: message.at_us,
            subject: subject.number(),
            payload_bytes: u32::try_from(message.payload.len()).unwrap_or(u32::MAX),
            record,
            digest: None,
        }
    }

    /// Which examinations are to be done next.
    pub(crate) fn needs(&self) -> &Needs {
        &self.examinations.needs
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        lock(&self.books)
    }
}

/// The hash of a message's payloads; where they cannot be told, of all its bytes. Only messages with an id need one.
fn payloads_print(message: &Undigested, digest: &Digest<'_>) -> u64 {
    if digest.msg_id.is_empty() {
        return 0;
    }
    let payloads = message.payload.get(digest.payloads_at.clone());
    fingerprint(
        payloads
            .filter(|bytes| !bytes.is_empty())
            .unwrap_or(&message.payload),
    )
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

    #[test]
    fn a_row_costs_less_than_it_is_charged() {
        assert!(size_of::<Slot>() <= 104, "{} bytes", size_of::<Slot>());
    }
}
