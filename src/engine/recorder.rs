//! The session's recordings: one at a time, started and ended at any moment, and what is told of them. Writing is done by a
//! thread of its own.

use super::events::Event;
use super::tape::{NewTape, Tally, Tap, TapeError, start_writer};
use crate::wire::Limits;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// The recordings of a session.
#[derive(Debug)]
pub(super) struct Recorder {
    tap: Tap,
    events: mpsc::Sender<Event>,
    /// The one under way, and those whose last lines are being written.
    current: Option<Arc<Tally>>,
    telling: Vec<JoinHandle<()>>,
}

impl Recorder {
    /// One that records nothing yet.
    pub(super) fn new(tap: Tap, events: mpsc::Sender<Event>) -> Self {
        Self {
            tap,
            events,
            current: None,
            telling: Vec::new(),
        }
    }

    /// Makes a file and records to it.
    pub(super) async fn record(
        &mut self,
        path: &Path,
        server: &str,
        subjects: &[String],
        limits: &Limits,
    ) -> Result<(), TapeError> {
        self.telling.retain(|telling| !telling.is_finished());
        if let (Some(running), false) = (&self.current, self.telling.is_empty()) {
            return Err(TapeError::Recording(running.view(false).path));
        }
        let wanted = path.to_owned();
        let made = tokio::task::spawn_blocking(move || NewTape::create(&wanted)).await;
        let tape = made.map_err(|error| TapeError::Create {
            path: path.to_owned(),
            source: error.into(),
        })??;
        self.start(tape, server, subjects, limits)
    }

    /// Records to a file that was made before.
    pub(super) fn start(
        &mut self,
        tape: NewTape,
        server: &str,
        subjects: &[String],
        limits: &Limits,
    ) -> Result<(), TapeError> {
        let (tally, ended) = start_writer(tape, server, subjects, &self.tap, limits)?;
        self.current = Some(Arc::clone(&tally));
        let telling = tell(tally, ended, self.events.clone(), limits.tape_look);
        self.telling.push(tokio::spawn(telling));
        Ok(())
    }

    /// Ends the recording; what waits is still written, and the last event says how much it is in all. False if there is
    /// none.
    pub(super) fn stop(&mut self) -> bool {
        let Some(tally) = self.current.take() else {
            return false;
        };
        self.tap.close(&tally);
        true
    }

    /// Ends the recording and waits until the file is complete, at most `within`.
    pub(super) async fn finish(mut self, within: Duration) {
        self.stop();
        let telling = futures_util::future::join_all(self.telling);
        tokio::time::timeout(within, telling).await.ok();
    }
}

/// Tells how a recording goes, whenever that changed, and at last how it ended.
async fn tell(
    tally: Arc<Tally>,
    mut ended: oneshot::Receiver<()>,
    events: mpsc::Sender<Event>,
    look: Duration,
) {
    let mut looking = tokio::time::interval(look);
    let mut shown = None;
    loop {
        tokio::select! {
            // An error means that the thread is gone, which is an end too.
            _ = &mut ended => break,
            _ = looking.tick() => {
                let view = Some(tally.view(false));
                if view != shown {
                    shown.clone_from(&view);
                    if let Some(view) = view {
                        events.send(Event::Recording(view)).await.ok();
                    }
                }
            }
        }
    }
    events.send(Event::Recording(tally.view(true))).await.ok();
}
