//! Sort keys of numbers, as unsigned integers.

/// The sort key of a float: −∞ first, NaN last.
pub fn float_key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The sort key of a 64-bit integer.
pub fn int_key(value: i64) -> u64 {
    value as u64 ^ 1 << 63
}
