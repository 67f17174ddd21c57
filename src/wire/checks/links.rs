//! The checks of links: what the URL of a payload tells by itself, and how fetching it ended.
//! Fetching is the engine's work.

use super::contract::{ALL, Check, Lines, OTHERS, Reads, effect};
use crate::findings::quoted;
use crate::findings::{Code, Findings};
use crate::text::percent_encode;
use crate::text::{authority, host_of, split_scheme};
use std::net::IpAddr;

pub(super) const ROWS: &[Check] = &[
    Check {
        code: Code::DatanameBreaksLink,
        title: "A name that breaks the link's URL",
        advice: "Name payloads with letters, digits, - _ and . alone where they may travel by link: the name becomes a part of the URL.",
        lines: Lines {
            julia: "HTTP.escapeuri(dataname)",
            javascript: "encodeURIComponent(dataname)",
            python: "urllib.parse.quote(dataname, safe=\"\")",
        },
        effects: &[effect(
            OTHERS,
            Reads::Partly,
            "the URL leads to another file or to none",
        )],
    },
    Check {
        code: Code::LinkNotFetched,
        title: "A link that nobody fetched yet",
        advice: "The link is fetched when you ask for it.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::LinkNotHttp,
        title: "A link that is no http or https URL",
        advice: "Links must be http or https.",
        lines: Lines::NONE,
        effects: &[effect(ALL, Reads::No, "")],
    },
    Check {
        code: Code::LinkLocalHost,
        title: "A link to the sender's own machine",
        advice: "The link names a host that only its sender can reach; use an address that receivers can reach.",
        lines: Lines::NONE,
        effects: &[effect(
            OTHERS,
            Reads::Partly,
            "only a reader on the sender's machine reaches the link",
        )],
    },
    Check {
        code: Code::LinkPrivateHost,
        title: "A link to a private network",
        advice: "Fine within one network; receivers outside of it need a public address.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::LinkRefused,
        title: "A link that is never fetched",
        advice: "Link to an http or https address that receivers may reach; link-local, multicast and metadata addresses are never fetched.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::LinkGone,
        title: "A link that leads nowhere any more",
        advice: "A one-shot link serves one receiver once: upload without oneShot where several receive, or a receiver comes late.",
        lines: Lines::NONE,
        effects: &[effect(ALL, Reads::No, "")],
    },
    Check {
        code: Code::LinkUnreachable,
        title: "A file server that cannot be reached",
        advice: "Check that the file server runs and that its address is one that receivers can reach.",
        lines: Lines::NONE,
        effects: &[effect(
            OTHERS,
            Reads::Partly,
            "if the reader reaches it no better than we do, it gets nothing",
        )],
    },
    Check {
        code: Code::LinkTooLarge,
        title: "A file over the limit",
        advice: "Fetch it with a higher limit: listen --fetch-limit, or link_bytes under [limits] in the settings.",
        lines: Lines::NONE,
        effects: &[],
    },
    Check {
        code: Code::LinkSizeMismatch,
        title: "A file of another size than declared",
        advice: "Set size to the byte count of the file that was uploaded.",
        lines: Lines {
            julia: "filesize(path)",
            javascript: "(await stat(path)).size",
            python: "os.path.getsize(path)",
        },
        effects: &[],
    },
    Check {
        code: Code::LinkEncoded,
        title: "A file that is served compressed",
        advice: "Serve the file as it is: receivers get it compressed and do not unpack it.",
        lines: Lines::NONE,
        effects: &[effect(
            OTHERS,
            Reads::Partly,
            "the compressed bytes may arrive as they are",
        )],
    },
];

/// Checks where a link leads; an empty one says nothing.
pub fn check_link(url: &str, path: impl FnOnce() -> String, findings: &mut Findings) {
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
    } else if is_private(host) {
        let message = format!("the host {} is known within a private network only", quoted(host));
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

/// Whether only a private network knows the host: a private address, a name without a domain, or one of its domains.
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

/// Checks whether the URL holds the payload's name as it is, where that stands for something else in a URL.
pub fn check_link_name(dataname: &str, url: &str, path: impl FnOnce() -> String, findings: &mut Findings) {
    let Some(broken) = dataname.chars().find(|c| !is_plain(*c)) else {
        return;
    };
    if url.contains(dataname) && !url.contains(&percent_encode(dataname)) {
        let message = format!(
            "the URL holds the name {} as it is, with {broken:?}",
            quoted(dataname)
        );
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
    use crate::findings::told;

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
            let found = told(|findings| check_link(url, String::new, findings));
            assert_eq!(found.first().map(|(code, _)| *code), code, "{url}");
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
