//! Cycling through values: what a key does to a setting with only a few. Which values there are, its caller says.

/// The value after (or before) another in a list, wrapping around.
pub(crate) fn turned<T: Copy + PartialEq>(all: &[T], now: T, forward: bool) -> T {
    let at = all.iter().position(|one| *one == now).unwrap_or(0);
    around(at, all.len(), forward)
        .next()
        .map_or(now, |next| all[next])
}

/// All places of a list, from the one after (or before) another, wrapping around; that one itself comes last.
pub(crate) fn around(here: usize, all: usize, forward: bool) -> impl Iterator<Item = usize> {
    (1..=all).map(move |step| if forward { here + step } else { here + all - step } % all)
}
