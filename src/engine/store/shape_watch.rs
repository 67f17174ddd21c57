//! The shapes of what is stored: learned from each message when it is examined first, and what a file says of them. What was told
//! of a message is kept, so that whoever examines it again is told the same. How shapes are learned is their own matter.

use crate::lock::lock;
use crate::message::StoredMessage;
use crate::shapes::{Contract, Shapes};
use natsbridge_wire::{DecodedMessage, Finding, Limits};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

/// Messages of which it is kept what was told.
const KEPT: usize = 10_000;

/// What is known of shapes in one store.
#[derive(Debug)]
pub(super) struct ShapeWatch {
    learns: AtomicBool,
    contract: OnceLock<Contract>,
    learned: Mutex<Learned>,
}

#[derive(Debug)]
struct Learned {
    shapes: Shapes,
    /// By number of the message.
    told: BTreeMap<u64, Vec<Finding>>,
}

impl ShapeWatch {
    /// Nothing is learned until somebody wants that.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            learns: AtomicBool::new(false),
            contract: OnceLock::new(),
            learned: Mutex::new(Learned {
                shapes: Shapes::new(limits),
                told: BTreeMap::new(),
            }),
        }
    }

    /// From now on shapes are learned.
    pub(super) fn learn(&self) {
        self.learns.store(true, Ordering::Relaxed);
    }

    /// Messages are held against this; only the first one counts.
    pub(super) fn expect(&self, contract: Contract) {
        let _ = self.contract.set(contract);
    }

    /// What there is to say of a message's shape; one that is examined `first` is learned from, unless it was decoded in part.
    pub(super) fn findings(
        &self,
        message: &StoredMessage,
        decoded: &DecodedMessage<'_>,
        first: bool,
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Some(contract) = self.contract.get() {
            found.extend(contract.findings(&message.subject, decoded));
        }
        if !self.learns.load(Ordering::Relaxed) {
            return found;
        }
        let mut learned = lock(&self.learned);
        if first {
            let told = learned
                .shapes
                .learn(decoded, &message.subject, message.at_us, message.seq);
            if !told.is_empty() {
                learned.told.insert(message.seq, told);
                if learned.told.len() > KEPT {
                    learned.told.pop_first();
                }
            }
        }
        let told = learned.told.get(&message.seq).into_iter().flatten();
        // What the file says is said once.
        let is_new = |told: &&Finding| !found.iter().any(|known| known.path == told.path);
        let told: Vec<Finding> = told.filter(is_new).cloned().collect();
        found.extend(told);
        found
    }

    /// Accesses what was learned. Whatever is done here keeps the examination waiting.
    pub(super) fn shapes<T>(&self, look: impl FnOnce(&Shapes) -> T) -> T {
        look(&lock(&self.learned).shapes)
    }
}
