//! Deposits by our own process: deposited files are served as if they had been uploaded.

use super::house::House;
use super::key::{Facts, Key};
use super::shelf::ShelfError;
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
pub struct Depot(Arc<House>);

impl Depot {
    pub(super) fn new(house: Arc<House>) -> Self {
        Self(house)
    }

    /// What URLs of deposits begin with.
    pub fn base_url(&self) -> &str {
        self.0.public_url.as_deref().unwrap_or(&self.0.address)
    }

    /// Leaves a file; a lasting one that is there already stays as it is.
    pub async fn leave(&self, deposit: Deposit) -> Result<(), String> {
        let key = deposit.key();
        let id_is_sound = Key::file(&deposit.id, &deposit.file, &deposit.name).is_some();
        if !id_is_sound {
            return Err(format!("{} and {} are not valid ids", deposit.id, deposit.file));
        }
        if !deposit.one_shot && self.0.look(&key).await.is_ok() {
            return Ok(());
        }
        let facts = Facts {
            name: deposit.name,
            one_shot: deposit.one_shot,
            expires_us: Some(self.0.expiry(None)),
            ..Facts::default()
        };
        let kept = self.0.keep(&key, facts, deposit.bytes).await;
        kept.map(drop).map_err(|error: ShelfError| error.to_string())
    }
}

impl fmt::Debug for Depot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Depot({})", self.base_url())
    }
}
