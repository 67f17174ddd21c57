//! Who may upload: everybody if no token is set; otherwise those who send it as a bearer token or as the first part
//! of the path. The latter lets peers whose upload code has no token support use the file server by its URL alone.
//! Without a token, web pages are the exception: any page in a browser could reach a server on this machine, so only
//! pages of this machine may change something.

use crate::fileserver::storage::hash;
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, ORIGIN};
use natsbridge_wire::percent_decode;
use url::{Host, Url};

/// The rule in force.
#[derive(Debug)]
pub struct Access {
    token_hash: Option<String>,
}

impl Access {
    /// The rule with this token, or without one.
    pub fn new(token: Option<&str>) -> Self {
        Self {
            token_hash: token.map(hash),
        }
    }

    /// Whether everybody may upload.
    pub fn is_open(&self) -> bool {
        self.token_hash.is_none()
    }

    /// Whether a request with these headers may change something although it shows no token.
    pub fn opens_for(&self, headers: &HeaderMap) -> bool {
        self.is_open()
            && headers
                .get_all(ORIGIN)
                .iter()
                .all(|origin| origin.to_str().is_ok_and(is_local))
    }

    /// The path without the token, percent-encoded, and whether the request may change anything.
    pub fn visit<'a>(&self, path: &'a str, headers: &HeaderMap) -> (&'a str, bool) {
        // Hashes are compared, so that the timing reveals nothing about the token.
        let fits = |text: &str| self.token_hash.as_deref() == Some(hash(text).as_str());
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
        let may_upload = self.opens_for(headers) || bearer.is_some_and(|token| fits(token.trim()));
        let inner = path.strip_prefix('/').unwrap_or(path);
        let (first, rest) = inner.split_at(inner.find('/').unwrap_or(inner.len()));
        if !self.is_open() && percent_decode(first).is_some_and(|first| fits(&first)) {
            return (rest, true);
        }
        (path, may_upload)
    }
}

/// Whether a page of that origin comes from this machine. `null` may be anything, a frame of a stranger's page as well.
fn is_local(origin: &str) -> bool {
    let url = Url::parse(origin).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_strangers_change_nothing_without_a_token() {
        let from = |origin: &str| HeaderMap::from_iter([(ORIGIN, origin.parse().unwrap())]);
        let (open, closed) = (Access::new(None), Access::new(Some("t")));
        assert!(open.opens_for(&HeaderMap::new()) && !closed.opens_for(&HeaderMap::new()));
        for local in [
            "http://localhost:3000",
            "https://app.localhost",
            "http://127.0.0.1",
            "http://[::1]:8080",
        ] {
            assert!(open.opens_for(&from(local)), "{local}");
            assert!(!closed.opens_for(&from(local)), "{local}");
        }
        for strange in [
            "null",
            "",
            "http://evil.example",
            "http://localhost.evil.example",
            "http://10.0.0.1",
            "file://",
            "http://127.0.0.1.evil.example:8080",
            "http://localhost@evil.example",
            "localhost",
        ] {
            assert!(!open.visit("/a", &from(strange)).1, "{strange}");
            assert!(closed.visit("/t/a", &from(strange)).1, "{strange}");
        }
    }

    #[test]
    fn the_token_opens_the_door_by_header_or_path() {
        let none = HeaderMap::new();
        let bearer = HeaderMap::from_iter([(AUTHORIZATION, "Bearer s3 cret".parse().unwrap())]);
        let wrong = HeaderMap::from_iter([(AUTHORIZATION, "Bearer s3".parse().unwrap())]);
        let access = Access::new(Some("s3 cret"));
        assert_eq!(access.visit("/upload", &none), ("/upload", false));
        assert_eq!(access.visit("/upload", &wrong), ("/upload", false));
        assert_eq!(access.visit("/upload", &bearer), ("/upload", true));
        assert_eq!(access.visit("/s3%20cret/upload", &none), ("/upload", true));
        assert_eq!(access.visit("/s3%20cret", &none), ("", true));
        assert_eq!(
            access.visit("/s3%20cre/upload", &none),
            ("/s3%20cre/upload", false)
        );
        assert_eq!(Access::new(None).visit("/a", &none), ("/a", true));
    }
}
