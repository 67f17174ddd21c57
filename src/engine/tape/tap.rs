//! The point in the message path where a recording is attached and detached while messages flow.

use super::counts::RecordingCounts;
use super::intake::Intake;
use crate::message::Incoming;
use natsbridge_wire::Blob;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The attachment point of a recording; clones share it. The lock is held for copying only.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecordingTap(Arc<Mutex<Option<Intake>>>);

impl RecordingTap {
    /// Takes messages, if something records.
    pub(crate) fn take(&self, messages: &[Incoming<'_>]) {
        if let Some(intake) = &mut *self.lock() {
            intake.take(messages);
        }
    }

    /// Notes a time in which messages may be missing, `since` messages ago.
    pub(crate) fn gap(&self, from_us: i64, to_us: i64, cause: &str, since: u64) {
        if let Some(intake) = &mut *self.lock() {
            intake.gap(from_us, to_us, cause.to_owned(), since);
        }
    }

    /// Keeps what a link leads to, if something records.
    pub(crate) fn link(&self, at_us: i64, url: String, body: Blob) {
        if let Some(intake) = &mut *self.lock() {
            intake.link(at_us, url, body);
        }
    }

    /// Puts a recording in; false if there is one already.
    pub(super) fn open(&self, intake: Intake) -> bool {
        let mut place = self.lock();
        let free = place.is_none();
        if free {
            *place = Some(intake);
        }
        free
    }

    /// Takes that recording out: from now on nothing goes into it.
    pub(crate) fn close(&self, tally: &Arc<RecordingCounts>) {
        let mut place = self.lock();
        if place
            .as_ref()
            .is_some_and(|intake| Arc::ptr_eq(&intake.tally, tally))
            && let Some(mut intake) = place.take()
        {
            intake.tell_missed();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Intake>> {
        // Counters and copies are consistent after every message.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
