//! The results of workers, and how they are handed in. What is done with them is the loop's.

use crate::preview::{FinishedWork, Preview, Sheet, Views};
use natsbridge_app::{Msg, Opened};
use natsbridge_engine::FetchError;
use natsbridge_wire::Severity;
use tokio::sync::mpsc;

/// What came of some work.
pub enum Done {
    /// A message was decoded.
    Opened(Box<MessageViews>),
    /// A download has ended, successfully or not.
    Fetched(String, Result<String, FetchError>),
    /// Work that a view wished for was done.
    Worked(FinishedWork),
    /// A sheet to lay over the panes.
    Sheet(Sheet),
    /// Something for the state.
    Told(Msg),
}

impl Done {
    /// A notice for the state.
    pub fn notice(severity: Severity, text: impl Into<String>) -> Self {
        Self::Told(Msg::Notice(severity, text.into()))
    }
}

/// A decoded message with everything that shows it.
pub struct MessageViews {
    /// The message.
    pub opened: Opened,
    /// Views of payloads, raw bytes and findings.
    pub views: Views,
    /// The view of the fields of NATS and of the envelope.
    pub envelope: Box<dyn Preview>,
}

/// Where results are handed in. Once the loop has ended, nobody needs them.
#[derive(Clone)]
pub struct Results(pub mpsc::Sender<Done>);

impl Results {
    /// Hands in what was done.
    pub async fn hand_in(&self, results: Vec<Done>) {
        for done in results {
            let _ = self.0.send(done).await;
        }
    }

    /// Does work that blocks on another thread, and hands in what came of it; if it panicked, what `failed` says.
    pub fn work(
        &self,
        run: impl FnOnce() -> Vec<Done> + Send + 'static,
        failed: impl FnOnce() -> Vec<Done> + Send + 'static,
    ) {
        let results = self.clone();
        tokio::spawn(async move {
            let done = tokio::task::spawn_blocking(run).await;
            results.hand_in(done.unwrap_or_else(|_| failed())).await;
        });
    }
}
