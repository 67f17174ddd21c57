//! An envelope before it is sent: what goes direct, what goes by link, how it is written. Pure; no network, no clock.

use super::address;
use super::bridge::{Payloads, SendOptions};
use super::bridge_error::BridgeError;
use super::connection::{grouped, wire_length};
use super::pattern::check_subject;
use crate::wire::{Blob, Data, Envelope, Kind, Payload, RawJson, Transport, encode_base64, write_envelope};
use bytes::Bytes;

/// Where ids and the time come from, so that tests can fix them.
pub(super) struct Stamp<'a> {
    /// Now.
    pub(super) at: jiff::Timestamp,
    /// Gives the next identifier.
    pub(super) new_id: &'a mut dyn FnMut() -> String,
}

/// An envelope whose links are not uploaded yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) envelope: Envelope<'static>,
    /// Payloads that go by link, by their index.
    pub(super) links: Vec<usize>,
}

/// Drafts an envelope; links name the file server until they are uploaded. With `most`, the largest payloads go by link
/// until the message fits into so many bytes.
pub(super) fn draft(
    subject: &str,
    data: &Payloads,
    options: &SendOptions,
    most: Option<usize>,
    stamp: &mut Stamp<'_>,
) -> Result<Draft, BridgeError> {
    check_subject(subject).map_err(BridgeError::Refused)?;
    let mut draft = Draft {
        envelope: envelope(subject, options, stamp)?,
        links: Vec::new(),
    };
    for (index, (name, body, kind)) in data.iter().enumerate() {
        let link = body.len() >= options.size_threshold as u64;
        if link && options.fileserver.is_none() {
            return Err(BridgeError::Refused(format!(
                "payload '{name}' is {} bytes, at or over the threshold of {}, and no file server handler is configured: \
                 raise the threshold or send it in smaller parts",
                grouped(body.len()),
                grouped(options.size_threshold),
            )));
        }
        draft
            .envelope
            .payloads
            .push(direct((stamp.new_id)(), name, *kind, body)?);
        if link {
            draft.link(index, &options.fileserver_url);
        }
    }
    while let Some(most) = most {
        let size = write_envelope(&draft.envelope, options.dialect).len() + wire_length(&options.headers);
        if size <= most {
            break;
        }
        let largest = (0..data.len())
            .filter(|index| !draft.links.contains(index))
            .max_by_key(|index| data[*index].1.len())
            .filter(|_| options.fileserver.is_some());
        let Some(largest) = largest else {
            return Err(BridgeError::Refused(format!(
                "the message is {} bytes encoded, the server accepts {}: send it in smaller parts",
                grouped(size),
                grouped(most),
            )));
        };
        draft.link(largest, &options.fileserver_url);
    }
    Ok(draft)
}

impl Draft {
    /// Its bytes.
    pub(super) fn write(&self, options: &SendOptions) -> Bytes {
        write_envelope(&self.envelope, options.dialect).into()
    }

    /// Makes a payload a link to `url`.
    pub(super) fn link(&mut self, index: usize, url: &str) {
        if let Some(payload) = self.envelope.payloads.get_mut(index) {
            payload.transport = Transport::Link;
            payload.encoding = "none".into();
            payload.data = Data::Text(url.to_owned().into());
        }
        if !self.links.contains(&index) {
            self.links.push(index);
        }
    }
}

fn envelope(
    subject: &str,
    options: &SendOptions,
    stamp: &mut Stamp<'_>,
) -> Result<Envelope<'static>, BridgeError> {
    let metadata = options.metadata.trim();
    let metadata = if metadata.is_empty() { "{}" } else { metadata };
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(metadata).map_err(|error| {
        BridgeError::Refused(format!(
            "the metadata is no JSON object ({error}); write {{\"key\": \"value\"}}"
        ))
    })?;
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

/// The first address as everybody may see it: no credentials, always the plain scheme.
fn broker_url(urls: &str) -> Result<String, BridgeError> {
    let (servers, _) = address::parse(urls)?;
    Ok(servers
        .first()
        .map(|server| format!("nats://{}", address::without_scheme(server)))
        .unwrap_or_default())
}

