//! A download as far as it has come. Where one breaks off and the server can say that the file is still the same, the next
//! attempt asks for the rest only (RFC 9110, sections 13 and 14).

use super::spool::Spool;
use natsbridge_wire::Limits;
use reqwest::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE, LAST_MODIFIED,
    RANGE,
};
use reqwest::{Response, StatusCode};

/// What has come.
#[derive(Debug)]
pub(super) struct Partial {
    pub(super) spool: Spool,
    /// Bytes that have come.
    pub(super) received: u64,
    /// Bytes in all, as the server announced them.
    pub(super) announced: Option<u64>,
    /// The encoding that the server says they are in.
    pub(super) encoded: Option<String>,
    /// By what the server knows this version of the file; `None` where it gives no ranges, or does not tell versions apart.
    version: Option<HeaderValue>,
}

impl Partial {
    /// The beginning, as this answer announces it.
    pub(super) fn begin(response: &Response, limits: &Limits, digest: bool) -> Self {
        let headers = response.headers();
        let text = |name| {
            headers
                .get(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let ranges = text(ACCEPT_RANGES).is_some_and(|units| units.trim() == "bytes");
        // A weak tag stands for files that are only much the same.
        let strong = headers.get(ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/"));
        let version = strong.or(headers.get(LAST_MODIFIED)).filter(|_| ranges);
        Self {
            spool: Spool::new(limits.link_memory, digest),
            received: 0,
            announced: response.content_length(),
            encoded: text(CONTENT_ENCODING).filter(|encoding| encoding != "identity"),
            version: version.cloned(),
        }
    }

    /// Whether another attempt can go on behind it.
    pub(super) fn can_go_on(&self) -> bool {
        self.received > 0 && self.version.is_some()
    }

    /// What asks for the rest, or for all of it if the file is no longer the same.
    pub(super) fn ask(&self) -> HeaderMap {
        let range = HeaderValue::from_str(&format!("bytes={}-", self.received));
        let asked = [(RANGE, range.ok()), (IF_RANGE, self.version.clone())];
        asked
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// Whether the answer is the rest: from where it broke off, of as many bytes in all as were announced before.
    pub(super) fn goes_on_with(&self, response: &Response) -> bool {
        let range = response.headers().get(CONTENT_RANGE);
        let range = range.and_then(|value| value.to_str().ok()?.trim().strip_prefix("bytes "));
        let parts = range.and_then(|range| {
            let (place, all) = range.split_once('/')?;
            Some((place.split_once('-')?.0.parse::<u64>().ok()?, all.parse().ok()))
        });
        response.status() == StatusCode::PARTIAL_CONTENT
            && parts.is_some_and(|(from, all)| {
                from == self.received && (self.announced.is_none() || all == self.announced)
            })
    }
}
