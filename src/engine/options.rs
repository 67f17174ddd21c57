//! How to reach the broker and who we are to it. Plain data.

use super::address;
use super::connect_error::ConnectError;
use super::credentials::Credentials;
use crate::wire::Limits;

/// Where and how to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectOptions {
    /// Broker addresses without credentials, `nats://host:port`; tried in order.
    pub servers: Vec<String>,
    /// Credentials (also those that stood in the URL).
    pub credentials: Credentials,
    /// Connection name shown by the server.
    pub name: String,
    /// The `nats` context it came from, if any.
    pub context: Option<String>,
    /// Limits in force.
    pub limits: Limits,
}

impl ConnectOptions {
    /// Options for a comma-separated list of URLs; user info in a URL is split off into `credentials`
    /// (a user name alone is a token). The scheme and the port may be left out.
    ///
    /// ```
    /// use natsbridge::engine::ConnectOptions;
    /// let options = ConnectOptions::from_urls("user:secret@broker.example, localhost:4223")?;
    /// assert_eq!(options.servers, ["nats://broker.example:4222", "nats://localhost:4223"]);
    /// # Ok::<(), natsbridge::engine::ConnectError>(())
    /// ```
    pub fn from_urls(urls: &str) -> Result<Self, ConnectError> {
        let (servers, credentials) = address::parse(urls)?;
        Ok(Self {
            servers,
            credentials,
            name: "natsbridge".into(),
            context: None,
            limits: Limits::default(),
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
}
