//! Decodes a whole message: reads the envelope, decodes every payload, collects all findings in one list.

use super::body::{Body, direct_body};
use super::decoded::{DecodedMessage, DecodedPayload, PayloadState, Value};
use super::value::{best_blob_view, decode_within, media_type, no_memory, plain_within, sniff_blob};
use crate::bounds::{Budget, Depth, Excess, Limits};
use crate::bytes::Blob;
use crate::checks::{below_value, check_subject, repetitions};
use crate::dialects::Dialect;
use crate::envelope::{Data, Envelope, EnvelopePayload, Transport};
use crate::findings::{Code, Finding, Findings};
use crate::json::{JsonKind, JsonText};
use crate::kinds::Kind;
use crate::quantity::size_text;
use crate::read::read_into;
use bytes::Bytes;

/// `max_payload` of a nats-server unless configured otherwise.
const MAX_PAYLOAD: usize = 1 << 20;
/// Payload size from which peers send links by default.
const LINK_FROM: u64 = 1_000_000;

/// Decodes a whole message. Never fails and never panics: what is wrong becomes findings.
/// `subject` is the NATS subject it came on (for checks that compare it).
pub fn decode_message(raw: &Bytes, subject: &str, limits: &Limits) -> DecodedMessage<'static> {
    decode_message_with(raw, subject, &Budget::whole(limits), &|_| None).into_owned()
}

/// As [`decode_message`], borrowed from the bytes; `links` gives what a URL leads to, where somebody has fetched it. What
/// the budget has no memory for is left undecoded, and said.
pub fn decode_message_with<'a>(
    raw: &'a Bytes,
    subject: &str,
    budget: &Budget<'_>,
    links: &dyn Fn(&str) -> Option<Blob>,
) -> DecodedMessage<'a> {
    MessageRead::new(raw, subject, budget.limits()).decode(budget, links)
}

/// A message whose envelope was read and whose payloads were not decoded.
#[derive(Debug)]
pub struct MessageRead<'a> {
    raw: &'a Bytes,
    envelope: Option<(Dialect, Envelope<'a>)>,
    findings: Findings,
}

impl<'a> MessageRead<'a> {
    /// Reads the envelope of a message that came on `subject`, as far as it is one and within the limits.
    pub fn new(raw: &'a Bytes, subject: &str, limits: &Limits) -> Self {
        let mut findings = Findings::new(limits.findings);
        let size = raw.len();
        let envelope = if size > limits.direct_message {
            findings.add(Code::MessageTooLarge, "", too_large(raw, limits));
            None
        } else {
            check_subject(subject, "", &mut findings);
            if size > MAX_PAYLOAD {
                let message = format!("{size} bytes exceed the {MAX_PAYLOAD} that brokers accept by default");
                findings.add(Code::OverMaxPayload, "", message);
            }
            read_into(raw, limits, &mut findings)
        };
        Self {
            raw,
            envelope,
            findings,
        }
    }

    /// Its envelope, if it has one that can be read.
    pub fn envelope(&self) -> Option<&Envelope<'a>> {
        self.envelope.as_ref().map(|(_, envelope)| envelope)
    }

    /// Decodes its payloads, as [`decode_message_with`] does.
    pub fn decode(self, budget: &Budget<'_>, links: &dyn Fn(&str) -> Option<Blob>) -> DecodedMessage<'a> {
        let (raw, limits, mut findings) = (self.raw, budget.limits(), self.findings);
        let (envelope, payloads) = if let Some((dialect, mut envelope)) = self.envelope {
            let payloads = decode_payloads(&mut envelope, dialect, budget, links, &mut findings);
            (Some((dialect, envelope)), payloads)
        } else if raw.len() > limits.direct_message {
            let plain = DecodedPayload {
                state: PayloadState::TooLarge,
                error: Some(too_large(raw, limits)),
                ..undecoded(&EnvelopePayload::default(), raw.clone().into())
            };
            (None, vec![plain])
        } else {
            let mut found = Vec::new();
            let plain = plain_within(raw, budget, &mut found);
            // Reading it as an envelope failed for the same reason.
            found.retain(|finding| finding.code != Code::JsonTooDeep || !findings.tell(finding.code));
            findings.extend(found);
            (None, vec![plain])
        };
        if budget.account().has_refused() {
            let needs = size_text(budget.account().wanted());
            let message = format!("examined in part: needs {needs} of memory once decoded");
            findings.add(Code::ExaminedInPart, "", message);
        }
        DecodedMessage {
            raw: raw.clone(),
            envelope,
            payloads,
            findings: findings.into_vec(),
        }
    }
}

