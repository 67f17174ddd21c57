//! `broker-url-credentials`: credentials in the broker URL.

use super::contract::{Check, Lines};
use crate::findings::{Code, Findings};
use crate::text::{authority, split_scheme};

pub(super) const CHECK: Check = Check {
    title: "Credentials in the broker URL",
    advice: "Never send credentials in broker_url: everybody who reads the message has them now. Change them.",
    lines: Lines::NONE,
    effects: &[],
};

/// Checks the broker URLs of an envelope; what they tell of credentials is masked.
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
