//! Percent-encoding (RFC 3986, section 2.1) of one segment of a URL, the same everywhere.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Unreserved characters: letters, digits and these.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Encodes everything but letters, digits and `-._~`, so that every client reads the same URL.
///
/// ```
/// assert_eq!(natsbridge_wire::percent_encode("a b/c"), "a%20b%2Fc");
/// ```
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Decodes `%XX`; `None` if that is no UTF-8. A `%` without two digits stands for itself.
///
/// ```
/// assert_eq!(natsbridge_wire::percent_decode("100%20%").as_deref(), Some("100 %"));
/// ```
pub fn percent_decode(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for name in [
            "",
            "plain.txt",
            "ü ö",
            "a/b?c#d%",
            "100%",
            "日本語.csv",
            "\"\\\r\n\0",
        ] {
            assert_eq!(percent_decode(&percent_encode(name)).as_deref(), Some(name));
        }
        assert_eq!(percent_encode("日 ~-._+"), "%E6%97%A5%20~-._%2B");
        assert_eq!(percent_decode("100%").as_deref(), Some("100%"));
        assert_eq!(percent_decode("%zz%4").as_deref(), Some("%zz%4"));
        assert_eq!(percent_decode("a+b").as_deref(), Some("a+b"));
        assert_eq!(percent_decode("%ff"), None);
    }
}
