//! Downloads and lookups in progress. Cancelling drops the task, and with it its result.

use super::done::Done;
use super::downloads::Downloads;
use natsbridge_app::{InspectorMsg, Msg};
use natsbridge_engine::FetchRequest;
use natsbridge_wire::Blob;
use std::collections::HashMap;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// The worker for links.
pub struct Fetching {
    downloads: Downloads,
    results: mpsc::Sender<Done>,
    running: HashMap<String, AbortHandle>,
    look_up: Option<AbortHandle>,
}

impl Fetching {
    /// A worker with nothing to do.
    pub fn new(downloads: Downloads, results: mpsc::Sender<Done>) -> Self {
        Self {
            downloads,
            results,
            running: HashMap::new(),
            look_up: None,
        }
    }

    /// Looks up a link; a later request replaces it, unless the server was to be asked.
    pub fn look_up(&mut self, url: String, ask: bool) {
        if let Some(before) = self.look_up.take() {
            before.abort();
        }
        let (downloads, results) = (self.downloads.clone(), self.results.clone());
        let task = tokio::spawn(async move {
            let facts = downloads.facts(&url, ask).await;
            // The loop may have ended in the meantime.
            let _ = results
                .send(Done::Told(Msg::Inspector(InspectorMsg::LinkInfo(
                    url,
                    Box::new(facts),
                ))))
                .await;
        });
        self.look_up = (!ask).then(|| task.abort_handle());
    }

    /// Downloads a link.
    pub fn fetch(&mut self, request: FetchRequest) {
        let url = request.url.clone();
        let (downloads, results) = (self.downloads.clone(), self.results.clone());
        let task = tokio::spawn(async move {
            let result = downloads.fetch(&request).await;
            let _ = results.send(Done::Fetched(request.url, result)).await;
        });
        if let Some(before) = self.running.insert(url, task.abort_handle()) {
            before.abort();
        }
    }

    /// Takes note that a download ended.
    pub fn fetched(&mut self, url: &str) {
        self.running.remove(url);
    }

    /// What was downloaded from a link, if it is still here.
    pub fn fetched_body(&self, url: &str) -> Option<Blob> {
        self.downloads.blob(url)
    }

    /// Stops a download.
    pub fn cancel(&mut self, url: &str) {
        if let Some(task) = self.running.remove(url) {
            task.abort();
        }
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        for task in self.running.values() {
            task.abort();
        }
    }
}
