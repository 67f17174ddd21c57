//! Our own file server: the Plik API as upstream's peers speak it, and plain PUT and GET, over a directory or a
//! JetStream object bucket.

mod deposits;
mod http;
mod options;
mod storage;

pub use deposits::{Deposit, Deposits};
pub use http::FileHost;
pub use options::{FileHostError, FileHostOptions, Storage};
pub use storage::StorageError;
