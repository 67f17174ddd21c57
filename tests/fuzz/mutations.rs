//! What is done to bytes of any kind, and to bytes that consist of parts.

use crate::dice::Dice;
use std::ops::Range;

/// Numbers at which arithmetic goes wrong.
pub const EXTREMES: &[i64] = &[
    0,
    -1,
    1,
    2,
    7,
    8,
    64,
    127,
    128,
    255,
    256,
    32_767,
    65_535,
    1 << 16,
    1 << 24,
    1 << 26,
    i32::MAX as i64,
    i32::MIN as i64,
    u32::MAX as i64,
    1 << 40,
    i64::MAX,
    i64::MIN,
];

/// Changes some bytes, or takes some from elsewhere.
pub fn bytes(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    if bytes.is_empty() {
        bytes.push(0);
    }
    let at = dice.below(bytes.len());
    match dice.below(12) {
        0..=3 => bytes[at] ^= 1 << dice.below(8),
        4 => bytes[at] = dice.roll() as u8,
        5 | 6 => number(bytes, dice),
        7 => {
            let value = dice.pick(EXTREMES).to_le_bytes();
            bytes.splice(at..at, value[..4 << dice.below(2)].iter().copied());
        }
        8 => bytes.truncate(at.max(1)),
        9 => drop(bytes.drain(dice.range(bytes.len(), 64))),
        10 => {
            let copy = bytes[dice.range(bytes.len(), 200)].to_vec();
            bytes.splice(at..at, copy);
        }
        _ => {
            let (from, to) = (dice.range(other.len(), 200), dice.range(bytes.len(), 200));
            bytes.splice(to, other[from].iter().copied());
        }
    }
}

/// Puts a number at which arithmetic goes wrong where one may stand: of 1 to 8 bytes, either end first, mostly aligned.
pub fn number(bytes: &mut [u8], dice: &mut Dice) {
    let width = 1 << dice.below(4);
    let Some(last) = bytes.len().checked_sub(width) else {
        return;
    };
    let mut at = dice.below(last + 1);
    if !dice.one_in(4) {
        at -= at % width;
    }
    let place = &mut bytes[at..at + width];
    let big_end_first = dice.one_in(2);
    if big_end_first {
        place.reverse();
    }
    // A little more or less than what stands there is as dangerous as far too much.
    let mut held = [0; 8];
    held[..width].copy_from_slice(place);
    let value = match dice.below(4) {
        0 => i64::from_le_bytes(held).wrapping_add(dice.below(17) as i64 - 8),
        _ => *dice.pick(EXTREMES),
    };
    place.copy_from_slice(&value.to_le_bytes()[..width]);
    if big_end_first {
        place.reverse();
    }
}

/// Leaves out, doubles, moves or replaces whole parts.
pub fn parts(bytes: &mut Vec<u8>, parts: &[Range<usize>], foreign: &[&[u8]], dice: &mut Dice) {
    if parts.is_empty() {
        return;
    }
    let some = dice.range(parts.len(), 3);
    let span = parts[some.start].start..parts[some.end - 1].end;
    let to = dice.pick(parts).start;
    match dice.below(4) {
        0 => drop(bytes.drain(span)),
        1 => {
            let copy = bytes[span].to_vec();
            bytes.splice(to..to, copy);
        }
        2 => {
            let moved: Vec<u8> = bytes.drain(span).collect();
            let to = to.min(bytes.len());
            bytes.splice(to..to, moved);
        }
        _ if foreign.is_empty() => {}
        _ => drop(bytes.splice(span, dice.pick(foreign).iter().copied())),
    }
}
