//! The checks of an envelope's keys, ids and broker URLs.
//! Missing and unknown keys are found where the envelope is read; the timestamp has a file of its own.

use crate::checks::contract::{Check, Lines, OTHERS, Reads, effect};
use crate::findings::quoted;
use crate::findings::{Code, Findings};
use crate::text::{authority, split_scheme};

pub const ROWS: &[Check] = &[
    Check {
        code: Code::MixedDialects,
        title: "Keys of several dialects",
        advice: "The message mixes keys of several dialects; each peer reads only those it knows.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::NoReader,
        title: "A message that no peer can read",
        advice: "Write every key in the spelling of one dialect, snake_case with payload_type for current peers, or \
             in both as the universal dialect does; the natsbridge command rewrites a message with check --mend.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::MissingField,
        title: "A missing field",
        advice: "Send every field of the dialect: peers that validate refuse envelopes without it.",
        lines: Lines::NONE,
        effects: &[effect(
            OTHERS,
            Reads::Partly,
            "a peer that validates refuses the envelope",
        )],
    },
    Check {
        code: Code::NullField,
        title: "null instead of a string",
        advice: "Send \"\" instead of null.",
        lines: Lines {
            julia: "something(reply_to, \"\")",
            javascript: "replyTo ?? \"\"",
            python: "reply_to or \"\"",
        },
        effects: &[],
    },
    Check {
        code: Code::WrongFieldType,
        title: "A field of the wrong JSON type",
        advice: "Use the JSON type that the dialect documents.",
        lines: Lines::NONE,
        effects: &[effect(
            OTHERS,
            Reads::Partly,
            "a value of another type is expected",
        )],
    },
    Check {
        code: Code::UnknownField,
        title: "An unknown field",
        advice: "Nothing to fix: the field is kept and shown; other peers ignore it.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::OldSpelling,
        title: "A spelling from before the first release",
        advice: "Use brokerURL (v0.4) or broker_url, and metadata.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::IdNotUuid,
        title: "An id that is not a version 4 UUID",
        advice: "Use a version 4 UUID, as the other peers do.",
        lines: Lines {
            julia: "string(uuid4())",
            javascript: "crypto.randomUUID()",
            python: "str(uuid.uuid4())",
        },
        effects: &[],
    },
    Check {
        code: Code::BrokerUrlScheme,
        title: "A broker URL without a scheme",
        advice: "Write the scheme: nats://host:4222.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::BrokerUrlCredentials,
        title: "Credentials in the broker URL",
        advice: "Never send credentials in broker_url: everyone who reads the message has them now. Change \
             them.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::ForeignKeys,
        title: "Keys in another spelling",
        advice: "Write the dialect that the reader understands, or universal, which has every spelling.",
        lines: Lines::NONE,
        effects: &[],
    },
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
