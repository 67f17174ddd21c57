//! Runs foreign decoders so that a panic inside them becomes an error. The binary's panic hook asks
//! [`panics_are_caught`] and stays silent for such panics; it must not tear the screen down for them.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// How many `caught` calls this thread is inside.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// A decoder gave up by panicking; what it was working on is lost, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the decoder stumbled over them")]
pub struct Panicked;

/// Runs `work`; a panic inside it ends here. What `work` was changing must not be used afterwards.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    DEPTH.set(DEPTH.get() + 1);
    let result = catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    result.map_err(|_| Panicked)
}

/// Whether a panic on this thread, now, would be caught: the panic hook has nothing to say then.
pub fn panics_are_caught() -> bool {
    DEPTH.get() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_and_the_guard_is_lifted() {
        assert_eq!(caught(|| 1), Ok(1));
        assert_eq!(caught(|| assert!(!panics_are_caught(), "inside")), Err(Panicked));
        assert!(!panics_are_caught());
    }
}
