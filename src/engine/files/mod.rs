//! Files of this machine: read piece by piece, saved under safe names.

mod file_blob;
mod save;

pub(crate) use file_blob::{temporary_blob, temporary_file};
pub(crate) use save::create_new;

pub use file_blob::file_blob;
pub use save::{safe_file_name, save_new, save_payload, save_through};
