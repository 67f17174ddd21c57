//! Files of this machine: opened if they are files, read piece by piece, saved under safe names.

mod file_blob;
mod new_file;
mod positioned;
mod regular;
mod save;

pub(crate) use file_blob::{temporary_blob, temporary_file};

pub use file_blob::file_blob;
pub use new_file::NewFile;
pub use positioned::{read_at, write_at};
pub use regular::{open_file, read_file, read_text};
pub use save::{create_new, safe_file_name, save_new, save_payload, save_received, save_through};
