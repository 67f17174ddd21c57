//! File servers: where payloads over the threshold are uploaded to. A family behind one trait, chosen by name.

mod contract;
mod custom;
mod exchange;
mod folder;
mod http_put;
mod jetstream;
mod pieces;
mod place;
mod plik;
mod registry;
mod trial;

pub use contract::{FileServer, Handled, Uploaded};
pub use custom::file_server_fn;
pub use registry::{FILE_SERVERS, FileServerRow, ServerOptions};

pub(super) use place::public_address;
pub(super) use registry::plik;
