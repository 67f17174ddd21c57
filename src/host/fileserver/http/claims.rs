//! One-shot files being downloaded. An interrupted download returns its file; a complete one has consumed it before
//! its last bytes are sent.

use super::answer::Refusal;
use crate::fileserver::storage::{Facts, Key, StorageError, StoredFiles};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The one-shot files being taken at this server.
#[derive(Default)]
pub struct Claims(Mutex<HashSet<Key>>);

/// The right to consume a file. If dropped, the file becomes available again, unless it was consumed.
pub struct Claim {
    claims: Arc<Claims>,
    files: Arc<StoredFiles>,
    key: Key,
    facts: Facts,
}

impl Claims {
    /// Asks for a file.
    pub async fn ask(
        self: &Arc<Self>,
        files: &Arc<StoredFiles>,
        key: &Key,
        facts: &Facts,
    ) -> Result<Claim, Refusal> {
        if !self.taken().insert(key.clone()) {
            return Err(busy());
        }
        let claim = Claim {
            claims: Arc::clone(self),
            files: Arc::clone(files),
            key: key.clone(),
            facts: facts.clone(),
        };
        // Runs to its end even if the client is gone: only then is it known what has to be returned.
        let asking = tokio::spawn(async move { (claim.files.backend.claim(&claim.key).await, claim) });
        match asking.await.map_err(StorageError::ended)? {
            (Ok(true), claim) => Ok(claim),
            (Ok(false), _) => Err(busy()),
            (Err(error), _) => Err(error.into()),
        }
    }

    fn taken(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// Takes the file: from now on nobody else gets it, from no server. An error if somebody else has taken it.
    pub async fn consume(&self) -> Result<(), StorageError> {
        let (files, key, facts) = (Arc::clone(&self.files), self.key.clone(), self.facts.clone());
        // Runs to its end even if the client is gone: half a removal would leave bytes behind.
        let removing = tokio::spawn(async move { files.remove(&key, &facts).await });
        removing.await.map_err(StorageError::ended)?
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let (claims, files) = (Arc::clone(&self.claims), Arc::clone(&self.files));
        let key = self.key.clone();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if let Err(error) = files.backend.release(&key).await {
                tracing::warn!(%error, "the claim on a one-shot file could not be released");
            }
            claims.taken().remove(&key);
        });
    }
}

fn busy() -> Refusal {
    Refusal::later(
        1,
        "This one-shot file is being downloaded; it is gone if that succeeds.",
    )
}
