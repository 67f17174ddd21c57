//! The checks of links: what the URL of a payload tells by itself, and how fetching it ended.
//! Fetching is the engine's work.

use super::contract::{ALL, Check, OTHERS, no, partly};
use crate::findings::{Code, Finding, Findings, quoted};
use crate::text::{authority, host_of, percent_encode, split_scheme};
use std::net::IpAddr;

pub(super) const ROWS: &[Check] = &[
    Check::new(
        Code::DatanameBreaksLink,
        "A payload name that breaks the link's URL",
        "Use only letters, digits, - _ and . in the names of payloads that may be sent by link: the \
             name becomes part of the URL.",
    )
    .lines(
        "HTTP.escapeuri(dataname)",
        "encodeURIComponent(dataname)",
        "urllib.parse.quote(dataname, safe=\"\")",
    )
    .affects(&[partly(OTHERS, "the URL points to another file or to none")]),
    Check::new(
        Code::LinkNotFetched,
        "A link that has not been fetched",
        "Nothing to fix: the link is fetched on request.",
    ),
    Check::new(
        Code::LinkNotHttp,
        "A link that is not an http or https URL",
        "Use an http or https URL.",
    )
    .affects(&[no(ALL, "")]),
    Check::new(
        Code::LinkLocalHost,
        "A link to the sender's own machine",
        "The link names a host that only its sender can reach; use an address that receivers can reach.",
    )
    .affects(&[partly(
        OTHERS,
        "only readers on the sender's machine can reach the link",
    )]),
    Check::new(
        Code::LinkPrivateHost,
        "A link to a private network",
        "Fine within one network; receivers outside it need a public address.",
    ),
    Check::new(
        Code::LinkRefused,
        "A link that is never fetched",
        "Use an http or https address that receivers may reach; link-local, multicast and metadata \
             addresses are never fetched.",
    ),
    Check::new(
        Code::LinkGone,
        "A link to a file that is gone",
        "A one-shot link serves only one receiver: upload without oneShot if there are several, or if \
             a receiver may be late.",
    )
    .affects(&[no(ALL, "")]),
    Check::new(
        Code::LinkUnreachable,
        "A file server that cannot be reached",
        "Check that the file server is running and that receivers can reach its address.",
    )
    .affects(&[partly(
        OTHERS,
        "if the reader cannot reach it either, it gets nothing",
    )]),
    Check::new(
        Code::LinkTooLarge,
        "A file over the limit",
        "Fetch it with a higher limit: listen --fetch-limit, or link_bytes under [limits] in the settings.",
    ),
    Check::new(
        Code::LinkSizeMismatch,
        "A file of another size than declared",
        "Set size to the byte count of the file that was uploaded.",
    )
    .lines(
        "filesize(path)",
        "(await stat(path)).size",
        "os.path.getsize(path)",
    ),
    Check::new(
        Code::LinkEncoded,
        "A file that is served compressed",
        "Serve the file uncompressed: receivers do not decompress it.",
    )
    .affects(&[partly(OTHERS, "the data may arrive compressed")]),
];

/// Checks where a link points; an empty one has no finding.
/// While the broker is on the sender's machine, too (or so the envelope says), so are its readers.
pub fn check_link(url: &str, broker_url: &str, path: impl FnOnce() -> String, findings: &mut Findings) {
    if url.is_empty() {
        return;
    }
    let (scheme, rest) = split_scheme(url);
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        let message = format!("{} is not an http or https URL", quoted(url));
        findings.add(Code::LinkNotHttp, path(), message);
        return;
    }
    let host = host_of(authority(rest));
    if is_local(host) {
        let brokers = broker_url.split(',').map(str::trim).filter(|url| !url.is_empty());
        let is_near = brokers
            .map(|url| host_of(authority(split_scheme(url).1)))
            .any(is_local);
        let message = format!("the host is {}", quoted(host));
        let finding = Finding::new(Code::LinkLocalHost, path(), message);
        findings.push(if is_near { finding.as_note() } else { finding });
    } else if is_private(host) {
        let message = format!("the host {} is only known within a private network", quoted(host));
        findings.add(Code::LinkPrivateHost, path(), message);
    }
}

fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let tail = host.get(host.len().saturating_sub(10)..).unwrap_or_default();
    host.is_empty()
        || host.eq_ignore_ascii_case("localhost")
        || tail.eq_ignore_ascii_case(".localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified())
}

/// Whether the host is only known within a private network: a private address, a name without a domain, or a private
/// domain.
pub(super) fn is_private(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    if let Ok(ip) = host.parse::<IpAddr>() {
        return match ip {
            IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
        };
    }
    let domain = host.rsplit_once('.').map(|(_, domain)| domain);
    domain.is_none_or(|domain| {
        ["local", "lan", "internal", "home", "localdomain"]
            .iter()
            .any(|private| domain.eq_ignore_ascii_case(private))
    })
}

/// Checks whether the URL contains the payload's name unescaped although that changes its meaning.
pub fn check_link_name(dataname: &str, url: &str, path: impl FnOnce() -> String, findings: &mut Findings) {
    let Some(broken) = dataname.chars().find(|c| !is_plain(*c)) else {
        return;
    };
    if url.contains(dataname) && !url.contains(&percent_encode(dataname)) {
        let name = quoted(dataname);
        let message = format!("the URL contains the name {name} unescaped, with {broken:?}");
        findings.add(Code::DatanameBreaksLink, path(), message);
    }
}

/// Whether it means itself wherever it stands in the path of a URL.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:@".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Severity, told};

    #[test]
    fn links_to_the_senders_own_machine_are_told() {
        for (url, code) in [
            ("http://localhost:8080/file/a/b/c.bin", Some(Code::LinkLocalHost)),
            ("http://127.0.0.2/x", Some(Code::LinkLocalHost)),
            ("https://[::1]:80/x", Some(Code::LinkLocalHost)),
            ("http://0.0.0.0/x", Some(Code::LinkLocalHost)),
            ("http://files.example.com/x", None),
            ("http://10.0.0.7/x", Some(Code::LinkPrivateHost)),
            ("ftp://files.example.com/x", Some(Code::LinkNotHttp)),
            ("/file/a/b", Some(Code::LinkNotHttp)),
        ] {
            let found =
                told(|findings| check_link(url, "nats://nats.example.com:4222", String::new, findings));
            assert_eq!(found.first().map(|(code, _)| *code), code, "{url}");
        }
    }

    #[test]
    fn a_link_to_the_machine_of_the_broker_is_worth_a_note() {
        for (broker, severity) in [
            ("nats://localhost:4222", Severity::Note),
            ("127.0.0.1:4222", Severity::Note),
            ("nats://ada:secret@[::1]", Severity::Note),
            (
                "nats://nats.example.com:4222, nats://localhost:4222",
                Severity::Note,
            ),
            ("nats://nats.example.com:4222", Severity::Warning),
            ("", Severity::Warning),
        ] {
            let mut findings = Findings::new(9);
            check_link("http://localhost:8080/x", broker, String::new, &mut findings);
            assert_eq!(findings.into_vec()[0].severity(), severity, "{broker}");
        }
    }

    #[test]
    fn private_addresses_and_names_without_a_domain() {
        for host in [
            "10.0.0.7",
            "192.168.1.2",
            "169.254.1.1",
            "fd00::1",
            "fe80::1",
            "plik",
            "nas.lan",
            "a.b.Local.",
        ] {
            assert!(is_private(host), "{host}");
        }
        for host in ["8.8.8.8", "files.example.com", "2a00::1", "172.32.0.1"] {
            assert!(!is_private(host), "{host}");
        }
    }

    #[test]
    fn only_names_that_stand_unescaped_in_the_url_are_told() {
        for (name, url, breaks) in [
            ("rows.arrow", "https://h/f/rows.arrow", false),
            ("", "https://h/f/", false),
            ("a/b", "https://h/f/a/b", true),
            ("a/b", "https://h/f/a%2Fb", false),
            ("what?", "https://h/f/what?", true),
            ("50%", "https://h/f/50%", true),
            ("50%", "https://h/f/50%25", false),
            ("a b", "https://h/f/a b", true),
            ("a b", "https://h/f/a%20b", false),
            ("größe", "https://h/f/größe", true),
            ("größe", "https://h/f/1", false),
        ] {
            let found = told(|findings| check_link_name(name, url, String::new, findings));
            assert_eq!(!found.is_empty(), breaks, "{name} {url}");
        }
    }
}
