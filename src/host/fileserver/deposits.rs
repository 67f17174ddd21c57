//! Deposits by our own process: deposited files are served as if they had been uploaded.

use super::storage::{Facts, Key, StorageError, StoredFiles};
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;

/// A file to be served, with ids that the one who leaves it has chosen.
#[derive(Debug, Clone)]
pub struct Deposit {
    /// The upload's id: letters, digits and hyphens.
    pub id: String,
    /// The file's id: likewise.
    pub file: String,
    /// The file's name.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// Whether the first download consumes it.
    pub one_shot: bool,
}

impl Deposit {
    /// The path of its URL.
    pub fn url_path(&self) -> String {
        self.key().url_path()
    }

    fn key(&self) -> Key {
        Key::File {
            id: self.id.clone(),
            file: self.file.clone(),
            name: self.name.clone(),
        }
    }
}

/// Takes deposits; clones lead to the same server.
#[derive(Clone)]
pub struct Deposits {
    files: Arc<StoredFiles>,
    base_url: String,
}

impl Deposits {
    /// The way in to those files, which are served at that URL.
    pub(super) fn new(files: Arc<StoredFiles>, base_url: String) -> Self {
        Self { files, base_url }
    }

    /// What URLs of deposits begin with.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Leaves a file; a lasting one that is there already stays as it is.
    pub async fn leave(&self, deposit: Deposit) -> Result<(), StorageError> {
        let Some(key) = Key::file(&deposit.id, &deposit.file, &deposit.name) else {
            let why = format!("{} and {} are not valid ids", deposit.id, deposit.file);
            return Err(StorageError::Failed(why.into()));
        };
        if !deposit.one_shot && self.files.look(&key).await.is_ok() {
            return Ok(());
        }
        let facts = Facts {
            name: deposit.name,
            one_shot: deposit.one_shot,
            expires_us: Some(self.files.expiry(None)),
            ..Facts::default()
        };
        self.files.keep(&key, facts, deposit.bytes).await.map(drop)
    }
}

impl fmt::Debug for Deposits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Deposits({})", self.base_url)
    }
}
