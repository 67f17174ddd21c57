//! Which messages are to be examined next, in order of need: those that somebody looks at are examined at once by whoever
//! asks, then come the ones listed on screen, then the rest in order of arrival. Examining is done elsewhere.

use crate::lock::lock;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Messages to be examined, and whoever waits for some.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Whether all messages are to be examined.
    everything: bool,
    /// Messages on screen that were not examined when they were listed.
    listed: VecDeque<u64>,
    /// The rest starts here.
    next: u64,
    /// Whether there may be something to examine that was not there before.
    news: bool,
    /// Whether nothing more will come.
    ended: bool,
}

impl Needs {
    /// From now on all messages are to be examined.
    pub(crate) fn want_everything(&self) {
        self.change(|state| state.everything = true);
    }

    /// These are on screen.
    pub(crate) fn list(&self, seqs: Vec<u64>) {
        self.change(|state| state.listed = seqs.into());
    }

    /// More messages can be examined.
    pub(crate) fn tell(&self) {
        self.change(|_| ());
    }

    /// Nothing more will come: whoever waits goes home.
    pub(crate) fn end(&self) {
        self.change(|state| state.ended = true);
    }

    /// The listed message that comes next.
    pub(crate) fn next_listed(&self) -> Option<u64> {
        self.state().listed.pop_front()
    }

    /// Takes the next of the rest: `find` gives the first that can be examined from a number on.
    pub(crate) fn next_of_rest(&self, find: impl FnOnce(u64) -> Option<u64>) -> Option<u64> {
        let mut state = self.state();
        let found = find(state.next)?;
        state.next = found + 1;
        Some(found)
    }

    /// Waits until something may be there to examine; `false` at the end. What is told between two calls is never missed:
    /// it is kept as news, not as a signal.
    pub(crate) fn wait(&self) -> bool {
        let idle = |state: &mut State| !(state.ended || state.news && state.everything);
        let waited = self.changed.wait_while(self.state(), idle);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.news = false;
        !state.ended
    }

    /// Rests for a while; `false` at the end.
    pub(crate) fn rest(&self, time: Duration) -> bool {
        let idle = |state: &mut State| !state.ended;
        let rested = self.changed.wait_timeout_while(self.state(), time, idle);
        !rested.unwrap_or_else(PoisonError::into_inner).0.ended
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        state.news = true;
        drop(state);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_before_everything_is_wanted_are_not_lost() {
        let needs = Needs::default();
        needs.tell();
        needs.want_everything();
        assert!(needs.wait());
        needs.list(vec![7, 8]);
        assert!(needs.wait());
        assert!(needs.rest(Duration::ZERO));
        assert_eq!((needs.next_listed(), needs.next_listed()), (Some(7), Some(8)));
        assert_eq!(needs.next_listed(), None);
        needs.end();
        assert!(!needs.wait() && !needs.rest(Duration::from_secs(600)));
    }

    #[test]
    fn the_rest_goes_on_where_it_was() {
        let needs = Needs::default();
        let held = |from: u64| (from.max(3) < 5).then_some(from.max(3));
        let mut taken = Vec::new();
        while let Some(seq) = needs.next_of_rest(held) {
            taken.push(seq);
        }
        assert_eq!(taken, [3, 4]);
        assert_eq!(needs.next_of_rest(|from| Some(from + 10)), Some(15));
    }
}
