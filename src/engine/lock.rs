//! Locks whose state is consistent between statements. A panic elsewhere does not make it unusable.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes a lock even if a thread panicked while it held it: the state is kept consistent at every step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
