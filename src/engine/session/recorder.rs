//! The session's recordings: one at a time, started and stopped at any moment, with their notices. Writing happens on
//! a separate thread.

use super::events::{Event, RecordingCommand};
use super::subscriptions::SubscriptionView;
use crate::clock;
use crate::connect::ConnectOptions;
use crate::fetch::shown_link;
use crate::tape::{NewTape, RecordingCounts, RecordingTap, TapeError, start_writer};
use crate::wording::grouped;
use natsbridge_wire::{Blob, Severity};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// The recordings of a session.
#[derive(Debug)]
pub(super) struct Recorder {
    tap: RecordingTap,
    events: mpsc::Sender<Event>,
    /// The one under way, and those whose last lines are being written.
    current: Option<Arc<RecordingCounts>>,
    telling: Vec<RecordingNotifier>,
}

/// What tells of one recording, and whether that has ended.
#[derive(Debug)]
struct RecordingNotifier {
    task: JoinHandle<()>,
    over: Arc<AtomicBool>,
}

impl Recorder {
    /// Not recording yet.
    pub(super) fn new(tap: RecordingTap, events: mpsc::Sender<Event>) -> Self {
        Self {
            tap,
            events,
            current: None,
            telling: Vec::new(),
        }
    }

    /// Does what a command asks of it; says what cannot be done.
    pub(super) async fn obey(
        &mut self,
        command: RecordingCommand,
        options: &ConnectOptions,
        subscriptions: &[SubscriptionView],
    ) {
        match command {
            RecordingCommand::Start(path) => {
                let subjects = subscriptions.iter().map(|view| view.pattern.clone());
                let subjects: Vec<String> = subjects.collect();
                if let Err(error) = self.record(path, options, &subjects).await {
                    self.tell(Severity::Error, format!("Recording did not start: {error}."));
                }
            }
            RecordingCommand::Stop => self.stop(),
            RecordingCommand::KeepLink(url, body) => self.keep_link(url, body, options.limits.tape_link),
        }
    }

    /// Makes a file and records to it.
    async fn record(
        &mut self,
        path: PathBuf,
        options: &ConnectOptions,
        subjects: &[String],
    ) -> Result<(), TapeError> {
        self.telling
            .retain(|telling| !telling.over.load(Ordering::Acquire));
        if let (Some(running), false) = (&self.current, self.telling.is_empty()) {
            return Err(TapeError::Recording(running.view(false).path));
        }
        let wanted = path.clone();
        let made = tokio::task::spawn_blocking(move || NewTape::create(&wanted)).await;
        let tape = made.map_err(|error| TapeError::Create {
            path,
            source: error.into(),
        })??;
        self.start(tape, options, subjects)
    }

    /// Records to a file that was made before.
    pub(super) fn start(
        &mut self,
        tape: NewTape,
        options: &ConnectOptions,
        subjects: &[String],
    ) -> Result<(), TapeError> {
        let limits = &options.limits;
        let (tally, ended) = start_writer(tape, &options.address(), subjects, &self.tap, limits)?;
        self.current = Some(Arc::clone(&tally));
        let over = Arc::new(AtomicBool::new(false));
        let telling = tell(
            (tally, self.tap.clone()),
            ended,
            self.events.clone(),
            limits.tape_look,
            Arc::clone(&over),
        );
        self.telling.push(RecordingNotifier {
            task: tokio::spawn(telling),
            over,
        });
        Ok(())
    }

    /// Keeps a link with the recording, if there is one and it has at most `most` bytes.
    fn keep_link(&self, url: String, body: Blob, most: u64) {
        if body.len() > most {
            let (bytes, most) = (grouped(body.len()), grouped(most));
            let text = format!(
                "A link of {bytes} bytes was not saved with the recording: the limit is {most}. {}",
                shown_link(&url)
            );
            self.tell(Severity::Note, text);
        } else {
            let at_us = clock::now_us();
            self.tap.record(|intake| intake.link(at_us, url, body));
        }
    }

    /// Tells a person something, unless the screen is so far behind that it would not be read anyway.
    fn tell(&self, severity: Severity, text: String) {
        self.events.try_send(Event::Notice(severity, text)).ok();
    }

    /// Ends the recording, if there is one; what waits is still written, and the last event says how much it is in all.
    fn stop(&mut self) {
        if let Some(tally) = self.current.take() {
            self.tap.close(&tally);
        }
    }

    /// Ends the recording and waits until the file is complete, at most `within`.
    pub(super) async fn finish(mut self, within: Duration) {
        self.stop();
        let telling = futures_util::future::join_all(self.telling.into_iter().map(|telling| telling.task));
        tokio::time::timeout(within, telling).await.ok();
    }
}

/// Tells how a recording goes, whenever that changed, and at last how it ended.
async fn tell(
    (tally, tap): (Arc<RecordingCounts>, RecordingTap),
    mut ended: oneshot::Receiver<()>,
    events: mpsc::Sender<Event>,
    look: Duration,
    over: Arc<AtomicBool>,
) {
    let mut looking = tokio::time::interval(look);
    let mut shown = None;
    loop {
        tokio::select! {
            // An error means that the thread is gone, which is an end too.
            _ = &mut ended => break,
            _ = looking.tick() => {
                // Nobody can have what is written to it from now on.
                if tally.is_removed() {
                    tap.close(&tally);
                }
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
    // Whoever hears of the end may begin another at once.
    over.store(true, Ordering::Release);
    events.send(Event::Recording(tally.view(true))).await.ok();
}
