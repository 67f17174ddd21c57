//! The message list: which stored messages are shown. Unfiltered, it is the store's own range and costs nothing; a
//! filter that looks into messages is evaluated elsewhere, one [`Sift`] at a time.

use super::narrow::ListScope;
use super::numbers::Numbers;
use super::sift::{Among, Sift, Sifted};
use natsbridge_engine::{ConversationId, MessageFilter, Store, SubjectId};
use std::ops::Range;

/// The list.
#[derive(Debug, Clone, Default)]
pub struct MessageList {
    narrow: ListScope,
    filter: MessageFilter,
    held: Range<u64>,
    seqs: Numbers,
    /// The first number that was not looked at yet.
    scanned: u64,
    /// What was there when it was last restricted: until that is looked at, the list is incomplete.
    complete: u64,
    /// By number of the subject.
    verdicts: Vec<Option<bool>>,
    /// Counts what it was restricted to; results for an earlier one are dropped.
    number: u64,
    /// Whether a result is on its way.
    asked: bool,
}

impl MessageList {
    /// What Subjects narrows it to.
    pub fn narrow(&self) -> &ListScope {
        &self.narrow
    }

    /// The filter.
    pub fn filter(&self) -> &MessageFilter {
        &self.filter
    }

    /// Whether anything is left out.
    pub fn is_filtered(&self) -> bool {
        self.narrow != ListScope::All || !self.filter.is_empty()
    }

    /// The number of what it is restricted to: each restriction has its own.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether messages that were there when it was restricted are still to be looked at.
    pub fn is_scanning(&self) -> bool {
        self.is_filtered() && self.scanned < self.complete && self.scanned < self.held.end
    }

    /// Changes which messages are shown; the list is rebuilt.
    pub(crate) fn restrict(&mut self, narrow: ListScope, filter: MessageFilter) {
        if (&narrow, &filter) == (&self.narrow, &self.filter) {
            return;
        }
        (self.narrow, self.filter) = (narrow, filter);
        self.seqs = Numbers::default();
        self.verdicts.clear();
        (self.scanned, self.complete) = (0, self.held.end);
        self.number += 1;
        self.asked = false;
    }

    /// Catches up with the store; returns what has to be filtered elsewhere for that.
    pub(crate) fn advance(&mut self, store: &Store, now_us: i64) -> Option<Sift> {
        self.held = store.range();
        if !self.is_filtered() {
            return None;
        }
        self.seqs.forget_before(self.held.start);
        if let ListScope::Conversation(id) = self.narrow {
            return self.advance_by_conversation(store, id, now_us);
        }
        if self.filter.is_of_subjects() {
            self.advance_by_subject(store);
            return None;
        }
        let from = self.scanned.max(self.held.start);
        if from < self.held.end {
            return self.ask(Among::Range(from..self.held.end), now_us);
        }
        None
    }

    /// Takes in what was filtered elsewhere.
    pub(crate) fn take(&mut self, sifted: Sifted) {
        if sifted.number != self.number {
            return;
        }
        self.asked = false;
        self.scanned = sifted.until.max(self.scanned);
        let held = sifted.seqs.into_iter().filter(|seq| *seq >= self.held.start);
        held.for_each(|seq| self.seqs.push(seq));
    }

    /// Messages shown.
    pub fn len(&self) -> usize {
        if self.is_filtered() {
            self.seqs.len()
        } else {
            (self.held.end - self.held.start) as usize
        }
    }

    /// Whether nothing is shown.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Stored messages that are not shown.
    pub fn hidden(&self) -> u64 {
        (self.held.end - self.held.start).saturating_sub(self.len() as u64)
    }

    /// The number at a place in the list.
    pub fn get(&self, index: usize) -> Option<u64> {
        if self.is_filtered() {
            return self.seqs.get(index);
        }
        Some(self.held.start + index as u64).filter(|seq| self.held.contains(seq))
    }

    /// All numbers.
    pub(crate) fn numbers(&self) -> Numbers {
        if self.is_filtered() {
            self.seqs.clone()
        } else {
            self.held.clone().into()
        }
    }

    /// Whether a message is shown.
    pub fn holds(&self, seq: u64) -> bool {
        self.get(self.position(seq)) == Some(seq)
    }

    /// The position of a number, or of the first one after it.
    pub fn position(&self, seq: u64) -> usize {
        if self.is_filtered() {
            self.seqs.position(seq)
        } else {
            (seq.clamp(self.held.start, self.held.end) - self.held.start) as usize
        }
    }

    /// The newest number shown.
    pub fn newest(&self) -> Option<u64> {
        self.len().checked_sub(1).and_then(|last| self.get(last))
    }

    /// The number the next message will get.
    pub fn next(&self) -> u64 {
        self.held.end
    }

    fn ask(&mut self, among: Among, now_us: i64) -> Option<Sift> {
        if std::mem::replace(&mut self.asked, true) {
            return None;
        }
        Some(Sift {
            number: self.number,
            narrow: self.narrow.clone(),
            filter: self.filter.clone(),
            among,
            now_us,
        })
    }

    fn advance_by_subject(&mut self, store: &Store) {
        let from = self.scanned.max(self.held.start);
        let (narrow, filter, verdicts, seqs) =
            (&self.narrow, &self.filter, &mut self.verdicts, &mut self.seqs);
        let next = store.scan_subjects(from, |seq, SubjectId(id)| {
            let at = id as usize;
            if verdicts.len() <= at {
                verdicts.resize(at + 1, None);
            }
            let shown = *verdicts[at].get_or_insert_with(|| {
                let subject = store.subject(SubjectId(id));
                narrow.admits(&subject) && filter.admits_subject(&subject)
            });
            if shown {
                seqs.push(seq);
            }
        });
        self.scanned = next.max(from);
        self.held.end = self.held.end.max(self.scanned);
    }

    /// A conversation knows its messages; there are never many.
    fn advance_by_conversation(&mut self, store: &Store, id: ConversationId, now_us: i64) -> Option<Sift> {
        let from = self.scanned.max(self.held.start);
        let held = from..self.held.end;
        let known = store.timeline(|timeline| timeline.seqs(id));
        let new: Vec<u64> = known.into_iter().filter(|seq| held.contains(seq)).collect();
        // More may follow, however late its messages are told to belong to it.
        self.complete = 0;
        let last = *new.last()?;
        if self.filter.is_empty() {
            self.scanned = last + 1;
            for seq in new {
                self.seqs.push(seq);
            }
            return None;
        }
        self.ask(Among::These(new), now_us)
    }
}
