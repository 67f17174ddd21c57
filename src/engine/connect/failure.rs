//! Why a connection did not come about, as a sentence with what to try: the client's error read together with what
//! was asked for and what was seen of the TLS handshake.

use super::auth::refusal;
use super::certificate::CertificateFacts;
use super::credentials::Credentials;
use super::error::ConnectError;
use super::options::{ConnectOptions, TlsOptions};
use super::tls::Witness;
use crate::wording::{causes, root};
use async_nats::{ConnectErrorKind, ServerError};
use rustls::{AlertDescription, CertificateError, InvalidMessage};
use std::io::ErrorKind;
use std::time::Duration;

/// Why a client did not come about.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The broker refused us, or would: trying again will not help by itself.
    pub(crate) refused: bool,
    pub(crate) error: ConnectError,
}

impl Failure {
    /// Trying again will not help by itself.
    pub(super) fn refused(error: ConnectError) -> Self {
        Self { refused: true, error }
    }

    /// It may be different the next time.
    pub(super) fn passing(text: String) -> Self {
        Self {
            refused: false,
            error: ConnectError(text),
        }
    }
}

/// Explains the client's error.
pub(super) fn explain(
    error: &async_nats::ConnectError,
    place: &str,
    options: &ConnectOptions,
    witness: &Witness,
) -> Failure {
    let source = root(error);
    let said = causes(error).find_map(|error| error.downcast_ref::<ServerError>());
    let io = causes(error).find_map(|error| error.downcast_ref::<std::io::Error>());
    let tls = causes(error).find_map(|error| error.downcast_ref::<rustls::Error>());
    match (error.kind(), said, tls) {
        (ConnectErrorKind::TimedOut, ..) => timed_out(place, options.limits.connect_time, &options.tls),
        (ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication, ..) => {
            Failure::refused(ConnectError(unauthorized(place, options, witness)))
        }
        (_, Some(said), _) if is_about_identity(said) => {
            let why = refusal(&options.credentials, place);
            Failure::refused(ConnectError(format!("{why} (the broker says: {said})")))
        }
        (_, Some(said), _) => Failure::passing(format!("{place} turned the connection away: {said}")),
        (ConnectErrorKind::Dns, ..) => Failure::passing(format!(
            "the name in {place} cannot be resolved ({source}): check --server for a misspelt host"
        )),
        (ConnectErrorKind::Tls, ..) if source.contains("platform certs") => Failure::passing(format!(
            "no TLS connection to {place}: {source}; check SSL_CERT_FILE and SSL_CERT_DIR, which name the authorities \
             that this machine trusts"
        )),
        (ConnectErrorKind::Tls, ..) => Failure::passing(format!("no TLS connection to {place}: {source}")),
        (_, _, Some(rustls::Error::InvalidCertificate(error))) => {
            Failure::passing(bad_certificate(error, place, &options.tls, witness))
        }
        (_, _, Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType))) => {
            Failure::passing(plain_text(place, &options.tls))
        }
        (_, _, tls) if witness.trusted.get().is_some() && witness.asked.get().is_some() => {
            Failure::refused(ConnectError(client_certificate(place, &options.tls, tls)))
        }
        (_, _, Some(error)) => Failure::passing(format!("no TLS connection to {place}: {error}")),
        _ => Failure::passing(match io.map(std::io::Error::kind) {
            Some(ErrorKind::ConnectionRefused) => format!(
                "nothing listens on {place}: start a broker with `natsbridge broker`, or give the right address with --server"
            ),
            Some(ErrorKind::TimedOut) => return timed_out(place, options.limits.connect_time, &options.tls),
            _ if options.tls.first => format!(
                "no TLS connection to {place}: {source}; does it expect TLS first? Otherwise leave --tlsfirst out"
            ),
            _ => format!("no connection to {place}: {source}; is it a NATS broker?"),
        }),
    }
}

