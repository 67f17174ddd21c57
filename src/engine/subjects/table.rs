//! All subjects seen: interned, counted, timed. The tree of them is built by the workbench.

use super::interner::{Interned, Interner};
use std::sync::Arc;

/// A subject's number in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectId(pub u32);

/// What is known of one subject.
#[derive(Debug, Clone)]
pub struct SubjectStats {
    /// Its number.
    pub id: SubjectId,
    /// Its text as it came (not yet safe for a terminal).
    pub subject: Arc<str>,
    /// Messages seen.
    pub count: u64,
    /// Payload bytes seen.
    pub bytes: u64,
    /// Last arrival, microseconds since the Unix epoch.
    pub last_us: i64,
}

/// The name of the entry for all subjects beyond the limit.
pub(super) const MORE_SUBJECTS: &str = "(more subjects)";

/// The subjects of one store.
#[derive(Debug)]
pub(crate) struct Subjects {
    numbers: Interner,
    stats: Vec<SubjectStats>,
}

impl Subjects {
    /// No subjects yet; beyond `most` they are counted together.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            numbers: Interner::new(most, MORE_SUBJECTS),
            stats: Vec::new(),
        }
    }

    /// Counts one message on `subject`.
    pub(crate) fn count(&mut self, subject: &str, bytes: u64, at_us: i64) -> Interned {
        let interned = self.numbers.intern(subject);
        let number = interned.number();
        if number as usize == self.stats.len() {
            self.stats.push(SubjectStats {
                id: SubjectId(number),
                subject: self.numbers.text(number),
                count: 0,
                bytes: 0,
                last_us: at_us,
            });
        }
        if let Some(stats) = self.stats.get_mut(number as usize) {
            stats.count += 1;
            stats.bytes += bytes;
            // Messages loaded from a stream's history are older than those that arrived in the meantime.
            stats.last_us = stats.last_us.max(at_us);
        }
        interned
    }

    /// The text of a subject.
    pub(crate) fn text(&self, id: SubjectId) -> Arc<str> {
        self.numbers.text(id.0)
    }

    /// The length of its text.
    pub(crate) fn text_len(&self, number: u32) -> usize {
        self.stats
            .get(number as usize)
            .map_or(0, |stats| stats.subject.len())
    }

    /// All of them, in order of first appearance.
    pub(crate) fn all(&self) -> Vec<SubjectStats> {
        self.stats.clone()
    }
}
