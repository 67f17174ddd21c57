//! The queue of sends that wait for a connection: in order of arrival, each told its position.

use super::job::SendStage;
use super::lazy_bridge::Line;
use super::reports::Account;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// The queue; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting {
    /// Each with how many of its messages wait.
    queue: Arc<Mutex<Vec<(Account, usize)>>>,
    /// Given in the order in which it was asked for.
    turn: Arc<Turn<()>>,
}

/// A sending's turn; the next one begins when it is dropped.
pub(super) type Its = OwnedMutexGuard<()>;

/// Takes a sending out of the queue again, whatever ends its waiting.
struct Place<'a> {
    waiting: &'a Waiting,
    account: &'a Account,
}

impl Waiting {
    /// Waits behind all earlier ones until there is a connection.
    pub(super) async fn turn(&self, account: &Account, line: &Line) -> Its {
        let place = Place::take(self, account);
        let turn = Arc::clone(&self.turn).lock_owned().await;
        line.stood().await;
        drop(place);
        turn
    }

    /// Tells each its place.
    fn tell(&self) {
        for (before, (account, _)) in self.queue().iter().enumerate() {
            let queued = SendStage::Queued { depth: before + 1 };
            account.note(|report| report.stage = queued);
        }
    }

    fn queue(&self) -> MutexGuard<'_, Vec<(Account, usize)>> {
        // At worst a position is reported that is off by one.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Place<'a> {
    fn take(waiting: &'a Waiting, account: &'a Account) -> Self {
        let mut queue = waiting.queue();
        match queue.iter_mut().find(|(other, _)| other.is(account)) {
            Some((_, messages)) => *messages += 1,
            None => queue.push((account.clone(), 1)),
        }
        drop(queue);
        waiting.tell();
        Self { waiting, account }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiting.queue().retain_mut(|(other, messages)| {
            if other.is(self.account) {
                *messages -= 1;
            }
            *messages > 0
        });
        self.waiting.tell();
    }
}
