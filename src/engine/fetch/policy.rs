//! Which links may be fetched at all, and which automatically. Pure rules; resolved addresses are passed in.

use super::addresses::{METADATA, reserved};
use super::error::{FetchError, FetchErrorKind};
use super::link_url::{LinkUrl, host_name};
use std::net::IpAddr;
use url::{Host, Url};

/// Names under which clouds serve the machine's credentials.
const METADATA_NAMES: &[&str] = &["metadata.google.internal", "metadata.goog"];

/// The rules for fetching. Only http and https are ever fetched; loopback and private addresses are allowed on
/// request or if their host is allowed, because that is where development file servers run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FetchPolicy {
    /// Hosts (`host`, `host:port` or `*.domain`) whose links are fetched without asking.
    pub allowed_hosts: Vec<String>,
    /// Whether link-local and metadata addresses may be fetched from (never by default).
    pub allow_link_local: bool,
}

/// Which links of a message are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FetchMode {
    /// None.
    Never,
    /// Those whose host is allowed.
    #[default]
    Allowed,
    /// All that may be fetched: a person asked for it.
    Always,
}

impl FetchPolicy {
    /// Whether a link is fetched without anybody asking for it.
    pub fn allows_automatic(&self, url: &str) -> bool {
        LinkUrl::parse(url).is_ok_and(|target| self.lists(&target))
    }

    /// Whether the host is among the allowed ones.
    pub(super) fn lists(&self, target: &LinkUrl) -> bool {
        let (host, port) = (target.host(), target.port());
        let entries = self.allowed_hosts.iter();
        entries
            .filter_map(|entry| AllowedHost::parse(entry))
            .any(|entry| entry.matches(&host, port))
    }

    /// Refuses links that nobody may fetch, by name.
    pub(super) fn check_name(&self, target: &LinkUrl) -> Result<(), FetchError> {
        let host = target.host();
        if self.allow_link_local || !METADATA_NAMES.contains(&host.as_str()) {
            return Ok(());
        }
        Err(target.failed(FetchErrorKind::Refused(format!("{host} {METADATA}"))))
    }

    /// Refuses links that nobody may fetch, by any of their addresses: we do not choose which one is connected to.
    pub(super) fn check_addresses(&self, target: &LinkUrl, addresses: &[IpAddr]) -> Result<(), FetchError> {
        let mut found = addresses
            .iter()
            .filter_map(|address| Some((address, reserved(*address)?)));
        let Some((address, what)) = found.next().filter(|_| !self.allow_link_local) else {
            return Ok(());
        };
        Err(target.failed(FetchErrorKind::Refused(match target.literal() {
            Some(_) => format!("{address} {what}"),
            None => format!("{} has the address {address}, which {what}", target.host()),
        })))
    }
}

/// A text that is not an entry for [`FetchPolicy::allowed_hosts`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a host: write files.example.com, files.example.com:8080 or *.example.com")]
pub struct NotAHost(pub String);

/// Whether a text is an entry for [`FetchPolicy::allowed_hosts`].
pub fn check_allowed_host(entry: &str) -> Result<(), NotAHost> {
    let host = AllowedHost::parse(entry);
    host.map(|_| ()).ok_or_else(|| NotAHost(entry.to_owned()))
}

/// One entry of the allowed hosts.
struct AllowedHost {
    name: String,
    /// Whether the name stands for all names below it.
    below: bool,
    port: Option<u16>,
}

impl AllowedHost {
    fn parse(entry: &str) -> Option<Self> {
        let entry = entry.trim();
        let (below, rest) = match entry.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, entry),
        };
        // An IPv6 address without brackets has colons of its own.
        let bare = match rest.parse() {
            Ok(IpAddr::V6(address)) => format!("[{address}]"),
            _ => rest.to_owned(),
        };
        // With a scheme whose ports have no default, so that an explicit port stays.
        let url = Url::parse(&format!("ws://{bare}/")).ok()?;
        let plain = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty();
        let port = match bare.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') && !host.is_empty() => Some(port.parse().ok()?),
            _ => None,
        };
        let host = url.host()?;
        let name = host_name(&host);
        let is_name = matches!(host, Host::Domain(_));
        (plain && (is_name || !below) && !name.contains('*')).then_some(Self { name, below, port })
    }

    fn matches(&self, host: &str, port: u16) -> bool {
        let named = if self.below {
            host.strip_suffix(&self.name)
                .is_some_and(|front| front.len() > 1 && front.ends_with('.'))
        } else {
            host == self.name
        };
        named && self.port.is_none_or(|own| own == port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_allowed_by_name_port_and_wildcard() {
        let policy = |host: &str| FetchPolicy {
            allowed_hosts: vec![host.into()],
            ..FetchPolicy::default()
        };
        for (host, url, allowed) in [
            ("files.example.com", "http://Files.Example.com:8080/x", true),
            ("files.example.com", "http://files.example.com./x", true),
            ("files.example.com", "http://a.files.example.com/x", false),
            ("files.example.com", "ftp://files.example.com/x", false),
            ("files.example.com:8080", "http://files.example.com:8080/x", true),
            ("files.example.com:8080", "http://files.example.com/x", false),
            ("files.example.com:80", "http://files.example.com/x", true),
            ("files.example.com:443", "https://files.example.com/x", true),
            ("*.example.com", "http://a.b.example.com/x", true),
            ("*.example.com", "http://example.com/x", false),
            ("*.example.com", "http://evilexample.com/x", false),
            ("*.example.com:81", "http://a.example.com:81/x", true),
            ("BÜCHER.example", "http://xn--bcher-kva.example/x", true),
            ("localhost", "http://u:p@localhost:8080/x", true),
            ("localhost", "http://localhost@evil.example/x", false),
            ("127.0.0.1", "http://2130706433/x", true),
            ("::1", "http://[::1]:8080/x", true),
            ("[::1]:8080", "http://[0:0::1]:8080/x", true),
            ("[::1]:8080", "http://[::1]/x", false),
        ] {
            assert_eq!(policy(host).allows_automatic(url), allowed, "{host} {url}");
        }
        assert!(!FetchPolicy::default().allows_automatic("http://localhost/x"));
    }

    #[test]
    fn entries_that_are_no_hosts_are_told() {
        for entry in [
            "",
            "*",
            "*.",
            "http://h",
            "h/x",
            "u@h",
            "h:x",
            "h:99999",
            "*.10.0.0.1",
            "a b",
        ] {
            assert!(check_allowed_host(entry).is_err(), "{entry:?}");
        }
        for entry in ["h", "h:1", "*.h", "10.0.0.1:80", "::1", "[::1]:80"] {
            assert!(check_allowed_host(entry).is_ok(), "{entry:?}");
        }
    }
}
