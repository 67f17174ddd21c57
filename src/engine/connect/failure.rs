//! Explains why a connection failed, as a sentence with advice: from the client's error, the options and the observed
//! TLS handshake.

use super::auth::refusal;
use super::certificate::CertificateFacts;
use super::credentials::Credentials;
use super::error::ConnectError;
use super::options::{ConnectOptions, TlsOptions};
use super::tls::HandshakeObserver;
use crate::clock;
use crate::wording::{causes, root};
use async_nats::{ConnectErrorKind as Why, ServerError};
use rustls::{AlertDescription, CertificateError, InvalidMessage};
use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

/// Explains the client's error.
pub(super) fn explain(
    kind: Why,
    error: &(dyn Error + 'static),
    place: &str,
    options: &ConnectOptions,
    witness: &HandshakeObserver,
) -> ConnectError {
    let source = root(error);
    let said = causes(error).find_map(|error| error.downcast_ref::<ServerError>());
    let io = causes(error).find_map(|error| error.downcast_ref::<std::io::Error>());
    let tls = causes(error).find_map(|error| error.downcast_ref::<rustls::Error>());
    match (kind, said, tls) {
        (Why::TimedOut, ..) => timed_out(place, options.limits.connect_time, &options.tls),
        (Why::AuthorizationViolation | Why::Authentication, ..) => {
            ConnectError::refused(unauthorized(place, options, witness))
        }
        (_, Some(said), _) if is_about_identity(said) => {
            let why = refusal(&options.credentials, place);
            ConnectError::refused(format!("{why} (the broker says: {said})"))
        }
        (_, Some(said), _) => ConnectError::unreachable(format!("{place} rejected the connection: {said}")),
        (Why::Dns, ..) => ConnectError::unreachable(format!(
            "the host name of {place} cannot be resolved ({source}): check the spelling in --server"
        )),
        (Why::Tls, ..) if source.contains("platform certs") => ConnectError::unreachable(format!(
            "no TLS connection to {place}: {source}; check SSL_CERT_FILE and SSL_CERT_DIR, which name the authorities \
             that this machine trusts"
        )),
        (Why::Tls, ..) => ConnectError::unreachable(format!("no TLS connection to {place}: {source}")),
        (_, _, Some(rustls::Error::InvalidCertificate(error))) => {
            ConnectError::unreachable(bad_certificate(error, place, &options.tls, witness))
        }
        (_, _, Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType))) => {
            ConnectError::unreachable(plain_text(place, &options.tls))
        }
        (_, _, tls) if witness.trusted.get().is_some() && witness.asked.get().is_some() => {
            ConnectError::refused(client_certificate(place, &options.tls, tls))
        }
        (_, _, Some(error)) => ConnectError::unreachable(format!("no TLS connection to {place}: {error}")),
        _ => ConnectError::unreachable(match io.map(std::io::Error::kind) {
            Some(ErrorKind::ConnectionRefused) => format!(
                "nothing is listening on {place}: start a broker with `natsbridge broker`, or give the \
                 right address with --server"
            ),
            Some(ErrorKind::TimedOut) => return timed_out(place, options.limits.connect_time, &options.tls),
            _ if options.tls.first => format!(
                "no TLS connection to {place}: {source}; does the server expect TLS first? If not, leave \
                 out --tlsfirst"
            ),
            _ => format!("no connection to {place}: {source}; is it a NATS broker?"),
        }),
    }
}

/// Nobody answered in time.
pub(super) fn timed_out(place: &str, after: Duration, tls: &TlsOptions) -> ConnectError {
    let first = if tls.first {
        ""
    } else {
        ", and a broker that expects TLS first stays silent without --tlsfirst"
    };
    ConnectError::unreachable(format!(
        "{place} did not answer within {} s: check the address; a firewall may be dropping the \
         connection{first}",
        after.as_secs_f32()
    ))
}

