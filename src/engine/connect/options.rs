//! How to reach the broker, and our credentials. Plain data.

use super::address;
use super::credentials::Credentials;
use super::error::ConnectError;
use natsbridge_wire::Limits;
use std::path::{Path, PathBuf};

/// Where and how to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectOptions {
    /// Broker addresses without credentials, `nats://host:port`; tried in order.
    pub servers: Vec<String>,
    /// Credentials (also those that stood in the URL): the same for every server.
    pub credentials: Credentials,
    /// What is trusted and presented over TLS.
    pub tls: TlsOptions,
    /// Connection name shown by the server.
    pub name: String,
    /// What inboxes begin with, where `_INBOX` is not permitted.
    pub inbox_prefix: Option<String>,
    /// What the subjects of the JetStream API begin with, where it is not `$JS.API` (a domain, an import).
    pub jetstream_prefix: Option<String>,
    /// The `nats` context it came from, if any.
    pub context: Option<String>,
    /// Nothing is published, uploaded or deleted over it: whatever would is refused.
    pub read_only: bool,
    /// Limits in force.
    pub limits: Limits,
}

/// TLS towards the broker. It is used where the scheme is `tls`, where anything is set here, and where the broker
/// demands it; certificates are always verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsOptions {
    /// File with the authorities to trust (PEM), instead of those of this machine.
    pub ca: Option<PathBuf>,
    /// File with our certificate and its chain (PEM).
    pub cert: Option<PathBuf>,
    /// File with its private key (PEM).
    pub key: Option<PathBuf>,
    /// The handshake comes before the broker's greeting.
    pub first: bool,
}

impl TlsOptions {
    /// Whether anything is set: then a connection without TLS would not be what was asked for.
    pub fn wanted(&self) -> bool {
        *self != Self::default()
    }
}

impl ConnectOptions {
    /// Options for a comma-separated list of URLs; user info in a URL is split off into `credentials`
    /// (a user name alone is a token). The scheme and the port may be left out.
    ///
    /// ```
    /// use natsbridge_engine::ConnectOptions;
    /// let options = ConnectOptions::from_urls("user:secret@broker.example, localhost:4223")?;
    /// assert_eq!(options.servers, ["nats://broker.example:4222", "nats://localhost:4223"]);
    /// # Ok::<(), natsbridge_engine::ConnectError>(())
    /// ```
    pub fn from_urls(urls: &str) -> Result<Self, ConnectError> {
        let (servers, credentials) = address::parse(urls)?;
        Ok(Self {
            servers,
            credentials,
            tls: TlsOptions::default(),
            name: "natsbridge".into(),
            inbox_prefix: None,
            jetstream_prefix: None,
            context: None,
            read_only: false,
            limits: Limits::in_force().clone(),
        })
    }

    /// The addresses for people: `host:port, host:port`.
    pub fn address(&self) -> String {
        let places: Vec<_> = self
            .servers
            .iter()
            .map(|server| address::without_scheme(server))
            .collect();
        places.join(", ")
    }

    /// The files with secrets that are named here and that others on this machine can read.
    pub fn exposed_files(&self) -> Vec<&Path> {
        let files = self.credentials.file().into_iter().chain(self.tls.key.as_deref());
        files.filter(|path| readable_by_others(path)).collect()
    }
}

/// Whether other users can read a file.
#[cfg(unix)]
pub(crate) fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|facts| facts.permissions().mode() & 0o044 != 0)
}

/// Whether others than its owner can read a file; unknown on this system.
#[cfg(not(unix))]
pub(crate) fn readable_by_others(_: &Path) -> bool {
    false
}
