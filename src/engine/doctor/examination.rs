//! The one examination of a message: decoded payloads, everything that is wrong with it, who can read it. Whoever asks what is
//! wrong with a message asks here, so that no two answers differ. When it is done, and which results are kept, is decided
//! elsewhere.

use super::sequence::Sequence;
use crate::fetch::{Link, Links, shortened};
use crate::message::{Found, StoredMessage};
use crate::shapes::Contract;
use bytes::Bytes;
use natsbridge_wire::{
    Answer, Budget, Code, DecodedMessage, DeliveryInfo, Depth, Finding, Limits, MessageRead, PayloadState,
    Reader, delivery_findings, judge_readers, no_reader,
};
use std::sync::Arc;

/// What surrounds a message: what its bytes do not tell.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// What NATS and the clock say.
    pub circumstances: DeliveryInfo<'a>,
    /// What the messages before it tell.
    pub sequence: Sequence,
    /// What its links lead to; `None` where nobody was to fetch them.
    pub links: Option<&'a dyn Links>,
    /// What a file says of its shape; `None` where nobody gave one.
    pub contract: Option<&'a Contract>,
    /// How much of it is wanted.
    pub depth: Depth,
}

/// What an examination found.
#[derive(Debug, Clone)]
pub struct Examination {
    /// The message decoded, with all findings.
    pub decoded: Arc<DecodedMessage<'static>>,
    /// Its findings in few bytes.
    pub found: Found,
    /// Bytes that it takes beside those of the message.
    pub memory: u64,
}

impl Examination {
    fn of((message, memory): (DecodedMessage<'_>, u64)) -> Self {
        Self {
            found: Found::of(&message.findings),
            decoded: Arc::new(message.into_owned()),
            memory,
        }
    }

    /// Adds what was found elsewhere.
    pub(crate) fn add(&mut self, findings: Vec<Finding>) {
        if findings.is_empty() {
            return;
        }
        let decoded = Arc::make_mut(&mut self.decoded);
        decoded.findings.extend(findings);
        self.found = Found::of(&decoded.findings);
    }

    /// Whether there was no memory for all of it.
    pub fn is_partial(&self) -> bool {
        self.found.codes.contains(Code::ExaminedInPart)
    }

    /// Everything that is wrong with it.
    pub fn findings(&self) -> &[Finding] {
        &self.decoded.findings
    }

    /// Who of these can read it.
    pub fn readers<'r>(&self, readers: impl IntoIterator<Item = &'r Reader>) -> Vec<Answer> {
        judge_readers(&self.decoded, readers)
    }
}

/// Examines a message.
///
/// ```
/// use natsbridge_engine::{Surroundings, examine};
/// use natsbridge_wire::{DeliveryInfo, Code, Limits};
/// let raw = br#"{"msg_id":"256e050c-c0ea-4f6f-b042-359317418527","send_to":"a.b","payloads":[]}"#;
/// let around = Surroundings {
///     circumstances: DeliveryInfo { subject: "a.c", ..DeliveryInfo::default() },
///     ..Surroundings::default()
/// };
/// let examination = examine(&raw.as_slice().into(), &around, &Limits::DEFAULT);
/// assert!(examination.found.codes.contains(Code::SendToDisagrees));
/// ```
pub fn examine(raw: &Bytes, around: &Surroundings<'_>, limits: &Limits) -> Examination {
    Examination::of(decode_examined(raw, around, limits))
}

/// The message decoded with all findings, borrowed from its bytes, and the memory that it takes.
pub(super) fn decode_examined<'a>(
    raw: &'a Bytes,
    around: &Surroundings<'_>,
    limits: &Limits,
) -> (DecodedMessage<'a>, u64) {
    let read = MessageRead::new(raw, around.circumstances.subject, limits);
    decode_read(read, around, limits)
}

