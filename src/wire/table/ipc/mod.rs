//! Arrow IPC bytes: framing, pre-scan, batches, and reading them in windows.

mod batches;
mod footer_schema;
mod framing;
mod index_types;
mod layout;
mod lru;
pub(crate) mod open;
mod parts;
mod peer_findings;
mod prescan;
mod stored;
pub(crate) mod to_stream;
mod undeclared;
mod window;

pub(crate) use batches::Batches;
