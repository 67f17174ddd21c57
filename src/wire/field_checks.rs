//! Checks of what fields hold: ids, timestamp, broker URL, subjects, links. Whether they are there is the reader's matter.

use super::dialects::{Dialect, Field};
use super::envelope::{Data, Envelope, Transport};
use super::finding::{Code, Findings};
use std::collections::HashSet;

const IDS: [Field; 5] = [
    Field::CorrelationId,
    Field::MsgId,
    Field::SenderId,
    Field::ReceiverId,
    Field::ReplyToMsgId,
];

/// Checks every field of an envelope that was read in `dialect`. Empty fields say nothing and are passed over.
pub(super) fn check_fields(envelope: &Envelope<'_>, dialect: Dialect, findings: &mut Findings) {
    for field in IDS {
        check_id(text(envelope, field), || field.key(dialect).to_owned(), findings);
    }
    check_timestamp(&envelope.timestamp, findings);
    check_broker_url(&envelope.broker_url, Field::BrokerUrl.key(dialect), findings);
    for field in [Field::SendTo, Field::ReplyTo] {
        check_subject(text(envelope, field), field.key(dialect), findings);
    }
    check_payloads(envelope, findings);
}

fn text<'e>(envelope: &'e Envelope<'_>, field: Field) -> &'e str {
    envelope.text(field).map_or("", |text| text)
}

fn check_payloads(envelope: &Envelope<'_>, findings: &mut Findings) {
    let mut ids = HashSet::new();
    for (index, payload) in envelope.payloads.iter().enumerate() {
        let path = |key: &str| format!("payloads[{index}].{key}");
        check_id(&payload.id, || path("id"), findings);
        let alone = envelope.payloads.len() == 1;
        if !alone && !payload.id.is_empty() && !ids.insert(&payload.id) {
            let message = format!("another payload has the id {} too", quoted(&payload.id));
            findings.add(Code::DuplicatePayloadId, path("id"), message);
        }
        if let (Transport::Link, Data::Text(url)) = (payload.transport, &payload.data) {
            check_link(url, || path("data"), findings);
        }
    }
}

fn check_id(id: &str, path: impl FnOnce() -> String, findings: &mut Findings) {
    if !id.is_empty() && !is_uuid_v4(id) {
        let message = format!("{} is no UUID version 4", quoted(id));
        findings.add(Code::IdNotUuid, path(), message);
    }
}

fn is_uuid_v4(id: &str) -> bool {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let Ok(mut id) = <[u8; 36]>::try_from(id.as_bytes()) else {
        return false;
    };
    let version = id[14] == b'4' && matches!(id[19], b'8' | b'9' | b'a' | b'b' | b'A' | b'B');
    let dashes = DASHES.iter().all(|at| id[*at] == b'-');
    for at in DASHES {
        id[at] = b'0';
    }
    // Without an early exit the compiler looks at many digits at once.
    version && dashes && id.iter().fold(true, |all, byte| all & byte.is_ascii_hexdigit())
}

fn check_timestamp(timestamp: &str, findings: &mut Findings) {
    if timestamp.is_empty() || is_usual(timestamp.as_bytes()) || timestamp.parse::<jiff::Timestamp>().is_ok()
    {
        return;
    }
    if timestamp.parse::<jiff::civil::DateTime>().is_ok() {
        let message = format!("{} has no zone", quoted(timestamp));
        findings.add(Code::TimestampWithoutZone, "timestamp", message);
    } else {
        let message = format!("{} is no RFC 3339 timestamp", quoted(timestamp));
        findings.add(Code::BadTimestamp, "timestamp", message);
    }
}

