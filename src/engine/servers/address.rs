//! Addresses of file servers and their links: parsing addresses, making names fit for URLs. No requests here.

use super::error::LinkError;
use crate::connect::percent_decoded;
use natsbridge_wire::{Limits, percent_encode};
use url::Url;

/// A file server's address, with its secrets kept separate.
#[derive(Clone)]
pub(super) struct Place {
    /// Scheme, host, port and path, without a slash at the end: the address for people, without credentials and
    /// signature.
    pub(super) base: String,
    /// What stood behind `?`; a presigned address carries its signature there.
    query: Option<String>,
    /// User and password that stood in the address.
    pub(super) user: Option<(String, String)>,
}

impl Place {
    /// Takes an address apart.
    pub(super) fn parse(address: &str) -> Result<Self, LinkError> {
        let bad = |why: &str| {
            LinkError::Options(format!(
                "the address of the file server {why}; write --fileserver-url http://host:8080"
            ))
        };
        let mut url =
            Url::parse(address.trim()).map_err(|error| bad(&format!("cannot be read ({error})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("must begin with http:// or https://"));
        }
        let user = (!url.username().is_empty() || url.password().is_some()).then(|| {
            (
                percent_decoded(url.username()),
                percent_decoded(url.password().unwrap_or_default()),
            )
        });
        let query = url.query().map(str::to_owned);
        url.set_query(None);
        url.set_fragment(None);
        // Neither can fail: the scheme is one that has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Self {
            base: url.as_str().trim_end_matches('/').to_owned(),
            query,
            user,
        })
    }

    /// A link below the address, the segments percent-encoded.
    pub(super) fn link(&self, segments: &[&str]) -> String {
        let below = segments
            .iter()
            .map(|segment| format!("/{}", percent_encode(segment)));
        std::iter::once(self.base.clone()).chain(below).collect()
    }

    /// Like [`Place::link`], with the signature that permits writing.
    pub(super) fn signed(&self, segments: &[&str]) -> String {
        let link = self.link(segments);
        match &self.query {
            Some(query) => format!("{link}?{query}"),
            None => link,
        }
    }
}

/// An address without credentials and signature. An invalid one shows nothing.
pub(crate) fn public_address(address: &str) -> String {
    Place::parse(address).map(|place| place.base).unwrap_or_default()
}

/// A payload's name as the file name of its upload: one segment, one line, of bounded length, never empty.
pub(super) fn file_name(dataname: &str) -> String {
    let fit = |c: char| {
        if c.is_control() || matches!(c, '/' | '\\') {
            '_'
        } else {
            c
        }
    };
    let mut name: String = dataname.trim().chars().map(fit).collect();
    while name.len() > Limits::in_force().file_name_bytes {
        name.pop();
    }
    // Dots alone are not a name but a way through directories.
    if name.bytes().all(|byte| byte == b'.') {
        return "payload".into();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_built_below_the_address_and_carry_no_secret() {
        for (address, link) in [
            ("http://h:8080", "http://h:8080/file/a%20b"),
            ("http://h:8080/", "http://h:8080/file/a%20b"),
            ("https://h/plik/", "https://h/plik/file/a%20b"),
            ("http://u:S3CRET@h/x", "http://h/x/file/a%20b"),
            ("http://h/x?sig=S3CRET#part", "http://h/x/file/a%20b"),
            ("http://[::1]:9", "http://[::1]:9/file/a%20b"),
        ] {
            let place = Place::parse(address).unwrap();
            assert_eq!(place.link(&["file", "a b"]), link, "{address}");
            assert!(!place.base.contains("S3CRET") && public_address(address) == place.base);
        }
        let place = Place::parse("http://u%40x:p+%2F@h/x?sig=1&y=2").unwrap();
        assert_eq!(place.user, Some(("u@x".to_owned(), "p+/".to_owned())));
        assert_eq!(place.signed(&["n"]), "http://h/x/n?sig=1&y=2");
    }

    #[test]
    fn addresses_that_are_none_are_refused_without_showing_their_secrets() {
        for bad in [
            "",
            "localhost:8080",
            "ftp://u:S3CRET@h",
            "//h",
            "http://u:S3CRET@",
            "file:///x",
        ] {
            let error = Place::parse(bad).err().map(|error| error.to_string()).unwrap();
            assert!(
                error.contains("http://host:8080") && !error.contains("S3CRET"),
                "{bad}: {error}"
            );
            assert_eq!(public_address(bad), "");
        }
    }

    #[test]
    fn names_become_one_segment_exactly() {
        for (given, name, segment) in [
            ("rows.csv", "rows.csv", "rows.csv"),
            ("a#b?c%d&e+f", "a#b?c%d&e+f", "a%23b%3Fc%25d%26e%2Bf"),
            ("dir/to\\file", "dir_to_file", "dir_to_file"),
            ("日本 🚀", "日本 🚀", "%E6%97%A5%E6%9C%AC%20%F0%9F%9A%80"),
            ("say \"hi\"", "say \"hi\"", "say%20%22hi%22"),
            ("line\r\nbreak\0", "line__break_", "line__break_"),
            ("", "payload", "payload"),
            ("  ", "payload", "payload"),
            ("..", "payload", "payload"),
            ("/", "_", "_"),
        ] {
            assert_eq!(file_name(given), name, "{given:?}");
            assert_eq!(percent_encode(name), segment, "{given:?}");
        }
        let long = file_name(&"é".repeat(500));
        assert!(long.len() <= Limits::DEFAULT.file_name_bytes && long.starts_with('é'));
    }
}
