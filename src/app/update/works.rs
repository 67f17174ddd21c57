//! Work done elsewhere, as tracked by the state.

use crate::model::{Progress, State, span};
use natsbridge_wire::Severity;
use std::sync::Arc;

/// Work longer than this is reported when it is done.
const TOLD_US: i64 = 3_000_000;

impl State {
    /// Cancels the work started last; `false` if there is none.
    pub(super) fn cancel_work(&mut self) -> bool {
        let Some(working) = self.works.pop() else {
            return false;
        };
        working.progress.cancel();
        self.tell(Severity::Note, format!("Cancelled: {}.", working.doing));
        true
    }

    /// Some work has ended; it is reported if it took long enough for the user to look away.
    pub(super) fn work_ended(&mut self, progress: &Arc<Progress>) {
        let Some(at) = self
            .works
            .iter()
            .position(|work| Arc::ptr_eq(&work.progress, progress))
        else {
            return;
        };
        let work = self.works.remove(at);
        let took_us = self.now_us - work.since_us;
        if took_us < TOLD_US || progress.is_cancelled() {
            return;
        }
        let text = format!("Finished {} in {}.", work.doing, span(took_us.unsigned_abs()));
        self.tell(Severity::Note, text);
    }
}
