//! Runs foreign decoders so that their panics become ordinary errors; the process's panic hook stays installed and
//! asks [`panics_are_caught`] whether to stay silent.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Whether a panic on this thread, now, would be caught and become a finding: a panic hook then prints nothing and
/// leaves the screen alone.
pub fn panics_are_caught() -> bool {
    DEPTH.with(|depth| depth.get() > 0)
}

/// Runs `work`; `None` if it panicked. Borrowed values must not be used again after a panic.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let _guard = Guard::enter();
    catch_unwind(AssertUnwindSafe(work)).ok()
}

struct Guard;

impl Guard {
    fn enter() -> Self {
        DEPTH.with(|depth| depth.set(depth.get() + 1));
        Self
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        DEPTH.with(|depth| depth.set(depth.get() - 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_none_and_the_flag_is_down_again() {
        assert!(!panics_are_caught());
        assert_eq!(caught(panics_are_caught), Some(true));
        assert_eq!(caught(|| "x".parse::<usize>().unwrap()), None);
        assert!(!panics_are_caught());
    }
}
