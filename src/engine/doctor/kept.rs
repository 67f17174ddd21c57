//! Examinations kept at hand: the latest ones looked at, within their number and size. Findings in few bytes are kept for every
//! message, elsewhere.

use super::examination::Examination;
use crate::fetch::{Link, Links};
use natsbridge_wire::{Depth, Limits, PayloadState};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an examination costs besides its payloads, in bytes.
const OVERHEAD: usize = 1024;

/// Examinations by message number.
#[derive(Debug)]
pub(crate) struct Kept {
    entries: BTreeMap<u64, Entry>,
    most: usize,
    most_bytes: usize,
    bytes: usize,
    looks: u64,
}

#[derive(Debug)]
struct Entry {
    examination: Arc<Examination>,
    bytes: usize,
    looked: u64,
}

impl Kept {
    /// Nothing yet.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            entries: BTreeMap::new(),
            most: limits.examinations,
            most_bytes: limits.examination_bytes,
            bytes: 0,
            looks: 0,
        }
    }

    /// The examination of a message, unless more is known of its links by now, or more is wanted of it.
    pub(crate) fn get(
        &mut self,
        seq: u64,
        depth: Depth,
        links: Option<&dyn Links>,
    ) -> Option<Arc<Examination>> {
        self.looks += 1;
        let entry = self.entries.get_mut(&seq)?;
        let partial = entry.examination.is_partial() && depth != Depth::Glance;
        if partial || is_outdated(&entry.examination, links) {
            return None;
        }
        entry.looked = self.looks;
        Some(Arc::clone(&entry.examination))
    }

    /// Keeps an examination; those not looked at for longest make room. One that is too large is not kept.
    pub(crate) fn keep(&mut self, seq: u64, examination: Arc<Examination>) {
        let bytes = cost(&examination);
        self.remove(seq);
        if bytes > self.most_bytes || self.most == 0 {
            return;
        }
        while self.entries.len() >= self.most || self.bytes + bytes > self.most_bytes {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.looked);
            let Some(oldest) = oldest.map(|(seq, _)| *seq) else {
                break;
            };
            self.remove(oldest);
        }
        self.looks += 1;
        self.bytes += bytes;
        let looked = self.looks;
        let entry = Entry {
            examination,
            bytes,
            looked,
        };
        self.entries.insert(seq, entry);
    }

    /// Lets go of messages before this number: they are not stored any more.
    pub(crate) fn forget_before(&mut self, start: u64) {
        while let Some((seq, _)) = self.entries.first_key_value().filter(|(seq, _)| **seq < start) {
            let seq = *seq;
            self.remove(seq);
        }
    }

    fn remove(&mut self, seq: u64) {
        if let Some(entry) = self.entries.remove(&seq) {
            self.bytes -= entry.bytes;
        }
    }
}

/// Whether a link has been fetched since.
fn is_outdated(examination: &Examination, links: Option<&dyn Links>) -> bool {
    let waiting = examination.decoded.payloads.iter();
    let mut waiting = waiting.filter(|payload| payload.state == PayloadState::NotFetched);
    waiting.any(|payload| {
        let url = payload.url.as_deref();
        let known = url.zip(links).map(|(url, links)| links.link(url));
        matches!(known, Some(Link::Fetched(..)))
    })
}

fn cost(examination: &Examination) -> usize {
    let findings = examination.findings().len() * 256;
    let memory = usize::try_from(examination.memory).unwrap_or(usize::MAX);
    memory.saturating_add(OVERHEAD + findings + examination.decoded.raw.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::examination::{Surroundings, examine};

    fn examination(bytes: usize) -> Arc<Examination> {
        let raw = vec![b'x'; bytes].into();
        Arc::new(examine(&raw, &Surroundings::default(), &Limits::DEFAULT))
    }

    fn kept(most: usize, most_bytes: usize) -> Kept {
        Kept::new(&Limits {
            examinations: most,
            examination_bytes: most_bytes,
            ..Limits::default()
        })
    }

    fn held(kept: &Kept) -> Vec<u64> {
        kept.entries.keys().copied().collect()
    }

    #[test]
    fn number_and_bytes_are_bounded_and_the_latest_looked_at_stay() {
        let mut few = kept(3, 1 << 20);
        for seq in 1..=3 {
            few.keep(seq, examination(10));
        }
        assert!(few.get(1, Depth::Whole, None).is_some());
        few.keep(4, examination(10));
        assert_eq!(held(&few), [1, 3, 4]);
        few.forget_before(4);
        assert_eq!(
            (held(&few), few.get(3, Depth::Whole, None).is_none()),
            (vec![4], true)
        );
        let mut small = kept(100, 3 * cost(&examination(1000)));
        for seq in 1..=5 {
            small.keep(seq, examination(1000));
        }
        assert_eq!(held(&small), [3, 4, 5]);
        small.keep(6, examination(1 << 20));
        assert_eq!(
            held(&small),
            [3, 4, 5],
            "one that is too large pushes nothing out"
        );
        small.keep(5, examination(10));
        assert_eq!(small.bytes, 2 * cost(&examination(1000)) + cost(&examination(10)));
    }
}
