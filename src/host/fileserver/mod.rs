//! Our own file server: the Plik API as upstream's peers speak it, and plain PUT and GET, over a directory or a
//! JetStream object bucket.

mod access;
mod answer;
mod arriving;
mod bucket;
mod claims;
mod depot;
mod directory;
mod download;
mod house;
mod intake;
mod key;
mod multipart;
mod names;
mod options;
mod paced;
mod plain;
mod plik;
mod routes;
mod server;
mod shelf;
mod space;

pub use depot::{Deposit, Depot};
pub use options::{FileHostError, FileHostOptions, Storage};
pub use server::FileHost;
