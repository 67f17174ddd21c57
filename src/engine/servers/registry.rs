//! The only list of file servers.

use super::contract::FileServer;
use crate::engine::bridge_error::BridgeError;
use crate::engine::connection::Connection;
use std::sync::Arc;

/// What file servers are made from; each takes what it needs.
#[derive(Debug, Clone, Default)]
pub struct ServerOptions {
    /// Whether the first download consumes the file, as upstream asks for (Plik).
    pub one_shot: bool,
    /// Bearer token for uploads, where the server asks for one.
    pub token: Option<String>,
    /// The connection to the broker that keeps the object store (jetstream).
    pub connection: Option<Connection>,
    /// The directory that somebody else serves (folder), or the bucket (jetstream).
    pub place: Option<String>,
}

/// What the product knows of one file server.
#[derive(Debug, Clone, Copy)]
pub struct FileServerRow {
    /// Its name on the command line and in the settings.
    pub name: &'static str,
    /// What it is, as a sentence.
    pub about: &'static str,
    /// Makes it.
    pub make: fn(&ServerOptions) -> Result<Arc<dyn FileServer>, BridgeError>,
}

/// All file servers, the default first.
pub const FILE_SERVERS: &[FileServerRow] = &[];