/// Whether this is a timestamp as nearly all peers write it, `2026-02-22T14:16:57.123Z`, on a day that every month
/// has. What is not may still be right: that takes a parser.
fn is_usual(timestamp: &[u8]) -> bool {
    let Some((seconds, fraction)) = timestamp.split_first_chunk::<19>() else {
        return false;
    };
    let number = |at: usize| match [seconds[at], seconds[at + 1]] {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => (tens - b'0') * 10 + (ones - b'0'),
        _ => u8::MAX,
    };
    let marks = [seconds[4], seconds[7], seconds[10], seconds[13], seconds[16]];
    let fraction = match fraction {
        b"Z" => true,
        [b'.', digits @ .., b'Z'] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    marks == *b"--T::"
        && number(0) < 100
        && number(2) < 100
        && (1..=12).contains(&number(5))
        && (1..=28).contains(&number(8))
        && number(11) < 24
        && number(14) < 60
        && number(17) < 60
        && fraction
}

fn check_broker_url(urls: &str, key: &'static str, findings: &mut Findings) {
    let urls = urls.trim();
    let usual = memchr::memchr2(b',', b'@', urls.as_bytes()).is_none();
    if usual && !split_scheme(urls).0.is_empty() {
        return;
    }
    for url in urls.split(',').map(str::trim).filter(|url| !url.is_empty()) {
        let (scheme, rest) = split_scheme(url);
        let authority = authority(rest);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let mask = if host.len() < authority.len() { "***@" } else { "" };
        let slashes = if scheme.is_empty() { "" } else { "://" };
        if scheme.is_empty() {
            let message = format!("\"{mask}{host}\" has no scheme");
            findings.add(Code::BrokerUrlScheme, key, message);
        }
        if !mask.is_empty() {
            let message = format!("\"{scheme}{slashes}{mask}{host}\" carries credentials (masked here)");
            findings.add(Code::BrokerUrlCredentials, key, message);
        }
    }
}

/// Checks a subject for wildcards that are none because they do not stand alone between dots.
pub(super) fn check_subject(subject: &str, path: &'static str, findings: &mut Findings) {
    if memchr::memchr2(b'*', b'>', subject.as_bytes()).is_none() {
        return;
    }
    let broken = |token: &str| token.len() > 1 && token.contains('/') && token.contains(['*', '>']);
    if subject.split('.').any(broken) {
        let message = format!("the wildcard in {} is a literal character", quoted(subject));
        findings.add(Code::WildcardInSlashSubject, path, message);
    }
}

fn check_link(url: &str, path: impl FnOnce() -> String, findings: &mut Findings) {
    if url.is_empty() {
        return;
    }
    let (scheme, rest) = split_scheme(url);
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        let message = format!("{} is no http or https URL", quoted(url));
        findings.add(Code::LinkNotHttp, path(), message);
        return;
    }
    let host = host_of(authority(rest));
    if is_local(host) {
        let message = format!("the host is {}", quoted(host));
        findings.add(Code::LinkLocalHost, path(), message);
    }
}

/// The scheme and what stands behind its `://`; no scheme where there is none.
fn split_scheme(url: &str) -> (&str, &str) {
    let at = url.as_bytes().windows(3).position(|window| window == b"://");
    at.map_or(("", url), |at| (&url[..at], &url[at + 3..]))
}

/// Host, port and credentials: what stands behind the scheme up to the path.
fn authority(rest: &str) -> &str {
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    &rest[..end.unwrap_or(rest.len())]
}

