//! Where files are kept: the contract, a directory and a JetStream object bucket behind it, and how much may be kept.

mod bucket;
mod contract;
mod directory;
mod key;
mod one_run;
mod space;
mod stored_files;

pub use bucket::Bucket;
pub use contract::{Backend, Body, StorageError};
pub use directory::Directory;
pub use key::{Facts, Key, hash, new_id, new_secret};
pub use one_run::OneRun;
pub use space::Arrival;
pub use stored_files::StoredFiles;
