//! A decoded message: envelope, payload values, all findings. Decoding itself is in `decode_message` and
//! `decode_value`.

use crate::bytes::Blob;
use crate::dialects::Dialect;
use crate::envelope::Envelope;
use crate::findings::Finding;
use crate::json::JsonText;
use crate::kinds::Kind;
use crate::media::{AudioInfo, ImageInfo, VideoInfo};
use crate::table::Table;
use bytes::Bytes;
use bytestring::ByteString;
use std::borrow::Cow;
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
    /// UTF-8 text; it shares the payload's bytes.
    Text(ByteString),
    /// A dictionary or jsontable, as its own text; it shares the payload's bytes unless it had to be mended.
    Json(JsonText),
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

/// One payload, decoded; its name may be borrowed from the message's bytes.
#[derive(Debug, Clone)]
pub struct DecodedPayload<'a> {
    /// Name the receiver looks it up by.
    pub dataname: Cow<'a, str>,
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
    pub media_type: &'static str,
    /// Why it failed, as a sentence.
    pub error: Option<String>,
}

/// A decoded message; its envelope may be borrowed from the message's bytes.
#[derive(Debug, Clone)]
pub struct DecodedMessage<'a> {
    /// The bytes as they came.
    pub raw: Bytes,
    /// The envelope with payload `data` left out (`Data::Missing`), or `None` for a plain message.
    pub envelope: Option<(Dialect, Envelope<'a>)>,
    /// Decoded payloads, in order, same indices as `envelope.payloads`; one nameless for a plain message.
    pub payloads: Vec<DecodedPayload<'a>>,
    /// All findings, of envelope and payloads; payload paths start with `payloads[i]`.
    pub findings: Vec<Finding>,
}

impl DecodedPayload<'_> {
    /// The same payload, owned.
    pub fn into_owned(self) -> DecodedPayload<'static> {
        DecodedPayload {
            dataname: Cow::Owned(self.dataname.into_owned()),
            kind: self.kind,
            state: self.state,
            value: self.value,
            body: self.body,
            url: self.url,
            media_type: self.media_type,
            error: self.error,
        }
    }
}

impl DecodedMessage<'_> {
    /// The same without the values of its payloads, which are let go of; their bytes stay.
    #[must_use]
    pub fn without_values(&self) -> DecodedMessage<'static> {
        let mut message = self.clone().into_owned();
        for payload in &mut message.payloads {
            payload.value = Value::Binary;
        }
        message
    }

    /// The same message, owned, to be kept longer than the bytes it was read from.
    pub fn into_owned(self) -> DecodedMessage<'static> {
        DecodedMessage {
            raw: self.raw,
            envelope: self
                .envelope
                .map(|(dialect, envelope)| (dialect, envelope.into_owned())),
            payloads: self
                .payloads
                .into_iter()
                .map(DecodedPayload::into_owned)
                .collect(),
            findings: self.findings,
        }
    }
}
