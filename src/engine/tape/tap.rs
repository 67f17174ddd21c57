//! The point in the message path where a recording is attached and detached while messages flow.

use super::counts::RecordingCounts;
use super::intake::Intake;
use crate::lock::lock;
use std::sync::{Arc, Mutex};

/// The attachment point of a recording; clones share it. The lock is held for copying only.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecordingTap(Arc<Mutex<Option<Intake>>>);

impl RecordingTap {
    /// Hands something to the recording, if there is one.
    pub(crate) fn record(&self, record: impl FnOnce(&mut Intake)) {
        if let Some(intake) = &mut *lock(&self.0) {
            record(intake);
        }
    }

    /// Puts a recording in; false if there is one already.
    pub(super) fn open(&self, intake: Intake) -> bool {
        let mut place = lock(&self.0);
        let free = place.is_none();
        if free {
            *place = Some(intake);
        }
        free
    }

    /// Takes that recording out: from now on nothing goes into it.
    pub(crate) fn close(&self, tally: &Arc<RecordingCounts>) {
        let mut place = lock(&self.0);
        if let Some(mut intake) = place.take_if(|intake| Arc::ptr_eq(&intake.tally, tally)) {
            intake.tell_missed();
        }
    }
}
