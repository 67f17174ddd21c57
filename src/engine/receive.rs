//! `smartreceive`: from a message's bytes to `(dataname, data, type)`, links fetched on the way.

use super::bridge::{ReceiveOptions, Received};
use super::bridge_error::BridgeError;
use crate::wire::{Code, DecodedPayload, Finding, PayloadState, decode_blob, decode_message};
use bytes::Bytes;

/// Turns a message's bytes back into `(dataname, data, type)`, with what was found on the way. A payload that cannot be
/// decoded comes as [`Value::Binary`](crate::wire::Value::Binary) and the findings say why.
///
/// ```no_run
/// # async fn example(bytes: bytes::Bytes) -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge::engine::{ReceiveOptions, smartreceive};
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
    let message = decode_message(msg, "", &options.limits);
    let mut findings = message.findings;
    let Some((_, envelope)) = message.envelope else {
        let why = findings
            .first()
            .map_or("it is no JSON object with payloads", |finding| &finding.message);
        return Err(BridgeError::NotAnEnvelope(format!(
            "the message is no NATSBridge envelope: {why}"
        )));
    };
    let mut received = Vec::with_capacity(message.payloads.len());
    for (index, mut payload) in message.payloads.into_iter().enumerate() {
        if payload.state == PayloadState::NotFetched {
            let place = format!("payloads[{index}]");
            findings
                .retain(|finding| finding.code != Code::LinkNotFetched || !finding.path.starts_with(&place));
            let declared = envelope.payloads.get(index).and_then(|payload| payload.size);
            let mut found = fetch(&mut payload, declared, options, &envelope.correlation_id).await?;
            findings.extend(found.drain(..).map(|finding| finding.under(&place)));
        }
        received.push(Received {
            dataname: payload.dataname,
            data: payload.value,
            kind: payload.kind,
            body: payload.body,
        });
    }
    Ok((received, findings))
}

/// Fetches a link and decodes what it leads to; gives what was found.
async fn fetch(
    payload: &mut DecodedPayload,
    declared: Option<u64>,
    options: &ReceiveOptions,
    correlation_id: &str,
) -> Result<Vec<Finding>, BridgeError> {
    let name = &payload.dataname;
    let url = payload.url.as_deref().unwrap_or_default();
    let Some(fetcher) = &options.fetcher else {
        return Err(BridgeError::Link(format!(
            "payload '{name}' is a link to {} and no download handler is configured",
            without_user_info(url)
        )));
    };
    let body = fetcher.fetch(url, options, correlation_id).await?;
    let mut findings = Vec::new();
    if let Some(declared) = declared.filter(|declared| *declared != body.len()) {
        let message = format!("size says {declared} bytes, the link leads to {}", body.len());
        findings.push(Finding::new(Code::SizeMismatch, "size", message));
    }
    // What is wrong with the body stands in the findings; the value stays binary then.
    if let Ok(value) = decode_blob(payload.kind, &body, &options.limits, &mut findings) {
        payload.value = value;
    }
    payload.body = body;
    Ok(findings)
}

/// A URL for people: nobody needs to see the credentials in it.
fn without_user_info(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_shown_without_credentials() {
        assert_eq!(without_user_info("http://u:S3CRET@h/x@y"), "http://h/x@y");
        assert_eq!(without_user_info("http://h/x@y"), "http://h/x@y");
        assert_eq!(without_user_info("nonsense"), "nonsense");
    }
}
