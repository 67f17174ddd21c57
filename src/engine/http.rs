//! The HTTP client of uploads and downloads: which roots it trusts, and what it never does by itself. No requests here.

use super::bridge_error::BridgeError;
use crate::wire::Limits;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::{ClientConfig, RootCertStore};
use std::sync::{Arc, OnceLock};

/// How we name ourselves to file servers.
const USER_AGENT: &str = concat!("natsbridge/", env!("CARGO_PKG_VERSION"));

/// A client as the limits have it.
pub(super) fn client(limits: &Limits) -> Result<Client, BridgeError> {
    build(builder(limits)?)
}

/// What [`client`] is built from, for those who pin addresses: no redirects, proxies, cookies or decompression, so that
/// each request goes exactly where its URL says and gives exactly the bytes that came.
pub(super) fn builder(limits: &Limits) -> Result<ClientBuilder, BridgeError> {
    let builder = Client::builder()
        .tls_backend_preconfigured(tls()?)
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .tcp_nodelay(true)
        .connect_timeout(limits.connect_time)
        .user_agent(USER_AGENT);
    Ok(builder)
}

/// Builds the client, with words for people where that fails.
pub(super) fn build(builder: ClientBuilder) -> Result<Client, BridgeError> {
    builder.build().map_err(|error| {
        BridgeError::Link(format!(
            "no HTTP client can be made on this machine: {}",
            root_cause(&error)
        ))
    })
}

/// The innermost cause of an error: what the system or the peer said, without the layers that passed it on.
pub(super) fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// The system's roots, else those of the web: a machine without certificates still speaks plain HTTP, and a container
/// without them still reaches public servers. Read once, it costs milliseconds.
fn tls() -> Result<ClientConfig, BridgeError> {
    static CONFIG: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| BridgeError::Link(format!("TLS cannot be set up on this machine: {error}")))?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(CONFIG.get_or_init(|| config).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_built_without_asking_the_machine_for_anything() {
        assert!(client(&Limits::default()).is_ok());
        assert!(tls().is_ok_and(|config| config.alpn_protocols.len() == 2));
    }
}
