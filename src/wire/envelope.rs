//! The envelope as every layer sees it: normalised names, borrowed text. How it is spelled is the dialects' matter.

use super::kinds::Kind;
use std::borrow::Cow;

/// JSON text kept as it came: valid JSON, numbers exact, not parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawJson<'a>(pub Cow<'a, str>);

impl Default for RawJson<'_> {
    fn default() -> Self {
        Self(Cow::Borrowed("{}"))
    }
}

/// A message envelope; field names are those of the `readme` dialect. A missing or null field is `""`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "the fields are documented in the NATSBridge document under these very names"
)]
pub struct Envelope<'a> {
    pub correlation_id: Cow<'a, str>,
    pub msg_id: Cow<'a, str>,
    pub timestamp: Cow<'a, str>,
    pub send_to: Cow<'a, str>,
    pub msg_purpose: Cow<'a, str>,
    pub sender_name: Cow<'a, str>,
    pub sender_id: Cow<'a, str>,
    pub receiver_name: Cow<'a, str>,
    pub receiver_id: Cow<'a, str>,
    pub reply_to: Cow<'a, str>,
    pub reply_to_msg_id: Cow<'a, str>,
    pub broker_url: Cow<'a, str>,
    pub metadata: RawJson<'a>,
    pub payloads: Vec<Payload<'a>>,
    /// Keys that no dialect knows, in the order they came.
    pub extra: Vec<(Cow<'a, str>, RawJson<'a>)>,
}

/// How a payload travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Transport {
    /// Inside the envelope, as base64.
    #[default]
    Direct,
    /// As a URL (claim check).
    Link,
}

impl Transport {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Link => "link",
        }
    }
}

/// What stands under `data`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Data<'a> {
    /// Nothing, or null.
    #[default]
    Missing,
    /// A JSON string: base64 text (direct) or a URL (link).
    Text(Cow<'a, str>),
    /// Any other JSON value, as its text.
    Json(RawJson<'a>),
}

/// One named, typed payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload<'a> {
    /// Identifier, any string.
    pub id: Cow<'a, str>,
    /// The name receivers look it up by.
    pub dataname: Cow<'a, str>,
    /// The type as the sender spelled it.
    pub declared_type: Cow<'a, str>,
    /// What the declared type means.
    pub kind: Kind,
    /// How it travels.
    pub transport: Transport,
    /// The encoding the sender claims.
    pub encoding: Cow<'a, str>,
    /// The byte count the sender claims, before base64.
    pub size: Option<u64>,
    /// The data as it stands in the envelope.
    pub data: Data<'a>,
    /// Payload-level metadata.
    pub metadata: RawJson<'a>,
    /// Keys that no dialect knows.
    pub extra: Vec<(Cow<'a, str>, RawJson<'a>)>,
}
