//! One-shot files that are being taken. A download that breaks off gives its file back; one that was complete has
//! consumed it, and that is so before its last bytes go out.

use super::answer::Refusal;
use super::key::Key;
use super::shelf::Shelf;
use super::space::Space;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How far a one-shot file is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// Somebody downloads it.
    Going,
    /// It is consumed and about to be removed.
    Gone,
}

/// The one-shot files being taken at this server.
#[derive(Default)]
pub struct Claims(Mutex<HashMap<Key, Taken>>);

/// The right to consume a file. Dropped before it is consumed, it gives the file back.
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
        match self.books().entry(key.clone()) {
            Entry::Vacant(free) => free.insert(Taken::Going),
            Entry::Occupied(taken) if *taken.get() == Taken::Gone => return Err(Refusal::not_found()),
            Entry::Occupied(_) => return Err(busy()),
        };
        let claim = Claim {
            claims: Arc::clone(self),
            shelf: Arc::clone(shelf),
            space: Arc::clone(space),
            key: key.clone(),
            bytes,
        };
        match shelf.claim(key).await? {
            true => Ok(claim),
            false => Err(busy()),
        }
    }

    /// Whether a file is consumed and only not yet removed.
    pub fn is_gone(&self, key: &Key) -> bool {
        self.books().get(key) == Some(&Taken::Gone)
    }

    fn books(&self) -> MutexGuard<'_, HashMap<Key, Taken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// The file is taken: from now on nobody else gets it.
    pub fn consume(&self) {
        self.claims.books().insert(self.key.clone(), Taken::Gone);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let (claims, shelf) = (Arc::clone(&self.claims), Arc::clone(&self.shelf));
        let (space, key, bytes) = (Arc::clone(&self.space), self.key.clone(), self.bytes);
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            let gone = claims.is_gone(&key);
            if gone && let Err(error) = shelf.remove(&key).await {
                // It stays marked as gone while this server runs; the sweep removes it when its time is up.
                tracing::warn!(%error, "a one-shot file was taken but cannot be removed");
                return;
            }
            if gone {
                space.freed(bytes);
            }
            if let Err(error) = shelf.release(&key).await {
                tracing::warn!(%error, "the claim on a one-shot file cannot be taken back");
            }
            claims.books().remove(&key);
        });
    }
}

fn busy() -> Refusal {
    Refusal::later(
        1,
        "Somebody is downloading this one-shot file; it is gone if they succeed.",
    )
}
