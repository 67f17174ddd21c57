//! The contexts of the `nats` command: where to connect and who we are, by name, read as they are.

mod command;
mod context_error;
mod context_file;
mod library;
mod reference;

pub use context_error::ContextError;
pub use library::{ContextFacts, Contexts};
