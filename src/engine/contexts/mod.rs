//! The contexts of the `nats` command: where to connect and with which credentials, by name.

mod context_file;
mod contexts;
mod draft;
mod error;
mod read_only;
mod reference;
mod secret_command;

pub use contexts::{ContextInfo, Contexts};
pub use draft::ContextDraft;
pub use error::{CommandError, ContextError, ContextFileError, ReferenceError};
pub use read_only::ReadOnly;
