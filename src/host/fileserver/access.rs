//! Who may upload: everybody where no token is set; else those who carry it as a bearer token or as the first part of
//! the path. The latter lets peers whose upload code knows nothing of tokens use the file server by its URL alone.

use super::key::hash;
use crate::wire::percent_decode;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

/// The rule in force.
#[derive(Debug)]
pub struct Access {
    token_hash: Option<String>,
}

/// A request as the rule sees it.
#[derive(Debug, PartialEq, Eq)]
pub struct Visit<'a> {
    /// The path without the token, percent-encoded.
    pub path: &'a str,
    /// Whether it may change anything.
    pub may_upload: bool,
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

    /// Looks at a request.
    pub fn visit<'a>(&self, path: &'a str, headers: &HeaderMap) -> Visit<'a> {
        // Hashes are compared: how long that takes says nothing about the token.
        let fits = |text: &str| self.token_hash.as_deref() == Some(hash(text).as_str());
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
        let may_upload = self.is_open() || bearer.is_some_and(|token| fits(token.trim()));
        let inner = path.strip_prefix('/').unwrap_or(path);
        let (first, rest) = inner.split_at(inner.find('/').unwrap_or(inner.len()));
        if !self.is_open() && percent_decode(first).is_some_and(|first| fits(&first)) {
            return Visit {
                path: rest,
                may_upload: true,
            };
        }
        Visit { path, may_upload }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_opens_the_door_by_header_or_path() {
        let none = HeaderMap::new();
        let bearer = HeaderMap::from_iter([(AUTHORIZATION, "Bearer s3 cret".parse().unwrap())]);
        let wrong = HeaderMap::from_iter([(AUTHORIZATION, "Bearer s3".parse().unwrap())]);
        let of = |path, may_upload| Visit { path, may_upload };
        let access = Access::new(Some("s3 cret"));
        assert_eq!(access.visit("/upload", &none), of("/upload", false));
        assert_eq!(access.visit("/upload", &wrong), of("/upload", false));
        assert_eq!(access.visit("/upload", &bearer), of("/upload", true));
        assert_eq!(access.visit("/s3%20cret/upload", &none), of("/upload", true));
        assert_eq!(access.visit("/s3%20cret", &none), of("", true));
        assert_eq!(
            access.visit("/s3%20cre/upload", &none),
            of("/s3%20cre/upload", false)
        );
        assert_eq!(Access::new(None).visit("/a", &none), of("/a", true));
    }
}
