//! Downloads one link: attempts, pauses, the body within its limits, findings. No cache here.

use super::error::{FetchError, FetchErrorKind};
use super::exchange::{Exchange, is_no_http};
use super::fetched::Fetched;
use super::link_url::LinkUrl;
use super::pace::RateMonitor;
use super::spool::Spool;
use crate::clock;
use crate::http::{Progress, Retry};
use crate::wording::Cause;
use natsbridge_wire::Blob;
use reqwest::header::{CONTENT_ENCODING, RETRY_AFTER};
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
}

impl Download {
    /// Tries until it succeeds, or another attempt would be pointless.
    pub(super) async fn run(self) -> Result<Fetched, FetchError> {
        let start = clock::instant();
        let mut tries = 0;
        let mut most_received = None;
        loop {
            tries += 1;
            let mut error = match self.once().await {
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

    async fn once(&self) -> Result<Fetched, FetchError> {
        let response = self.exchange.open(Method::GET, &self.target).await?;
        let announced = response.content_length();
        let status = response.status();
        // A partial response that nobody asked for would pass for the whole file.
        if !status.is_success() || status == StatusCode::PARTIAL_CONTENT {
            return Err(self.target.failed(refused(status.as_u16(), &response)));
        }
        if let Some(size) = announced.filter(|size| *size > self.most) {
            return Err(self.too_large(Some(size)));
        }
        let encoded = response.headers().get(CONTENT_ENCODING);
        let encoded = encoded.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok(Fetched {
            blob: self.body(response, announced).await?,
            announced,
            encoded: encoded.filter(|encoding| encoding != "identity"),
            ..Fetched::default()
        })
    }

    async fn body(&self, mut response: Response, announced: Option<u64>) -> Result<Blob, FetchError> {
        let limits = &self.exchange.limits;
        let mut spool = Spool::new(limits.link_memory);
        let mut pace = RateMonitor::new(limits, announced, clock::instant());
        let failed = |kind| self.target.failed(kind);
        let disk = |error: io::Error| {
            failed(FetchErrorKind::Disk {
                dir: std::env::temp_dir().display().to_string(),
                why: Cause::of(error),
            })
        };
        self.progress.start(announced);
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
                    spool.take(bytes).await.map_err(disk)?;
                }
                Ok(Ok(None)) => return spool.finish().await.map_err(disk),
                Ok(Err(error)) if is_no_http(&error) => {
                    return Err(failed(FetchErrorKind::NotHttp(Cause::root(error.without_url()))));
                }
                Ok(Err(error)) => return Err(failed(pace.broken(Cause::root(error.without_url())))),
                Err(_) => {}
            }
            pace.check(now).map_err(failed)?;
        }
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
