//! Packs an envelope before it is sent: what goes direct, what as a link, and its encoding. Pure; no network, no
//! clock.

use super::error::{BridgeError, PayloadError};
use super::new_envelope::{Stamp, envelope};
use super::options::{SendOptions, TransportChoice};
use super::payloads::{Payload, Payloads};
use crate::connection::wire_length;
use crate::servers::public_address;
use crate::subjects::check_subject;
use crate::wording::grouped;
use bytes::Bytes;
use natsbridge_wire::{Blob, Data, Envelope, EnvelopePayload, Limits, Transport, write_envelope};

/// An envelope whose links are not uploaded yet and whose direct payloads are not read yet.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) envelope: Envelope<'static>,
    /// Payloads that are below the threshold and go by link so that the message fits, by their index.
    pub(crate) moved: Vec<usize>,
}

/// Packs an envelope from names and sizes alone; links point to the file server until they are uploaded. The largest
/// payloads become links until the message fits into `most` bytes, if that is known.
pub(crate) fn draft(
    subject: &str,
    data: &Payloads,
    options: &SendOptions,
    most: Option<usize>,
    stamp: &mut Stamp<'_>,
) -> Result<Draft, BridgeError> {
    check_subject(subject)?;
    let mut draft = Draft {
        envelope: envelope(subject, options, stamp)?,
        moved: Vec::new(),
    };
    let server = public_address(&options.fileserver_url);
    for (index, payload) in data.iter().enumerate() {
        // Its bytes follow once it is clear that it goes inside the message.
        draft.envelope.payloads.push(EnvelopePayload {
            size: Some(payload.body.len()),
            ..EnvelopePayload::direct(
                (stamp.new_id)(),
                payload.dataname.clone(),
                payload.kind,
                Vec::new(),
            )
        });
        if by_link(payload, options)? {
            draft.link(index, &server);
        }
    }
    draft.fit(data, options, &server, most)?;
    Ok(draft)
}

/// Whether the payload goes by link, apart from what fits.
pub(crate) fn by_link(payload: &Payload, options: &SendOptions) -> Result<bool, BridgeError> {
    let (name, size) = (&payload.dataname, payload.body.len());
    let over = size >= options.size_threshold as u64;
    let link = match options.transport {
        TransportChoice::Auto => over,
        TransportChoice::Direct => false,
        TransportChoice::Link => true,
    };
    if link && options.fileserver.is_none() {
        let why = match options.transport {
            TransportChoice::Link => "should be sent by link".to_owned(),
            _ => format!(
                "has {} bytes, at or above the threshold of {}",
                grouped(size),
                grouped(options.size_threshold)
            ),
        };
        return Err(BridgeError::Refused(format!(
            "payload '{name}' {why}, but no file server is configured: name one (--fileserver-url), raise \
             the threshold (--threshold) or send it in smaller parts"
        )));
    }
    Ok(link)
}

impl Draft {
    /// Turns the fewest and largest payloads into links so that the message fits into `most` bytes; without a broker,
    /// into what any broker could be configured to accept.
    fn fit(
        &mut self,
        data: &Payloads,
        options: &SendOptions,
        server: &str,
        most: Option<usize>,
    ) -> Result<(), BridgeError> {
        let fits = |draft: &Self| {
            draft.size(data, options) <= most.unwrap_or(Limits::in_force().direct_message) as u64
        };
        if fits(self) {
            return Ok(());
        }
        let may_move = options.transport == TransportChoice::Auto && options.fileserver.is_some();
        // A payload shorter than its link would make the message longer.
        let gains = |at: &usize| {
            let (packed, payload) = (&self.envelope.payloads[*at], &data[*at]);
            let link = server.len() as u64 + link_rest(&payload.dataname);
            packed.transport == Transport::Direct && base64_length(&payload.body) > link
        };
        let mut movable: Vec<usize> = (0..data.len()).filter(|at| may_move && gains(at)).collect();
        movable.sort_by_key(|at| std::cmp::Reverse(data[*at].body.len()));
        // The size decreases with every payload moved, so a binary search finds the right number.
        let with = |count: usize| {
            let mut tried = self.clone();
            movable[..count].iter().for_each(|at| tried.link(*at, server));
            tried.moved.extend(&movable[..count]);
            tried.moved.sort_unstable();
            tried
        };
        let counts: Vec<usize> = (0..=movable.len()).collect();
        let enough = counts.partition_point(|count| !fits(&with(*count)));
        if enough > movable.len() {
            return Err(too_large(with(movable.len()).size(data, options), most, options));
        }
        *self = with(enough);
        Ok(())
    }

