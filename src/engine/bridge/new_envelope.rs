//! A new envelope of the options' fields, without payloads. Ids and the time come from outside.

use super::error::BridgeError;
use super::options::SendOptions;
use crate::connect::address;
use natsbridge_wire::{Envelope, RawJson};
use serde::de::IgnoredAny;
use std::collections::HashMap;

/// Where ids and the time come from, so that tests can fix them.
pub(crate) struct Stamp<'a> {
    /// Now.
    pub(crate) at: jiff::Timestamp,
    /// Gives the next identifier.
    pub(crate) new_id: &'a mut dyn FnMut() -> String,
}

/// An envelope to that subject, with ids of its own.
pub(super) fn envelope(
    subject: &str,
    options: &SendOptions,
    stamp: &mut Stamp<'_>,
) -> Result<Envelope<'static>, BridgeError> {
    let metadata = options.metadata.trim();
    let metadata = if metadata.is_empty() { "{}" } else { metadata };
    // Its numbers are not read: what no double holds is JSON all the same.
    #[expect(
        clippy::zero_sized_map_values,
        reason = "asked is only whether it is an object; a set would be an array"
    )]
    serde_json::from_str::<HashMap<String, IgnoredAny>>(metadata).map_err(BridgeError::Metadata)?;
    let text = |text: &str| text.to_owned().into();
    let mut new_id = || (stamp.new_id)();
    Ok(Envelope {
        correlation_id: options.correlation_id.clone().unwrap_or_else(&mut new_id).into(),
        msg_id: new_id().into(),
        sender_id: new_id().into(),
        timestamp: stamp.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string().into(),
        send_to: text(subject),
        msg_purpose: text(&options.msg_purpose),
        sender_name: text(&options.sender_name),
        receiver_name: text(&options.receiver_name),
        receiver_id: text(&options.receiver_id),
        reply_to: text(&options.reply_to),
        reply_to_msg_id: text(&options.reply_to_msg_id),
        broker_url: broker_url(&options.nats_url)?.into(),
        metadata: RawJson(text(metadata)),
        payloads: Vec::new(),
        extra: Vec::new(),
    })
}

/// The first address without credentials, always with the plain scheme.
fn broker_url(urls: &str) -> Result<String, BridgeError> {
    let (servers, _) = address::parse(urls)?;
    Ok(servers
        .first()
        .map(|server| format!("nats://{}", address::without_scheme(server)))
        .unwrap_or_default())
}
