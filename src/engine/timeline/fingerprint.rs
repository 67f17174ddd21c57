//! A fast hash, to tell a repeated message from another one with the same id. Not for security: an attacker can make
//! two messages look alike, which only gains them a badge.

/// An odd constant with well mixed bits.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
/// Bytes taken at once.
const LANE: usize = 8;

/// The hash: the same bytes have the same one, different bytes have almost surely another.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    let mut lanes = [1_u64, 2, 3, 4].map(|seed| seed.wrapping_mul(MIX));
    let mut blocks = bytes.chunks_exact(LANE * lanes.len());
    for block in blocks.by_ref() {
        for (lane, word) in lanes.iter_mut().zip(block.chunks_exact(LANE)) {
            *lane = step(*lane, word);
        }
    }
    let mut hash = lanes.into_iter().fold(bytes.len() as u64, mix);
    for word in blocks.remainder().chunks(LANE) {
        hash = step(hash, word);
    }
    mix(hash, MIX)
}

fn step(hash: u64, word: &[u8]) -> u64 {
    let mut bytes = [0; LANE];
    bytes[..word.len()].copy_from_slice(word);
    mix(hash, u64::from_le_bytes(bytes))
}

fn mix(hash: u64, word: u64) -> u64 {
    let mixed = (hash ^ word).wrapping_mul(MIX);
    mixed ^ mixed.rotate_left(29) ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_byte_and_the_length_count() {
        let base: Vec<u8> = (0..200).map(|i| i as u8).collect();
        let mut seen = HashSet::from([fingerprint(&base)]);
        for at in 0..base.len() {
            let mut changed = base.clone();
            changed[at] ^= 1;
            assert!(seen.insert(fingerprint(&changed)), "byte {at}");
        }
        for length in 0..base.len() {
            assert!(seen.insert(fingerprint(&base[..length])), "length {length}");
        }
        assert_ne!(fingerprint(&[0; 8]), fingerprint(&[0; 9]));
        assert_eq!(fingerprint(b"same"), fingerprint(b"same"));
    }
}
