//! Work that must not hold up the screen: decoding and building views (one at a time, the latest request wins), saving
//! files.

use super::preview::{Preview, Views, build_views, envelope_view};
use crate::app::{Opened, size};
use crate::engine::{Store, save_new};
use crate::wire::{Blob, Limits, Severity, decode_message};
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What came of some work.
pub enum Done {
    /// A message was decoded.
    Opened(Box<Built>),
    /// The message wanted is held no longer, or could not be decoded.
    Gone(u64),
    /// Something a person should read.
    Told(Severity, String),
}

/// A decoded message with everything that shows it.
pub struct Built {
    /// The message.
    pub opened: Opened,
    /// Views of payloads, raw bytes and findings.
    pub views: Views,
    /// The view of the fields of NATS and of the envelope.
    pub envelope: Box<dyn Preview>,
}

/// Decodes a stored message and builds its views; `None` when it is held no longer.
pub fn open(store: &Store, seq: u64, limits: &Limits, zone: &TimeZone) -> Option<Built> {
    let stored = store.message(seq)?;
    let decoded = Arc::new(decode_message(&stored.payload, &stored.subject, limits));
    let views = build_views(&decoded, limits);
    let envelope = Box::new(envelope_view(&decoded, &stored, zone));
    Some(Built {
        opened: Opened { stored, decoded },
        views,
        envelope,
    })
}

/// The workers of one run.
pub struct Workers {
    store: Store,
    limits: Arc<Limits>,
    zone: TimeZone,
    results: mpsc::Sender<Done>,
    busy: bool,
    waiting: Option<u64>,
}

impl Workers {
    /// Workers that hand in what they did through the channel.
    pub fn new(store: Store, limits: Arc<Limits>, zone: TimeZone, results: mpsc::Sender<Done>) -> Self {
        Self {
            store,
            limits,
            zone,
            results,
            busy: false,
            waiting: None,
        }
    }

    /// Decodes a message when the one being decoded is done; a later request takes its place.
    pub fn open(&mut self, seq: u64) {
        if self.busy {
            self.waiting = Some(seq);
            return;
        }
        self.busy = true;
        let (store, limits) = (self.store.clone(), self.limits.clone());
        let (zone, results) = (self.zone.clone(), self.results.clone());
        tokio::spawn(async move {
            let work = tokio::task::spawn_blocking(move || open(&store, seq, &limits, &zone));
            let done = match work.await {
                Ok(Some(opened)) => Done::Opened(Box::new(opened)),
                Ok(None) => Done::Gone(seq),
                Err(_) => {
                    let text = format!("Message {seq} could not be decoded: a fault in the workbench.");
                    // The loop may have ended meanwhile.
                    let _ = results.send(Done::Told(Severity::Error, text)).await;
                    Done::Gone(seq)
                }
            };
            let _ = results.send(done).await;
        });
    }

    /// Takes note that a message was decoded; starts on the one that waits.
    pub fn opened(&mut self) {
        self.busy = false;
        if let Some(seq) = self.waiting.take() {
            self.open(seq);
        }
    }

    /// Writes a new file.
    pub fn save(&self, path: PathBuf, body: Blob) {
        let results = self.results.clone();
        tokio::spawn(async move {
            let work = tokio::task::spawn_blocking(move || match save_new(&path, &body) {
                Ok(()) => {
                    let bytes = size(body.len());
                    Done::Told(Severity::Note, format!("Saved {bytes} to {}.", path.display()))
                }
                Err(error) => Done::Told(
                    Severity::Error,
                    format!("Could not save to {}: {error}.", path.display()),
                ),
            });
            if let Ok(done) = work.await {
                let _ = results.send(done).await;
            }
        });
    }
}
