//! Writes to standard output on a thread of its own, so that an output that nobody reads keeps nobody else waiting.

use super::lines::Lines;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::Out;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Texts that may wait to be written.
const QUEUE: usize = 2;

/// Where texts are handed in to be written.
#[derive(Debug)]
pub(super) struct Writer {
    texts: mpsc::Sender<Lines>,
    ended: Option<oneshot::Receiver<Result<(), Failure>>>,
    written: Arc<AtomicU64>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(mut out: Out) -> Result<Self, Failure> {
        let (texts, mut waiting) = mpsc::channel::<Lines>(QUEUE);
        let (end, ended) = oneshot::channel();
        let written = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&written);
        let write = move || {
            let mut outcome = Ok(());
            while outcome.is_ok()
                && let Some(text) = waiting.blocking_recv()
            {
                outcome = write(&mut out, &text, &counted);
            }
            end.send(outcome).ok();
        };
        let started = std::thread::Builder::new().name("output".into()).spawn(write);
        match started {
            Ok(_) => Ok(Self {
                texts,
                ended: Some(ended),
                written,
            }),
            Err(error) => Err(Failure::new(
                Exit::Fault,
                format!("Cannot start a thread for the output: {error}."),
            )),
        }
    }

    /// Waits until there is room for one more text, if there `is_one`; fails once nothing can be written any more, at once.
    pub async fn room(&mut self, is_one: bool) -> Result<(), Failure> {
        if is_one {
            // Nobody else hands in texts, so the room stays.
            if self.texts.reserve().await.is_ok() {
                return Ok(());
            }
        } else {
            self.texts.closed().await;
        }
        let outcome = outcome(&mut self.ended).await;
        Err(outcome.err().unwrap_or_else(Failure::reader_gone))
    }

    /// Hands in a text; there must be room. If the thread has ended, [`Writer::room`] says why.
    pub fn write(&mut self, text: Lines) {
        self.texts.try_send(text).ok();
    }

    /// Waits until all is written.
    pub async fn end(&mut self) -> Result<(), Failure> {
        // The thread ends once nobody can hand in anything more.
        self.texts = mpsc::channel(1).0;
        outcome(&mut self.ended).await
    }

    /// How many lines are written whole.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }
}

/// Writes a text as far as the output takes it, and counts the lines.
fn write(out: &mut Out, lines: &Lines, written: &AtomicU64) -> Result<(), Failure> {
    let before = written.load(Ordering::Acquire);
    let mut at = 0;
    while let Some(rest) = lines.text().get(at..).filter(|rest| !rest.is_empty()) {
        at += out.some(rest)?;
        written.store(before + lines.whole_within(at) as u64, Ordering::Release);
    }
    Ok(())
}

/// How writing ended; it is told once, and not lost if nobody waits for it to the end.
async fn outcome(ended: &mut Option<oneshot::Receiver<Result<(), Failure>>>) -> Result<(), Failure> {
    let Some(waiting) = ended else { return Ok(()) };
    let outcome = waiting.await;
    *ended = None;
    outcome.unwrap_or(Ok(()))
}