    /// Payloads that go by link, by their index.
    pub(crate) fn links(&self) -> impl Iterator<Item = usize> {
        let payloads = self.envelope.payloads.iter().enumerate();
        let links = payloads.filter(|(_, payload)| payload.transport == Transport::Link);
        links.map(|(index, _)| index)
    }

    /// Bytes of the message with its headers once it is written, with room for links that are not known yet.
    pub(crate) fn size(&self, data: &Payloads, options: &SendOptions) -> u64 {
        // Written without data: what is missing is the base64 of the direct payloads, and the rest of each link.
        let frame = write_envelope(&self.envelope, options.dialect).len() + wire_length(&options.headers);
        let carried = self
            .envelope
            .payloads
            .iter()
            .zip(data.iter())
            .map(|(packed, payload)| match packed.transport {
                Transport::Direct => base64_length(&payload.body),
                Transport::Link => link_rest(&payload.dataname),
            });
        frame as u64 + carried.sum::<u64>()
    }

    /// Reads the direct payloads into the message.
    pub(crate) fn read(&mut self, data: &Payloads) -> Result<(), BridgeError> {
        for (packed, payload) in self.envelope.payloads.iter_mut().zip(data) {
            if packed.transport == Transport::Direct {
                let bytes = payload.body.slice(0..payload.body.len());
                let bytes = bytes.map_err(|source| PayloadError::Read {
                    dataname: payload.dataname.clone(),
                    source,
                })?;
                packed.data = Data::Bytes(Vec::from(bytes).into());
            }
        }
        Ok(())
    }

    /// Its bytes.
    pub(crate) fn write(&self, options: &SendOptions) -> Bytes {
        write_envelope(&self.envelope, options.dialect).into()
    }

    /// Makes a payload a link to `url`.
    pub(crate) fn link(&mut self, index: usize, url: &str) {
        if let Some(payload) = self.envelope.payloads.get_mut(index) {
            payload.transport = Transport::Link;
            payload.encoding = "none".into();
            payload.data = Data::Text(url.to_owned().into());
        }
    }
}

fn base64_length(body: &Blob) -> u64 {
    body.len().div_ceil(3) * 4
}

/// Maximum bytes of a link beyond the server's address: ids, and the percent-encoded name.
fn link_rest(name: &str) -> u64 {
    const IDS: usize = 128;
    (IDS + 3 * name.len()) as u64
}

