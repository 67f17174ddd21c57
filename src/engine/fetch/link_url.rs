//! The URL of a link as a connection target: an http or https address without credentials. Opens nothing.

use super::error::{FetchError, FetchErrorKind};
use crate::wording::Cause;
use std::error::Error;
use std::net::IpAddr;
use url::{Host, Url};

/// Characters of a text that is no URL shown in errors.
const SHOWN: usize = 120;

/// A link that may be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LinkUrl {
    url: Url,
}

impl LinkUrl {
    /// Parses a link as browsers do, which normalises odd spellings of addresses; removes the credentials.
    pub(super) fn parse(link: &str) -> Result<Self, FetchError> {
        match Url::parse(link) {
            Ok(url) => Self::new(url),
            Err(error) => Err(no_link(link, error)),
        }
    }

    /// Where a redirect leads.
    pub(super) fn join(&self, location: &str) -> Result<Self, FetchError> {
        let bad = |why: String| self.failed(FetchErrorKind::BadRedirect(Cause::of(why)));
        let url = self.url.join(location);
        let url = url.map_err(|error| bad(format!("{} is not a URL ({error})", shortened(location))))?;
        let target = Self::new(url)?;
        if self.url.scheme() == "https" && target.url.scheme() == "http" {
            return Err(bad(format!("it redirects from https to {}", target.shown())));
        }
        Ok(target)
    }

    fn new(mut url: Url) -> Result<Self, FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(no_link(
                url.as_str(),
                format!("{} is not supported", url.scheme()),
            ));
        }
        url.set_fragment(None);
        // Neither can fail: the address has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Self { url })
    }

    /// Why it was not fetched.
    pub(super) fn failed(&self, kind: FetchErrorKind) -> FetchError {
        FetchError::new(self.shown(), kind)
    }

    /// The URL that is asked for.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The URL for people.
    pub(super) fn shown(&self) -> String {
        self.url.as_str().to_owned()
    }

    /// Name or address of the host: lower case, without brackets or final dot.
    pub(super) fn host(&self) -> String {
        self.url.host().map(|host| host_name(&host)).unwrap_or_default()
    }

    /// Host and port for people.
    pub(super) fn host_and_port(&self) -> String {
        format!("{}:{}", self.url.host_str().unwrap_or_default(), self.port())
    }

    /// Port.
    pub(super) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// The address, where the host is one: no resolver is asked for it.
    pub(super) fn literal(&self) -> Option<IpAddr> {
        match self.url.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    /// Whether a redirect to `other` stays at the same server.
    pub(super) fn same_server(&self, other: &Self) -> bool {
        (self.host(), self.port()) == (other.host(), other.port())
    }
}

/// Name or address of a host: without brackets or final dot.
pub(super) fn host_name(host: &Host<&str>) -> String {
    match host {
        Host::Domain(name) => name.trim_end_matches('.').to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}

fn no_link(link: &str, why: impl Into<Box<dyn Error + Send + Sync>>) -> FetchError {
    FetchError::new(shortened(link), FetchErrorKind::NoLink(Cause::of(why)))
}

/// A link for display, valid or not, without any credentials.
pub fn shown_link(link: &str) -> String {
    let Some((scheme, rest)) = link.split_once("://") else {
        return link.to_owned();
    };
    // If it is not a URL, perhaps because of a slash in a password, everything up to the last `@` is removed.
    let ends: &[char] = match Url::parse(link) {
        Ok(_) => &['/', '?', '#', '\\'],
        Err(_) => &['?', '#'],
    };
    let end = rest.find(ends).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => link.to_owned(),
    }
}

/// The same for a sentence, which is no place for thousands of characters.
pub(crate) fn shortened(link: &str) -> String {
    let mut text = shown_link(link);
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_fragments_are_taken_off() {
        let target = LinkUrl::parse("HTTP://u:S3CRET@Files.Example.:8080/a/b?c#d").unwrap();
        assert_eq!(target.shown(), "http://files.example.:8080/a/b?c");
        assert_eq!((target.host(), target.port()), ("files.example".to_owned(), 8080));
        assert_eq!(shown_link("http://u:S3CRET@h/x@y"), "http://h/x@y");
        assert_eq!(shown_link("http://u:S3/CRET@h/x"), "http://h/x");
        assert_eq!(shown_link("http://h/@other/x"), "http://h/@other/x");
        assert_eq!(shown_link("nonsense"), "nonsense");
        assert_eq!(shortened(&"é".repeat(500)).chars().count(), SHOWN + 1);
        let error = LinkUrl::parse("ftp://u:S3CRET@h/x").unwrap_err().to_string();
        assert!(!error.contains("S3CRET") && error.contains("ftp"), "{error}");
    }

    #[test]
    fn odd_spellings_of_addresses_are_addresses() {
        for link in [
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://１２７.0.0.1/",
        ] {
            let literal = LinkUrl::parse(link).unwrap().literal();
            assert_eq!(literal, Some([127, 0, 0, 1].into()), "{link}");
        }
    }

    #[test]
    fn redirects_do_not_go_down_to_http() {
        let target = LinkUrl::parse("https://h/a/b").unwrap();
        assert_eq!(target.join("../c").unwrap().shown(), "https://h/c");
        assert!(target.same_server(&target.join("/d").unwrap()));
        assert!(target.join("http://h/a").is_err());
        assert!(target.join("file:///etc/passwd").is_err());
    }
}
