//! The gaps in what a store received, in their order. Bounded: the oldest are dropped first.

use crate::message::Gap;

/// Gaps kept.
const MOST: usize = 1000;

/// The gaps of a store, oldest first.
#[derive(Debug, Default)]
pub(super) struct Gaps(Vec<Gap>);

impl Gaps {
    /// Adds one, in its place: a lost connection is marked once there is a new one, which may have dropped some already.
    pub(super) fn add(&mut self, gap: Gap) {
        let at = self
            .0
            .partition_point(|other| (other.before, other.from_us) <= (gap.before, gap.from_us));
        self.0.insert(at, gap);
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }

    /// The gaps between stored messages, from `first` on.
    pub(super) fn from(&self, first: u64) -> Vec<Gap> {
        self.0.iter().filter(|gap| gap.before >= first).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(before: u64, from_us: i64) -> Gap {
        Gap {
            before,
            from_us,
            to_us: from_us + 1,
            cause: "it was tried".into(),
        }
    }

    #[test]
    fn gaps_stand_in_the_order_of_the_messages_and_the_oldest_go_first() {
        let mut gaps = Gaps::default();
        for before in [5, 9, 7] {
            gaps.add(gap(before, before as i64));
        }
        let order: Vec<u64> = gaps.from(6).iter().map(|gap| gap.before).collect();
        assert_eq!(order, [7, 9]);
        for number in 0..MOST as u64 {
            gaps.add(gap(10 + number, 0));
        }
        assert_eq!((gaps.from(0).len(), gaps.from(0)[0].before), (MOST, 10));
    }
}