fn too_large(size: u64, most: Option<usize>, options: &SendOptions) -> BridgeError {
    let advice = match (options.transport, &options.fileserver) {
        (TransportChoice::Direct, _) => {
            "allow links for its large payloads (--transport auto) or send it in smaller parts"
        }
        (_, None) => {
            "name a file server for its large payloads (--fileserver-url) or send it in smaller parts"
        }
        _ => "send it in smaller parts",
    };
    let accepted = match most {
        Some(most) => format!("the server accepts {}", grouped(most)),
        None => format!(
            "no server accepts more than {}",
            grouped(Limits::in_force().direct_message)
        ),
    };
    let size = grouped(size);
    BridgeError::Refused(format!(
        "the message has {size} bytes encoded, but {accepted}: {advice}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafted(
        data: impl Into<Payloads>,
        options: &SendOptions,
        most: Option<usize>,
    ) -> Result<Draft, BridgeError> {
        let mut count = 0;
        let mut new_id = || {
            count += 1;
            format!("id-{count}")
        };
        let mut stamp = Stamp {
            at: jiff::Timestamp::UNIX_EPOCH,
            new_id: &mut new_id,
        };
        draft("/chat/room1", &data.into(), options, most, &mut stamp)
    }

    fn payload(name: &str, size: usize) -> Payload {
        Payload::binary(name, vec![b'x'; size])
    }

    #[test]
    fn defaults_are_those_of_the_document() {
        let draft = drafted([payload("a", 3)], &SendOptions::default(), None).unwrap();
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
        let draft = drafted([], &options, None).unwrap();
        assert_eq!(draft.envelope.broker_url, "nats://host:4");
    }

    #[test]
    fn the_threshold_decides_and_asks_for_a_file_server() {
        let mut options = SendOptions {
            size_threshold: 10,
            fileserver: None,
            ..SendOptions::default()
        };
        assert!(
            drafted([payload("a", 9)], &options, None)
                .unwrap()
                .links()
                .next()
                .is_none()
        );
        let refusal = drafted([payload("big", 10)], &options, None)
            .unwrap_err()
            .to_string();
        assert!(
            refusal.contains(
                "payload 'big' has 10 bytes, at or above the threshold of 10, but no file server is configured"
            ),
            "{refusal}"
        );
        options.fileserver = SendOptions::default().fileserver;
        let draft = drafted([payload("a", 9), payload("big", 10)], &options, None).unwrap();
        assert!(draft.links().eq([1]));
        assert_eq!(draft.envelope.payloads[1].transport, Transport::Link);
        assert_eq!(draft.envelope.payloads[1].encoding, "none");
        assert_eq!(
            draft.envelope.payloads[1].data,
            Data::Text("http://localhost:8080".into())
        );
    }

    #[test]
    fn the_choice_of_transport_goes_before_the_threshold() {
        let of = |transport, size| {
            let options = SendOptions {
                transport,
                size_threshold: 10,
                ..SendOptions::default()
            };
            drafted([payload("a", size)], &options, None)
                .unwrap()
                .links()
                .collect::<Vec<_>>()
        };
        assert_eq!(of(TransportChoice::Link, 0), [0]);
        assert_eq!(of(TransportChoice::Direct, 5000), [0; 0]);
        assert_eq!(
            (of(TransportChoice::Auto, 9), of(TransportChoice::Auto, 10)),
            (vec![], vec![0])
        );
    }

    #[test]
    fn the_fewest_and_largest_payloads_move_until_the_message_fits() {
        let sizes = [100, 9000, 50, 4000, 7000, 1];
        let data: Payloads = (sizes.iter().enumerate())
            .map(|(at, size)| payload(&at.to_string(), *size))
            .collect();
        let options = SendOptions::default();
        let whole = drafted(&data, &options, None).unwrap().size(&data, &options) as usize;
        let moved = |most: usize| drafted(&data, &options, Some(most)).unwrap().moved;
        assert_eq!(moved(whole), [0; 0]);
        assert_eq!(moved(whole - 1), [1]);
        assert_eq!(moved(whole - 12_000), [1, 4]);
        assert_eq!(moved(whole - 22_000), [1, 3, 4], "in their order, not by size");
        let error = drafted(&data, &options, Some(1000)).unwrap_err().to_string();
        assert!(error.contains("the server accepts 1,000"), "{error}");
        let direct = SendOptions {
            transport: TransportChoice::Direct,
            ..SendOptions::default()
        };
        let error = drafted(&data, &direct, Some(whole - 1)).unwrap_err().to_string();
        assert!(error.contains("--transport auto"), "{error}");
    }

    #[test]
    fn the_size_is_known_without_writing_the_data() {
        let headers = vec![("Trace".to_owned(), "on".to_owned())];
        for dialect in natsbridge_wire::DIALECTS.iter().map(|row| row.dialect) {
            for sizes in [vec![], vec![0], vec![1, 2, 3, 1000]] {
                let data: Payloads = sizes.iter().map(|size| payload("name", *size)).collect();
                let options = SendOptions {
                    dialect,
                    headers: headers.clone(),
                    ..SendOptions::default()
                };
                let mut draft = drafted(&data, &options, None).unwrap();
                let size = draft.size(&data, &options);
                draft.read(&data).unwrap();
                let written = draft.write(&options).len() + wire_length(&headers);
                assert_eq!(size, written as u64, "{dialect:?} {sizes:?}");
            }
        }
    }

    #[test]
    fn an_unsent_link_shows_no_secret() {
        let options = SendOptions {
            transport: TransportChoice::Link,
            fileserver_url: "http://u:S3CRET@h/x?sig=S3CRET".into(),
            ..SendOptions::default()
        };
        let draft = drafted([payload("a", 1)], &options, None).unwrap();
        assert_eq!(draft.envelope.payloads[0].data, Data::Text("http://h/x".into()));
    }

    #[test]
    fn bad_arguments_are_refused_in_words() {
        let metadata = SendOptions {
            metadata: "[1]".into(),
            ..SendOptions::default()
        };
        assert!(
            drafted([], &metadata, None)
                .unwrap_err()
                .to_string()
                .contains("not a JSON object")
        );
        let url = SendOptions {
            nats_url: "http://u:S3CRET@h".into(),
            ..SendOptions::default()
        };
        assert!(
            !drafted([], &url, None)
                .unwrap_err()
                .to_string()
                .contains("S3CRET")
        );
    }
}
