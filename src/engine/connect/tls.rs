//! TLS to the server: what is trusted, what we present, and a witness of what the broker presented and asked for.
//! Certificates are judged by webpki alone; there is no way around it.

use super::certificate::CertificateFacts;
use super::error::ConnectError;
use super::options::TlsOptions;
use crate::files::read_file;
use crate::wording::Cause;
use natsbridge_wire::Limits;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, ResolvesClientCert};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// What was observed of a handshake; it explains what the error alone does not.
#[derive(Debug, Default)]
pub(super) struct HandshakeObserver {
    /// The broker's certificates, its own first.
    pub(super) presented: OnceLock<Vec<CertificateFacts>>,
    /// The certificate was found good.
    pub(super) trusted: OnceLock<()>,
    /// The broker asked for a client certificate.
    pub(super) asked: OnceLock<()>,
}

/// The TLS of one attempt to connect.
pub(super) fn config(
    tls: &TlsOptions,
    witness: &Arc<HandshakeObserver>,
) -> Result<ClientConfig, ConnectError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let judge = OnceLock::new();
    if let Some(path) = &tls.ca {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(path, "--tlsca")? {
            roots
                .add(certificate)
                .map_err(|error| bad(path, "--tlsca", Cause::of(error)))?;
        }
        judge.get_or_init(|| judge_of(roots, &provider));
    }
    let verifier = Verifier {
        judge,
        provider: provider.clone(),
        witness: witness.clone(),
    };
    let presenter = ClientCertResolver {
        own: own_certificate(tls, &provider)?,
        witness: witness.clone(),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            ConnectError::options(format!("cannot set up TLS: {error}")).because(Cause::of(error))
        })?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(Arc::new(presenter)))
}

fn own_certificate(
    tls: &TlsOptions,
    provider: &CryptoProvider,
) -> Result<Option<Arc<CertifiedKey>>, ConnectError> {
    let (cert, key) = match (&tls.cert, &tls.key) {
        (None, None) => return Ok(None),
        (Some(cert), Some(key)) => (cert, key),
        (Some(cert), None) => {
            return Err(ConnectError::options(format!(
                "the client certificate {} needs its private key: give --tlskey too",
                cert.display()
            )));
        }
        (None, Some(key)) => {
            return Err(ConnectError::options(format!(
                "the private key {} needs its certificate: give --tlscert too",
                key.display()
            )));
        }
    };
    let chain = certificates(cert, "--tlscert")?;
    let bytes = read(key, "--tlskey")?;
    let private = PrivateKeyDer::from_pem_slice(&bytes).map_err(|_| {
        let why = if bytes.windows(9).any(|word| word == b"ENCRYPTED") {
            "it is protected by a passphrase, which cannot be asked for here; give an unencrypted one"
        } else {
            "it contains no PEM private key"
        };
        bad(key, "--tlskey", Cause::of(why))
    })?;
    let pair = CertifiedKey::from_der(chain, private, provider).map_err(|error| match error {
        Error::InconsistentKeys(_) => ConnectError::options(format!(
            "the key {} does not belong to the certificate {}: check --tlscert and --tlskey",
            key.display(),
            cert.display()
        )),
        error => bad(key, "--tlskey", Cause::of(error)),
    })?;
    Ok(Some(Arc::new(pair)))
}

fn certificates(path: &Path, flag: &str) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let bytes = read(path, flag)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(bad(path, flag, Cause::of("it contains no PEM certificate"))),
    }
}

fn read(path: &Path, flag: &str) -> Result<zeroize::Zeroizing<Vec<u8>>, ConnectError> {
    read_file(path, Limits::in_force().named_file)
        .map(zeroize::Zeroizing::new)
        .map_err(|error| bad(path, flag, Cause::of(error)))
}

fn bad(path: &Path, flag: &str, why: Cause) -> ConnectError {
    ConnectError::options(format!("{} cannot be used for {flag}: {why}", path.display())).because(why)
}

type Judge = Result<Arc<WebPkiServerVerifier>, Error>;

fn judge_of(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Judge {
    WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone())
        .build()
        .map_err(|error| Error::General(error.to_string()))
}

/// The authorities this machine trusts; without any, those of the web, so that a container without certificates can
/// still reach public servers.
pub(crate) fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

/// Has webpki judge the broker's certificate, and remembers what was presented.
#[derive(Debug)]
struct Verifier {
    /// Created on first use: the machine's list is long, and most connections do not need it.
    judge: OnceLock<Judge>,
    provider: Arc<CryptoProvider>,
    witness: Arc<HandshakeObserver>,
}

impl Verifier {
    fn judge(&self) -> Result<&WebPkiServerVerifier, Error> {
        let judge = self
            .judge
            .get_or_init(|| judge_of(system_roots(), &self.provider));
        judge.as_deref().map_err(Clone::clone)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.witness.presented.get_or_init(|| {
            let all = std::iter::once(end_entity).chain(intermediates);
            all.map(|der| CertificateFacts::of(der)).collect()
        });
        let verdict =
            self.judge()?
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        self.witness.trusted.get_or_init(|| ());
        Ok(verdict)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge()?.verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge()?.verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Presents our certificate, if we have one, and remembers that it was asked for.
#[derive(Debug)]
struct ClientCertResolver {
    own: Option<Arc<CertifiedKey>>,
    witness: Arc<HandshakeObserver>,
}

impl ResolvesClientCert for ClientCertResolver {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.witness.asked.get_or_init(|| ());
        self.own.clone()
    }

    fn has_certs(&self) -> bool {
        self.own.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(tls: &TlsOptions) -> String {
        config(tls, &Arc::default()).err().unwrap().to_string()
    }

    #[test]
    fn files_that_cannot_serve_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            Some(path)
        };
        let pair = rcgen::generate_simple_self_signed(vec!["a".into()]).unwrap();
        let other = rcgen::KeyPair::generate().unwrap();
        let cert = file("cert", &pair.cert.pem());
        let key = file("key", &pair.signing_key.serialize_pem());
        let with = |ca: &Option<_>, cert: &Option<_>, key: &Option<_>| TlsOptions {
            ca: ca.clone(),
            cert: cert.clone(),
            key: key.clone(),
            first: false,
        };
        assert!(config(&with(&cert, &cert, &key), &Arc::default()).is_ok());
        let missing = Some(folder.path().join("missing"));
        let empty = file("empty", "");
        let locked = file(
            "locked",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        );
        let foreign = file("foreign", &other.serialize_pem());
        for (tls, what) in [
            (with(&missing, &None, &None), "--tlsca"),
            (with(&empty, &None, &None), "no PEM certificate"),
            (with(&None, &cert, &None), "give --tlskey too"),
            (with(&None, &None, &key), "give --tlscert too"),
            (with(&None, &cert, &empty), "no PEM private key"),
            (with(&None, &cert, &locked), "passphrase"),
            (with(&None, &cert, &foreign), "does not belong to the certificate"),
        ] {
            let error = refused(&tls);
            assert!(error.contains(what), "{error}");
        }
    }
}
