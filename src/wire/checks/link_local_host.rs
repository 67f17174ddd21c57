//! `link-local-host`: a link to the sender's own machine.

use super::contract::{Check, Lines, OTHERS, Reads, effect};
use super::link_private_host::is_private;
use crate::findings::{Code, Findings, quoted};
use crate::text::{authority, host_of, split_scheme};

pub(super) const CHECK: Check = Check {
    title: "A link to the sender's own machine",
    advice: "The link names a host that only its sender can reach; use an address that receivers can reach.",
    lines: Lines::NONE,
    effects: &[effect(
        OTHERS,
        Reads::Partly,
        "only a reader on the sender's machine reaches the link",
    )],
};

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
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified())
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
}
