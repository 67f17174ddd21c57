//! The contexts of the `nats` command: where to connect and who we are, by name, read as they are.

mod context_file;
mod contexts;
mod error;
mod reference;
mod secret_command;

pub use contexts::{ContextFacts, Contexts};
pub use error::ContextError;
