//! File servers: where payloads over the threshold are uploaded. A family behind one trait, chosen by name.

mod address;
mod attempts;
mod body_stream;
mod contract;
mod error;
mod exchange;
mod folder;
mod http_put;
mod jetstream;
mod plik;
mod registry;
mod upload;

pub(crate) use address::public_address;
pub(crate) use registry::plik;

pub use contract::{FileServer, UploadFuture, UploadResult, file_server_fn};
pub use error::LinkError;
pub use registry::{FILE_SERVERS, FileServerOptions, FileServerSpec};
