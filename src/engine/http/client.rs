//! The HTTP client for uploads and downloads: which roots it trusts, and what it never does by itself. No requests
//! here.

use crate::connect::system_roots;
use crate::wording::Cause;
use natsbridge_wire::Limits;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::ClientConfig;
use std::sync::{Arc, OnceLock};

/// How we name ourselves to file servers.
const USER_AGENT: &str = concat!("natsbridge/", env!("CARGO_PKG_VERSION"));

/// This machine has no working HTTP or TLS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {deed} on this machine: {source}")]
pub(crate) struct HttpError {
    /// What failed: `set up TLS`.
    deed: &'static str,
    /// Why.
    source: Cause,
}

/// A client as the limits have it.
pub(crate) fn client(limits: &Limits) -> Result<Client, HttpError> {
    build(builder(limits)?)
}

/// The basis of [`client`], for callers that pin addresses: no redirects, proxies, cookies or decompression, so that
/// each request goes exactly where its URL says and returns exactly the bytes received.
pub(crate) fn builder(limits: &Limits) -> Result<ClientBuilder, HttpError> {
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
pub(crate) fn build(builder: ClientBuilder) -> Result<Client, HttpError> {
    builder
        .build()
        .map_err(|error| machine("create an HTTP client", Cause::root(error)))
}

fn machine(deed: &'static str, source: Cause) -> HttpError {
    HttpError { deed, source }
}

/// The roots are read once, it costs milliseconds.
fn tls() -> Result<ClientConfig, HttpError> {
    static CONFIG: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| machine("set up TLS", Cause::of(error)))?;
    let mut config = config
        .with_root_certificates(system_roots())
        .with_no_client_auth();
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
