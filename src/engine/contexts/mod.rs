//! The contexts of the `nats` command: where to connect and who we are, by name, read as they are.

mod context_error;
mod library;

pub use context_error::ContextError;
pub use library::Contexts;
