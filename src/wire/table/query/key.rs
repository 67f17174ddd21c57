//! The place of a number among others of its sort, as a number without sign.

/// The place of a float: −∞ first, NaN last.
pub fn float_key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The place of a whole number of 64 bits.
pub fn int_key(value: i64) -> u64 {
    value as u64 ^ 1 << 63
}
