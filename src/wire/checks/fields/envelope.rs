//! The checks of an envelope's keys, ids and broker URLs.
//! Missing and unknown keys are found where the envelope is read; the timestamp has a file of its own.

use crate::checks::contract::{Check, OTHERS, no, partly};
use crate::findings::{Code, Findings, quoted};
use crate::text::{authority, split_scheme};

pub const ROWS: &[Check] = &[
    Check::new(
        Code::MixedDialects,
        "Keys of several dialects",
        "The message mixes keys of several dialects; each peer reads only those it knows.",
    ),
    Check::new(
        Code::NoReader,
        "A message that no peer can read",
        "Write every key in the spelling of one dialect, snake_case with payload_type for current peers, or \
             in both as the universal dialect does; the natsbridge command rewrites a message with check --mend.",
    ),
    Check::new(
        Code::MissingField,
        "A missing field",
        "Send every field of the dialect: peers that validate refuse envelopes without it.",
    )
    .affects(&[partly(OTHERS, "a peer that validates refuses the envelope")]),
    Check::new(
        Code::NullField,
        "null instead of a string",
        "Send \"\" instead of null.",
    )
    .lines("something(reply_to, \"\")", "replyTo ?? \"\"", "reply_to or \"\""),
    Check::new(
        Code::WrongFieldType,
        "A field of the wrong JSON type",
        "Use the JSON type that the dialect documents.",
    )
    .affects(&[partly(OTHERS, "a value of another type is expected")]),
    Check::new(
        Code::BadPayloads,
        "payloads that are no array",
        "Send an array; a message without payloads has [].",
    )
    .lines("Any[]", "[]", "[]")
    .affects(&[no(OTHERS, "payloads that are no array cannot be gone through")]),
    Check::new(
        Code::UnknownField,
        "An unknown field",
        "Nothing to fix: the field is kept and shown; other peers ignore it.",
    ),
    Check::new(
        Code::OldSpelling,
        "A spelling from before the first release",
        "Use brokerURL (v0.4) or broker_url, and metadata.",
    ),
    Check::new(
        Code::IdNotUuid,
        "An id that is not a version 4 UUID",
        "Use a version 4 UUID, as the other peers do.",
    )
    .lines("string(uuid4())", "crypto.randomUUID()", "str(uuid.uuid4())"),
    Check::new(
        Code::BrokerUrlScheme,
        "A broker URL without a scheme",
        "Write the scheme: nats://host:4222.",
    ),
    Check::new(
        Code::BrokerUrlCredentials,
        "Credentials in the broker URL",
        "Never send credentials in broker_url: everyone who reads the message has them now. Change \
             them.",
    ),
    Check::new(
        Code::ForeignKeys,
        "Keys in another spelling",
        "Write the dialect that the reader understands, or universal, which has every spelling.",
    ),
];

/// Checks an id; an empty one has no finding.
pub fn check_id(id: &str, path: impl FnOnce() -> String, findings: &mut Findings) {
    if !id.is_empty() && !is_uuid_v4(id) {
        let message = format!("{} is not a version 4 UUID", quoted(id));
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

/// Checks the broker URLs of an envelope; findings mask the credentials.
pub fn check_broker_url(urls: &str, key: &'static str, findings: &mut Findings) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::told;

    #[test]
    fn only_version_4_ids_pass() {
        assert!(is_uuid_v4("256e050c-c0ea-4f6f-b042-359317418527"));
        assert!(!is_uuid_v4("aa84567c-e660-11f1-3afd-2ddd9f9b9ee6"));
        assert!(!is_uuid_v4("256e050c-c0ea-4f6f-b042-35931741852g"));
        assert!(!is_uuid_v4("256e050c0c0ea-4f6f-b042-359317418527"));
        assert!(!is_uuid_v4("cmd-001"));
    }

    #[test]
    fn credentials_never_reach_a_message() {
        for url in [
            "nats://ada:secret@host:4222",
            "secret@host",
            "tls://secret@a,nats://b:secret@c/x",
        ] {
            let found = told(|findings| check_broker_url(url, "broker_url", findings));
            assert!(
                found.iter().any(|(code, _)| *code == Code::BrokerUrlCredentials),
                "{url}"
            );
            assert!(
                found.iter().all(|(_, message)| !message.contains("secret")),
                "{found:?}"
            );
        }
        assert!(told(|findings| check_broker_url("nats://localhost:4222", "", findings)).is_empty());
        let bare = told(|findings| check_broker_url("localhost:4222", "", findings));
        assert_eq!(bare[0].0, Code::BrokerUrlScheme);
    }
}
