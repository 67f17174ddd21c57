//! Parses broker addresses as people write them: lists, without schemes, with credentials. Pure text, no network.

use super::credentials::Credentials;
use super::error::ConnectError;
use natsbridge_wire::percent_decode;

const DEFAULT_PORT: u16 = 4222;

/// The addresses of a comma-separated list as `scheme://host:port`, and the credentials that stood in it. It may be
/// enough to write these before one address; different ones are refused rather than guessed between.
pub(crate) fn parse(urls: &str) -> Result<(Vec<String>, Credentials), ConnectError> {
    let mut servers = Vec::new();
    let mut credentials = Credentials::None;
    for url in urls.split(',').map(str::trim).filter(|url| !url.is_empty()) {
        let (server, own) = parse_one(url)?;
        servers.push(server);
        match (&credentials, own) {
            (_, Credentials::None) => {}
            (Credentials::None, own) => credentials = own,
            (first, own) if *first == own => {}
            _ => {
                return Err(ConnectError::options(
                    "the broker addresses contain different credentials; a connection has one identity, \
                     so give the same in all of them",
                ));
            }
        }
    }
    if servers.is_empty() {
        return Err(ConnectError::options(
            "no broker address given; write nats://host:4222",
        ));
    }
    Ok((servers, credentials))
}

/// An address without its scheme, for people: `host:port`.
pub(crate) fn without_scheme(server: &str) -> &str {
    server.split_once("://").map_or(server, |(_, rest)| rest)
}

fn parse_one(url: &str) -> Result<(String, Credentials), ConnectError> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("nats", url));
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    // Everything before the last @ is secret and must not appear in errors.
    let (user_info, place) = match rest.rsplit_once('@') {
        Some((user_info, place)) => (Some(user_info), place),
        None => (None, rest),
    };
    let bad = |why: &str| {
        ConnectError::options(format!(
            "{place:?} is not a broker address: {why}; write nats://host:4222"
        ))
    };
    match scheme {
        "nats" | "tls" => {}
        "ws" | "wss" => {
            return Err(bad(
                "WebSocket is not supported, use the broker's address for NATS clients",
            ));
        }
        _ => return Err(bad("only the schemes nats and tls are supported")),
    }
    let (host, port) = split_port(place);
    let port = match port {
        None => DEFAULT_PORT,
        Some(port) => port
            .parse()
            .map_err(|_| bad("the port must be a number from 1 to 65535"))?,
    };
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host_stands = match inner {
        Some(ipv6) => ipv6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-._".contains(c)),
    };
    if !host_stands || port == 0 {
        return Err(bad("the host name is missing or invalid"));
    }
    Ok((format!("{scheme}://{host}:{port}"), credentials(user_info)))
}

/// Host and port; a bare IPv6 address gets its brackets.
fn split_port(place: &str) -> (String, Option<&str>) {
    if place.parse::<std::net::Ipv6Addr>().is_ok() {
        return (format!("[{place}]"), None);
    }
    match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host.to_owned(), Some(port)),
        _ => (place.to_owned(), None),
    }
}

fn credentials(user_info: Option<&str>) -> Credentials {
    match user_info.map(|text| (text, text.split_once(':'))) {
        None | Some(("", _)) => Credentials::None,
        Some((_, Some((user, password)))) => Credentials::Password {
            user: percent_decoded(user),
            password: percent_decoded(password).into(),
        },
        Some((token, None)) => Credentials::Token(percent_decoded(token).into()),
    }
}

/// Text that is not UTF-8 once decoded stays as it is.
pub(crate) fn percent_decoded(text: &str) -> String {
    percent_decode(text).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed() {
        for (given, expected) in [
            ("localhost", "nats://localhost:4222"),
            ("nats://h:1", "nats://h:1"),
            ("tls://h/", "tls://h:4222"),
            ("127.0.0.1:5", "nats://127.0.0.1:5"),
            ("[::1]:5", "nats://[::1]:5"),
            ("::1", "nats://[::1]:4222"),
            ("nats://[fe80::1]", "nats://[fe80::1]:4222"),
        ] {
            assert_eq!(parse(given).unwrap().0, [expected], "{given}");
        }
        assert_eq!(parse("a, b:2 ,").unwrap().0, ["nats://a:4222", "nats://b:2"]);
    }

    #[test]
    fn user_info_becomes_credentials() {
        let password = Credentials::Password {
            user: "u".into(),
            password: "p@:/".into(),
        };
        assert_eq!(
            parse("nats://u:p%40:/@h:1").unwrap(),
            (vec!["nats://h:1".into()], password.clone())
        );
        assert_eq!(parse("u:p%40:/@h,u:p%40:/@i,j").unwrap().1, password);
        assert_eq!(parse("s3cret@h").unwrap().1, Credentials::Token("s3cret".into()));
    }

    #[test]
    fn errors_show_no_credentials() {
        for bad in [
            "",
            "http://u:S3CRET@h",
            "u:S3CRET@",
            "u:S3CRET@h:99999",
            "u:S3CRET@a b",
            "a:S3CRET@h,b:S3CRET@h",
            "x:0",
        ] {
            let error = parse(bad).unwrap_err().to_string();
            assert!(!error.contains("S3CRET"), "{error}");
        }
    }
}
