//! Who may do what. Everybody may read. The run's token allows everything, sent as a bearer token or as the first part
//! of the path; the latter lets peers whose upload code has no token support use the file server by its URL alone.
//! What is free without it is decided by where the server listens. Web pages are the exception: any page in a browser
//! could reach a server on this machine, so only pages of this machine may change something without the token.

use crate::fileserver::storage::hash;
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, ORIGIN};
use natsbridge_wire::percent_decode;
use url::{Host, Url};

/// What somebody may do; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Download.
    Read,
    /// Upload under names that the server makes up, and remove that with the token of the upload. It touches nothing of
    /// anybody else, so peers that speak Plik need no token of the server for it on this machine.
    Add,
    /// Replace and remove what is there under a name: PUT and DELETE.
    Change,
}

/// The rule in force.
#[derive(Debug)]
pub struct Access {
    token_hash: String,
    free: Right,
}

impl Access {
    /// The rule with this token, where that much is free without it.
    pub fn new(token: &str, free: Right) -> Self {
        Self {
            token_hash: hash(token),
            free,
        }
    }

    /// What a request with these headers may do although it shows no token.
    pub fn free_for(&self, headers: &HeaderMap) -> Right {
        let mut origins = headers.get_all(ORIGIN).iter();
        if origins.all(|origin| origin.to_str().is_ok_and(is_local)) {
            self.free
        } else {
            Right::Read
        }
    }

    /// The path without the token, percent-encoded, and what the request may do.
    pub fn visit<'a>(&self, path: &'a str, headers: &HeaderMap) -> (&'a str, Right) {
        // Hashes are compared, so that the timing reveals nothing about the token.
        let fits = |text: &str| self.token_hash == hash(text);
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
        let inner = path.strip_prefix('/').unwrap_or(path);
        let (first, rest) = inner.split_at(inner.find('/').unwrap_or(inner.len()));
        if percent_decode(first).is_some_and(|first| fits(&first)) {
            return (rest, Right::Change);
        }
        if bearer.is_some_and(|token| fits(token.trim())) {
            return (path, Right::Change);
        }
        (path, self.free_for(headers))
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
        let (open, closed) = (Access::new("t", Right::Change), Access::new("t", Right::Read));
        assert_eq!(open.free_for(&HeaderMap::new()), Right::Change);
        assert_eq!(closed.free_for(&HeaderMap::new()), Right::Read);
        for local in [
            "http://localhost:3000",
            "https://app.localhost",
            "http://127.0.0.1",
            "http://[::1]:8080",
        ] {
            assert_eq!(open.free_for(&from(local)), Right::Change, "{local}");
            assert_eq!(closed.free_for(&from(local)), Right::Read, "{local}");
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
            assert_eq!(open.visit("/a", &from(strange)).1, Right::Read, "{strange}");
            assert_eq!(closed.visit("/t/a", &from(strange)).1, Right::Change, "{strange}");
        }
    }

    #[test]
    fn the_token_opens_the_door_by_header_or_path() {
        let none = HeaderMap::new();
        let bearer = HeaderMap::from_iter([(AUTHORIZATION, "Bearer s3 cret".parse().unwrap())]);
        let wrong = HeaderMap::from_iter([(AUTHORIZATION, "Bearer s3".parse().unwrap())]);
        let access = Access::new("s3 cret", Right::Add);
        assert_eq!(access.visit("/upload", &none), ("/upload", Right::Add));
        assert_eq!(access.visit("/upload", &wrong), ("/upload", Right::Add));
        assert_eq!(access.visit("/upload", &bearer), ("/upload", Right::Change));
        assert_eq!(
            access.visit("/s3%20cret/upload", &none),
            ("/upload", Right::Change)
        );
        assert_eq!(access.visit("/s3%20cret", &none), ("", Right::Change));
        assert_eq!(
            access.visit("/s3%20cre/upload", &none),
            ("/s3%20cre/upload", Right::Add)
        );
    }
}
