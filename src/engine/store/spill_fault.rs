//! What can go wrong with messages on disk. Each is told once: the store goes on without.

use crate::lock::lock;
use crate::wording::Cause;
use std::fmt;
use std::path::PathBuf;
use std::sync::Mutex;

/// Something went wrong with messages on disk; the store goes on, and what is lost is counted as evicted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpillFault {
    /// Nothing can be put there any more: what lies there stays, until memory is used up.
    #[error(
        "messages cannot be moved to {}: {cause}; once the memory for them is used, the oldest are evicted",
        .folder.display()
    )]
    Ended {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// The disk takes no more.
    #[error("the disk with {} is full: the oldest messages there are evicted", .0.display())]
    Full(PathBuf),
    /// What lies there cannot be read.
    #[error("messages that were moved to disk cannot be read any more: {0}")]
    Unreadable(#[source] Cause),
    /// Messages come faster than they can be written.
    #[error("messages come faster than the disk takes them: all older ones were evicted")]
    Behind,
}

/// Who is told.
type Tell = Box<dyn Fn(&SpillFault) + Send>;

/// Tells faults, each kind once.
#[derive(Default)]
pub(super) struct Faults(Mutex<State>);

#[derive(Default)]
struct State {
    told: Vec<SpillFault>,
    /// How many of them were passed on.
    passed: usize,
    tell: Option<Tell>,
}

impl Faults {
    /// Passes on what has happened and what will happen.
    pub(super) fn pass_on(&self, tell: impl Fn(&SpillFault) + Send + 'static) {
        let mut state = lock(&self.0);
        state.tell = Some(Box::new(tell));
        state.pass();
    }

    /// Something went wrong. Once nothing can be put there any more, it is no news that the disk is behind.
    pub(super) fn tell(&self, fault: SpillFault) {
        let mut state = lock(&self.0);
        let is_known = |told: &SpillFault| {
            std::mem::discriminant(told) == std::mem::discriminant(&fault)
                || matches!((told, &fault), (SpillFault::Ended { .. }, SpillFault::Behind))
        };
        if !state.told.iter().any(is_known) {
            state.told.push(fault);
            state.pass();
        }
    }
}

impl State {
    fn pass(&mut self) {
        let Some(tell) = &self.tell else { return };
        self.told[self.passed..].iter().for_each(tell);
        self.passed = self.told.len();
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Faults").field(&lock(&self.0).told).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn each_kind_is_told_once_whenever_somebody_listens() {
        let (faults, (told, heard)) = (Faults::default(), mpsc::channel());
        faults.tell(SpillFault::Behind);
        faults.pass_on(move |fault| told.send(fault.to_string()).unwrap());
        faults.tell(SpillFault::Behind);
        faults.tell(SpillFault::Unreadable(Cause::of("no such device")));
        faults.tell(SpillFault::Unreadable(Cause::of("again")));
        let heard: Vec<String> = heard.try_iter().collect();
        assert_eq!(heard.len(), 2, "{heard:?}");
        assert!(heard[1].ends_with("no such device"));
    }
}
