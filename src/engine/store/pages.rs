//! The pages of the store in the order of their messages, which are numbered without end. Messages leave at the front, row by
//! row or page by page.

use super::page::Page;
use std::collections::VecDeque;
use std::ops::Range;

/// The pages held now: first those on disk, then those in memory; the last one is being filled.
#[derive(Debug)]
pub(super) struct Pages {
    all: VecDeque<Page>,
    first: u64,
    next: u64,
}

impl Pages {
    /// No messages yet; the first will be number `first`.
    pub(super) fn starting_at(first: u64) -> Self {
        Self {
            all: VecDeque::new(),
            first,
            next: first,
        }
    }

    /// The numbers held now.
    pub(super) fn range(&self) -> Range<u64> {
        self.first..self.next
    }

    /// The page of a message, if that is held.
    pub(super) fn page(&self, seq: u64) -> Option<&Page> {
        self.all.get(self.place(seq)?)
    }

    /// As [`Pages::page`], to be changed.
    pub(super) fn page_mut(&mut self, seq: u64) -> Option<&mut Page> {
        let place = self.place(seq)?;
        self.all.get_mut(place)
    }

    /// The oldest page.
    pub(super) fn front(&self) -> Option<&Page> {
        self.all.front()
    }

    /// As [`Pages::front`], to be changed.
    pub(super) fn front_mut(&mut self) -> Option<&mut Page> {
        self.all.front_mut()
    }

    /// Those of its messages that are still held.
    pub(super) fn held(&self, page: &Page) -> Range<u64> {
        let all = page.range();
        all.start.max(self.first)..all.end
    }

    /// The oldest page in memory that nothing is added to any more.
    pub(super) fn oldest_in_memory(&self) -> Option<&Page> {
        let at = self.all.partition_point(|page| page.memory().is_none());
        self.all.get(at).filter(|_| at + 1 < self.all.len())
    }

    /// The oldest page, unless it is the one being filled.
    pub(super) fn sealed_front(&self) -> Option<&Page> {
        self.all.front().filter(|_| self.all.len() > 1)
    }

    /// Starts a page with room for so many rows.
    pub(super) fn begin(&mut self, rows: usize) {
        self.all.push_back(Page::new(self.next, rows));
    }

    /// The page being filled, to which `rows` are being added.
    pub(super) fn grow(&mut self, rows: usize) -> Option<&mut Page> {
        let page = self.all.back_mut()?;
        page.rows += rows;
        self.next += rows as u64;
        Some(page)
    }

    /// Takes the oldest message out; returns its page if that was the last of it.
    pub(super) fn pop_row(&mut self) -> Option<Page> {
        self.first = (self.first + 1).min(self.next);
        let page = self.all.front()?;
        if page.range().end <= self.first {
            return self.all.pop_front();
        }
        None
    }

    /// Takes the oldest page out, with those of its messages that were still held.
    pub(super) fn pop(&mut self) -> Option<(Page, Range<u64>)> {
        let page = self.all.pop_front()?;
        let held = self.held(&page);
        self.first = held.end;
        Some((page, held))
    }

    fn place(&self, seq: u64) -> Option<usize> {
        if !self.range().contains(&seq) {
            return None;
        }
        self.all.partition_point(|page| page.first <= seq).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn behaves_like_a_numbered_queue(
            first in 0u64..9000,
            steps in prop::collection::vec((1usize..50, 0usize..50, any::<bool>()), 1..20),
        ) {
            let mut pages = Pages::starting_at(first);
            let mut model = first..first;
            for (pushes, pops, whole) in steps {
                pages.begin(pushes);
                prop_assert_eq!(pages.grow(pushes).map(|page| page.range().end), Some(model.end + pushes as u64));
                model.end += pushes as u64;
                if whole {
                    let held = pages.pop().map(|(_, held)| held).unwrap_or(model.clone());
                    prop_assert_eq!(held.start, model.start);
                    model.start = held.end;
                } else {
                    for _ in 0..pops {
                        pages.pop_row();
                        model.start = (model.start + 1).min(model.end);
                    }
                }
                prop_assert_eq!(pages.range(), model.clone());
                for seq in model.clone() {
                    prop_assert!(pages.page(seq).is_some_and(|page| page.range().contains(&seq)));
                }
                prop_assert!(pages.page(model.end).is_none());
                prop_assert!(model.start == 0 || pages.page(model.start - 1).is_none());
            }
        }
    }
}
