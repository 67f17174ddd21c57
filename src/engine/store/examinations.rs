//! The examinations of the stored messages: done when they are needed, each once, and what is kept of them. What an examination
//! is, is the doctor's matter.

use super::books::{Books, Examined};
use super::contents::Contents;
use super::shape_watch::ShapeWatch;
use crate::doctor::{Examination, Kept, Needs, Problems, Sequence, examine_received};
use crate::fetch::Links;
use crate::lock::lock;
use crate::message::StoredMessage;
use bytes::Bytes;
use natsbridge_wire::{Depth, Limits};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Everything about examinations in one store.
#[derive(Debug)]
pub(super) struct Examinations {
    limits: Arc<Limits>,
    contents: Arc<Contents>,
    /// Which are to be done next.
    pub(super) needs: Needs,
    kept: Mutex<Kept>,
    problems: Mutex<Problems>,
    pub(super) shapes: ShapeWatch,
    links: RwLock<Option<Arc<dyn Links>>>,
}

impl Examinations {
    /// Nothing examined yet of what is stored there.
    pub(super) fn new(limits: Arc<Limits>, contents: Arc<Contents>) -> Self {
        Self {
            contents,
            needs: Needs::default(),
            kept: Mutex::new(Kept::new(&limits)),
            problems: Mutex::new(Problems::new(&limits)),
            shapes: ShapeWatch::new(&limits),
            links: RwLock::default(),
            limits,
        }
    }

    /// Has those of these examined first that are not yet.
    pub(super) fn list(&self, seqs: impl IntoIterator<Item = u64>) {
        let seqs: Vec<u64> = {
            let books = self.books();
            let waiting = seqs.into_iter().filter(|seq| books.awaits_examination(*seq));
            waiting.collect()
        };
        if !seqs.is_empty() {
            self.needs.list(seqs);
        }
    }

    /// Takes over what is known of links.
    pub(super) fn know_links(&self, links: Arc<dyn Links>) {
        *self.links.write().unwrap_or_else(PoisonError::into_inner) = Some(links);
    }

    /// The examination of a digested message: the one at hand, or a new one.
    pub(super) fn examine(&self, seq: u64, depth: Depth) -> Option<Arc<Examination>> {
        let links = self.links();
        if let Some(known) = lock(&self.kept).get(seq, depth, links.as_deref()) {
            return Some(known);
        }
        let (mut message, sequence) = self.message(seq)?;
        // What is kept must not keep a whole segment of the store in memory.
        message.payload = Bytes::copy_from_slice(&message.payload);
        let examination = self.examine_anew(&message, sequence, depth, links.as_deref());
        let mut kept = lock(&self.kept);
        kept.forget_before(self.books().pages.range().start);
        kept.keep(seq, Arc::clone(&examination));
        Some(examination)
    }

    /// Examines messages that were not examined yet, those on screen first; returns how many it did.
    pub(super) fn examine_pending(&self) -> usize {
        lock(&self.kept).forget_before(self.books().pages.range().start);
        let (mut done, mut bytes) = (0, 0);
        while bytes < self.limits.examined_at_once
            && let Some((seq, listed)) = self.next()
        {
            let examination = if listed {
                // Somebody sees it, and may open it next.
                self.examine(seq, Depth::Glance)
            } else {
                let anew = |(message, sequence): (StoredMessage, _)| {
                    self.examine_anew(&message, sequence, Depth::Glance, self.links().as_deref())
                };
                self.message(seq).map(anew)
            };
            // One evicted in the meantime costs nothing.
            bytes += examination.map_or(0, |examination| {
                examination.decoded.raw.len() + examination.memory as usize
            });
            done += 1;
        }
        done
    }

    /// The message that is needed most, and whether it is on screen.
    fn next(&self) -> Option<(u64, bool)> {
        while let Some(seq) = self.needs.next_listed() {
            if self.books().awaits_examination(seq) {
                return Some((seq, true));
            }
        }
        let rest = |from| self.books().next_unexamined(from);
        Some((self.needs.next_of_rest(rest)?, false))
    }

