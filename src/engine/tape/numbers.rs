//! Which message numbers a tape contains and which are missing, in whatever order they come.

use std::collections::BTreeMap;

/// Missing ranges remembered. Later ranges are not filled in when their messages arrive.
const HOLES: usize = 1 << 16;

/// Numbers seen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// The largest.
    pub(super) last: u64,
    /// First numbers of missing stretches, each with the number behind its end.
    holes: BTreeMap<u64, u64>,
    /// How many are missing between the others.
    pub(super) missing: u64,
}

impl Numbers {
    /// Notes so many numbers from `from` on; neither is larger than a line may say, so that sums fit.
    pub(super) fn seen(&mut self, from: u64, count: u64) {
        if count == 0 {
            return;
        }
        let (next, end) = (self.last + 1, from + count);
        if from > next {
            self.miss(next, from);
        } else if from < next {
            self.fill(from, end.min(next));
        }
        self.last = self.last.max(end - 1);
    }

    /// Notes how many there should be.
    pub(super) fn should_reach(&mut self, last: u64) {
        if last > self.last {
            self.miss(self.last + 1, last + 1);
            self.last = last;
        }
    }

    /// Begins anew, as a second tape behind a first one does; what is missing stays so.
    pub(super) fn restart(&mut self) {
        self.last = 0;
        self.holes.clear();
    }

    fn miss(&mut self, start: u64, end: u64) {
        self.missing += end - start;
        if self.holes.len() < HOLES {
            self.holes.insert(start, end);
        }
    }

    fn fill(&mut self, from: u64, end: u64) {
        while let Some((&start, &stop)) = self.holes.range(..end).next_back()
            && stop > from
        {
            self.holes.remove(&start);
            self.missing -= stop.min(end) - start.max(from);
            if start < from {
                self.holes.insert(start, from);
            }
            if stop > end {
                self.holes.insert(end, stop);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(seen: &[(u64, u64)]) -> u64 {
        let mut numbers = Numbers::default();
        for (from, count) in seen {
            numbers.seen(*from, *count);
        }
        numbers.missing
    }

    #[test]
    fn records_in_another_order_are_not_missing() {
        assert_eq!(missing(&[(3, 1), (1, 1), (2, 1)]), 0);
        assert_eq!(missing(&[(9, 1), (4, 2), (1, 1), (6, 3), (2, 2)]), 0);
        assert_eq!(missing(&[(9, 1), (2, 3)]), 5);
        assert_eq!(missing(&[(3, 1), (7, 1), (1, 9)]), 0);
    }

    #[test]
    fn what_stands_behind_the_end_is_not_missing() {
        let mut numbers = Numbers::default();
        numbers.should_reach(3);
        assert_eq!((numbers.missing, numbers.last), (3, 3));
        numbers.seen(2, 1);
        assert_eq!(numbers.missing, 2);
    }

    #[test]
    fn a_number_that_comes_twice_fills_no_other_ones_place() {
        assert_eq!(missing(&[(1, 1), (4, 1), (4, 1), (1, 1), (0, 1)]), 2);
        assert_eq!(missing(&[(5, 1), (2, 1), (2, 1)]), 3);
    }
}
