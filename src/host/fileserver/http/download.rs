//! GET and HEAD of a stored file: all of it or one range, and the rule for one-shot files. A range of a one-shot file
//! is answered with the whole file: partial downloads would leave open when it is consumed.

use super::answer::{Answer, Content, Refusal, empty};
use super::claims::Claim;
use super::content_disposition::attachment;
use super::shared::Shared;
use crate::fileserver::storage::{Body, Facts, Key};
use futures_util::{TryStreamExt, stream};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Method, Response, StatusCode};
use std::io;
use std::ops::Range;

/// Answers with the file.
pub async fn download(
    server: &Shared,
    method: &Method,
    headers: &HeaderMap,
    key: &Key,
) -> Result<Answer, Refusal> {
    let facts = server.files.look(key).await?;
    let tag = format!("\"{}\"", facts.tag);
    let same = |name| headers.get(name).is_some_and(|value| names_tag(value, &tag));
    if same(header::IF_NONE_MATCH) {
        let mut answer = empty(StatusCode::NOT_MODIFIED);
        describe(answer.headers_mut(), &facts, &tag);
        return Ok(answer);
    }
    let whole = facts.one_shot || (headers.contains_key(header::IF_RANGE) && !same(header::IF_RANGE));
    let asked = headers.get(header::RANGE).filter(|_| !whole);
    let (status, range) = match asked.and_then(|value| asked_for(value, facts.size)) {
        None => (StatusCode::OK, 0..facts.size),
        Some(range) if range.is_empty() => return Ok(outside(facts.size)),
        Some(range) => (StatusCode::PARTIAL_CONTENT, range),
    };
    let length = range.end - range.start;
    let mut answer = if *method == Method::HEAD {
        empty(status)
    } else {
        let claim = claim(server, key, &facts).await?;
        let body = server.files.backend.read(key, &facts, range.clone()).await?;
        if length == 0
            && let Some(claim) = &claim
        {
            claim.consume().await?;
        }
        let mut answer = Response::new(delivered(body, length, claim));
        *answer.status_mut() = status;
        answer
    };
    let fields = answer.headers_mut();
    describe(fields, &facts, &tag);
    fields.insert(header::CONTENT_LENGTH, length.into());
    if status == StatusCode::PARTIAL_CONTENT {
        let text = format!("bytes {}-{}/{}", range.start, range.end - 1, facts.size);
        set(fields, header::CONTENT_RANGE, &text);
    }
    Ok(answer)
}

/// The right to consume a one-shot file.
async fn claim(server: &Shared, key: &Key, facts: &Facts) -> Result<Option<Claim>, Refusal> {
    if !facts.one_shot {
        return Ok(None);
    }
    let claim = server.claims.ask(&server.files, key, facts).await?;
    // It may have been taken between the check and the claim.
    server.files.look(key).await?;
    Ok(Some(claim))
}

fn outside(size: u64) -> Answer {
    let sentence = format!("The file has {size} bytes; the range starts after its end.");
    let mut answer = Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, sentence).answer();
    set(
        answer.headers_mut(),
        header::CONTENT_RANGE,
        &format!("bytes */{size}"),
    );
    answer
}

fn describe(fields: &mut HeaderMap, facts: &Facts, tag: &str) {
    // Never the type that the sender claims: a page must not be rendered under our origin.
    fields.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    fields.insert(header::CONTENT_DISPOSITION, attachment(&facts.name));
    let ranges = if facts.one_shot { "none" } else { "bytes" };
    fields.insert(header::ACCEPT_RANGES, HeaderValue::from_static(ranges));
    if facts.one_shot {
        fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    set(fields, header::ETAG, tag);
}

fn set(fields: &mut HeaderMap, name: header::HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        fields.insert(name, value);
    }
}

/// The bytes as the body of a response. A claim is consumed before the last of them are sent; if that fails, for
/// instance because another server was faster, they are not sent.
fn delivered(body: Body<'static>, length: u64, claim: Option<Claim>) -> Content {
    let frames = stream::try_unfold((body, length, claim), async |(mut body, left, claim)| {
        let Some(piece) = body.try_next().await? else {
            return Ok(None);
        };
        let left = left.saturating_sub(piece.len() as u64);
        if left == 0
            && let Some(claim) = &claim
        {
            claim.consume().await.map_err(io::Error::other)?;
        }
        Ok(Some((Frame::data(piece), (body, left, claim))))
    });
    BodyExt::boxed_unsync(StreamBody::new(frames))
}

/// Whether a condition names that tag.
fn names_tag(value: &HeaderValue, tag: &str) -> bool {
    let tags = value.to_str().unwrap_or_default().split(',');
    let mut tags = tags.map(|tag| tag.trim().trim_start_matches("W/"));
    tags.any(|one| one == tag || one == "*")
}

/// The range that a client wants, empty if it lies behind the end; `None` stands for the whole file, also where several
/// ranges or other units are asked for, which we do not understand.
fn asked_for(value: &HeaderValue, size: u64) -> Option<Range<u64>> {
    let text = value.to_str().ok()?.strip_prefix("bytes=")?.trim();
    let (first, last) = text.split_once('-')?;
    if first.is_empty() {
        let suffix: u64 = last.parse().ok()?;
        return Some(size.saturating_sub(suffix)..size);
    }
    let first: u64 = first.parse().ok()?;
    let last = match last {
        "" => u64::MAX,
        last => last.parse().ok().filter(|last| *last >= first)?,
    };
    Some(first..last.saturating_add(1).min(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let of = |text: &'static str| asked_for(&HeaderValue::from_static(text), 10);
        assert_eq!(of("bytes=0-3"), Some(0..4));
        assert_eq!(of("bytes=4-"), Some(4..10));
        assert_eq!(of("bytes=4-400"), Some(4..10));
        assert_eq!(of("bytes=-3"), Some(7..10));
        assert_eq!(of("bytes=-30"), Some(0..10));
        assert_eq!(of("bytes=9-18446744073709551615"), Some(9..10));
        for outside in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
            assert!(of(outside).is_some_and(|range| range.is_empty()), "{outside}");
        }
        for whole in [
            "bytes=3-1",
            "bytes=0-1,3-4",
            "lines=1-2",
            "bytes=x-",
            "bytes=",
            "bytes=-",
        ] {
            assert_eq!(of(whole), None, "{whole}");
        }
    }

    #[test]
    fn conditions() {
        let names = |text: &'static str| names_tag(&HeaderValue::from_static(text), "\"a\"");
        assert!(names("\"a\"") && names("\"b\", W/\"a\"") && names("*"));
        assert!(!names("\"b\"") && !names("a"));
    }
}
