//! Cycling through values: what a key does to a setting with only a few. Which values there are, its caller says.

/// The value after (or before) another in a list, wrapping around.
pub(crate) fn turned<T: Copy + PartialEq>(all: &[T], now: T, forward: bool) -> T {
    let at = all.iter().position(|one| *one == now).unwrap_or(0);
    let steps = if forward { 1 } else { all.len().saturating_sub(1) };
    all.get((at + steps) % all.len().max(1)).copied().unwrap_or(now)
}