fn too_large(raw: &Bytes, limits: &Limits) -> String {
    let (size, most) = (raw.len(), limits.direct_message);
    format!("{size} bytes exceed the limit of {most}")
}

/// Decodes all payloads and takes their data out of the envelope; the one that is looked at comes first to its memory.
fn decode_payloads<'a>(
    envelope: &mut Envelope<'a>,
    dialect: Dialect,
    budget: &Budget<'_>,
    links: &dyn Fn(&str) -> Option<Blob>,
    findings: &mut Findings,
) -> Vec<DecodedPayload<'a>> {
    let decode = |payload: &EnvelopePayload<'a>| {
        let mut found = Vec::new();
        (decode_payload(payload, dialect, budget, links, &mut found), found)
    };
    let mut looked_at = match budget.depth() {
        Depth::Payload(index) => envelope
            .payloads
            .get(index)
            .map(|payload| (index, decode(payload))),
        Depth::Whole | Depth::Glance => None,
    };
    let payloads = envelope.payloads.iter_mut().enumerate();
    let decode = |(index, payload): (usize, &mut EnvelopePayload<'a>)| {
        let looked_at = looked_at.take_if(|(looked_at, _)| *looked_at == index);
        let (decoded, found) = looked_at.map_or_else(|| decode(payload), |(_, decoded)| decoded);
        tell_what_it_is(&decoded, payload, (dialect, index), findings);
        if !found.is_empty() {
            let path = format!("payloads[{index}]");
            findings.extend(found.into_iter().map(|finding| finding.under(&path)));
        }
        payload.data = Data::Missing;
        decoded
    };
    payloads.map(decode).collect()
}

fn undecoded<'a>(payload: &EnvelopePayload<'a>, body: Blob) -> DecodedPayload<'a> {
    DecodedPayload {
        dataname: payload.dataname.clone(),
        kind: payload.kind,
        state: PayloadState::Failed,
        value: Value::Binary,
        media_type: media_type(payload.kind, &body),
        body,
        url: None,
        error: None,
    }
}

fn decode_payload<'a>(
    payload: &EnvelopePayload<'a>,
    dialect: Dialect,
    budget: &Budget<'_>,
    links: &dyn Fn(&str) -> Option<Blob>,
    findings: &mut Vec<Finding>,
) -> DecodedPayload<'a> {
    let mut url = None;
    let too_large = |excess: Excess, findings: &mut Vec<Finding>| DecodedPayload {
        state: PayloadState::TooLarge,
        error: Some(no_memory("The payload", &excess, budget, findings).message),
        ..undecoded(payload, Blob::default())
    };
    let mut charge = match budget.charge(body_size(payload)) {
        Ok(charge) => charge,
        Err(excess) => return too_large(excess, findings),
    };
    let body = match direct_body(payload, findings) {
        Body::Bytes(body) => {
            charge.shrink_to(body.len() as u64);
            Blob::from(charge.hold(body.into_owned()))
        }
        Body::Link(link) => {
            url = Some(link.into_owned());
            let Some(body) = url.as_deref().and_then(links) else {
                let message = "the link was not fetched";
                findings.push(Finding::new(Code::LinkNotFetched, "data", message));
                return DecodedPayload {
                    state: PayloadState::NotFetched,
                    url,
                    ..undecoded(payload, Blob::default())
                };
            };
            body
        }
        Body::Failed(error) => {
            return DecodedPayload {
                error: Some(error),
                ..undecoded(payload, Blob::default())
            };
        }
    };
    check_size(payload, &body, findings);
    if url.is_none() && body.len() >= LINK_FROM {
        let size = body.len();
        let message =
            format!("{size} bytes are sent inside the envelope; peers send {LINK_FROM} and more by link");
        findings.push(Finding::new(Code::OversizeDirect, "data", message));
    }
    let mut decoded = DecodedPayload {
        url,
        ..undecoded(payload, body)
    };
    let mut found = Vec::new();
    let known = Kind::from_declared(&payload.declared_type).is_some();
    let value = if known {
        decode_within(payload.kind, &decoded.body, budget, &mut found)
    } else {
        let (kind, value) = best_blob_view(&decoded.body, budget, &mut found);
        decoded.kind = kind;
        decoded.media_type = media_type(kind, &decoded.body);
        value
    };
    match value {
        Ok(value) => {
            if let Value::Json(json) = &value {
                let keys = repetitions(json.as_str(), 0);
                found.extend(keys.map(|finding| below_value(finding, "data")));
            }
            decoded.value = value;
            decoded.state = PayloadState::Decoded;
        }
        Err(error) => {
            decoded.state = error.state;
            decoded.error = Some(error.message);
        }
    }
    if known {
        check_kind(&decoded, dialect, findings);
    }
    findings.extend(found.into_iter().map(|finding| match &*finding.path {
        "" => finding.under("data"),
        _ => finding,
    }));
    decoded
}

