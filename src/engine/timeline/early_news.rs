//! Reports about messages that have not arrived yet: their outcome, their transfers. Bounded: the oldest are dropped
//! first.

use super::model::{LinkTransfer, RequestOutcome};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Transfers kept of one message.
const TRANSFERS: usize = 64;

/// What was told of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) outcome: Option<RequestOutcome>,
    pub(super) transfers: Vec<LinkTransfer>,
}

/// What was told of messages by their id, or of conversations by theirs.
#[derive(Debug)]
pub(super) struct EarlyReports {
    told: HashMap<Arc<str>, Told>,
    order: VecDeque<Arc<str>>,
    most: usize,
    /// Reports about messages that never arrived.
    pub(super) lost: u64,
}

impl EarlyReports {
    /// Nothing was told yet; so much may wait.
    pub(super) fn new(most: usize) -> Self {
        Self {
            told: HashMap::new(),
            order: VecDeque::new(),
            most,
            lost: 0,
        }
    }

    /// What is told of that id, to be added to.
    pub(super) fn of(&mut self, id: &str) -> &mut Told {
        if !self.told.contains_key(id) {
            let key: Arc<str> = id.into();
            self.order.push_back(key.clone());
            self.told.insert(key, Told::default());
            // An id that was taken in the meantime is only left in the order.
            while self.told.len() > self.most || self.order.len() > 2 * self.most {
                let Some(oldest) = self.order.pop_front() else {
                    break;
                };
                self.lost += u64::from(self.told.remove(&oldest).is_some());
            }
        }
        self.told.entry(id.into()).or_default()
    }

    /// Takes out what was told of an id.
    pub(super) fn take(&mut self, id: &str) -> Option<Told> {
        if self.told.is_empty() {
            return None;
        }
        self.told.remove(id)
    }
}

/// Adds a transfer; beyond a bound the newest stays out.
pub(super) fn add(transfers: &mut Vec<LinkTransfer>, span: LinkTransfer) -> bool {
    let room = transfers.len() < TRANSFERS;
    if room {
        transfers.push(span);
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_and_what_goes_is_counted() {
        let mut early = EarlyReports::new(3);
        for id in ["a", "b", "c", "b", "d"] {
            early.of(id).outcome = Some(RequestOutcome::TimedOut);
        }
        assert_eq!((early.take("a"), early.lost), (None, 1));
        assert_eq!(
            early.take("d").and_then(|told| told.outcome),
            Some(RequestOutcome::TimedOut)
        );
        for number in 0..100 {
            early.of(&number.to_string()).outcome = Some(RequestOutcome::Cancelled);
            early.take(&number.to_string());
        }
        assert!(early.order.len() <= 6);
    }
}
