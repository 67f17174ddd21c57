//! The checks of how a message was delivered: its size, subjects and headers, and the messages before it.
//! What surrounds a message comes from outside.

use super::contract::{ALL, Check, OTHERS, no, partly};
use crate::dialects::FIELDS;
use crate::envelope::Envelope;
use crate::findings::{Code, Findings, quoted};

pub(super) const ROWS: &[Check] = &[
    Check::new(Code::MessageTooLarge, "A message over the limit", "Send large payloads by link.").affects(&[no(ALL, "")]),
    Check::new(Code::OverMaxPayload, "Over the broker's default size limit", "Send large payloads by link: brokers refuse a message over their max_payload, 1 MiB unless configured otherwise.").affects(&[partly(OTHERS, "a broker with the default max_payload does not deliver it")]),
    Check::new(Code::ExaminedInPart, "Examined in part", "Nothing is wrong with the message: it needs more memory than may be taken. Look at its payloads one by one, or raise \
             glance_memory, message_memory or decode_memory under [limits] in the settings."),
    Check::new(Code::CorrelationReused, "A reused correlation id", "Create a new correlation id for every request; otherwise answers go to whoever still waits \
             under the old one.").lines("string(uuid4())  # for each request", "crypto.randomUUID()  // for each request", "str(uuid.uuid4())  # for each request").affects(&[partly(OTHERS, "answers to the two requests cannot be told apart")]),
    Check::new(Code::ReplyWithoutRequest, "A reply to an unknown message", "Nothing to fix if the request came earlier or by another way; otherwise set reply_to_msg_id \
             to the request's msg_id.").lines("reply_to_msg_id = request[\"msg_id\"]", "reply_to_msg_id: request.msg_id", "reply_to_msg_id=request[\"msg_id\"]"),
    Check::new(Code::WildcardInSlashSubject, "A wildcard within a token", "NATS wildcards only count as whole tokens between dots: /chat/* is a literal subject."),
    Check::new(Code::SendToDisagrees, "send_to differs from the subject", "Publish to the subject in send_to, or leave it empty; bridges and mirrors may change the \
             subject on the way."),
    Check::new(Code::ReplyToDisagrees, "reply_to differs from the NATS reply subject", "Name only one subject: leave reply_to empty when you send with the client's own request(), \
             or publish plainly.").lines("publish(nc, subject, envelope)", "nc.publish(subject, envelope)", "await nc.publish(subject, envelope)  # not nc.request").affects(&[partly(OTHERS, "it answers on one of the two subjects, and the requester may be waiting on the other")]),
    Check::new(Code::HeaderDisagrees, "A header that contradicts the envelope", "Set the header from the envelope's field, or leave it out: peers read the envelope, brokers \
             and tracers the header.").lines("", "headers.set(\"Nats-Msg-Id\", envelope.msg_id)", "headers={\"Nats-Msg-Id\": envelope[\"msg_id\"]}"),
    Check::new(Code::MoreFindings, "More findings than are listed", "Fix the first ones, then check again."),
    Check::new(Code::MalformedHeader, "Headers or subjects that clients cannot parse", "Many clients lose their connection over this message: send headers as `name: value` without \
             line breaks, and subjects in UTF-8 without white space.").affects(&[partly(OTHERS, "many clients lose their connection over it")]),
    Check::new(Code::OverPeerLimit, "More than the reader can handle", "Send less at once, or by link."),
];

/// Checks a subject for wildcards without effect because they are not a whole token.
pub fn check_subject(subject: &str, path: &'static str, findings: &mut Findings) {
    if memchr::memchr2(b'*', b'>', subject.as_bytes()).is_none() {
        return;
    }
    let broken = |token: &str| token.len() > 1 && token.contains('/') && token.contains(['*', '>']);
    if subject.split('.').any(broken) {
        let message = format!("the wildcard in {} is a literal character", quoted(subject));
        findings.add(Code::WildcardInSlashSubject, path, message);
    }
}

/// Compares the subject in the envelope with the actual one; unknown ones are skipped.
pub fn check_send_to(send_to: &str, subject: &str, findings: &mut Findings) {
    if !send_to.is_empty() && !subject.is_empty() && send_to != subject {
        let (named, actual) = (quoted(send_to), quoted(subject));
        let message = format!("send_to is {named}, but the message arrived on {actual}");
        findings.add(Code::SendToDisagrees, "send_to", message);
    }
}

