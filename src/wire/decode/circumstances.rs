//! Compares a message's metadata with how it was received.

use super::decoded::DecodedMessage;
use crate::bounds::Limits;
use crate::checks::{check_clock, check_headers, check_reply_to, check_send_to, check_unreadable};
use crate::findings::{Finding, Findings};

/// How a message was received: what NATS and the clock say, besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeliveryInfo<'a> {
    /// Its NATS subject; empty if unknown.
    pub subject: &'a str,
    /// Its NATS reply subject.
    pub reply: Option<&'a str>,
    /// Arrival, microseconds since the Unix epoch.
    pub at_us: Option<i64>,
    /// Its headers: name, values.
    pub headers: &'a [(String, Vec<String>)],
}

/// What the circumstances tell of a message's health.
///
/// ```
/// use natsbridge_wire::{Code, DeliveryInfo, Limits, delivery_findings, decode_message};
/// let raw = br#"{"msg_id":"256e050c-c0ea-4f6f-b042-359317418527","send_to":"a.b","payloads":[]}"#;
/// let limits = Limits::default();
/// let message = decode_message(&raw.as_slice().into(), "a.c", &limits);
/// let came = DeliveryInfo { subject: "a.c", ..DeliveryInfo::default() };
/// assert_eq!(delivery_findings(&message, &came, &limits)[0].code, Code::SendToDisagrees);
/// ```
pub fn delivery_findings(
    message: &DecodedMessage<'_>,
    came: &DeliveryInfo<'_>,
    limits: &Limits,
) -> Vec<Finding> {
    let mut findings = Findings::new(limits.findings);
    check_unreadable(came.headers, &mut findings);
    if let Some((_, envelope)) = &message.envelope {
        if let Some(at_us) = came.at_us {
            check_clock(&envelope.timestamp, at_us, &mut findings);
        }
        check_send_to(&envelope.send_to, came.subject, &mut findings);
        check_reply_to(&envelope.reply_to, came.reply, &mut findings);
        check_headers(envelope, came.headers, &mut findings);
    }
    findings.into_vec()
}
