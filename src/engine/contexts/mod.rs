//! The contexts of the `nats` command: where to connect and with which credentials, by name.

mod context_file;
mod contexts;
mod error;
mod reference;
mod secret_command;

pub use contexts::{ContextInfo, Contexts};
pub use error::{CommandError, ContextError, ContextFileError, ReferenceError};