    /// A message, with what only those before it tell; `None` until it is digested, and when it has been evicted.
    fn message(&self, seq: u64) -> Option<(StoredMessage, Sequence)> {
        let (_, mut read) = self.contents.read(
            seq..seq.saturating_add(1),
            (1, usize::MAX),
            |books, seq, slot, record| {
                let sequence = slot.digest?.sequence;
                Some((books.message(seq, slot, record), sequence))
            },
        )?;
        read.pop().flatten()
    }

    /// Examines a message and records what was found.
    fn examine_anew(
        &self,
        message: &StoredMessage,
        sequence: Sequence,
        depth: Depth,
        links: Option<&dyn Links>,
    ) -> Arc<Examination> {
        let mut examination = examine_received(message, sequence, links, depth, &self.limits);
        let first = self.books().awaits_examination(message.seq) && !examination.is_partial();
        let of_shape = self.shapes.findings(message, &examination.decoded, first);
        examination.add(of_shape);
        let examination = Arc::new(examination);
        self.record(message, &examination);
        examination
    }

    fn record(&self, message: &StoredMessage, examination: &Examination) {
        let recorded = self.books().examined(message.seq, examination.found);
        match recorded {
            Examined::First => lock(&self.problems).take(message, examination, None),
            Examined::Again(before) => lock(&self.problems).take(message, examination, Some(before)),
            Examined::Nothing => {}
        }
    }

    /// Accesses the problems found so far.
    pub(super) fn problems<T>(&self, look: impl FnOnce(&Problems) -> T) -> T {
        let missed = self.books().unexamined;
        let mut problems = lock(&self.problems);
        problems.missed = missed;
        look(&problems)
    }