/// Compares an envelope's reply_to with the NATS reply subject. `JetStream` sets a reply subject of its own.
pub fn check_reply_to(reply_to: &str, reply: Option<&str>, findings: &mut Findings) {
    let Some(reply) = reply.filter(|reply| !reply.is_empty() && !reply.starts_with("$JS.ACK.")) else {
        return;
    };
    if !reply_to.is_empty() && reply_to != reply {
        let (named, actual) = (quoted(reply_to), quoted(reply));
        let message = format!("reply_to is {named}, the NATS reply subject is {actual}");
        findings.add(Code::ReplyToDisagrees, "reply_to", message);
    }
}

/// What headers put before the name of a field.
const PREFIXES: [&str; 2] = ["nats", "x"];

/// Compares each header that is named like a field of the envelope (`Nats-Msg-Id`, `correlation-id`) with that field.
pub fn check_headers(envelope: &Envelope<'_>, headers: &[(String, Vec<String>)], findings: &mut Findings) {
    for (name, values) in headers {
        let Some((row, field)) = FIELDS.iter().find_map(|row| {
            let text = envelope.text(row.field).filter(|text| !text.is_empty())?;
            names(name, row.snake).then_some((row, text))
        }) else {
            continue;
        };
        if let Some(value) = values.iter().find(|value| **value != **field) {
            let [name, value, field] = [&**name, &**value, &**field].map(quoted);
            let message = format!("the header {name} says {value}, the envelope {field}");
            findings.add(Code::HeaderDisagrees, row.snake, message);
        }
    }
}

/// Whether a header is named like a field: the same words with any separators, possibly with a prefix.
fn names(header: &str, snake: &str) -> bool {
    let field = || letters(snake);
    letters(header).eq(field())
        || PREFIXES
            .iter()
            .any(|prefix| letters(header).eq(prefix.bytes().chain(field())))
}

/// A name without its separators, in small letters.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    let letters = name.bytes().filter(|byte| !matches!(byte, b'-' | b'_'));
    letters.map(|byte| byte.to_ascii_lowercase())
}

/// The header with the unparsable parts of a message, escaped as in source code; added by the repairing proxy.
pub const UNREADABLE_HEADER: &str = "Natsbridge-Unreadable";

/// Characters told of each.
const SHOWN: usize = 200;

/// Reports which headers (and subjects) of a message clients could not parse.
pub fn check_unreadable(headers: &[(String, Vec<String>)], findings: &mut Findings) {
    let unreadable = headers.iter().filter(|(name, _)| name == UNREADABLE_HEADER);
    for value in unreadable.flat_map(|(_, values)| values) {
        let shown: String = value.chars().take(SHOWN).collect();
        let message = format!("clients cannot parse this: {shown}");
        findings.add(Code::MalformedHeader, "", message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::told;

    #[test]
    fn a_wildcard_within_a_slash_subject_is_told() {
        let found = |subject| !told(|findings| check_subject(subject, "", findings)).is_empty();
        assert!(found("/chat/*") && found("a./b/>"));
        assert!(!found("chat.*") && !found("/chat/room1") && !found(">"));
    }

    #[test]
    fn headers_are_known_by_their_words() {
        for name in ["Nats-Msg-Id", "msg_id", "MsgId", "X-Msg-Id"] {
            assert!(names(name, "msg_id"), "{name}");
        }
        for name in ["Msg", "Nats-Msg-Size", "id"] {
            assert!(!names(name, "msg_id"), "{name}");
        }
    }

    #[test]
    fn each_unreadable_line_is_told_and_no_other() {
        let header = |name: &str, values: &[&str]| {
            let values = values.iter().map(ToString::to_string).collect();
            (name.to_owned(), values)
        };
        let headers = [
            header("K", &["v"]),
            header(UNREADABLE_HEADER, &["a", r"subject b\xff"]),
        ];
        let found = |headers| -> Vec<String> {
            let found = told(|findings| check_unreadable(headers, findings));
            found.into_iter().map(|(_, message)| message).collect()
        };
        let expected = [
            "clients cannot parse this: a",
            r"clients cannot parse this: subject b\xff",
        ];
        assert_eq!(found(&headers), expected);
        assert!(found(&headers[..1]).is_empty());
    }
}
