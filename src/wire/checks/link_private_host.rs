//! `link-private-host`: a link to a private network.

use super::contract::{Check, Lines};
use std::net::IpAddr;

pub(super) const CHECK: Check = Check {
    title: "A link to a private network",
    advice: "Fine within one network; receivers outside of it need a public address.",
    lines: Lines::NONE,
    effects: &[],
};

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
