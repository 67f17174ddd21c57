//! Where a connection leads and who we are there: addresses, credentials, TLS, and what went wrong.

pub(crate) mod address;
mod auth;
mod backoff;
mod certificate;
pub(crate) mod client;
mod credentials;
mod error;
mod failure;
mod options;
mod secret;
mod servers;
pub(crate) mod socket;
mod state;
mod tls;

pub(crate) use address::percent_decoded;
pub(crate) use auth::{read_creds, read_seed};
pub(crate) use backoff::{Backoff, doubled};
pub(crate) use client::{Denial, Signal, denial};
pub(crate) use options::readable_by_others;
pub(crate) use servers::Turns;
pub(crate) use socket::{Info, Socket, Stream};
pub(crate) use tls::system_roots;

pub use auth::CredsError;
pub use credentials::Credentials;
pub use error::{ConnectError, ConnectErrorKind};
pub use options::{ConnectOptions, TlsOptions};
pub use secret::Secret;
pub use state::{ConnectionState, ServerInfo};