/// What brokers say about identities besides `Authorization Violation`.
fn is_about_identity(said: &ServerError) -> bool {
    let text = said.to_string().to_ascii_lowercase();
    ["authentication", "authorization", "revoked", "expired"]
        .iter()
        .any(|word| text.contains(word))
}

fn unauthorized(place: &str, options: &ConnectOptions, witness: &HandshakeObserver) -> String {
    match (&options.credentials, &options.tls.cert) {
        (Credentials::None, Some(cert)) if witness.asked.get().is_some() => format!(
            "{place} has no user for the client certificate {}: have it mapped to a user, or give \
             credentials too",
            cert.display()
        ),
        (credentials, _) => refusal(credentials, place),
    }
}

/// The broker's certificate is not accepted: why, what it contains, what would help.
fn bad_certificate(
    error: &CertificateError,
    place: &str,
    tls: &TlsOptions,
    witness: &HandshakeObserver,
) -> String {
    let chain = witness.presented.get().map(Vec::as_slice).unwrap_or_default();
    let own = chain.first().cloned().unwrap_or_default();
    let date = |at: fn(&CertificateFacts) -> Option<jiff::Timestamp>| {
        // The expired certificate may be further up the chain; that one's date is shown.
        let at = chain.iter().find_map(at);
        at.map(|at| format!(" {}", at.strftime("%Y-%m-%d %H:%M:%S UTC")))
            .unwrap_or_default()
    };
    let (why, advice) = match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            format!(
                "has expired{}",
                date(|facts| facts.validity.map(|(_, to)| to).filter(|to| *to < clock::now()))
            ),
            "have it renewed, or check this machine's clock".to_owned(),
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            format!(
                "is not valid before{}",
                date(|facts| facts
                    .validity
                    .map(|(from, _)| from)
                    .filter(|from| *from > clock::now()))
            ),
            "check this machine's clock, or the certificate".to_owned(),
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let names = match own.names.as_slice() {
                [] => "no name at all".into(),
                names => names.join(", "),
            };
            (
                format!("is valid not for this name but for {names}"),
                "use one of its names in --server, or have this name added".to_owned(),
            )
        }
        CertificateError::UnknownIssuer if own.self_signed() => (
            "is self-signed and not trusted".into(),
            "pass it as --tlsca if it is the right one".to_owned(),
        ),
        CertificateError::UnknownIssuer => (
            match &tls.ca {
                Some(ca) => format!("was not issued by an authority in {}", ca.display()),
                None => "was issued by an authority that this machine does not trust".into(),
            },
            "pass the authority's certificate with --tlsca".to_owned(),
        ),
        other => (
            format!("was not accepted ({other})"),
            "have a valid one issued".to_owned(),
        ),
    };
    let told: Vec<_> = chain.iter().map(ToString::to_string).collect();
    format!(
        "the certificate of {place} {why}: {advice}. It is {}",
        told.join("; then ")
    )
}

fn plain_text(place: &str, tls: &TlsOptions) -> String {
    if tls.first {
        format!("{place} does not support TLS first: leave out --tlsfirst (tls_first in a context)")
    } else {
        format!("{place} does not use TLS: write nats:// and leave out the TLS options, or enable TLS there")
    }
}

/// The broker accepted the handshake but not our client certificate.
fn client_certificate(place: &str, tls: &TlsOptions, error: Option<&rustls::Error>) -> String {
    let Some(cert) = &tls.cert else {
        return format!("{place} requires a client certificate: give --tlscert and --tlskey");
    };
    let why = match error {
        Some(rustls::Error::AlertReceived(AlertDescription::UnknownCA)) => " (its issuer is unknown there)",
        Some(rustls::Error::AlertReceived(AlertDescription::CertificateExpired)) => " (it has expired)",
        _ => "",
    };
    format!(
        "{place} rejected the client certificate {}{why}: check that its issuer is trusted there and that \
         it has not expired",
        cert.display()
    )
}
