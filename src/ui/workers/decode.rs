//! Decoding a message and building its views: one at a time, the latest request wins.

use super::done::{Built, Done};
use super::downloads::Downloads;
use crate::preview::{build_views, envelope_view};
use jiff::tz::TimeZone;
use natsbridge_app::{Msg, Opened};
use natsbridge_engine::Store;
use natsbridge_wire::{Limits, Severity};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Has a stored message examined, including links already fetched, and builds its views; `None` if it is no longer stored.
pub fn open(
    store: &Store,
    seq: u64,
    limits: &Limits,
    zone: &TimeZone,
    downloads: &Downloads,
) -> Option<Built> {
    let stored = store.message(seq)?;
    store.know_links(Arc::new(downloads.clone()));
    let decoded = Arc::clone(&store.examine(seq)?.decoded);
    let views = build_views(&decoded, limits, &|url| downloads.took(url));
    let envelope = Box::new(envelope_view(&decoded, &stored, zone));
    Some(Built {
        opened: Opened { stored, decoded },
        views,
        envelope,
    })
}

/// The worker that decodes.
pub struct Decoder {
    store: Store,
    limits: Arc<Limits>,
    zone: TimeZone,
    downloads: Downloads,
    results: mpsc::Sender<Done>,
    busy: bool,
    waiting: Option<u64>,
}

impl Decoder {
    /// A worker with nothing to do.
    pub fn new(
        store: Store,
        limits: Arc<Limits>,
        zone: TimeZone,
        downloads: Downloads,
        results: mpsc::Sender<Done>,
    ) -> Self {
        Self {
            store,
            limits,
            zone,
            downloads,
            results,
            busy: false,
            waiting: None,
        }
    }

    /// Decodes a message once the current one is done; a later request replaces it.
    pub fn open(&mut self, seq: u64) {
        if self.busy {
            self.waiting = Some(seq);
            return;
        }
        self.busy = true;
        let (store, limits, zone) = (self.store.clone(), self.limits.clone(), self.zone.clone());
        let (downloads, results) = (self.downloads.clone(), self.results.clone());
        tokio::spawn(async move {
            let work = tokio::task::spawn_blocking(move || open(&store, seq, &limits, &zone, &downloads));
            let done = match work.await {
                Ok(Some(opened)) => Done::Opened(Box::new(opened)),
                Ok(None) => Done::Gone(seq),
                Err(_) => {
                    let text = format!("Internal error: message {seq} could not be decoded.");
                    // The loop may have ended in the meantime.
                    let _ = results.send(Done::Told(Msg::Notice(Severity::Error, text))).await;
                    Done::Gone(seq)
                }
            };
            let _ = results.send(done).await;
        });
    }

    /// Records that a message was decoded; starts on the waiting one.
    pub fn opened(&mut self) {
        self.busy = false;
        if let Some(seq) = self.waiting.take() {
            self.open(seq);
        }
    }
}
