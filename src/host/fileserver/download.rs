//! GET and HEAD of a stored file: the whole or one range of it, and the rule of one-shot files. A range of a one-shot
//! file is answered with the whole: parts of it would leave open when it is consumed.

use super::answer::{Answer, Content, Refusal, empty};
use super::claims::Claim;
use super::house::House;
use super::key::{Facts, Key};
use super::names::attachment;
use super::shelf::Body;
use futures_util::StreamExt;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Method, Response, StatusCode};
use std::ops::Range;

/// Answers with the file.
pub async fn download(
    house: &House,
    method: &Method,
    headers: &HeaderMap,
    key: &Key,
) -> Result<Answer, Refusal> {
    let facts = house.look(key).await?;
    let tag = format!("\"{}\"", facts.tag);
    let same = |name| headers.get(name).is_some_and(|value| names_tag(value, &tag));
    if same(header::IF_NONE_MATCH) {
        let mut answer = empty(StatusCode::NOT_MODIFIED);
        describe(answer.headers_mut(), &facts, &tag);
        return Ok(answer);
    }
    let whole = facts.one_shot || (headers.contains_key(header::IF_RANGE) && !same(header::IF_RANGE));
    let asked = headers.get(header::RANGE).filter(|_| !whole);
    let (status, range) = match asked.and_then(|value| range(value, facts.size)) {
        None => (StatusCode::OK, 0..facts.size),
        Some(Some(range)) => (StatusCode::PARTIAL_CONTENT, range),
        Some(None) => {
            let mut answer = Refusal::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                format!("The file has {} bytes; the range lies behind them.", facts.size),
            )
            .answer();
            set(
                answer.headers_mut(),
                header::CONTENT_RANGE,
                &format!("bytes */{}", facts.size),
            );
            return Ok(answer);
        }
    };
    let mut answer = if *method == Method::HEAD {
        empty(status)
    } else {
        let claim = match facts.one_shot {
            true => {
                let weight = house.weight(&facts);
                Some(house.claims.ask(&house.shelf, &house.space, key, weight).await?)
            }
            false => None,
        };
        // Looked for again under the claim: it may have been taken in between.
        let facts = if claim.is_some() {
            house.look(key).await?
        } else {
            facts.clone()
        };
        let body = house.shelf.read(key, &facts, range.clone()).await?;
        let mut answer = Response::new(delivered(body, range.end - range.start, claim));
        *answer.status_mut() = status;
        answer
    };
    let fields = answer.headers_mut();
    describe(fields, &facts, &tag);
    fields.insert(header::CONTENT_LENGTH, (range.end - range.start).into());
    if status == StatusCode::PARTIAL_CONTENT {
        let last = range.end.saturating_sub(1);
        let text = format!("bytes {}-{last}/{}", range.start, facts.size);
        set(fields, header::CONTENT_RANGE, &text);
    }
    Ok(answer)
}

fn describe(fields: &mut HeaderMap, facts: &Facts, tag: &str) {
    // Never the type that the sender claims: a page must not come to life under our name.
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

/// The bytes as the body of an answer; a claim is consumed when the last of them goes out.
fn delivered(body: Body<'static>, length: u64, claim: Option<Claim>) -> Content {
    if length == 0
        && let Some(claim) = &claim
    {
        claim.consume();
    }
    let mut left = length;
    let frames = body.map(move |piece| {
        if let Ok(piece) = &piece {
            left = left.saturating_sub(piece.len() as u64);
            if left == 0
                && let Some(claim) = &claim
            {
                claim.consume();
            }
        }
        piece.map(Frame::data)
    });
    BodyExt::boxed_unsync(StreamBody::new(frames))
}

/// Whether a condition names that tag.
fn names_tag(value: &HeaderValue, tag: &str) -> bool {
    let tags = value.to_str().unwrap_or_default().split(',');
    let mut tags = tags.map(|tag| tag.trim().trim_start_matches("W/"));
    tags.any(|one| one == tag || one == "*")
}

/// The one range asked for: `None` if there is none that we understand (several, other units), which means the whole;
/// `Some(None)` if it lies outside.
fn range(value: &HeaderValue, size: u64) -> Option<Option<Range<u64>>> {
    let (first, last) = value
        .to_str()
        .ok()?
        .strip_prefix("bytes=")?
        .trim()
        .split_once('-')?;
    let range = if first.is_empty() {
        let suffix: u64 = last.parse().ok()?;
        size.saturating_sub(suffix)..size
    } else {
        let first: u64 = first.parse().ok()?;
        let last = match last {
            "" => u64::MAX,
            last => last.parse().ok().filter(|last| *last >= first)?,
        };
        first..last.saturating_add(1).min(size)
    };
    Some((range.start < range.end).then_some(range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let of = |text: &'static str| range(&HeaderValue::from_static(text), 10);
        assert_eq!(of("bytes=0-3"), Some(Some(0..4)));
        assert_eq!(of("bytes=4-"), Some(Some(4..10)));
        assert_eq!(of("bytes=4-400"), Some(Some(4..10)));
        assert_eq!(of("bytes=-3"), Some(Some(7..10)));
        assert_eq!(of("bytes=-30"), Some(Some(0..10)));
        assert_eq!(of("bytes=9-18446744073709551615"), Some(Some(9..10)));
        for outside in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
            assert_eq!(of(outside), Some(None), "{outside}");
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
