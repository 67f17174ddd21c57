//! Downloads one link: attempts, pauses, the body within its limits, findings. No cache here.

use super::error::{FetchError, FetchErrorKind};
use super::exchange::{Exchange, is_no_http};
use super::fetched::Fetched;
use super::link_url::LinkUrl;
use super::pace::RateMonitor;
use super::partial::Partial;
use crate::clock;
use crate::http::{Progress, Retry};
use crate::wording::Cause;
use reqwest::header::RETRY_AFTER;
use reqwest::{Method, Response, StatusCode};
use std::io;
use std::time::Duration;
use tokio::time::{sleep, timeout_at};

/// What to download.
#[derive(Debug)]
pub(super) struct Download {
    pub(super) exchange: Exchange,
    pub(super) target: LinkUrl,
    /// Bytes that may be taken.
    pub(super) most: u64,
    pub(super) retry: Retry,
    pub(super) progress: Progress,
    /// Whether the body's SHA-256 is made.
    pub(super) digest: bool,
}

impl Download {
    /// Tries until it succeeds, or another attempt would be pointless.
    pub(super) async fn run(self) -> Result<Fetched, FetchError> {
        let start = clock::instant();
        let mut tries = 0;
        let mut most_received = None;
        let mut partial = None;
        loop {
            tries += 1;
            let mut error = match self.once(&mut partial).await {
                Ok(fetched) => {
                    return Ok(Fetched {
                        took: start.elapsed(),
                        tries,
                        ..fetched
                    });
                }
                Err(error) => error,
            };
            let mut asked = None;
            match &mut error.kind {
                FetchErrorKind::Gone { first, .. } => *first = most_received,
                FetchErrorKind::BrokenOff { received, .. } => {
                    most_received = most_received.max(Some(*received));
                }
                FetchErrorKind::Status { retry_after, .. } => asked = *retry_after,
                _ => {}
            }
            if !error.heals() {
                return Err(error);
            }
            if tries >= self.retry.tries {
                return Err(FetchError { tries, ..error });
            }
            sleep(self.retry.pause(tries, asked)).await;
        }
    }

    /// One attempt, which goes on where the last one broke off if it can; what it leaves for the next.
    async fn once(&self, left: &mut Option<Partial>) -> Result<Fetched, FetchError> {
        let asked = left.as_ref().map(Partial::ask);
        let wants_rest = asked.is_some();
        let response = self
            .exchange
            .open(Method::GET, &self.target, asked.unwrap_or_default())
            .await?;
        let status = response.status();
        let rest = left.take().filter(|partial| partial.goes_on_with(&response));
        if rest.is_none() && wants_rest && matches!(status.as_u16(), 206 | 416) {
            let why = Cause::of(format!(
                "the server gave another part than the rest (status {status})"
            ));
            let (received, announced) = (0, None);
            return Err(self.target.failed(FetchErrorKind::BrokenOff {
                received,
                announced,
                why,
            }));
        }
        // A partial response that nobody asked for would pass for the whole file.
        if !status.is_success() || (status == StatusCode::PARTIAL_CONTENT && rest.is_none()) {
            return Err(self.target.failed(refused(status.as_u16(), &response)));
        }
        let limits = &self.exchange.limits;
        let mut partial = rest.unwrap_or_else(|| Partial::begin(&response, limits, self.digest));
        if let Some(size) = partial.announced.filter(|size| *size > self.most) {
            return Err(self.too_large(Some(size)));
        }
        if let Err(error) = self.body(response, &mut partial).await {
            let broken = matches!(error.kind, FetchErrorKind::BrokenOff { .. });
            *left = Some(partial).filter(|partial| broken && partial.can_go_on());
            return Err(error);
        }
        Ok(Fetched {
            announced: partial.announced,
            encoded: partial.encoded,
            blob: partial.spool.finish().await.map_err(|error| self.disk(error))?,
            ..Fetched::default()
        })
    }

    async fn body(&self, mut response: Response, partial: &mut Partial) -> Result<(), FetchError> {
        let limits = &self.exchange.limits;
        let mut pace = RateMonitor::new(limits, partial.announced, clock::instant());
        pace.received = partial.received;
        let failed = |kind| self.target.failed(kind);
        self.progress.go_on(partial.received, partial.announced);
        loop {
            let came = timeout_at(pace.look_at().into(), response.chunk()).await;
            let now = clock::instant();
            match came {
                Ok(Ok(Some(bytes))) => {
                    pace.got(bytes.len(), now);
                    self.progress.add(bytes.len() as u64);
                    if pace.received > self.most {
                        return Err(self.too_large(None));
                    }
                    partial
                        .spool
                        .take(&bytes)
                        .await
                        .map_err(|error| self.disk(error))?;
                    partial.received = pace.received;
                }
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) if is_no_http(&error) => {
                    return Err(failed(FetchErrorKind::NotHttp(Cause::root(error.without_url()))));
                }
                Ok(Err(error)) => return Err(failed(pace.broken(Cause::root(error.without_url())))),
                Err(_) => {}
            }
            pace.check(now).map_err(failed)?;
        }
    }

    fn disk(&self, error: io::Error) -> FetchError {
        self.target.failed(FetchErrorKind::Disk {
            dir: std::env::temp_dir().display().to_string(),
            why: Cause::of(error),
        })
    }

    fn too_large(&self, size: Option<u64>) -> FetchError {
        let most = self.most;
        self.target.failed(FetchErrorKind::TooLarge { size, most })
    }
}

/// What an answer without the file means.
fn refused(status: u16, response: &Response) -> FetchErrorKind {
    if matches!(status, 404 | 410) {
        let first = None;
        return FetchErrorKind::Gone { status, first };
    }
    let retry_after = response.headers().get(RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| value.to_str().ok());
    FetchErrorKind::Status {
        status,
        retry_after: retry_after.and_then(|text| retry_after_of(text, clock::now())),
    }
}

/// The value of Retry-After: seconds, or a date (RFC 9110, section 10.2.3).
fn retry_after_of(text: &str, now: jiff::Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    Some(Duration::try_from(date.timestamp().duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_when_to_come_again() {
        let now = "2026-11-23T04:00:00Z".parse().unwrap();
        let seconds = |text| retry_after_of(text, now).map(|time| time.as_secs());
        assert_eq!(seconds("7"), Some(7));
        assert_eq!(seconds("Mon, 23 Nov 2026 04:00:09 GMT"), Some(9));
        assert_eq!(seconds("Mon, 23 Nov 2026 03:00:00 GMT"), Some(0));
        assert_eq!(seconds("soon"), None);
    }
}
