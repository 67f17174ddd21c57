//! The sends of this run, newest first, with their progress. The list is bounded; finished ones are dropped first.

use natsbridge_engine::{SendId, SendMode, SendProgress};

/// A send, as shown to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub id: SendId,
    /// Subject sent to, not yet safe for a terminal.
    pub subject: String,
    /// Whether it waits for replies.
    pub mode: SendMode,
    /// Messages to send.
    pub of: u64,
    /// When it was requested, in microseconds since the Unix epoch.
    pub since_us: i64,
    /// The last report; `None` before the first.
    pub report: Option<SendProgress>,
    /// The revision of the message that is sent.
    pub(crate) revision: u64,
}

impl Job {
    /// Whether it is still in progress.
    pub fn is_running(&self) -> bool {
        self.report.as_ref().is_none_or(|report| !report.over)
    }
}

/// The sendings, newest first.
#[derive(Debug, Clone, Default)]
pub struct Jobs(Vec<Job>);

impl Jobs {
    /// All of them, newest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Job> {
        self.0.iter()
    }

    /// Those that are under way.
    pub fn running(&self) -> impl Iterator<Item = &Job> {
        self.0.iter().filter(|job| job.is_running())
    }

    /// One by its name.
    pub fn get(&self, id: SendId) -> Option<&Job> {
        self.0.iter().find(|job| job.id == id)
    }

    /// Takes a report into its send; returns the revision that was sent, if it is one of ours.
    pub(crate) fn report(&mut self, report: SendProgress) -> Option<u64> {
        let job = self.0.iter_mut().find(|job| job.id == report.id)?;
        job.report = Some(report);
        Some(job.revision)
    }

    /// Removes one from the list.
    pub(crate) fn forget(&mut self, id: SendId) {
        self.0.retain(|job| job.id != id);
    }

    /// Adds one; beyond `most`, the oldest that are over are dropped.
    pub(crate) fn push(&mut self, job: Job, most: usize) {
        self.0.insert(0, job);
        while self.0.len() > most.max(1) {
            // A running send is never dropped, or it could no longer be cancelled.
            match self.0.iter().rposition(|job| !job.is_running()) {
                Some(over) => self.0.remove(over),
                None => break,
            };
        }
    }
}
