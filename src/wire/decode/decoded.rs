//! A decoded message: envelope, payload values, all findings. Decoding itself is in `decode_message` and
//! `decode_value`.

use crate::bytes::Blob;
use crate::dialects::Dialect;
use crate::envelope::Envelope;
use crate::findings::Finding;
use crate::kinds::Kind;
use crate::media::{AudioInfo, ImageInfo, VideoInfo};
use crate::table::Table;
use bytes::Bytes;
use std::sync::Arc;

/// The state of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadState {
    /// It has a value.
    Decoded,
    /// A link that has not been fetched.
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
    /// A dictionary or jsontable. Key order and number text are preserved.
    Json(Arc<serde_json::Value>),
    /// A table.
    Table(Arc<Table>),
    /// An image; its pixels are decoded by `decode_image` on demand.
    Image(ImageInfo),
    /// Audio.
    Audio(AudioInfo),
    /// Video.
    Video(VideoInfo),
    /// Any other bytes, or a payload that failed.
    #[default]
    Binary,
}

/// One payload, decoded.
#[derive(Debug, Clone)]
pub struct DecodedPayload {
    /// Name the receiver looks it up by.
    pub dataname: String,
    /// The kind it is treated as: the declared one, or the detected one if the declared word is unknown.
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

/// A decoded message.
#[derive(Debug, Clone)]
pub struct DecodedMessage {
    /// The bytes as they came.
    pub raw: Bytes,
    /// The envelope with payload `data` left out (`Data::Missing`), or `None` for a plain message.
    pub envelope: Option<(Dialect, Envelope<'static>)>,
    /// Decoded payloads, in order, same indices as `envelope.payloads`; one nameless for a plain message.
    pub payloads: Vec<DecodedPayload>,
    /// All findings, of envelope and payloads; payload paths start with `payloads[i]`.
    pub findings: Vec<Finding>,
}
