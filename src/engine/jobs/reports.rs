//! Collects progress reports of sends and responders: a send of ten thousand messages a second makes a few reports,
//! and the last one is never lost.

use super::job::{ResponderView, SendId, SendJob, SendProgress, SendStage};
use std::collections::BTreeMap;
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Where reports are put; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProgressReporter(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    news: Mutex<News>,
    wake: Notify,
}

/// What has changed since the last take.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// The newest report of each sending.
    pub(crate) jobs: BTreeMap<SendId, SendProgress>,
    /// The responders, if something of them changed.
    pub(crate) responders: Option<Vec<ResponderView>>,
}

impl ProgressReporter {
    /// Waits until there is something new.
    pub(crate) async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// What is new.
    pub(crate) fn take(&self) -> News {
        take(&mut *self.news())
    }

    pub(super) fn job(&self, report: SendProgress) {
        self.news().jobs.insert(report.id, report);
        self.0.wake.notify_one();
    }

    pub(crate) fn responders(&self, views: Vec<ResponderView>) {
        self.news().responders = Some(views);
        self.0.wake.notify_one();
    }

    fn news(&self) -> MutexGuard<'_, News> {
        // Each entry is whole, whatever happened to the others.
        self.0.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The progress of one send: the one place where it is recorded. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    report: Arc<Mutex<SendProgress>>,
    herald: ProgressReporter,
}

impl Account {
    /// Of a sending that has just been asked for.
    pub(crate) fn open(job: &SendJob, herald: ProgressReporter) -> Self {
        Self {
            report: Arc::new(Mutex::new(SendProgress::new(job))),
            herald,
        }
    }

    /// Records and reports a change. Nothing is recorded once the send is over.
    pub(crate) fn note(&self, write: impl FnOnce(&mut SendProgress)) {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if !report.over {
            write(&mut report);
            self.herald.job(report.clone());
        }
    }

    /// Records that it failed for good, if it is not over.
    pub(crate) fn fail(&self, why: String) {
        self.note(|report| (report.stage, report.over) = (SendStage::Failed(why), true));
    }

    /// Whether both are of the same sending.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.report, &other.report)
    }

    /// How far it is now.
    pub(crate) fn report(&self) -> SendProgress {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