/// Nobody answered in time.
pub(super) fn timed_out(place: &str, after: Duration, tls: &TlsOptions) -> Failure {
    let first = if tls.first {
        ""
    } else {
        ", and a broker that expects TLS first is silent without --tlsfirst"
    };
    Failure::passing(format!(
        "{place} did not answer within {} s: check the address; a firewall may swallow the connection{first}",
        after.as_secs_f32()
    ))
}

/// What brokers say of identities beside `Authorization Violation`.
fn is_about_identity(said: &ServerError) -> bool {
    let text = said.to_string().to_ascii_lowercase();
    ["authentication", "authorization", "revoked", "expired"]
        .iter()
        .any(|word| text.contains(word))
}

fn unauthorized(place: &str, options: &ConnectOptions, witness: &Witness) -> String {
    match (&options.credentials, &options.tls.cert) {
        (Credentials::None, Some(cert)) if witness.asked.get().is_some() => format!(
            "{place} knows no user for the client certificate {}: have it mapped to a user, or give credentials too",
            cert.display()
        ),
        (credentials, _) => refusal(credentials, place),
    }
}

/// The broker's certificate is not good: why, what it says of itself, what would help.
fn bad_certificate(error: &CertificateError, place: &str, tls: &TlsOptions, witness: &Witness) -> String {
    let chain = witness.presented.get().map(Vec::as_slice).unwrap_or_default();
    let own = chain.first().cloned().unwrap_or_default();
    let date = |at: fn(&CertificateFacts) -> Option<jiff::Timestamp>| {
        // It may be a certificate further up that is out of time: the one that says so is shown.
        let at = chain.iter().find_map(at);
        at.map(|at| format!(" {}", at.strftime("%Y-%m-%d %H:%M:%S UTC")))
            .unwrap_or_default()
    };
    let (why, advice) = match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            format!(
                "expired{}",
                date(|facts| facts
                    .validity
                    .map(|(_, to)| to)
                    .filter(|to| *to < jiff::Timestamp::now()))
            ),
            "have it renewed, or check this machine's clock".to_owned(),
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            format!(
                "is not valid before{}",
                date(|facts| facts
                    .validity
                    .map(|(from, _)| from)
                    .filter(|from| *from > jiff::Timestamp::now()))
            ),
            "check this machine's clock, or the certificate".to_owned(),
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let names = match own.names.as_slice() {
                [] => "no name at all".into(),
                names => names.join(", "),
            };
            (
                format!("is not for this name but for {names}"),
                "give --server one of its names, or have this one added".to_owned(),
            )
        }
        CertificateError::UnknownIssuer if own.self_signed() => (
            "is self-signed and not among the trusted".into(),
            "give it as --tlsca if it is the right one".to_owned(),
        ),
        CertificateError::UnknownIssuer => (
            match &tls.ca {
                Some(ca) => format!("is not issued by an authority in {}", ca.display()),
                None => "is issued by an authority that this machine does not know".into(),
            },
            "give the authority's certificate with --tlsca".to_owned(),
        ),
        other => (
            format!("is not accepted ({other})"),
            "have a proper one issued".to_owned(),
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
        format!("{place} does not do TLS first: leave --tlsfirst out (tls_first in a context)")
    } else {
        format!(
            "{place} speaks no TLS: write nats:// and leave the TLS options out, or have TLS set up there"
        )
    }
}

/// The broker took the handshake but not our part of it.
fn client_certificate(place: &str, tls: &TlsOptions, error: Option<&rustls::Error>) -> String {
    let Some(cert) = &tls.cert else {
        return format!("{place} asks for a client certificate: give --tlscert and --tlskey");
    };
    let why = match error {
        Some(rustls::Error::AlertReceived(AlertDescription::UnknownCA)) => " (it does not know its issuer)",
        Some(rustls::Error::AlertReceived(AlertDescription::CertificateExpired)) => " (it has expired)",
        _ => "",
    };
    format!(
        "{place} does not accept the client certificate {}{why}: check that its issuer is trusted there and its dates",
        cert.display()
    )
}