fn decode_read<'a>(
    read: MessageRead<'a>,
    around: &Surroundings<'_>,
    limits: &Limits,
) -> (DecodedMessage<'a>, u64) {
    let link = |url: &str| around.links.map_or(Link::Unasked, |links| links.link(url));
    let body = |url: &str| match link(url) {
        Link::Fetched(fetched) => Some(fetched.blob),
        _ => None,
    };
    let budget = Budget::new(limits, around.depth);
    let mut message = read.decode(&budget, &body);
    for index in 0..message.payloads.len() {
        tell_link(&mut message, index, &link);
    }
    let around_it = delivery_findings(&message, &around.circumstances, limits);
    message.findings.extend(around_it);
    if let Some((_, envelope)) = &message.envelope {
        message.findings.extend(around.sequence.findings(envelope));
    }
    if let Some(contract) = around.contract {
        let found = contract.findings(around.circumstances.subject, &message);
        message.findings.extend(found);
    }
    // Last: it says what follows from the others.
    let unread = no_reader(&message);
    message.findings.extend(unread);
    (message, budget.account().held())
}

/// Examines a message that was received.
pub fn examine_received(
    message: &StoredMessage,
    sequence: Sequence,
    links: Option<&dyn Links>,
    depth: Depth,
    limits: &Limits,
) -> Examination {
    let around = received(message, sequence, links, None, depth);
    Examination::of(decode_examined(&message.payload, &around, limits))
}

/// As [`examine_received`], borrowed from the message: for whoever prints it and lets it go. It is held against a file of
/// shapes, if there is one.
pub fn examine_borrowed<'a>(
    message: &'a StoredMessage,
    sequence: Sequence,
    links: Option<&dyn Links>,
    contract: Option<&Contract>,
    depth: Depth,
    limits: &Limits,
) -> DecodedMessage<'a> {
    let around = received(message, sequence, links, contract, depth);
    decode_examined(&message.payload, &around, limits).0
}

/// As [`examine_borrowed`], of a message that was read already.
pub fn examine_read<'a>(
    read: MessageRead<'a>,
    message: &StoredMessage,
    sequence: Sequence,
    links: Option<&dyn Links>,
    contract: Option<&Contract>,
    depth: Depth,
    limits: &Limits,
) -> DecodedMessage<'a> {
    decode_read(read, &received(message, sequence, links, contract, depth), limits).0
}

fn received<'a>(
    message: &'a StoredMessage,
    sequence: Sequence,
    links: Option<&'a dyn Links>,
    contract: Option<&'a Contract>,
    depth: Depth,
) -> Surroundings<'a> {
    Surroundings {
        circumstances: message.circumstances(),
        sequence,
        links,
        contract,
        depth,
    }
}

/// Adds what is known of a payload's link.
fn tell_link<'l>(message: &mut DecodedMessage<'_>, index: usize, link: &impl Fn(&str) -> Link<'l>) {
    let payload = &mut message.payloads[index];
    let Some(url) = payload.url.as_deref() else {
        return;
    };
    let place = format!("payloads[{index}]");
    let data = format!("{place}.data");
    let findings = &mut message.findings;
    let told = |finding: &Finding, code| finding.code == code && finding.path == data;
    match link(url) {
        Link::Unasked => findings.retain(|finding| !told(finding, Code::LinkNotFetched)),
        Link::NotFetched(why) => {
            let mut findings = findings.iter_mut();
            let finding = findings.find(|finding| told(finding, Code::LinkNotFetched));
            if let (Some(finding), Some(why)) = (finding, why) {
                finding.message = format!("{} was not fetched: {why}", shortened(url));
            }
        }
        Link::Fetched(fetched) => {
            let declared = message.envelope.as_ref();
            let declared = declared.and_then(|(_, envelope)| envelope.payloads.get(index)?.size);
            let found = fetched.findings(declared).into_iter();
            findings.extend(found.map(|finding| finding.under(&place)));
        }
        Link::Failed(error) => {
            payload.state = match error.code() {
                Code::LinkTooLarge => PayloadState::TooLarge,
                _ => PayloadState::Failed,
            };
            payload.error = Some(error.to_string());
            findings.retain(|finding| !told(finding, Code::LinkNotFetched));
            if !findings.iter().any(|finding| told(finding, error.code())) {
                findings.push(Finding::new(error.code(), data, error.to_string()));
            }
        }
    }
}
