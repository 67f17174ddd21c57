//! The workers of one run, and the small jobs that need no worker of their own: saving files, reading contexts.

use super::decode::Decoder;
use super::done::Done;
use super::downloads::Downloads;
use super::fetching::Fetching;
use crate::app::{Msg, size};
use crate::engine::{Contexts, Fetcher, Store, save_new};
use crate::wire::{Blob, Limits, Severity};
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;

/// The workers of one run.
pub struct Workers {
    /// Decodes messages.
    pub decoder: Decoder,
    /// Fetches links.
    pub fetching: Fetching,
    contexts: Contexts,
    limits: Arc<Limits>,
    results: mpsc::Sender<Done>,
}

impl Workers {
    /// Workers that hand in what they did through the channel.
    pub fn new(
        store: Store,
        limits: Arc<Limits>,
        zone: TimeZone,
        fetcher: Fetcher,
        contexts: Contexts,
        results: mpsc::Sender<Done>,
    ) -> Self {
        let downloads = Downloads::new(fetcher);
        Self {
            decoder: Decoder::new(store, limits.clone(), zone, downloads.clone(), results.clone()),
            fetching: Fetching::new(downloads, results.clone()),
            contexts,
            limits,
            results,
        }
    }

    /// Writes a new file.
    pub fn save(&self, path: PathBuf, body: Blob) {
        self.blocking(move || match save_new(&path, &body) {
            Ok(()) => {
                let bytes = size(body.len());
                Msg::Notice(Severity::Note, format!("Saved {bytes} to {}.", path.display()))
            }
            Err(error) => Msg::Notice(
                Severity::Error,
                format!("Could not save to {}: {error}.", path.display()),
            ),
        });
    }

    /// Asks which contexts there are.
    pub fn list_contexts(&self) {
        let contexts = self.contexts.clone();
        self.blocking(move || Msg::Contexts(contexts.names()));
    }

    /// Reads a context; the commands that it names may take a while.
    pub fn load_context(&self, name: String) {
        let (contexts, limits) = (self.contexts.clone(), self.limits.clone());
        self.blocking(move || {
            let loaded = contexts.load(&name).map_err(|error| error.to_string());
            let loaded = loaded.map(|mut options| {
                options.limits = (*limits).clone();
                Box::new(options)
            });
            Msg::Context(name, loaded)
        });
    }

    fn blocking(&self, work: impl FnOnce() -> Msg + Send + 'static) {
        let results = self.results.clone();
        tokio::spawn(async move {
            if let Ok(message) = tokio::task::spawn_blocking(work).await {
                // The loop may have ended meanwhile.
                let _ = results.send(Done::Told(message)).await;
            }
        });
    }
}
