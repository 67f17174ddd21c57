//! The links that were downloaded in this run: the fetcher with its cache, and how long each one took.

use crate::app::size;
use crate::engine::{FetchPolicy, FetchRequest, Fetcher, LinkFacts};
use crate::ui::format::without_credentials;
use crate::wire::{Blob, Limits};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Downloads of a run; clones share them.
#[derive(Debug, Clone)]
pub struct Downloads {
    fetcher: Fetcher,
    took: Arc<Mutex<HashMap<String, Duration>>>,
}

impl Downloads {
    /// None yet.
    pub fn new(fetcher: Fetcher) -> Self {
        Self {
            fetcher,
            took: Arc::default(),
        }
    }

    /// None ever: nothing may be fetched without being asked for.
    pub fn none() -> Self {
        Self::new(Fetcher::new(FetchPolicy::default(), Limits::default()))
    }

    /// What a link leads to, if it is here.
    pub fn blob(&self, url: &str) -> Option<Blob> {
        self.fetcher.cached(url)
    }

    /// How long its download took.
    pub fn took(&self, url: &str) -> Option<Duration> {
        let took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        took.get(url).copied()
    }

    /// What is known of a link; asks its server only if `ask`.
    pub async fn facts(&self, url: &str, ask: bool) -> LinkFacts {
        self.fetcher.facts(url, ask).await
    }

    /// Downloads a link; says what came, or why nothing did. Dropping the future cancels it.
    pub async fn fetch(&self, request: &FetchRequest) -> Result<String, String> {
        let start = Instant::now();
        let blob = self
            .fetcher
            .download(request)
            .await
            .map_err(|error| error.to_string())?;
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        took.insert(request.url.clone(), start.elapsed());
        Ok(format!(
            "Fetched {} from {}.",
            size(blob.len()),
            without_credentials(&request.url)
        ))
    }
}
