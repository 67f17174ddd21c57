//! Views on screen by id, and the work they requested: queued, running and done.

use super::contract::{Sheet, Work, WorkResult};
use natsbridge_app::Progress;
use std::sync::Arc;

/// Identifies a view while it is on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ViewId(u64);

impl ViewId {
    /// One that was never given before.
    #[must_use]
    pub fn next(&mut self) -> Self {
        self.0 += 1;
        *self
    }
}

/// A sheet on screen.
pub struct OpenSheet {
    pub(crate) id: ViewId,
    pub(crate) sheet: Sheet,
}

/// Which work of which view it is, and how far.
#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) view: ViewId,
    pub(crate) slot: &'static str,
    pub(crate) progress: Arc<Progress>,
}

/// Work that a view requested, to be done elsewhere.
pub struct Started {
    pub(crate) ticket: Ticket,
    pub(crate) work: Work,
}

impl Started {
    /// Does it; may take long.
    pub fn run(self) -> FinishedWork {
        FinishedWork {
            result: (self.work.run)(&self.ticket.progress),
            ticket: self.ticket,
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.ticket.progress)
    }
}

/// Work that was done.
pub struct FinishedWork {
    pub(crate) ticket: Ticket,
    pub(crate) result: WorkResult,
}