    fn links(&self) -> Option<Arc<dyn Links>> {
        self.links.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.contents.books()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::{Fetched, Link};
    use crate::message::{Headers, Incoming};
    use crate::store::Store;
    use natsbridge_wire::Code;

    const LINKED: &str = r#"{"correlation_id":"","msg_id":"","timestamp":"","send_to":"","msg_purpose":"","sender_name":"ada","sender_id":"","receiver_name":"","receiver_id":"","reply_to":"","reply_to_msg_id":"","broker_url":"","metadata":{},"payloads":[{"id":"","dataname":"m","payload_type":"text","transport":"link","encoding":"none","size":5,"data":"https://files.example.com/m","metadata":{}}]}"#;

    fn store(change: impl FnOnce(&mut Limits)) -> Store {
        let mut limits = Limits::default();
        change(&mut limits);
        let store = Store::new(limits.into());
        store.append([LINKED, "{", "plain"].map(|payload| Incoming {
            at_us: 1,
            subject: "a",
            reply: None,
            headers: Headers::default(),
            payload: payload.as_bytes(),
        }));
        while store.digest_pending(2) > 0 {}
        store
    }

    fn examined(store: &Store) -> Vec<u64> {
        store.range().filter(|seq| store.found(*seq).is_some()).collect()
    }

    #[test]
    fn what_is_on_screen_comes_first_and_what_is_looked_at_at_once() {
        let store = store(|limits| limits.examined_at_once = 1);
        store.list([3, 9]);
        assert_eq!((store.examine_pending(), examined(&store)), (1, vec![3]));
        assert!(store.examine(2).is_some() && store.examine(9).is_none());
        assert_eq!(examined(&store), [2, 3]);
        assert_eq!((store.examine_pending(), examined(&store)), (1, vec![1, 2, 3]));
        assert_eq!(store.examine_pending(), 0);
        assert_eq!(store.problems(|found| found.examined), 3, "each once");
    }

    #[test]
    fn a_result_at_hand_is_not_made_again() {
        let store = store(|_| ());
        let [first, again] = [(); 2].map(|()| store.examine(1).unwrap());
        assert!(Arc::ptr_eq(&first, &again));
    }

    #[test]
    fn messages_evicted_unexamined_are_counted() {
        let store = store(|_| ());
        store.examine(2);
        store.clear();
        let counts = store.problems(|found| (found.examined, found.missed));
        assert_eq!(counts, (1, 2));
        assert!(store.examine(1).is_none() && store.found(2).is_none());
    }

    /// Leads every link to these bytes.
    #[derive(Debug)]
    struct To(&'static [u8]);

    impl Links for To {
        fn link(&self, _: &str) -> Link<'_> {
            Link::Fetched(Fetched {
                blob: self.0.to_vec().into(),
                ..Fetched::default()
            })
        }
    }

    #[test]
    fn a_link_fetched_since_is_examined_and_its_problems_are_counted_once() {
        let store = store(|_| ());
        assert!(!store.examine(1).unwrap().found.codes.contains(Code::TextNotUtf8));
        store.know_links(Arc::new(To(b"\xff1234")));
        for _ in 0..2 {
            let examination = store.examine(1).unwrap();
            assert_eq!(store.found(1), Some(examination.found));
            assert!(examination.found.codes.contains(Code::TextNotUtf8));
        }
        let told = store.problems(Problems::all);
        let counts: Vec<u64> = told.iter().map(|group| group.count).collect();
        assert_eq!(counts, [1; 1], "{told:?}");
        assert_eq!(store.problems(|found| found.examined), 1);
    }

    #[test]
    fn a_change_of_shape_is_told_of_its_message_wherever_it_is_asked_for() {
        let store = store(|_| ());
        store.learn_shapes();
        let shapes = std::iter::repeat_n(r#"{"n": 1.5}"#, 25).chain([r#"{"n": "x"}"#, r#"{"n": 2.5}"#]);
        store.append(shapes.map(|payload| Incoming {
            at_us: 1,
            subject: "shapes",
            reply: None,
            headers: Headers::default(),
            payload: payload.as_bytes(),
        }));
        let (first, changed) = (store.range().start + 3, store.range().end - 2);
        while store.digest_pending(100) + store.examine_pending() > 0 {}
        let has = |seq: u64| store.found(seq).unwrap().codes.contains(Code::ShapeTypeChanged);
        let told: Vec<u64> = (first..store.range().end).filter(|seq| has(*seq)).collect();
        assert_eq!(told, [changed]);
        let again = store.examine_whole(changed).unwrap();
        let codes = again.findings().iter().map(|finding| finding.code);
        assert_eq!(
            codes.filter(|code| code.is_of_shape()).count(),
            1,
            "also when it is looked at later"
        );
        let problems = store.problems(Problems::all);
        let group = problems.iter().find(|group| group.code == Code::ShapeTypeChanged);
        assert_eq!(
            group.map(|group| (group.count, group.example)),
            Some((1, changed))
        );
        assert_eq!(
            store.shapes(|shapes| shapes.of("shapes").unwrap().events.len()),
            1
        );
    }

    #[test]
    fn messages_are_held_against_a_file_of_shapes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shapes.json");
        let schema = r#"{"type": "object", "required": ["n"], "properties": {"n": {"type": "number"}}}"#;
        let payload = format!(r#"{{"kind": "dictionary", "schema": {schema}}}"#);
        let text =
            format!(r#"{{"natsbridge_shapes": 1, "subjects": {{"lab.*": {{"payloads": [{payload}]}}}}}}"#);
        std::fs::write(&path, text).unwrap();
        let store = store(|_| ());
        store.expect_shapes(crate::shapes::Contract::open(&path, &Limits::DEFAULT).unwrap());
        let start = store.range().end;
        store.append([r#"{"n": 1}"#, "{}"].map(|payload| Incoming {
            at_us: 1,
            subject: "lab.rows",
            reply: None,
            headers: Headers::default(),
            payload: payload.as_bytes(),
        }));
        while store.digest_pending(100) + store.examine_pending() > 0 {}
        let told = (start..store.range().end).map(|seq| store.found(seq).unwrap().codes);
        let gone: Vec<bool> = told.map(|codes| codes.contains(Code::ShapeFieldGone)).collect();
        assert_eq!(gone, [false, true]);
    }

    #[test]
    fn nothing_is_told_of_shapes_unless_they_are_learned() {
        let store = store(|_| ());
        while store.digest_pending(100) + store.examine_pending() > 0 {}
        assert_eq!(store.shapes(|shapes| shapes.messages), 0);
    }
}
