//! JSON text below the level of values: runs without escapes, escapes, and the repair of what strict parsers refuse.

/// How many bytes from the start need no escape in a JSON string: no quote, backslash or control character.
///
/// Most strings are short, so eight bytes at a time come first; what goes on is long and taken by the block.
#[inline(always)]
pub(crate) fn plain_run(bytes: &[u8]) -> usize {
    const NEAR: usize = 16;
    let (words, _) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().take(NEAR).enumerate() {
        let flags = special_bytes(u64::from_le_bytes(*word));
        if flags != 0 {
            return index * 8 + flags.trailing_zeros() as usize / 8;
        }
    }
    far_run(bytes, words.len().min(NEAR) * 8)
}

/// As [`plain_run`], where the first `start` bytes are known to be plain.
#[inline(never)]
fn far_run(bytes: &[u8], start: usize) -> usize {
    // Branches only between blocks: the compiler turns the inside into vector instructions.
    const BLOCK: usize = 128;
    let least = |block: &[u8; BLOCK]| {
        block.iter().fold(u8::MAX, |least, byte| {
            least.min((byte ^ 0x02).saturating_sub(0x20)).min(byte ^ b'\\')
        })
    };
    let (blocks, _) = bytes[start..].as_chunks::<BLOCK>();
    let start = start + blocks.iter().take_while(|block| least(block) > 0).count() * BLOCK;
    let (words, _) = bytes[start..].as_chunks::<8>();
    let plain = |word: &&[u8; 8]| special_bytes(u64::from_le_bytes(**word)) == 0;
    let start = start + words.iter().take_while(plain).count() * 8;
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    start
        + bytes[start..]
            .iter()
            .position(special)
            .unwrap_or(bytes.len() - start)
}

/// The high bit of the first special byte of eight is set; those behind it may be wrong.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Toggling bit 1 puts the quote at 0x20, just behind the control characters, and the space beyond.
    let low = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21) & !word;
    let slash = word ^ (ONES * 0x5C);
    // A borrow can only raise a flag above a true one, so the lowest flag is exact.
    (low | (slash.wrapping_sub(ONES) & !slash)) & (ONES << 7)
}

/// Makes the JSON valid again: non-finite numbers become null, lone surrogates U+FFFD. `text` must be what the cursor
/// accepted.
pub(crate) fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut in_string) = (0, false);
    while let Some(byte) = text.as_bytes().get(at) {
        let rest = &text.as_bytes()[at..];
        in_string ^= *byte == b'"';
        let (length, instead) = match (byte, unit(rest)) {
            (b'\\', Some(unit)) => match escape_length(rest, unit) {
                Some(length) => (length, None),
                None => (6, Some("\u{FFFD}")),
            },
            (b'\\', None) => (2, None),
            _ if in_string => (plain_run(rest).max(1), None),
            _ => match non_finite(rest) {
                Some(length) => (length, Some("null")),
                None => (1, None),
            },
        };
        let kept = text.get(at..at + length).unwrap_or_default();
        out.push_str(instead.unwrap_or(kept));
        at += length;
    }
    out
}

/// Unescapes a JSON string; lone surrogates become U+FFFD.
#[cold]
pub(crate) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let bytes = rest.as_bytes();
        let (character, length) = match (bytes.get(1), unit(bytes)) {
            (_, Some(high)) => match escape_length(bytes, high) {
                Some(12) => (pair(high, unit(&bytes[6..]).unwrap_or_default()), 12),
                _ => (char::from_u32(high.into()).unwrap_or('\u{FFFD}'), 6),
            },
            (Some(b'b'), _) => ('\u{8}', 2),
            (Some(b'f'), _) => ('\u{c}', 2),
            (Some(b'n'), _) => ('\n', 2),
            (Some(b'r'), _) => ('\r', 2),
            (Some(b't'), _) => ('\t', 2),
            (other, _) => (char::from(*other.unwrap_or(&b'\\')), 2),
        };
        out.push(character);
        rest = rest.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The UTF-16 unit of the `\uXXXX` that `bytes` start with.
pub(super) fn unit(bytes: &[u8]) -> Option<u16> {
    let hex = bytes.strip_prefix(b"\\u")?.get(..4)?;
    hex.iter().try_fold(0, |sum, byte| {
        Some(sum << 4 | char::from(*byte).to_digit(16)? as u16)
    })
}

/// Length of the escape that starts with the unit `high`: 6, 12 for a pair, `None` for half of one.
pub(super) fn escape_length(bytes: &[u8], high: u16) -> Option<usize> {
    match high {
        0xDC00..=0xDFFF => None,
        0xD800..=0xDBFF => matches!(unit(&bytes[6..]), Some(0xDC00..=0xDFFF)).then_some(12),
        _ => Some(6),
    }
}

fn pair(high: u16, low: u16) -> char {
    char::decode_utf16([high, low])
        .next()
        .and_then(Result::ok)
        .unwrap_or('\u{FFFD}')
}

/// Length of the NaN or infinity that `bytes` start with.
pub(super) fn non_finite(bytes: &[u8]) -> Option<usize> {
    ["NaN", "Infinity", "-Infinity", "-NaN"]
        .into_iter()
        .find(|token| bytes.starts_with(token.as_bytes()))
        .map(str::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Plain bytes of any length around one that may be special: long runs are rare among random bytes.
    fn run() -> impl Strategy<Value = Vec<u8>> {
        let plain = || prop::collection::vec(prop::sample::select(b" !#[]a\x7f\x80\xff".to_vec()), 0..300);
        (plain(), any::<u8>(), plain()).prop_map(|(head, byte, tail)| [head, vec![byte], tail].concat())
    }

    proptest! {
        #[test]
        fn a_plain_run_ends_at_the_first_special_byte(bytes in prop_oneof![run(), prop::collection::vec(any::<u8>(), 0..40)]) {
            let slow = bytes.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)).unwrap_or(bytes.len());
            prop_assert_eq!(plain_run(&bytes), slow);
        }
    }
}
