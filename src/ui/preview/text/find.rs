//! Searching bytes, where they are spelled as text or as hexadecimal pairs. Text is searched by `pattern`.

use natsbridge_wire::Blob;
use std::io;
use std::ops::Range;

/// Bytes searched at a time.
const PIECE: usize = 1 << 20;

/// The first `most` matches in a part of a payload: of the bytes that `0xdeadbeef` or `de ad be ef` spell, else of the
/// text.
pub(crate) fn find_in_blob(
    blob: &Blob,
    range: Range<usize>,
    pattern: &str,
    most: usize,
) -> io::Result<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let length = spelled_bytes(pattern).map_or(pattern.len(), |spelled| spelled.len());
    let mut at = range.start;
    while length > 0 && range.end.saturating_sub(at) >= length && found.len() < most {
        let end = range.end.min(at.saturating_add(PIECE + length));
        let piece = blob.slice(at as u64..end as u64)?;
        let own = find_in_bytes(&piece, pattern).into_iter();
        let before = found.len();
        found.extend(own.take(most - before).map(|own| at + own.start..at + own.end));
        // A match may lie across the border of two pieces.
        let resume = (end + 1).saturating_sub(length).max(at + 1);
        at = found[before..].last().map_or(resume, |last| last.end.max(resume));
    }
    Ok(found)
}

fn find_in_bytes(bytes: &[u8], pattern: &str) -> Vec<Range<usize>> {
    let spelled = spelled_bytes(pattern);
    let needle = spelled.as_deref().unwrap_or(pattern.as_bytes());
    if needle.is_empty() {
        return Vec::new();
    }
    if spelled.is_some() || pattern.chars().any(char::is_uppercase) {
        let starts = memchr::memmem::find_iter(bytes, needle);
        return starts.map(|start| start..start + needle.len()).collect();
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let (lower, upper) = (needle[0].to_ascii_lowercase(), needle[0].to_ascii_uppercase());
    for start in memchr::memchr2_iter(lower, upper, bytes) {
        let end = start + needle.len();
        let free = found.last().is_none_or(|last| last.end <= start);
        if free
            && bytes
                .get(start..end)
                .is_some_and(|slice| slice.eq_ignore_ascii_case(needle))
        {
            found.push(start..end);
        }
    }
    found
}

fn spelled_bytes(pattern: &str) -> Option<Vec<u8>> {
    let pattern = pattern.trim();
    let digits = match pattern.strip_prefix("0x") {
        Some(digits) => digits.replace(' ', ""),
        // Without the prefix only space-separated pairs count as bytes: `cafe` is a word.
        None if pattern.contains(' ') && pattern.split(' ').all(|pair| pair.len() == 2) => {
            pattern.replace(' ', "")
        }
        None => return None,
    };
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(bytes: &[u8], pattern: &str) -> Vec<usize> {
        find_in_bytes(bytes, pattern)
            .into_iter()
            .map(|found| found.start)
            .collect()
    }

    #[test]
    fn bytes_are_found_by_text_and_by_hex() {
        let bytes = b"\x89PNG\r\n\x1a\nIHDRpng";
        assert_eq!(find_in_bytes(bytes, "png"), [1..4, 12..15]);
        assert_eq!(find_in_bytes(bytes, "0d 0a").first(), Some(&(4..6)));
        assert_eq!(starts(bytes, "0x0d0A"), [4]);
        assert_eq!(starts(bytes, "0d 0a 1a"), [4]);
        assert_eq!(starts(bytes, "IHDR"), [8]);
        assert!(starts(bytes, "0x").is_empty());
    }

    #[test]
    fn matches_across_pieces_are_found_once() {
        let mut bytes = vec![b'.'; 3 * PIECE];
        let places = [0, PIECE - 1, PIECE + 3, 2 * PIECE, 2 * PIECE + 4, 3 * PIECE - 3];
        for place in places {
            bytes[place..place + 3].copy_from_slice(b"Abc");
        }
        let whole = find_in_bytes(&bytes, "abc");
        assert_eq!(whole.len(), places.len());
        let blob = Blob::from(bytes);
        let find = |range, most| find_in_blob(&blob, range, "abc", most).unwrap();
        assert_eq!(find(0..3 * PIECE, 99), whole);
        assert_eq!(find(1..2 * PIECE + 5, 99), whole[1..4]);
        assert_eq!(find(0..3 * PIECE, 2), whole[..2]);
        assert!(find(5..5, 99).is_empty());
        let zeros = Blob::from(vec![0; PIECE + 5]);
        assert_eq!(
            find_in_blob(&zeros, 0..PIECE + 5, "00 00", usize::MAX)
                .unwrap()
                .len(),
            PIECE / 2 + 2
        );
    }
}
