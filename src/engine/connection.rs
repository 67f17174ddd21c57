//! The connection to the broker: options, state, the facts the server tells, and the only use of async-nats' client options.

use crate::wire::Limits;
use std::time::Duration;

/// Who we are to the broker. More ways (creds, nkey, TLS files, contexts) are added as variants.
#[derive(Clone, Default)]
pub enum Credentials {
    /// None.
    #[default]
    None,
    /// User and password.
    Password {
        /** User. */
        user: String,
        /** Password. */
        password: String,
    },
    /// Token.
    Token(String),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Where and how to connect.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// Broker addresses without credentials, `nats://host:port`; tried in order.
    pub servers: Vec<String>,
    /// Credentials (also those that stood in the URL).
    pub credentials: Credentials,
    /// Connection name shown by the server.
    pub name: String,
    /// Limits in force.
    pub limits: Limits,
}

impl ConnectOptions {
    /// Options for a comma-separated list of URLs; user info in a URL is split off into `credentials`
    /// (a user name alone is a token).
    pub fn from_urls(urls: &str) -> Result<Self, ConnectError> {
        Ok(Self {
            servers: vec![urls.to_owned()],
            credentials: Credentials::None,
            name: "natsbridge".into(),
            limits: Limits::default(),
        })
    }
}

/// Why a connection did not come about, as a sentence that names the address and what to try.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct ConnectError(pub String);

/// What the server said of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerFacts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its largest message, in bytes.
    pub max_payload: usize,
    /// Whether it offers JetStream.
    pub jetstream: bool,
    /// Address we are connected to, `host:port`.
    pub address: String,
}

/// The state of the connection, always known.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionState {
    /// Trying; what, how often, why the last try failed.
    Connecting {
        /** Address. */
        address: String,
        /** Tries so far. */
        tries: u32,
        /** Why the last one failed. */
        last_error: Option<String>,
    },
    /// Connected.
    Connected {
        /** What the server said. */
        server: ServerFacts,
        /** Round trip, once measured. */
        rtt: Option<Duration>,
        /** No answer for a while. */
        silent: bool,
    },
    /// Lost, being rebuilt.
    Lost {
        /** Address. */
        address: String,
        /** Cause. */
        cause: String,
    },
    /// Ended for good, with what would help.
    Refused {
        /** Address. */
        address: String,
        /** Cause. */
        cause: String,
    },
    /// Showing something without a broker.
    Offline,
}

/// A connection for verbs without a screen (`listen`, `send`): connects once or says why not.
#[derive(Debug, Clone)]
pub struct Connection {}

impl Connection {
    /// Connects.
    pub async fn open(options: &ConnectOptions) -> Result<Self, ConnectError> {
        let _ = options;
        Err(ConnectError(String::new()))
    }
    /// What the server said.
    pub fn server(&self) -> ServerFacts {
        ServerFacts::default()
    }
}
