//! A request body being received, cut off when it is too slow.

use super::answer::Refusal;
use bytes::Bytes;
use futures_util::{Stream, stream};
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::{Body, Incoming};
use natsbridge_engine::clock;
use natsbridge_wire::Limits;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// Time limit for reading a refused body.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// A body with a minimum rate.
#[derive(Debug)]
pub struct PacedBody {
    body: Incoming,
    window: Duration,
    least: u64,
    deadline: Instant,
    taken: u64,
}

impl PacedBody {
    /// The body of a request that has just come.
    pub fn new(body: Incoming, limits: &Limits) -> Self {
        let window = limits.fileserver_pace_time;
        Self {
            body,
            window,
            least: least(limits),
            deadline: tokio::time::Instant::from_std(clock::instant()) + window,
            taken: 0,
        }
    }

    /// The bytes that are still to come, where the client has said it.
    pub fn announced(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// The next bytes, `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
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
                None => return Ok(None),
                Some(Err(error)) => return Err(Refusal::bad(format!("The body was interrupted: {error}."))),
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
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

    fn start_over(&mut self) {
        self.taken = 0;
        self.deadline = tokio::time::Instant::from_std(clock::instant()) + self.window;
    }
}

/// Bytes that have to move in one window.
pub fn least(limits: &Limits) -> u64 {
    (limits.fileserver_pace as f64 * limits.fileserver_pace_time.as_secs_f64()) as u64
}
