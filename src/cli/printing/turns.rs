//! The messages seen so far, told of batches in the order in which those came although they are prepared at the same time.

use natsbridge_engine::SeenMessages;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What those who prepare batches share.
#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    passed: Condvar,
}

#[derive(Debug)]
struct State {
    seen: SeenMessages,
    /// The batch whose turn it is.
    turn: u64,
}

/// Gives out turns.
#[derive(Debug)]
pub(super) struct Turns {
    shared: Arc<Shared>,
    next: u64,
}

/// The place of one batch; whatever becomes of the batch, the next one has its turn after it.
#[derive(Debug)]
pub(super) struct Turn {
    shared: Arc<Shared>,
    number: u64,
    passed: bool,
}

impl Turns {
    /// Nothing seen yet.
    pub fn new(seen: SeenMessages) -> Self {
        let state = Mutex::new(State { seen, turn: 0 });
        Self {
            shared: Arc::new(Shared {
                state,
                passed: Condvar::new(),
            }),
            next: 0,
        }
    }

    /// The turn of the next batch.
    pub fn next(&mut self) -> Turn {
        let number = self.next;
        self.next += 1;
        Turn {
            shared: Arc::clone(&self.shared),
            number,
            passed: false,
        }
    }
}

impl Turn {
    /// Waits until all batches before it had theirs.
    pub fn take<T>(mut self, tell: impl FnOnce(&mut SeenMessages) -> T) -> T {
        let told = tell(&mut self.wait().seen);
        self.pass();
        told
    }

    fn wait(&self) -> MutexGuard<'_, State> {
        let state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .shared
            .passed
            .wait_while(state, |state| state.turn != self.number);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&mut self) {
        if !std::mem::replace(&mut self.passed, true) {
            self.wait().turn += 1;
            self.shared.passed.notify_all();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.pass();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_in_their_order_and_a_lost_one_holds_up_nobody() {
        let mut turns = Turns::new(SeenMessages::new(9));
        let order = Arc::new(Mutex::new(Vec::new()));
        let given: Vec<_> = (0..20).map(|number| (number, turns.next())).collect();
        let threads: Vec<_> = given
            .into_iter()
            .rev()
            .map(|(number, turn)| {
                let order = Arc::clone(&order);
                std::thread::spawn(move || match number {
                    3 | 7 => drop(turn),
                    _ => turn.take(|_| order.lock().unwrap().push(number)),
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let expected: Vec<i32> = (0..20).filter(|number| !matches!(number, 3 | 7)).collect();
        assert_eq!(*order.lock().unwrap(), expected);
    }
}
