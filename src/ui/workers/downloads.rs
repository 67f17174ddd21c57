//! Links downloaded in this run: the fetcher with its cache, and the report of each download.

use natsbridge_app::size;
use natsbridge_engine::{FetchError, FetchRequest, Fetcher, Link, LinkInfo, Links, shown_link};
use natsbridge_wire::{Blob, Finding};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What is told of a download.
#[derive(Debug, Clone)]
struct Told {
    took: Duration,
    findings: Vec<Finding>,
}

/// Downloads of a run; clones share them. By default none: nothing may be fetched unless requested.
#[derive(Debug, Clone, Default)]
pub struct Downloads {
    fetcher: Fetcher,
    told: Arc<Mutex<HashMap<String, Told>>>,
}

impl Links for Downloads {
    /// The panel of a link says what became of it otherwise.
    fn link(&self, url: &str) -> Link<'_> {
        let Some(body) = self.fetcher.cached(url) else {
            return Link::Unasked;
        };
        let findings = self.told().get(url).map(|told| told.findings.clone());
        Link::Fetched(body, findings.unwrap_or_default().into())
    }
}

impl Downloads {
    /// None yet.
    pub fn new(fetcher: Fetcher) -> Self {
        Self {
            fetcher,
            told: Arc::default(),
        }
    }

    /// The content of a link, if it was fetched.
    pub fn blob(&self, url: &str) -> Option<Blob> {
        self.fetcher.cached(url)
    }

    /// How long its download took.
    pub fn took(&self, url: &str) -> Option<Duration> {
        self.told().get(url).map(|told| told.took)
    }

    /// What is known of a link; asks its server only if `ask`.
    pub async fn facts(&self, url: &str, ask: bool) -> LinkInfo {
        self.fetcher.facts(url, ask).await
    }

    /// Downloads a link; returns a sentence about the result. Dropping the future cancels it.
    pub async fn fetch(&self, request: &FetchRequest) -> Result<String, FetchError> {
        let fetched = self.fetcher.download(request).await?;
        let told = Told {
            took: fetched.took,
            findings: fetched.findings,
        };
        self.told().insert(request.url.clone(), told);
        Ok(format!(
            "Fetched {} from {}.",
            size(fetched.blob.len()),
            shown_link(&request.url)
        ))
    }

    fn told(&self) -> MutexGuard<'_, HashMap<String, Told>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
