//! Facts about a link before it is fetched.

use super::error::FetchError;
use std::net::IpAddr;

/// The server's answer to a request for a link without fetching it (HTTP HEAD).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Status: 200 exists, 404 is gone.
    pub status: u16,
    /// Content-Length, if it said one.
    pub length: Option<u64>,
}

/// What is known of a link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkInfo {
    /// The URL without credentials.
    pub url: String,
    /// Host and port.
    pub host: String,
    /// The addresses that the host has, as resolved here.
    pub addresses: Vec<IpAddr>,
    /// Why it will not be fetched; `None` where it may be.
    pub refused: Option<FetchError>,
    /// Whether it is fetched automatically.
    pub allowed: bool,
    /// Whether it is here already.
    pub cached: bool,
    /// What the server said, if it was asked.
    pub head: Option<Result<Head, FetchError>>,
}
