//! The message list: which stored messages are shown. Unfiltered, it is the store's own range and costs nothing;
//! filtered, it is a list of numbers built in bounded steps.

use crate::model::subjects::levels;
use natsbridge_engine::{Candidate, ConversationId, MessageFilter, Row, Store, SubjectId, subject_matches};
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

/// Rows filtered per step when each message has to be checked.
const STEP_ROWS: u64 = 16_384;
/// Bytes filtered per step; decoded messages count several times.
const STEP_BYTES: u64 = 4 << 20;

/// The selection in Subjects that narrows the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Narrow {
    /// Everything.
    #[default]
    All,
    /// Subjects that match a NATS pattern.
    Pattern(String),
    /// Subjects that the stream of that name captures, by these patterns.
    Stream(String, Vec<String>),
    /// Subjects under these levels of the tree.
    Under(Vec<Arc<str>>),
    /// The messages of one conversation.
    Conversation(ConversationId),
}

impl Narrow {
    fn admits(&self, subject: &str) -> bool {
        match self {
            Self::All | Self::Conversation(_) => true,
            Self::Pattern(pattern) => subject_matches(pattern, subject),
            Self::Stream(_, patterns) => patterns.iter().any(|pattern| subject_matches(pattern, subject)),
            Self::Under(path) => {
                let levels = levels(subject);
                path.len() <= levels.len() && path.iter().zip(levels).all(|(a, b)| **a == *b)
            }
        }
    }
}

/// A text to look for: case counts only if it has capitals; `*` and `>` make it a NATS pattern for the subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextFilter {
    text: String,
    any_case: bool,
    pattern: bool,
}

impl TextFilter {
    /// A filter for `text`; the empty text matches everything.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        Self {
            any_case: !text.chars().any(char::is_uppercase),
            pattern: text.contains(['*', '>']),
            text: text.to_owned(),
        }
    }

    /// The text as typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a subject or sender has the text.
    pub fn admits(&self, text: &str) -> bool {
        if self.pattern {
            return subject_matches(&self.text, text);
        }
        if self.any_case {
            text.to_lowercase().contains(&self.text)
        } else {
            text.contains(&self.text)
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Verdict {
    Shown,
    Hidden,
    /// Each message must be checked.
    Message,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct MessageView {
    narrow: Narrow,
    filter: MessageFilter,
    held: Range<u64>,
    seqs: VecDeque<u64>,
    scanned: u64,
    verdicts: HashMap<SubjectId, Verdict>,
}

impl MessageView {
    /// What Subjects narrows it to.
    pub fn narrow(&self) -> &Narrow {
        &self.narrow
    }

    /// The filter.
    pub fn filter(&self) -> &MessageFilter {
        &self.filter
    }

    /// Whether anything is left out.
    pub fn is_filtered(&self) -> bool {
        self.narrow != Narrow::All || !self.filter.is_empty()
    }

    /// Changes which messages are shown; the list is rebuilt.
    pub fn restrict(&mut self, narrow: Narrow, filter: MessageFilter) {
        if (&narrow, &filter) == (&self.narrow, &self.filter) {
            return;
        }
        (self.narrow, self.filter) = (narrow, filter);
        self.seqs.clear();
        self.verdicts.clear();
        self.scanned = 0;
    }

    /// Catches up with the store; `false` while there is more to filter.
    pub fn advance(&mut self, store: &Store, now_us: i64) -> bool {
        self.held = store.range();
        if !self.is_filtered() {
            return true;
        }
        while self.seqs.front().is_some_and(|seq| *seq < self.held.start) {
            self.seqs.pop_front();
        }
        if let Narrow::Conversation(id) = self.narrow {
            self.advance_by_conversation(store, id, now_us)
        } else if self.filter.is_of_subjects() {
            self.advance_by_subject(store)
        } else {
            self.advance_by_row(store, now_us)
        }
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
            return self.seqs.get(index).copied();
        }
        Some(self.held.start + index as u64).filter(|seq| self.held.contains(seq))
    }

    /// The position of a number, or of the first one after it.
    pub fn position(&self, seq: u64) -> usize {
        if self.is_filtered() {
            self.seqs.partition_point(|at| *at < seq)
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

    fn judge(&mut self, store: &Store, id: SubjectId) -> Verdict {
        if let Some(verdict) = self.verdicts.get(&id) {
            return *verdict;
        }
        let subject = store.subject(id);
        let verdict = if !self.narrow.admits(&subject) {
            Verdict::Hidden
        } else if !self.filter.is_of_subjects() {
            Verdict::Message
        } else if self.filter.admits_subject(&subject) {
            Verdict::Shown
        } else {
            Verdict::Hidden
        };
        self.verdicts.insert(id, verdict);
        verdict
    }

    fn advance_by_subject(&mut self, store: &Store) -> bool {
        let from = self.scanned.max(self.held.start);
        // The store must not be asked for a subject's text while its rows are borrowed.
        let mut found = Vec::new();
        let next = store.scan_subjects(from, |seq, id| found.push((seq, id)));
        for (seq, id) in found {
            if matches!(self.judge(store, id), Verdict::Shown) {
                self.seqs.push_back(seq);
            }
        }
        self.scanned = next.max(from);
        self.held.end = self.held.end.max(self.scanned);
        true
    }

    /// A conversation knows its messages; there are never many.
    fn advance_by_conversation(&mut self, store: &Store, id: ConversationId, now_us: i64) -> bool {
        let known = store.timeline(|timeline| timeline.seqs(id));
        for seq in known {
            if seq < self.scanned.max(self.held.start) || seq >= self.held.end {
                continue;
            }
            let row = store.row(seq);
            let admits = |row: &Row| {
                self.filter.is_empty() || self.filter.admits(&Candidate::stored(store, row), now_us)
            };
            if row.as_ref().is_some_and(admits) {
                self.seqs.push_back(seq);
            }
            self.scanned = seq + 1;
        }
        true
    }

    /// Continues for this many rows or bytes, whichever comes first: a key press must not wait for it.
    fn advance_by_row(&mut self, store: &Store, now_us: i64) -> bool {
        let from = self.scanned.max(self.held.start);
        let end = self.held.end.min(from + STEP_ROWS);
        let mut looked = 0;
        self.scanned = end;
        for row in store.rows(from..end) {
            if looked > STEP_BYTES {
                self.scanned = row.seq;
                return false;
            }
            match self.judge(store, row.subject) {
                Verdict::Shown => self.seqs.push_back(row.seq),
                Verdict::Hidden => {}
                Verdict::Message => {
                    let candidate = Candidate::stored(store, &row);
                    if self.filter.admits(&candidate, now_us) {
                        self.seqs.push_back(row.seq);
                    }
                    looked += candidate.looked();
                }
            }
        }
        self.scanned >= self.held.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowing_follows_the_tree_not_the_spelling() {
        let under = Narrow::Under(vec!["chat".into()]);
        assert!(under.admits("/chat/room1") && under.admits("chat.room2") && under.admits("chat"));
        assert!(!under.admits("chatter.a") && !under.admits("a.chat"));
    }

    #[test]
    fn capitals_make_case_count() {
        assert!(TextFilter::new("room").admits("/Chat/ROOM1"));
        assert!(!TextFilter::new("Room").admits("/chat/room1"));
        assert!(TextFilter::new("a.*").admits("a.b"));
        assert!(!TextFilter::new("a.*").admits("a.b.c"));
        assert!(TextFilter::new("  ").is_empty());
    }
}
