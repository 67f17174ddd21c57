//! `smartreceive`: from a message's bytes to `(dataname, data, type)`, links fetched on the way.

use super::error::BridgeError;
use super::options::ReceiveOptions;
use crate::servers::LinkError;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use natsbridge_wire::{
    Blob, Budget, DecodedMessage, Dialect, Envelope, Finding, Kind, PayloadState, Value, decode_message_with,
};
use std::collections::{HashMap, HashSet};

/// A received message. Iterating it gives its payloads, in their order.
#[derive(Debug, Clone)]
pub struct Received {
    /// The envelope: who sent it, what for, where replies go. The data of its payloads is in `payloads`, not here.
    pub envelope: Envelope<'static>,
    /// How the sender spells envelopes; an answer is best spelled alike.
    pub dialect: Dialect,
    /// The payloads.
    pub payloads: Vec<ReceivedPayload>,
    /// What is wrong with the message, if anything.
    pub findings: Vec<Finding>,
}

/// One received payload: the document's `(dataname, data, type)`, and the bytes.
#[derive(Debug, Clone)]
pub struct ReceivedPayload {
    /// The name that the sender gave it.
    pub dataname: String,
    /// The typed value; of images, audio and video the facts from their headers, [`Value::Binary`] if it could not be
    /// decoded (the findings of the message say why).
    pub data: Value,
    /// What it was sent as.
    pub kind: Kind,
    /// The bytes as they came, a large link's in a file.
    pub body: Blob,
}

impl IntoIterator for Received {
    type Item = ReceivedPayload;
    type IntoIter = std::vec::IntoIter<ReceivedPayload>;

    fn into_iter(self) -> Self::IntoIter {
        self.payloads.into_iter()
    }
}

/// Turns a message's bytes back into `(dataname, data, type)`, with what was found on the way. Links are fetched by
/// `options.fetcher`, several at a time; dropping the future cancels that.
///
/// # Errors
///
/// [`BridgeError::NotAnEnvelope`] if the message is none, [`BridgeError::NotFetched`] if one of its links cannot be
/// fetched. A payload that cannot be decoded is no error: it comes as [`Value::Binary`].
///
/// ```no_run
/// # async fn example(bytes: bytes::Bytes) -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{ReceiveOptions, ReceivedPayload, smartreceive};
/// for ReceivedPayload { dataname, data, kind, .. } in smartreceive(&bytes, &ReceiveOptions::default()).await? {
///     println!("{dataname} ({}): {data:?}", kind.name());
/// }
/// # Ok(()) }
/// ```
pub async fn smartreceive(msg: &Bytes, options: &ReceiveOptions) -> Result<Received, BridgeError> {
    let mut message = decode_message_with(msg, "", &Budget::whole(&options.limits), &|_| None);
    let Some((dialect, envelope)) = message.envelope.take() else {
        let findings = message.findings.first();
        let why = findings.map_or("it is not a JSON object with payloads", |finding| {
            &finding.message
        });
        return Err(BridgeError::NotAnEnvelope(why.to_owned()));
    };
    let bodies = fetch_links(&message, &envelope, options).await?;
    if !bodies.is_empty() {
        let body = |url: &str| bodies.get(url).cloned();
        // What was decoded before its links were there makes room.
        message.payloads.clear();
        message = decode_message_with(msg, "", &Budget::whole(&options.limits), &body);
    }
    let payloads = message.payloads.into_iter().map(|payload| ReceivedPayload {
        dataname: payload.dataname.into_owned(),
        data: payload.value,
        kind: payload.kind,
        body: payload.body,
    });
    Ok(Received {
        envelope: envelope.into_owned(),
        dialect,
        payloads: payloads.collect(),
        findings: message.findings,
    })
}

/// What the message's links lead to, by URL.
async fn fetch_links(
    message: &DecodedMessage<'_>,
    envelope: &Envelope<'_>,
    options: &ReceiveOptions,
) -> Result<HashMap<String, Blob>, BridgeError> {
    let mut seen = HashSet::new();
    let mut links = Vec::new();
    for payload in &message.payloads {
        if let (PayloadState::NotFetched, Some(url)) = (payload.state, &payload.url)
            && seen.insert(url)
        {
            links.push((url.clone(), payload.dataname.to_string()));
        }
    }
    // By value: a task that runs this needs it to hold for any lifetime.
    let fetching = links.into_iter().map(|(url, dataname)| async move {
        let fetched = match options.fetcher.as_deref() {
            Some(fetcher) => fetcher.fetch(&url, options, &envelope.correlation_id).await,
            None => Err(LinkError::NoHandler),
        };
        match fetched {
            Ok(body) => Ok((url, body)),
            Err(source) => Err(BridgeError::NotFetched { dataname, source }),
        }
    });
    stream::iter(fetching)
        .buffered(options.limits.links_at_once)
        .try_collect()
        .await
}
