//! Loads what a composition sends, outside the sending tasks: files are opened and rows converted to tables once, not
//! once per message.

use super::error::JobError;
use super::variable_values::filled;
use crate::composition::{Composition, LoadCache, Loaded, load_with};
use natsbridge_wire::Limits;
use std::sync::{Arc, Mutex, PoisonError};

/// What was read so far; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents(Arc<Mutex<LoadCache>>);

impl Contents {
    /// The message of that number, its variables filled.
    pub(super) async fn load(
        &self,
        composition: &Composition,
        number: u64,
        limits: &Limits,
    ) -> Result<Loaded, JobError> {
        let (composition, limits, cache) = (composition.clone(), limits.clone(), self.0.clone());
        let loading = tokio::task::spawn_blocking(move || {
            // A cache left half filled by a panic reads again what it lacks.
            let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
            filled(number, |fill| load_with(&composition, fill, &mut cache, &limits))
        });
        Ok(loading.await.map_err(|_| JobError::Unread)??)
    }
}