fn host_of(authority: &str) -> &str {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let tail = host.get(host.len().saturating_sub(10)..).unwrap_or_default();
    host.is_empty()
        || host.eq_ignore_ascii_case("localhost")
        || tail.eq_ignore_ascii_case(".localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified())
}

/// The text in quotes, cut to what a sentence bears.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 80;
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{:?}", format!("{}…", &text[..cut])),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(check: impl FnOnce(&mut Findings)) -> Vec<(Code, String)> {
        let mut findings = Findings::new(100);
        check(&mut findings);
        let list = findings.into_vec().into_iter();
        list.map(|finding| (finding.code, finding.message)).collect()
    }

    #[test]
    fn timestamps_of_every_peer_are_judged() {
        for (text, code) in [
            ("2026-02-22T14:16:57.123Z", None),
            ("2026-02-22T14:16:57Z", None),
            ("2026-02-22T14:16:57.123456+07:00", None),
            ("2026-02-22T14:16:57", Some(Code::TimestampWithoutZone)),
            ("2026-02-22T14:16:57.12", Some(Code::TimestampWithoutZone)),
            ("2026-02-30T14:16:57Z", Some(Code::BadTimestamp)),
            ("1771769817", Some(Code::BadTimestamp)),
            ("2026-13-22T14:16:57Z", Some(Code::BadTimestamp)),
            ("2026-02-22T24:16:57Z", Some(Code::BadTimestamp)),
            ("2026-02-22T14:16:5xZ", Some(Code::BadTimestamp)),
            ("2026-02-22T14:16:57.Z", Some(Code::BadTimestamp)),
            ("2026-02-22T14:16:57.0123456789Z", Some(Code::BadTimestamp)),
            ("2028-02-29T00:00:00Z", None),
            ("yesterday", Some(Code::BadTimestamp)),
            ("", None),
        ] {
            let found = codes(|findings| check_timestamp(text, findings));
            assert_eq!(found.first().map(|(code, _)| *code), code, "{text}");
        }
    }

    #[test]
    fn credentials_never_reach_a_message() {
        for url in [
            "nats://ada:secret@host:4222",
            "secret@host",
            "tls://secret@a,nats://b:secret@c/x",
        ] {
            let found = codes(|findings| check_broker_url(url, "broker_url", findings));
            assert!(
                found.iter().any(|(code, _)| *code == Code::BrokerUrlCredentials),
                "{url}"
            );
            assert!(
                found.iter().all(|(_, message)| !message.contains("secret")),
                "{found:?}"
            );
        }
        assert!(codes(|findings| check_broker_url("nats://localhost:4222", "", findings)).is_empty());
        let bare = codes(|findings| check_broker_url("localhost:4222", "", findings));
        assert_eq!(bare[0].0, Code::BrokerUrlScheme);
    }

    #[test]
    fn links_to_the_senders_own_machine_are_told() {
        for (url, code) in [
            ("http://localhost:8080/file/a/b/c.bin", Some(Code::LinkLocalHost)),
            ("http://127.0.0.2/x", Some(Code::LinkLocalHost)),
            ("https://[::1]:80/x", Some(Code::LinkLocalHost)),
            ("http://0.0.0.0/x", Some(Code::LinkLocalHost)),
            ("http://files.example.com/x", None),
            ("http://10.0.0.7/x", None),
            ("ftp://files.example.com/x", Some(Code::LinkNotHttp)),
            ("/file/a/b", Some(Code::LinkNotHttp)),
        ] {
            let found = codes(|findings| check_link(url, String::new, findings));
            assert_eq!(found.first().map(|(code, _)| *code), code, "{url}");
        }
    }

    #[test]
    fn only_version_4_ids_pass() {
        assert!(is_uuid_v4("256e050c-c0ea-4f6f-b042-359317418527"));
        assert!(!is_uuid_v4("aa84567c-e660-11f1-3afd-2ddd9f9b9ee6"));
        assert!(!is_uuid_v4("256e050c-c0ea-4f6f-b042-35931741852g"));
        assert!(!is_uuid_v4("256e050c0c0ea-4f6f-b042-359317418527"));
        assert!(!is_uuid_v4("cmd-001"));
    }

    #[test]
    fn a_wildcard_within_a_slash_subject_is_told() {
        let found = |subject| !codes(|findings| check_subject(subject, "", findings)).is_empty();
        assert!(found("/chat/*") && found("a./b/>"));
        assert!(!found("chat.*") && !found("/chat/room1") && !found(">"));
    }
}
