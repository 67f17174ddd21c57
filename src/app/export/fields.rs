//! The fields of an envelope in the order in which people read them, on screen and on pages. Credentials in addresses are hidden.

use natsbridge_wire::{Envelope, EnvelopePayload, RawJson};
use std::borrow::Cow;

/// A name and a value, which may be empty.
pub type EnvelopeField<'e> = (Cow<'e, str>, Cow<'e, str>);

/// The fields of an envelope.
pub fn envelope_fields<'e>(envelope: &'e Envelope<'_>) -> Vec<EnvelopeField<'e>> {
    let mut fields: Vec<EnvelopeField<'e>> = [
        ("correlation_id", &envelope.correlation_id),
        ("msg_id", &envelope.msg_id),
        ("timestamp", &envelope.timestamp),
        ("send_to", &envelope.send_to),
        ("msg_purpose", &envelope.msg_purpose),
        ("sender_name", &envelope.sender_name),
        ("sender_id", &envelope.sender_id),
        ("receiver_name", &envelope.receiver_name),
        ("receiver_id", &envelope.receiver_id),
        ("reply_to", &envelope.reply_to),
        ("reply_to_msg_id", &envelope.reply_to_msg_id),
    ]
    .map(|(name, value)| (name.into(), Cow::Borrowed(&**value)))
    .into();
    fields.push((
        "broker_url".into(),
        without_credentials(&envelope.broker_url).into(),
    ));
    fields.push(("metadata".into(), Cow::Borrowed(&envelope.metadata.0)));
    fields.extend(extras(&envelope.extra));
    fields
}

/// The fields of a payload's entry; its size in bytes.
pub fn payload_fields<'e>(payload: &'e EnvelopePayload<'_>) -> Vec<EnvelopeField<'e>> {
    let size = payload.size.map(|size| size.to_string()).unwrap_or_default();
    let mut fields: Vec<EnvelopeField<'e>> = vec![
        ("id".into(), Cow::Borrowed(&*payload.id)),
        ("dataname".into(), Cow::Borrowed(&*payload.dataname)),
        ("type".into(), Cow::Borrowed(&*payload.declared_type)),
        ("transport".into(), payload.transport.name().into()),
        ("encoding".into(), Cow::Borrowed(&*payload.encoding)),
        ("size".into(), size.into()),
        ("metadata".into(), Cow::Borrowed(&payload.metadata.0)),
    ];
    fields.extend(extras(&payload.extra));
    fields
}

fn extras<'e>(extra: &'e [(Cow<'_, str>, RawJson<'_>)]) -> impl Iterator<Item = EnvelopeField<'e>> {
    extra
        .iter()
        .map(|(key, value)| (Cow::Borrowed(&**key), Cow::Borrowed(&*value.0)))
}

/// The address with user names, passwords and tokens hidden: `nats://•••@host:4222`.
pub fn without_credentials(url: &str) -> String {
    url.split(',')
        .map(one_without_credentials)
        .collect::<Vec<_>>()
        .join(",")
}

fn one_without_credentials(url: &str) -> String {
    // Up to the last `@` before the query, so that a password with a slash is hidden too.
    let head = url.find(['?', '#']).unwrap_or(url.len());
    match url[..head].rfind('@') {
        None => url.to_owned(),
        Some(at) => {
            let scheme = url[..at].find("://").map_or(0, |end| end + 3);
            format!("{}•••{}", &url[..scheme], &url[at..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_show() {
        let cases = [
            ("nats://host:4222", "nats://host:4222"),
            ("nats://me:secret@host", "nats://•••@host"),
            ("me:secret@host", "•••@host"),
            ("nats://token@a,tls://u:p/q@b", "nats://•••@a,tls://•••@b"),
            ("http://h/x?mail=a@b", "http://h/x?mail=a@b"),
        ];
        for (url, shown) in cases {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
