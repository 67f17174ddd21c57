//! Splits a URL into parts without validating it: for messages about it, never for fetching it.

/// The scheme and the part after its `://`; no scheme if there is none.
pub(crate) fn split_scheme(url: &str) -> (&str, &str) {
    let at = url.as_bytes().windows(3).position(|window| window == b"://");
    at.map_or(("", url), |at| (&url[..at], &url[at + 3..]))
}

/// Host, port and credentials: what stands behind the scheme up to the path.
pub(crate) fn authority(rest: &str) -> &str {
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    &rest[..end.unwrap_or(rest.len())]
}

pub(crate) fn host_of(authority: &str) -> &str {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}
