//! Whole numbers in the heads of media files, in both byte orders. Independent of any format.

/// The `N` bytes at `at` as a number, the most significant first; `None` beyond the end.
pub(super) fn be<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(N)?)?;
    Some(part.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The same, the least significant byte first.
pub(super) fn le<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(N)?)?;
    Some(
        part.iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    )
}

/// A number of pixels that is not zero.
pub(super) fn pixels(number: Option<u64>) -> Option<u32> {
    number
        .and_then(|number| u32::try_from(number).ok())
        .filter(|&number| number != 0)
}

/// A quotient that is a length of time.
pub(super) fn seconds_of(ticks: u64, per_second: u64) -> Option<f64> {
    (ticks > 0 && per_second > 0).then(|| ticks as f64 / per_second as f64)
}
