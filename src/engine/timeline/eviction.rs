//! Which conversations were idle longest: a queue per class, in order of the last touch. A touch leaves the older
//! entry behind as stale, so that every step costs the same however many conversations there are.

use super::conversation::Class;
use super::model::ConversationId;
use std::collections::VecDeque;

/// Stale entries that are tolerated even with few conversations.
const STALE: usize = 64;

/// A conversation was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Touch {
    /// When, microseconds since the Unix epoch; never less than that of the touch before.
    pub(super) at_us: i64,
    /// The number of the touch.
    pub(super) number: u64,
    pub(super) id: ConversationId,
}

/// One class.
#[derive(Debug, Default)]
pub(super) struct Queue {
    order: VecDeque<Touch>,
    /// Conversations of this class; what one that left it has left behind is stale.
    pub(super) live: usize,
}

impl Queue {
    /// The one idle longest.
    pub(super) fn oldest(&mut self, is_current: impl Fn(&Touch) -> bool) -> Option<Touch> {
        while let Some(front) = self.order.front() {
            if is_current(front) {
                return Some(*front);
            }
            self.order.pop_front();
        }
        None
    }
}

/// All classes.
#[derive(Debug, Default)]
pub(super) struct Queues {
    pub(super) single: Queue,
    pub(super) settled: Queue,
    pub(super) dear: Queue,
}

impl Queues {
    /// The queue of a class.
    pub(super) fn of(&mut self, class: Class) -> &mut Queue {
        match class {
            Class::Single => &mut self.single,
            Class::Settled => &mut self.settled,
            Class::Dear => &mut self.dear,
        }
    }

    /// A conversation of that class was touched.
    pub(super) fn push(&mut self, class: Class, touch: Touch, is_current: impl Fn(&Touch) -> bool) {
        let queue = self.of(class);
        queue.order.push_back(touch);
        // At least as many entries were pushed since the last cleanup as are removed now.
        if queue.order.len() > 2 * queue.live + STALE {
            queue.order.retain(is_current);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU64;

    #[test]
    fn stale_entries_are_passed_over_and_cleared_away() {
        let id = |number| ConversationId(NonZeroU64::new(number).unwrap());
        let mut queues = Queues::default();
        queues.of(Class::Settled).live = 2;
        let touch = |number, whose| Touch {
            at_us: number as i64,
            number,
            id: id(whose),
        };
        let current = |last: u64| move |at: &Touch| at.number == 1 || at.number == last;
        queues.push(Class::Settled, touch(1, 1), current(1));
        for number in 2..1000 {
            queues.push(Class::Settled, touch(number, 2), current(number));
            assert!(queues.settled.order.len() <= 2 * 2 + STALE);
        }
        assert_eq!(queues.settled.oldest(current(999)), Some(touch(1, 1)));
        assert_eq!(queues.settled.oldest(|at| at.number == 999), Some(touch(999, 2)));
        assert_eq!(queues.settled.oldest(|_| false), None);
        assert_eq!(queues.settled.live, 2);
    }
}
