//! Responses: bodies, refusals as sentences, and the headers that every response has.

use super::access::Right;
use crate::fileserver::storage::StorageError;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use serde_json::Value;
use std::io;

/// The body of an answer.
pub type Content = UnsyncBoxBody<Bytes, io::Error>;

/// An answer.
pub type Answer = Response<Content>;

/// Why a request was refused: the status and a sentence.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// What was wrong and what to try.
    pub sentence: String,
    /// Seconds after which it may be tried again.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal that says why.
    pub fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self {
            status,
            sentence: sentence.into(),
            retry_after: None,
        }
    }

    /// Something is wrong with the request.
    pub fn bad(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, sentence)
    }

    /// Nothing is there, or no longer.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "No such file: it never existed, it has expired, or it was a one-shot file that has been \
             downloaded.",
        )
    }

    /// No room.
    pub fn full() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "The file server is full: wait until files expire or are downloaded, or raise --max-total.",
        )
    }

    /// Later, perhaps.
    pub fn later(seconds: u64, sentence: &str) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, sentence)
        }
    }

    /// As an answer.
    pub fn answer(self) -> Answer {
        let mut answer = text(self.status, self.sentence + "\n");
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        answer
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound => Self::not_found(),
            StorageError::Full => Self::full(),
            StorageError::Failed(error) => {
                tracing::warn!(%error, "the file server's storage failed");
                Self::later(5, "The file server's storage is not available; try again later.")
            }
        }
    }
}

/// Text as an answer.
pub fn text(status: StatusCode, text: String) -> Answer {
    with_type(status, "text/plain; charset=utf-8", text.into())
}

/// JSON as an answer.
pub fn json(value: &Value) -> Answer {
    with_type(StatusCode::OK, "application/json", value.to_string().into())
}

/// An answer without a body.
pub fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(content(Bytes::new()));
    *answer.status_mut() = status;
    answer
}

/// Bytes as a body.
pub fn content(bytes: Bytes) -> Content {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

fn with_type(status: StatusCode, media_type: &'static str, bytes: Bytes) -> Answer {
    let mut answer = Response::new(content(bytes));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer
}

/// The methods that somebody with that right may use.
pub fn methods(right: Right) -> HeaderValue {
    HeaderValue::from_static(match right {
        Right::Read => "GET, HEAD, OPTIONS",
        Right::Add => "GET, HEAD, OPTIONS, POST, DELETE",
        Right::Change => "GET, HEAD, OPTIONS, POST, PUT, DELETE",
    })
}

/// Headers of every answer. Pages of any origin may read; whether they may write is the rule of access.
pub fn dress(headers: &mut HeaderMap, right: Right) {
    let fixed: [(HeaderName, &'static str); 6] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::SERVER, "natsbridge"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Content-Type, Range, X-UploadToken",
        ),
        (
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Location",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods(right));
}
