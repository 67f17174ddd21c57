//! The arguments, results and errors of `smartsend` and `smartreceive`.

use crate::connection::Outgoing;
use crate::fetch::Fetcher;
use crate::http::Progress;
use crate::servers::{FileServer, FileServerOptions, UploadFuture, plik};
use crate::streams::PublishAck;
use bytes::Bytes;
use natsbridge_wire::{Blob, Dialect, Envelope, Limits};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Fetches links (`fileserver_download_handler`). Functions with the document's arguments are handlers, too.
pub trait LinkFetcher: Send + Sync {
    /// Fetches `url`, with exponential backoff.
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        options: &'a ReceiveOptions,
        correlation_id: &'a str,
    ) -> UploadFuture<'a, Blob>;
}

/// How payloads are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransportChoice {
    /// By the threshold, and as a link if the message would exceed the broker's limit.
    #[default]
    Auto,
    /// All inside the message.
    Direct,
    /// All by link.
    Link,
}

impl TransportChoice {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Self] = &[Self::Auto, Self::Direct, Self::Link];

    /// Its name on the command line and in drafts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Direct => "direct",
            Self::Link => "link",
        }
    }
}

/// Arguments of `smartsend`, with the defaults of the NATSBridge document.
#[derive(Clone)]
#[expect(missing_docs, reason = "named and documented as in the NATSBridge document")]
pub struct SendOptions {
    pub nats_url: String,
    pub fileserver_url: String,
    /// Bytes, serialized and before base64, from which on a payload goes by link.
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
    /// Whether payloads go direct or by link.
    pub transport: TransportChoice,
    /// Waits for a stream's acknowledgement.
    pub jetstream: bool,
    /// Where upload progress is counted.
    pub progress: Progress,
    /// Upload handler: a file server of the registry or [`file_server_fn`](crate::servers::file_server_fn). The default is
    /// Plik with one-shot uploads, as upstream has it: the first download consumes the file. Without one a payload over
    /// the threshold is refused with words that say so.
    pub fileserver: Option<Arc<dyn FileServer>>,
}

impl fmt::Debug for ReceiveOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Handlers are functions.
        f.debug_struct("ReceiveOptions")
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}

impl Default for SendOptions {
    fn default() -> Self {
        Self {
            nats_url: "nats://localhost:4222".into(),
            fileserver_url: "http://localhost:8080".into(),
            size_threshold: Limits::in_force().link_threshold,
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
            transport: TransportChoice::Auto,
            jetstream: false,
            progress: Progress::default(),
            fileserver: Some(plik(&FileServerOptions {
                one_shot: true,
                ..FileServerOptions::default()
            })),
        }
    }
}

/// Arguments of `smartreceive`, with the document's defaults.
#[derive(Clone)]
#[expect(missing_docs, reason = "named and documented as in the NATSBridge document")]
pub struct ReceiveOptions {
    /// Maximum number of attempts, as upstream counts them.
    pub max_retries: u32,
    /// Pause before the second attempt; it doubles with each attempt.
    pub base_delay: Duration,
    /// Longest pause.
    pub max_delay: Duration,
    pub limits: Limits,
    /// Download handler; a [`Fetcher`] under the default rules unless another is given: a trait object or a function.
    pub fetcher: Option<Arc<dyn LinkFetcher>>,
    /// Returns the progress that a link's download is counted in; called with the URL without its credentials.
    pub progress: Arc<dyn Fn(&str) -> Progress + Send + Sync>,
}

impl fmt::Debug for SendOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Addresses of brokers and file servers may hold secrets.
        f.debug_struct("SendOptions")
            .field("size_threshold", &self.size_threshold)
            .field("dialect", &self.dialect)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl Default for ReceiveOptions {
    fn default() -> Self {
        Self {
            max_retries: 5,
            base_delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(5),
            limits: Limits::in_force().clone(),
            fetcher: Some(Arc::new(Fetcher::default())),
            progress: Arc::new(|_| Progress::default()),
        }
    }
}

/// The result of a send.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The envelope as sent.
    pub envelope: Envelope<'static>,
    /// Its encoded bytes.
    pub bytes: Bytes,
    /// The NATS headers it was sent with.
    pub headers: Vec<(String, String)>,
    /// Whether the broker answered afterwards (a PING round trip), rather than the message merely being written.
    pub flushed: bool,
    /// Names of payloads below the threshold that were sent as links because the message exceeded the broker's limit.
    pub moved: Vec<String>,
    /// The stream's acknowledgement, if it was requested.
    pub acknowledged: Option<PublishAck>,
}

impl Sent {
    /// What goes out.
    pub(crate) fn message(&self) -> Outgoing<'_> {
        Outgoing {
            subject: &self.envelope.send_to,
            reply: None,
            headers: &self.headers,
            payload: &self.bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_document() {
        let options = SendOptions::default();
        assert_eq!(options.nats_url, "nats://localhost:4222");
        assert_eq!(options.fileserver_url, "http://localhost:8080");
        assert_eq!(options.size_threshold, 1_000_000);
        assert_eq!(options.correlation_id, None);
        assert_eq!(
            (&*options.msg_purpose, &*options.sender_name),
            ("chat", "NATSBridge")
        );
        let empty = [
            &options.receiver_name,
            &options.receiver_id,
            &options.reply_to,
            &options.reply_to_msg_id,
        ];
        assert_eq!(empty, [""; 4]);
        assert!(options.fileserver.is_some() && options.transport == TransportChoice::Auto);
        let options = ReceiveOptions::default();
        let delays = [options.base_delay, options.max_delay].map(|delay| delay.as_millis());
        assert_eq!((options.max_retries, delays), (5, [100, 5000]));
        assert!(options.fetcher.is_some());
    }
}
