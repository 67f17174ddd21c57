//! The workers of one run, and the small jobs that need no worker of their own: saving files, reading contexts.

use super::composing::Composing;
use super::decode::Decoder;
use super::done::Done;
use super::downloads::Downloads;
use super::fetching::Fetching;
use crate::app::{Msg, Origin, Purpose, Working, exposed_secrets, size};
use crate::engine::{Contexts, Fetcher, SendOptions, Store, StoredMessage, TextSearch, save_new};
use crate::ui::preview::difference_sheet;
use crate::ui::view_work::Started;
use crate::wire::{Blob, Limits, Severity, Steps};
use jiff::tz::TimeZone;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;

/// The messages of a store that hold a text; `None` when it was given up.
pub fn find(store: &Store, text: &str, steps: &dyn Steps) -> Option<Msg> {
    let until = store.range().end;
    let found = match TextSearch::new(text) {
        Some(search) => store.find(&search, steps)?,
        None => vec![],
    };
    Some(Msg::Found(found, until))
}

/// The workers of one run.
pub struct Workers {
    /// Decodes messages.
    pub decoder: Decoder,
    /// Fetches links.
    pub fetching: Fetching,
    /// Works for the message being written.
    pub composing: Composing,
    contexts: Contexts,
    store: Store,
    limits: Arc<Limits>,
    results: mpsc::Sender<Done>,
}

impl Workers {
    /// Workers that hand in what they did through the channel.
    pub fn new(
        store: Store,
        limits: Arc<Limits>,
        zone: TimeZone,
        (fetcher, sending): (Fetcher, SendOptions),
        contexts: Contexts,
        results: mpsc::Sender<Done>,
    ) -> Self {
        let downloads = Downloads::new(fetcher);
        Self {
            decoder: Decoder::new(
                store.clone(),
                limits.clone(),
                zone,
                downloads.clone(),
                results.clone(),
            ),
            fetching: Fetching::new(downloads, results.clone()),
            composing: Composing::new(sending, limits.clone(), results.clone()),
            contexts,
            store,
            limits,
            results,
        }
    }

    /// Writes a new file.
    pub fn save(&self, path: PathBuf, body: Blob) {
        self.blocking(move || {
            let place = path.display();
            let told = match save_new(&path, &body) {
                Ok(()) => (Severity::Note, format!("Saved {} to {place}.", size(body.len()))),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => (
                    Severity::Error,
                    format!("There is a file {place} already, and it stays as it is: choose another name."),
                ),
                Err(error) => (Severity::Error, format!("Could not save to {place}: {error}.")),
            };
            vec![Msg::Outcome(Origin::Prompt(Purpose::SaveAs), told.0, told.1)]
        });
    }

    /// Asks which contexts there are.
    pub fn list_contexts(&self) {
        let contexts = self.contexts.clone();
        self.blocking(move || vec![Msg::Contexts(contexts.names())]);
    }

    /// Reads a context; the commands that it names may take a while.
    pub fn load_context(&self, name: String) {
        let (contexts, limits) = (self.contexts.clone(), self.limits.clone());
        self.blocking(move || {
            let mut options = match contexts.load(&name) {
                Ok(options) => options,
                Err(error) => return vec![Msg::Context(name, Err(error.to_string()))],
            };
            options.limits = (*limits).clone();
            let warnings = exposed_secrets(&contexts, &options).into_iter();
            let warnings = warnings.map(|warning| Msg::Notice(Severity::Warning, warning));
            let warnings: Vec<_> = warnings.collect();
            let read = Msg::Context(name, Ok(Box::new(options)));
            std::iter::once(read).chain(warnings).collect()
        });
    }

    /// Compares two messages.
    pub fn compare(&self, title: String, first: StoredMessage, second: StoredMessage) {
        let (limits, results) = (self.limits.clone(), self.results.clone());
        tokio::spawn(async move {
            let compare = move || difference_sheet(title, &first, &second, &limits);
            if let Ok(sheet) = tokio::task::spawn_blocking(compare).await {
                // The loop may have ended meanwhile.
                let _ = results.send(Done::Sheet(sheet)).await;
            }
        });
    }

    /// Looks for a text in everything stored.
    pub fn find(&self, text: String, now_us: i64) {
        let (store, results) = (self.store.clone(), self.results.clone());
        let working = Working {
            doing: format!("searching for {text}"),
            progress: Arc::default(),
            since_us: now_us,
        };
        tokio::spawn(async move {
            let progress = Arc::clone(&working.progress);
            // The loop may have ended meanwhile.
            let _ = results.send(Done::Told(Msg::Began(working))).await;
            let found = tokio::task::spawn_blocking({
                let progress = Arc::clone(&progress);
                move || find(&store, &text, &*progress)
            });
            let found = found.await.ok().flatten();
            let _ = results.send(Done::Told(Msg::Ended(progress))).await;
            if let Some(found) = found {
                let _ = results.send(Done::Told(found)).await;
            }
        });
    }

    /// Does what a view wished for.
    pub fn start(&self, work: Started) {
        let results = self.results.clone();
        tokio::spawn(async move {
            let progress = work.progress();
            let worked = tokio::task::spawn_blocking(move || work.run()).await;
            let failed = "A view could not do what was asked of it: a fault in the workbench.";
            let done = match worked {
                Ok(worked) => vec![Done::Worked(worked)],
                Err(_) => vec![
                    Done::Told(Msg::Notice(Severity::Error, failed.into())),
                    Done::Told(Msg::Ended(progress)),
                ],
            };
            for done in done {
                // The loop may have ended meanwhile.
                let _ = results.send(done).await;
            }
        });
    }

    fn blocking(&self, work: impl FnOnce() -> Vec<Msg> + Send + 'static) {
        let results = self.results.clone();
        tokio::spawn(async move {
            for message in tokio::task::spawn_blocking(work).await.unwrap_or_default() {
                // The loop may have ended meanwhile.
                let _ = results.send(Done::Told(message)).await;
            }
        });
    }
}
