//! A message decoded as far as somebody wants to look at it: envelope, payload values, all findings.
//! How it is decoded stands in `decode_message` and `decode_value`.

use crate::bytes::Blob;
use crate::dialects::Dialect;
use crate::envelope::Envelope;
use crate::findings::Finding;
use crate::kinds::Kind;
use crate::media::{AudioFacts, ImageFacts, VideoFacts};
use crate::table::Table;
use bytes::Bytes;
use std::sync::Arc;

/// How far a payload got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadState {
    /// Its value stands.
    Decoded,
    /// A link that nobody fetched.
    NotFetched,
    /// It cannot be decoded; `error` says why.
    Failed,
    /// Over a limit; `error` says which.
    TooLarge,
}

impl PayloadState {
    /// The word used in JSON output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decoded => "decoded",
            Self::NotFetched => "not-fetched",
            Self::Failed => "failed",
            Self::TooLarge => "too-large",
        }
    }
}

/// The typed value of a payload (or of a plain message).
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// UTF-8 text.
    Text(Arc<str>),
    /// A dictionary or jsontable. Key order and number text are kept as they came.
    Json(Arc<serde_json::Value>),
    /// A table.
    Table(Arc<Table>),
    /// A picture; its pixels are decoded by `decode_image` when somebody looks.
    Image(ImageFacts),
    /// Sound.
    Audio(AudioFacts),
    /// Film.
    Video(VideoFacts),
    /// Bytes of any other sort, or of a payload that failed.
    #[default]
    Binary,
}

/// One payload, decoded.
#[derive(Debug, Clone)]
pub struct DecodedPayload {
    /// Name the receiver looks it up by.
    pub dataname: String,
    /// What it is treated as: the declared kind, or what the bytes are where the declared word is unknown.
    pub kind: Kind,
    /// State.
    pub state: PayloadState,
    /// Value.
    pub value: Value,
    /// The raw bytes (after base64), in memory or where the link was downloaded to; empty for a link that was not fetched.
    pub body: Blob,
    /// Link URL.
    pub url: Option<String>,
    /// Media type by magic bytes, else the kind's own.
    pub media_type: String,
    /// Why it failed, as a sentence.
    pub error: Option<String>,
}

/// What a message is that is no envelope: the best view its bytes deserve, as one nameless payload.
pub type Plain = DecodedPayload;

/// A decoded message.
#[derive(Debug, Clone)]
pub struct DecodedMessage {
    /// The bytes as they came.
    pub raw: Bytes,
    /// The envelope with payload `data` left out (`Data::Missing`), or `None` for a plain message.
    pub envelope: Option<(Dialect, Envelope<'static>)>,
    /// Decoded payloads, in order, same indices as `envelope.payloads`; one nameless for a plain message.
    pub payloads: Vec<DecodedPayload>,
    /// Everything found, envelope and payloads; payload paths start with `payloads[i]`.
    pub findings: Vec<Finding>,
}
