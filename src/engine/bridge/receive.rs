//! `smartreceive`: from a message's bytes to `(dataname, data, type)`, links fetched on the way.

use super::error::BridgeError;
use super::options::{ReceiveOptions, Received};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use natsbridge_wire::{
    Blob, DecodedMessage, Envelope, Finding, PayloadState, decode_message, decode_message_with,
};
use std::collections::{HashMap, HashSet};

/// Turns a message's bytes back into `(dataname, data, type)`, with what was found on the way. Links are fetched by
/// `options.fetcher`, several at a time; dropping the future cancels that. A payload that cannot be decoded comes as
/// [`Value::Binary`](natsbridge_wire::Value::Binary) and the findings say why.
///
/// # Errors
///
/// If the message is no envelope, or one of its links cannot be fetched; the sentence names the payload and the link.
///
/// ```no_run
/// # async fn example(bytes: bytes::Bytes) -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{ReceiveOptions, smartreceive};
/// let (payloads, findings) = smartreceive(&bytes, &ReceiveOptions::default()).await?;
/// for payload in payloads {
///     println!("{}: {} {:?}", payload.dataname, payload.kind.name(), payload.data);
/// }
/// # Ok(()) }
/// ```
pub async fn smartreceive(
    msg: &Bytes,
    options: &ReceiveOptions,
) -> Result<(Vec<Received>, Vec<Finding>), BridgeError> {
    let mut message = decode_message(msg, "", &options.limits);
    let Some((_, envelope)) = &message.envelope else {
        let findings = message.findings.first();
        let why = findings.map_or("it is not a JSON object with payloads", |finding| {
            &finding.message
        });
        return Err(BridgeError::NotAnEnvelope(format!(
            "the message is not a NATSBridge envelope: {why}"
        )));
    };
    let bodies = fetch_links(&message, envelope, options).await?;
    if !bodies.is_empty() {
        let body = |url: &str| bodies.get(url).cloned();
        message = decode_message_with(msg, "", &options.limits, &body);
    }
    let received = message.payloads.into_iter().map(|payload| Received {
        dataname: payload.dataname,
        data: payload.value,
        kind: payload.kind,
        body: payload.body,
    });
    Ok((received.collect(), message.findings))
}

/// What the message's links lead to, by URL.
async fn fetch_links(
    message: &DecodedMessage,
    envelope: &Envelope<'_>,
    options: &ReceiveOptions,
) -> Result<HashMap<String, Blob>, BridgeError> {
    let links = message.payloads.iter().filter_map(|payload| match payload.state {
        PayloadState::NotFetched => Some((payload.url.as_deref()?, payload.dataname.as_str())),
        _ => None,
    });
    let mut seen = HashSet::new();
    let links: Vec<_> = links.filter(|(url, _)| seen.insert(*url)).collect();
    let fetching = links.into_iter().map(async |(url, name)| {
        let Some(fetcher) = options.fetcher.as_deref() else {
            let why = "there is no download handler: set ReceiveOptions::fetcher".to_owned();
            return Err(failed(name, &why));
        };
        let body = fetcher.fetch(url, options, &envelope.correlation_id).await;
        body.map(|body| (url.to_owned(), body))
            .map_err(|error| failed(name, &error.to_string()))
    });
    stream::iter(fetching)
        .buffered(options.limits.links_at_once)
        .try_collect()
        .await
}

fn failed(name: &str, why: &str) -> BridgeError {
    BridgeError::Link(format!("payload '{name}' could not be fetched: {why}"))
}