fn direct(id: String, dataname: &str, kind: Kind, body: &Blob) -> Result<Payload<'static>, BridgeError> {
    let bytes = body
        .slice(0..body.len())
        .map_err(|error| BridgeError::Refused(format!("payload '{dataname}' cannot be read: {error}")))?;
    Ok(Payload {
        id: id.into(),
        dataname: dataname.to_owned().into(),
        declared_type: kind.name().into(),
        kind,
        transport: Transport::Direct,
        encoding: "base64".into(),
        size: Some(bytes.len() as u64),
        data: Data::Text(encode_base64(&bytes).into()),
        metadata: RawJson::default(),
        extra: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::progress::Progress;
    use crate::engine::servers::{FileServer, Handled, Uploaded};
    use std::sync::Arc;

    struct NoServer;

    impl FileServer for NoServer {
        fn upload<'a>(&'a self, _: &'a str, _: &'a str, _: Blob, _: &'a Progress) -> Handled<'a, Uploaded> {
            Box::pin(async { Err(BridgeError::Link("not asked for".into())) })
        }
    }

    fn drafted(data: &Payloads, options: &SendOptions, most: Option<usize>) -> Result<Draft, BridgeError> {
        let mut count = 0;
        let mut new_id = || {
            count += 1;
            format!("id-{count}")
        };
        let mut stamp = Stamp {
            at: jiff::Timestamp::UNIX_EPOCH,
            new_id: &mut new_id,
        };
        draft("/chat/room1", data, options, most, &mut stamp)
    }

    fn payload(name: &str, size: usize) -> (String, Blob, Kind) {
        (name.into(), vec![b'x'; size].into(), Kind::Binary)
    }

    #[test]
    fn defaults_are_those_of_the_document() {
        let draft = drafted(&vec![payload("a", 3)], &SendOptions::default(), None).unwrap();
        let envelope = draft.envelope;
        assert_eq!(envelope.timestamp, "1970-01-01T00:00:00.000Z");
        assert_eq!(
            [&*envelope.correlation_id, &*envelope.msg_id, &*envelope.sender_id],
            ["id-1", "id-2", "id-3"]
        );
        assert_eq!(
            [&*envelope.send_to, &*envelope.msg_purpose, &*envelope.sender_name],
            ["/chat/room1", "chat", "NATSBridge"]
        );
        assert_eq!(envelope.broker_url, "nats://localhost:4222");
        assert_eq!(
            (envelope.payloads[0].size, &*envelope.payloads[0].id),
            (Some(3), "id-4")
        );
    }

    #[test]
    fn credentials_never_travel() {
        let options = SendOptions {
            nats_url: "tls://user:S3CRET@host:4".into(),
            ..SendOptions::default()
        };
        let draft = drafted(&vec![], &options, None).unwrap();
        assert_eq!(draft.envelope.broker_url, "nats://host:4");
    }

    #[test]
    fn the_threshold_decides_and_asks_for_a_file_server() {
        let mut options = SendOptions {
            size_threshold: 10,
            ..SendOptions::default()
        };
        assert!(
            drafted(&vec![payload("a", 9)], &options, None)
                .unwrap()
                .links
                .is_empty()
        );
        let refusal = drafted(&vec![payload("big", 10)], &options, None)
            .unwrap_err()
            .to_string();
        assert!(
            refusal.contains("payload 'big' is 10 bytes, at or over the threshold of 10"),
            "{refusal}"
        );
        options.fileserver = Some(Arc::new(NoServer));
        let draft = drafted(&vec![payload("a", 9), payload("big", 10)], &options, None).unwrap();
        assert_eq!(draft.links, [1]);
        assert_eq!(draft.envelope.payloads[1].transport, Transport::Link);
        assert_eq!(draft.envelope.payloads[1].encoding, "none");
        assert_eq!(
            draft.envelope.payloads[1].data,
            Data::Text("http://localhost:8080".into())
        );
    }

    #[test]
    fn bad_arguments_are_refused_in_words() {
        let metadata = SendOptions {
            metadata: "[1]".into(),
            ..SendOptions::default()
        };
        assert!(
            drafted(&vec![], &metadata, None)
                .unwrap_err()
                .to_string()
                .contains("no JSON object")
        );
        let url = SendOptions {
            nats_url: "http://u:S3CRET@h".into(),
            ..SendOptions::default()
        };
        assert!(
            !drafted(&vec![], &url, None)
                .unwrap_err()
                .to_string()
                .contains("S3CRET")
        );
    }
}