/// Bytes that the body of a direct payload takes at most.
fn body_size(payload: &EnvelopePayload<'_>) -> u64 {
    let bytes = match (payload.transport, &payload.data) {
        (Transport::Link, _) | (_, Data::Missing) => 0,
        (_, Data::Text(text)) => text.len(),
        (_, Data::Bytes(bytes)) => bytes.len(),
        (_, Data::Json(json)) => json.0.len(),
    };
    bytes as u64
}

fn check_size(payload: &EnvelopePayload<'_>, body: &Blob, findings: &mut Vec<Finding>) {
    let Some(size) = payload.size.filter(|size| *size != body.len()) else {
        return;
    };
    let base64 = match &payload.data {
        Data::Text(text) if text.len() as u64 == size => ", which is the length of the base64 text",
        _ => "",
    };
    let message = format!("size says {size}{base64}; the data has {} bytes", body.len());
    findings.push(Finding::new(Code::SizeMismatch, "size", message));
}

/// Adds to what is told of a missing or unknown type what the bytes are, and the word for it.
fn tell_what_it_is(
    decoded: &DecodedPayload<'_>,
    payload: &EnvelopePayload<'_>,
    (dialect, index): (Dialect, usize),
    findings: &mut Findings,
) {
    if Kind::from_declared(&payload.declared_type).is_some() || decoded.body.is_empty() {
        return;
    }
    let rows = |json: &JsonText| {
        let mut rows = json.root().items().peekable();
        rows.peek().is_some() && rows.all(|row| row.kind() == JsonKind::Object)
    };
    let (what, kind) = match &decoded.value {
        Value::Table(_) => ("an Arrow table", Kind::Table),
        Value::Json(json) if rows(json) => ("JSON rows", Kind::JsonTable),
        Value::Json(_) => ("JSON", Kind::Dictionary),
        Value::Text(_) => ("text", Kind::Text),
        _ => match sniff_blob(&decoded.body) {
            Some(sniffed) => (sniffed.media_type, sniffed.kind),
            None => return,
        },
    };
    let code = match &*payload.declared_type {
        "" => Code::MissingField,
        _ => Code::UnknownKind,
    };
    let word = kind.word(dialect.row().vocabulary);
    // An unknown word may stand under the key of another dialect.
    for key in ["type", "payload_type"] {
        if let Some(finding) = findings.find_mut(code, &format!("payloads[{index}].{key}")) {
            finding.message = format!("{}; its data is {what}: the word is {word}", finding.message);
        }
    }
}

/// Compares the declared kind with the magic bytes. Text that decodes as declared is not doubted: some short magics
/// are ordinary words (`BM` starts a bitmap).
fn check_kind(decoded: &DecodedPayload<'_>, dialect: Dialect, findings: &mut Vec<Finding>) {
    let undoubted = match decoded.kind {
        Kind::Binary => true,
        Kind::Text | Kind::Dictionary | Kind::JsonTable => decoded.state != PayloadState::Failed,
        _ => false,
    };
    let sniffed = if undoubted {
        None
    } else {
        sniff_blob(&decoded.body)
    };
    let Some(sniffed) = sniffed else { return };
    let agrees = match decoded.kind {
        Kind::Audio | Kind::Video => matches!(sniffed.kind, Kind::Audio | Kind::Video),
        kind => sniffed.kind == kind,
    };
    if !agrees {
        let (declared, found) = (decoded.kind.name(), sniffed.media_type);
        let message = format!("declared {declared}, but the data is {found}");
        findings.push(Finding::new(Code::KindMismatch, dialect.row().type_key, message));
    }
}
