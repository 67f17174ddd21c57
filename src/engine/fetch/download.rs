//! Downloads one link: attempts, pauses, the body within its limits, findings. No cache here.

use super::error::FetchError;
use super::exchange::{Exchange, is_no_http};
use super::link_url::LinkUrl;
use super::pace::{RateMonitor, Slow};
use super::spool::Spool;
use crate::clock;
use crate::http::{Progress, Retry};
use crate::wording::Cause;
use natsbridge_wire::Blob;
use reqwest::header::{CONTENT_ENCODING, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
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

/// What came.
#[derive(Debug, Clone)]
pub(super) struct Downloaded {
    pub(super) blob: Blob,
    /// Content-Length.
    pub(super) announced: Option<u64>,
    /// Content-Encoding that nobody asked for; the bytes are as they came.
    pub(super) encoded: Option<String>,
    pub(super) took: Duration,
    pub(super) tries: u32,
}

impl Download {
    /// Tries until it succeeds, or another attempt would be pointless.
    pub(super) async fn run(self) -> Result<Downloaded, FetchError> {
        let start = clock::instant();
        let mut tries = 0;
        let mut most_received = None;
        loop {
            tries += 1;
            let error = match self.once().await {
                Ok(downloaded) => {
                    return Ok(Downloaded {
                        took: start.elapsed(),
                        tries,
                        ..downloaded
                    });
                }
                Err(error) => error,
            };
            let pause = match error {
                FetchError::Gone { url, status, .. } => {
                    return Err(FetchError::Gone {
                        url,
                        status,
                        first: most_received,
                    });
                }
                error if !error.heals() => return Err(error),
                last if tries >= self.retry.tries => {
                    let last = Box::new(last);
                    return Err(FetchError::Tried { last, tries });
                }
                FetchError::BrokenOff { received, .. } => {
                    most_received = most_received.max(Some(received));
                    self.retry.pause(tries, None)
                }
                FetchError::Status { retry_after, .. } => self.retry.pause(tries, retry_after),
                _ => self.retry.pause(tries, None),
            };
            sleep(pause).await;
        }
    }

    async fn once(&self) -> Result<Downloaded, FetchError> {
        let response = self.exchange.open(Method::GET, &self.target).await?;
        let announced = response.content_length();
        let status = response.status();
        // A partial response that nobody asked for would pass for the whole file.
        if !status.is_success() || status == StatusCode::PARTIAL_CONTENT {
            return Err(self.refused(status, &response));
        }
        if let Some(size) = announced.filter(|size| *size > self.most) {
            return Err(self.too_large(Some(size)));
        }
        let encoded = response.headers().get(CONTENT_ENCODING);
        let encoded = encoded.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok(Downloaded {
            blob: self.body(response, announced).await?,
            announced,
            encoded: encoded.filter(|encoding| encoding != "identity"),
            took: Duration::ZERO,
            tries: 0,
        })
    }

    async fn body(&self, mut response: Response, announced: Option<u64>) -> Result<Blob, FetchError> {
        let limits = &self.exchange.limits;
        let mut spool = Spool::new(limits.link_memory);
        let mut pace = RateMonitor::new(limits, announced, clock::instant());
        let mut received = 0;
        let broken = |received, why: Cause| FetchError::BrokenOff {
            url: self.target.shown(),
            received,
            announced,
            why,
        };
        self.progress.start(announced);
        loop {
            let came = timeout_at(pace.look_at().into(), response.chunk()).await;
            let now = clock::instant();
            match came {
                Ok(Ok(Some(bytes))) => {
                    pace.got(bytes.len(), now);
                    received += bytes.len() as u64;
                    self.progress.add(bytes.len() as u64);
                    if received > self.most {
                        return Err(self.too_large(None));
                    }
                    spool.take(bytes).await.map_err(|error| self.disk(error))?;
                }
                Ok(Ok(None)) => return spool.finish().await.map_err(|error| self.disk(error)),
                Ok(Err(error)) if is_no_http(&error) => {
                    return Err(FetchError::NotHttp {
                        url: self.target.shown(),
                        why: Cause::root(error.without_url()),
                    });
                }
                Ok(Err(error)) => return Err(broken(received, Cause::root(error.without_url()))),
                Err(_) => {}
            }
            pace.check(now).map_err(|slow| match slow {
                Slow::Silent(time) => broken(received, Cause::of(format!("no data received for {time:?}"))),
                Slow::Drip(why) => FetchError::TooSlow {
                    url: self.target.shown(),
                    received,
                    why,
                },
            })?;
        }
    }

    fn refused(&self, status: StatusCode, response: &Response) -> FetchError {
        let url = self.target.shown();
        let status = status.as_u16();
        if matches!(status, 404 | 410) {
            return FetchError::Gone {
                url,
                status,
                first: None,
            };
        }
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok());
        FetchError::Status {
            url,
            status,
            retry_after: retry_after.and_then(|text| retry_after_of(text, clock::now())),
        }
    }

    fn too_large(&self, size: Option<u64>) -> FetchError {
        FetchError::TooLarge {
            url: self.target.shown(),
            size,
            most: self.most,
        }
    }

    fn disk(&self, error: std::io::Error) -> FetchError {
        FetchError::Disk {
            url: self.target.shown(),
            dir: std::env::temp_dir().display().to_string(),
            why: Cause::of(error),
        }
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
