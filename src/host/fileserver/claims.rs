//! One-shot files being downloaded. An interrupted download returns its file; a complete one has consumed it before
//! its last bytes are sent.

use super::answer::Refusal;
use super::key::Key;
use super::shelf::{Shelf, ShelfError};
use super::space::Space;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The one-shot files being taken at this server.
#[derive(Default)]
pub struct Claims(Mutex<HashSet<Key>>);

/// The right to consume a file. If dropped, the file becomes available again, unless it was consumed.
pub struct Claim {
    claims: Arc<Claims>,
    shelf: Arc<dyn Shelf>,
    space: Arc<Space>,
    key: Key,
    bytes: u64,
}

impl Claims {
    /// Asks for a file whose removal would free `bytes`.
    pub async fn ask(
        self: &Arc<Self>,
        shelf: &Arc<dyn Shelf>,
        space: &Arc<Space>,
        key: &Key,
        bytes: u64,
    ) -> Result<Claim, Refusal> {
        if !self.books().insert(key.clone()) {
            return Err(busy());
        }
        let claim = Claim {
            claims: Arc::clone(self),
            shelf: Arc::clone(shelf),
            space: Arc::clone(space),
            key: key.clone(),
            bytes,
        };
        // Runs to its end even if the client is gone: only then is it known what has to be returned.
        let asking = tokio::spawn(async move { (claim.shelf.claim(&claim.key).await, claim) });
        match asking.await.map_err(ended)? {
            (Ok(true), claim) => Ok(claim),
            (Ok(false), _) => Err(busy()),
            (Err(error), _) => Err(error.into()),
        }
    }

    fn books(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// Takes the file: from now on nobody else gets it, from no server. An error if somebody else has taken it.
    pub async fn consume(&self) -> Result<(), ShelfError> {
        let (shelf, space) = (Arc::clone(&self.shelf), Arc::clone(&self.space));
        let (key, bytes) = (self.key.clone(), self.bytes);
        // Runs to its end even if the client is gone: half a removal would leave bytes behind.
        let removing = tokio::spawn(async move {
            shelf.remove(&key).await?;
            space.freed(bytes);
            Ok(())
        });
        removing.await.map_err(ended)?
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let (claims, shelf, key) = (
            Arc::clone(&self.claims),
            Arc::clone(&self.shelf),
            self.key.clone(),
        );
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if let Err(error) = shelf.release(&key).await {
                tracing::warn!(%error, "the claim on a one-shot file could not be released");
            }
            claims.books().remove(&key);
        });
    }
}

fn ended(_: tokio::task::JoinError) -> ShelfError {
    ShelfError::Failed("the file server is shutting down".into())
}

fn busy() -> Refusal {
    Refusal::later(
        1,
        "This one-shot file is being downloaded; it is gone if that succeeds.",
    )
}
