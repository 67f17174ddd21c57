//! The output for a message that was sent, or would be: the envelope, a line, the links.

use crate::cli::exit::Failure;
use crate::cli::output;
use crate::cli::output::{Out, escape_json};
use natsbridge_app::size;
use natsbridge_engine::{Bridge, Loaded, PublishAck, SendOptions, Sent, grouped};
use natsbridge_wire::{Data, Envelope, EnvelopePayload, Transport};
use std::fmt::Write as _;

/// Byte for byte for programs; on a terminal, control characters are escaped.
pub(super) fn print_envelope(out: &mut Out, envelope: &[u8]) -> Result<(), Failure> {
    if out.is_terminal() {
        return out.line(&escape_json(String::from_utf8_lossy(envelope)));
    }
    let mut line = envelope.to_vec();
    line.push(b'\n');
    out.bytes(&line)
}

/// The payloads that go by link.
pub(super) fn links<'e>(envelope: &'e Envelope<'_>) -> impl Iterator<Item = &'e EnvelopePayload<'e>> {
    let payloads = envelope.payloads.iter();
    payloads.filter(|payload| payload.transport == Transport::Link)
}

/// The envelope of the first message: an invalid one is refused before anything is connected or sent. It is only shown,
/// and none is given, where there is an output for it.
pub(super) fn composed(
    first: &Loaded,
    base: &SendOptions,
    shown: Option<&mut Out>,
) -> Result<Option<Envelope<'static>>, Failure> {
    let options = first.composition.options(base);
    let (envelope, bytes) = Bridge::compose(&first.composition.subject, &first.payloads, &options)?;
    let Some(out) = shown else {
        return Ok(Some(envelope));
    };
    print_envelope(out, &bytes)?;
    note_links(&envelope);
    Ok(None)
}

/// Says what would be uploaded.
fn note_links(envelope: &Envelope<'_>) {
    for payload in links(envelope) {
        if let Data::Text(server) = &payload.data {
            output::note(&format!(
                "{} would be sent by link: {} uploaded to {server}.",
                payload.dataname,
                size(payload.size.unwrap_or_default())
            ));
        }
    }
}

/// Message id, correlation id, bytes, direct or link per payload and why, how far it got.
pub(super) fn summary(sent: &Sent, most: usize) -> String {
    let envelope = &sent.envelope;
    let mut line = format!(
        "message {}  correlation {}  {} bytes ",
        envelope.msg_id,
        envelope.correlation_id,
        sent.bytes.len()
    );
    for payload in &envelope.payloads {
        // Writing into a String cannot fail.
        let _ = write!(line, " {}={}", payload.dataname, payload.transport.name());
    }
    if !sent.moved.is_empty() {
        let _ = write!(
            line,
            "  ({} by link: the message would have exceeded the server's limit of {} bytes)",
            sent.moved.join(", "),
            grouped(most)
        );
    }
    match &sent.acknowledged {
        Some(PublishAck {
            stream,
            sequence,
            duplicate,
        }) => {
            let duplicate = if *duplicate { ", a duplicate" } else { "" };
            // Writing into a String cannot fail.
            let _ = write!(line, "  acknowledged {stream} #{sequence}{duplicate}");
        }
        None if sent.flushed => line += "  flushed",
        None => line += "  sent, not confirmed",
    }
    line
}
