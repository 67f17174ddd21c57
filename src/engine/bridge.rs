//! The library's front door: what `smartsend` and `smartreceive` take, give and fail with.

use super::connect_error::ConnectError;
use crate::wire::{Dialect, Envelope, Kind, Limits, Value};
use bytes::Bytes;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Payloads to send: name, serialized bytes, kind.
pub type Payloads = Vec<(String, Bytes, Kind)>;

/// What an upload gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the NATSBridge document names them")]
pub struct Uploaded {
    pub status: u16,
    pub uploadid: String,
    pub fileid: String,
    pub url: String,
}

/// A future a handler returns.
pub type Handled<'a, T> = Pin<Box<dyn Future<Output = Result<T, BridgeError>> + Send + 'a>>;

/// Uploads payloads over the threshold (claim check).
pub trait FileServer: Send + Sync {
    /// Stores `body` under `dataname` at the server `fileserver_url`.
    fn upload<'a>(&'a self, fileserver_url: &'a str, dataname: &'a str, body: Bytes)
    -> Handled<'a, Uploaded>;
}

/// Fetches links.
pub trait LinkFetcher: Send + Sync {
    /// Fetches `url`, with exponential backoff.
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        options: &'a ReceiveOptions,
        correlation_id: &'a str,
    ) -> Handled<'a, Bytes>;
}

/// Arguments of `smartsend`, with the document's defaults.
#[derive(Clone)]
#[expect(missing_docs, reason = "named and documented as in the NATSBridge document")]
pub struct SendOptions {
    pub nats_url: String,
    pub fileserver_url: String,
    pub size_threshold: usize,
    pub correlation_id: Option<String>,
    pub msg_purpose: String,
    pub sender_name: String,
    pub receiver_name: String,
    pub receiver_id: String,
    pub reply_to: String,
    pub reply_to_msg_id: String,
    /// Message-level metadata, a JSON object as text.
    pub metadata: String,
    /// Spelling of the envelope.
    pub dialect: Dialect,
    /// NATS headers to send along.
    pub headers: Vec<(String, String)>,
    /// Upload handler; without one a payload over the threshold is refused with words that say so.
    pub fileserver: Option<Arc<dyn FileServer>>,
}

impl Default for SendOptions {
    fn default() -> Self {
        Self {
            nats_url: "nats://localhost:4222".into(),
            fileserver_url: "http://localhost:8080".into(),
            size_threshold: Limits::DEFAULT.link_threshold,
            correlation_id: None,
            msg_purpose: "chat".into(),
            sender_name: "NATSBridge".into(),
            receiver_name: String::new(),
            receiver_id: String::new(),
            reply_to: String::new(),
            reply_to_msg_id: String::new(),
            metadata: "{}".into(),
            dialect: Dialect::default(),
            headers: vec![],
            fileserver: None,
        }
    }
}

/// Arguments of `smartreceive`, with the document's defaults.
#[derive(Clone)]
#[expect(missing_docs, reason = "named and documented as in the NATSBridge document")]
pub struct ReceiveOptions {
    pub max_retries: u32,
    pub base_delay: Duration,
    pub max_delay: Duration,
    pub limits: Limits,
    pub fetcher: Option<Arc<dyn LinkFetcher>>,
}

impl Default for ReceiveOptions {
    fn default() -> Self {
        Self {
            max_retries: 5,
            base_delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(5),
            limits: Limits::default(),
            fetcher: None,
        }
    }
}

/// Why a send or receive failed; each variant's text is a sentence with what to try.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum BridgeError {
    #[error("{0}")]
    Connect(#[from] ConnectError),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Publish(String),
    #[error("{0}")]
    NotAnEnvelope(String),
    #[error("{0}")]
    Link(String),
}

/// What went out.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The envelope as sent.
    pub envelope: Envelope<'static>,
    /// Its encoded bytes.
    pub bytes: Bytes,
    /// Whether the broker answered after it (a PING round trip), not merely that it was written.
    pub flushed: bool,
}

/// One received payload: name, value, kind.
pub type Received = (String, Value, Kind);
