//! File servers: where payloads over the threshold are uploaded to. A family behind one trait, chosen by name.

mod contract;
mod registry;

pub use contract::{FileServer, Handled, Uploaded};
pub use registry::{FILE_SERVERS, FileServerRow, ServerOptions};
