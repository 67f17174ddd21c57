//! Work done elsewhere, as the state follows it.

use crate::model::{Progress, State, span};
use natsbridge_wire::Severity;
use std::sync::Arc;

/// Microseconds from which on a person is told when some work is over.
const TOLD_US: i64 = 3_000_000;

impl State {
    /// Asks the work begun last to end; `false` where there is none.
    pub(super) fn cancel_work(&mut self) -> bool {
        let Some(working) = self.works.pop() else {
            return false;
        };
        working.progress.cancel();
        self.tell(Severity::Note, format!("Gave up {}.", working.doing));
        true
    }

    /// Some work is over; one that took long enough for a person to look away is told.
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
        let text = format!("Done {} in {}.", work.doing, span(took_us.unsigned_abs()));
        self.tell(Severity::Note, text);
    }
}
