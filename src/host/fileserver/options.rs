//! The options of a file server, and why it may fail to start.

use super::storage::StorageError;
use crate::listener::ListenError;
use natsbridge_engine::{ObjectBucket, Secret, clock};
use natsbridge_wire::Limits;
use std::io;
use std::path::PathBuf;

/// Where files are kept.
#[derive(Debug, Clone, Default)]
pub enum Storage {
    /// For this run only, in a temporary file without a name.
    #[default]
    Temporary,
    /// In this directory, which is made if it is not there and served again after a restart.
    Directory(PathBuf),
    /// In a JetStream object bucket, which several servers may share.
    Bucket(Box<ObjectBucket>),
}

/// Options of our file server.
#[derive(Debug, Clone)]
pub struct FileHostOptions {
    /// Host and port to listen on; port 0 picks a free one.
    pub listen: String,
    /// Where files are kept.
    pub storage: Storage,
    /// The token that uploads must carry. Without one, one is generated for the run: PUT and DELETE need it everywhere;
    /// uploads by the Plik protocol, which only add files, need it beyond loopback addresses, where it is part of
    /// [`FileHost::url`](super::FileHost::url). [`FileHost::terms`](super::FileHost::terms) says it.
    pub token: Option<Secret>,
    /// Whether everybody may upload, replace and delete without a token.
    pub open: bool,
    /// What the URLs in answers begin with, where that is not the address that clients use.
    pub public_url: Option<String>,
    /// Limits in force; those that begin with `fileserver`.
    pub limits: Limits,
    /// The time, in microseconds since the Unix epoch.
    pub clock: fn() -> i64,
}

impl Default for FileHostOptions {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            storage: Storage::default(),
            token: None,
            open: false,
            public_url: None,
            limits: Limits::in_force().clone(),
            clock: clock::now_us,
        }
    }
}

/// Why the file server did not start.
#[derive(Debug, thiserror::Error)]
pub enum FileHostError {
    /// It cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The directory cannot be used.
    #[error("cannot keep files in {}: {source}; name a directory that you may write to", .path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is stored already cannot be read.
    #[error(
        "cannot read the files stored earlier: {0}; check the directory or the bucket, and its permissions"
    )]
    Storage(StorageError),
}
