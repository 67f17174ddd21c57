//! Addresses that are never fetched from unless the settings allow it: link-local, broadcast, unspecified and cloud
//! metadata addresses. Pure; the policy decides who may fetch from which names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks: address, bits of prefix, what it is. Those of IPv4 stand where IPv6 maps them to.
const NETWORKS: &[(Ipv6Addr, u32, &str)] = &[
    (v4(0, 0, 0, 0), 96 + 8, "means this machine"),
    (v4(169, 254, 0, 0), 96 + 16, LINK_LOCAL),
    (v4(100, 100, 100, 200), 128, METADATA),
    (v4(168, 63, 129, 16), 128, METADATA),
    (v4(192, 0, 0, 192), 128, METADATA),
    (v4(224, 0, 0, 0), 96 + 4, MULTICAST),
    (v4(255, 255, 255, 255), 128, "is the broadcast address"),
    (Ipv6Addr::UNSPECIFIED, 128, "means this machine"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, LINK_LOCAL),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, MULTICAST),
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), 128, METADATA),
    (Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254), 128, METADATA),
];

const LINK_LOCAL: &str = "is link-local, where clouds serve the machine's credentials";
/// What an address or a name is under which clouds serve credentials.
pub(super) const METADATA: &str = "is where a cloud serves the machine's credentials";
const MULTICAST: &str = "is multicast";

const fn v4(a: u8, b: u8, c: u8, d: u8) -> Ipv6Addr {
    Ipv4Addr::new(a, b, c, d).to_ipv6_mapped()
}

/// Why an address is special, if it is; completes the sentence `ADDRESS …`. An IPv6 address that embeds an IPv4 one
/// is checked as both.
pub(super) fn reserved(address: IpAddr) -> Option<&'static str> {
    let (own, inner) = match address {
        IpAddr::V4(v4) => (v4.to_ipv6_mapped(), [None, None]),
        IpAddr::V6(v6) => (v6, embedded(v6)),
    };
    let inner = inner.into_iter().flatten().map(|v4| v4.to_ipv6_mapped());
    std::iter::once(own).chain(inner).find_map(|address| {
        let is_in =
            |network: &Ipv6Addr, bits: &u32| (address.to_bits() ^ network.to_bits()) >> (128 - bits) == 0;
        let mut networks = NETWORKS.iter();
        let (.., what) = networks.find(|(network, bits, _)| is_in(network, bits))?;
        Some(*what)
    })
}

/// The IPv4 addresses that a gateway or the system would derive from an IPv6 one.
fn embedded(v6: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    let s = v6.segments();
    let pair = |high: u16, low: u16| Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    let last = pair(s[6], s[7]);
    match s {
        // NAT64, local prefix (RFC 8215): behind 96 bits, or around the reserved byte behind 48.
        [0x64, 0xff9b, 1, ..] => [last, pair(s[3], s[4] << 8 | s[5] >> 8)],
        // 6to4 (RFC 3056).
        [0x2002, ..] => [pair(s[1], s[2]), None],
        // Teredo (RFC 4380): the server, and the client with its bits turned over.
        [0x2001, 0, ..] => [pair(s[2], s[3]), pair(!s[6], !s[7])],
        // Loopback, which looks like a compatible one.
        [0, 0, 0, 0, 0, 0, 0, 1] => [None, None],
        // Compatible and mapped (RFC 4291), translated (RFC 2765), NAT64 (RFC 6052), ISATAP (RFC 5214).
        [0, 0, 0, 0, 0, 0 | 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..]
        | [.., 0 | 0x200, 0x5efe, _, _] => [last, None],
        _ => [None, None],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_never_fetched_from() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.0.1",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "::",
            "fe80::1",
            "febf::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "::ffff:169.254.169.254",
            "::ffff:0:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::169.254.169.254",
            "64:ff9b:1:a9fe:00a9:fe00::",
            "2002:a9fe:a9fe::1",
            "2001:0:a9fe:a9fe::",
            "2001:0:1::5601:5601",
            "fd01::5efe:169.254.169.254",
        ] {
            assert!(reserved(text.parse().unwrap()).is_some(), "{text}");
        }
    }

    #[test]
    fn addresses_of_ordinary_file_servers() {
        for text in [
            "127.0.0.1",
            "10.0.0.1",
            "192.168.1.2",
            "172.16.0.1",
            "100.100.100.201",
            "93.184.216.34",
            "::1",
            "fd00::1",
            "2606:4700::1111",
            "::ffff:10.0.0.1",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert_eq!(reserved(text.parse().unwrap()), None, "{text}");
        }
    }
}
