//! A request body being received, cut off when it is too slow. Time in which nobody waits for the client, as while a storage
//! is not available, does not count.

use super::answer::Refusal;
use super::pace::Pace;
use bytes::Bytes;
use futures_util::{Stream, stream};
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::{Body, Incoming};
use natsbridge_engine::clock;
use natsbridge_wire::Limits;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// Time limit for reading a refused body.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// A body with a minimum rate.
#[derive(Debug)]
pub struct PacedBody {
    body: Incoming,
    pace: Arc<Pace>,
    window: Duration,
    least: u64,
    deadline: Instant,
    /// When it was last waited for.
    left: Instant,
    taken: u64,
}

impl PacedBody {
    /// The body of a request that has just got its place.
    pub fn new(body: Incoming, pace: Arc<Pace>, limits: &Limits) -> Self {
        let (window, now) = (limits.fileserver_pace_time, now());
        Self {
            body,
            pace,
            window,
            least: least(limits),
            deadline: now + window,
            left: now,
            taken: 0,
        }
    }

    /// The bytes that are still to come, where the client has said it.
    pub fn announced(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// The next bytes, `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Refusal> {
        self.deadline += now() - self.left;
        let chunk = self.wait().await;
        self.left = now();
        chunk
    }

    async fn wait(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            self.pace.waiting(clock::instant());
            let Ok(frame) = timeout_at(self.deadline, self.body.frame()).await else {
                if self.taken < self.least {
                    return Err(Refusal::new(
                        StatusCode::REQUEST_TIMEOUT,
                        "The body was too slow and the upload was aborted.",
                    ));
                }
                self.start_over();
                continue;
            };
            match frame {
                None => {
                    self.pace.moved(0, clock::instant());
                    return Ok(None);
                }
                Some(Err(error)) => return Err(Refusal::bad(format!("The body was interrupted: {error}."))),
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        self.pace.moved(bytes.len(), clock::instant());
                        self.taken += bytes.len() as u64;
                        if self.taken >= self.least {
                            self.start_over();
                        }
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }

    /// The bytes as they arrive.
    pub fn stream(&mut self) -> impl Stream<Item = Result<Bytes, Refusal>> + Send {
        stream::try_unfold(self, async |body| {
            Ok(body.chunk().await?.map(|bytes| (bytes, body)))
        })
    }

    /// The whole body, which must be small.
    pub async fn whole(&mut self, most: usize) -> Result<Vec<u8>, Refusal> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.chunk().await? {
            if whole.len() + bytes.len() > most {
                return Err(Refusal::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    format!("This body must not exceed {most} bytes."),
                ));
            }
            whole.extend_from_slice(&bytes);
        }
        Ok(whole)
    }

    /// Drains a small refused body: a client that is still writing would otherwise see a broken connection instead of
    /// the refusal.
    pub async fn drain(&mut self, most: usize) {
        if self.announced().is_some_and(|bytes| bytes > most as u64) {
            return;
        }
        // Whatever happens to it: it is refused already.
        let _ = timeout(DRAIN_TIME, self.whole(most)).await;
    }

    /// Begins to measure anew: what came before does not count.
    pub fn start_over(&mut self) {
        (self.taken, self.left) = (0, now());
        self.deadline = self.left + self.window;
    }
}

fn now() -> Instant {
    Instant::from_std(clock::instant())
}

/// Bytes that have to move in one window.
pub fn least(limits: &Limits) -> u64 {
    (limits.fileserver_pace as f64 * limits.fileserver_pace_time.as_secs_f64()) as u64
}
