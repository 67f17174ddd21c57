//! Downloads and lookups in progress. Cancelling drops the task, and with it its result.

use super::done::{Done, Results};
use natsbridge_app::{InspectorMsg, Msg, size};
use natsbridge_engine::{FetchError, FetchRequest, Fetcher, shown_link};
use natsbridge_wire::Blob;
use std::collections::HashMap;
use tokio::task::AbortHandle;

/// The worker for links.
pub struct Fetching {
    fetcher: Fetcher,
    results: Results,
    running: HashMap<String, AbortHandle>,
    look_up: Option<AbortHandle>,
}

impl Fetching {
    /// A worker with nothing to do.
    pub fn new(fetcher: Fetcher, results: Results) -> Self {
        Self {
            fetcher,
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
        let (fetcher, results) = (self.fetcher.clone(), self.results.clone());
        let task = tokio::spawn(async move {
            let facts = Box::new(fetcher.facts(&url, ask).await);
            let told = Msg::Inspector(InspectorMsg::LinkInfo(url, facts));
            results.hand_in(vec![Done::Told(told)]).await;
        });
        self.look_up = (!ask).then(|| task.abort_handle());
    }

    /// Downloads a link.
    pub fn fetch(&mut self, request: FetchRequest) {
        let url = request.url.clone();
        let (fetcher, results) = (self.fetcher.clone(), self.results.clone());
        let task = tokio::spawn(async move {
            let result = fetch_link(&fetcher, &request).await;
            results.hand_in(vec![Done::Fetched(request.url, result)]).await;
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
        Some(self.fetcher.cached(url)?.blob)
    }

    /// Stops a download.
    pub fn cancel(&mut self, url: &str) {
        if let Some(task) = self.running.remove(url) {
            task.abort();
        }
    }
}

/// Downloads a link; returns a sentence about the result. Dropping the future cancels it.
pub async fn fetch_link(fetcher: &Fetcher, request: &FetchRequest) -> Result<String, FetchError> {
    let fetched = fetcher.download(request).await?;
    let (size, link) = (size(fetched.blob.len()), shown_link(&request.url));
    Ok(format!("Fetched {size} from {link}."))
}

impl Drop for Fetching {
    fn drop(&mut self) {
        for task in self.running.values() {
            task.abort();
        }
    }
}
