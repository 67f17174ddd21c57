//! Searching text and bytes: case counts only when the pattern has a capital.

use std::ops::Range;

/// All matches in `text`, in order, none overlapping.
pub(super) fn find_in_text(text: &str, pattern: &str) -> Vec<Range<usize>> {
    if pattern.is_empty() {
        return Vec::new();
    }
    if pattern.chars().any(char::is_uppercase) {
        let starts = memchr::memmem::find_iter(text.as_bytes(), pattern);
        return starts.map(|start| start..start + pattern.len()).collect();
    }
    let folded: Vec<char> = pattern.chars().flat_map(char::to_lowercase).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut try_at = |start: usize| {
        let free = found.last().is_none_or(|last| last.end <= start);
        if let Some(length) = free.then(|| folded_prefix(&text[start..], &folded)).flatten() {
            found.push(start..start + length);
        }
    };
    let first = folded[0];
    // `k` and `s` are also the lower case of two characters outside ASCII.
    if first.is_ascii() && !matches!(first, 'k' | 's') {
        let (lower, upper) = (first as u8, first.to_ascii_uppercase() as u8);
        memchr::memchr2_iter(lower, upper, text.as_bytes()).for_each(try_at);
    } else {
        text.char_indices().for_each(|(start, _)| try_at(start));
    }
    found
}

/// All matches in `bytes`: of the bytes that `0xdeadbeef` or `de ad be ef` spell, else of the text.
pub(super) fn find_in_bytes(bytes: &[u8], pattern: &str) -> Vec<Range<usize>> {
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

/// Which match to jump to from `from`: the first that starts there or later, else the very first.
pub(super) fn first_from(matches: &[Range<usize>], from: usize) -> Option<usize> {
    let next = matches.partition_point(|found| found.start < from);
    (!matches.is_empty()).then(|| if next < matches.len() { next } else { 0 })
}

/// Bytes of `text` that fold to `folded`, if it starts so.
fn folded_prefix(text: &str, folded: &[char]) -> Option<usize> {
    let mut wanted = folded.iter().copied().peekable();
    for (at, c) in text.char_indices() {
        if wanted.peek().is_none() {
            return Some(at);
        }
        for lower in c.to_lowercase() {
            if wanted.next() != Some(lower) {
                return None;
            }
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

fn spelled_bytes(pattern: &str) -> Option<Vec<u8>> {
    let pattern = pattern.trim();
    let digits = match pattern.strip_prefix("0x") {
        Some(digits) => digits.replace(' ', ""),
        // Without the prefix only pairs with spaces between them are meant as bytes: `cafe` is a word.
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

    #[test]
    fn case_counts_only_with_a_capital() {
        assert_eq!(find_in_text("Ada ada ADA", "ada"), [0..3, 4..7, 8..11]);
        assert_eq!(find_in_text("Ada ada ADA", "Ada"), [0..3]);
        assert_eq!(find_in_text("ÜBER über", "über"), [0..5, 6..11]);
        assert_eq!(find_in_text("aaaa", "aa"), [0..2, 2..4]);
        assert_eq!(find_in_text("Straße SAX \u{212A}", "s"), [0..1, 8..9]);
        assert_eq!(find_in_text("\u{212A}g", "kg"), [0..4]);
        assert!(find_in_text("abc", "").is_empty());
    }

    #[test]
    fn bytes_are_found_by_text_and_by_hex() {
        let bytes = b"\x89PNG\r\n\x1a\nIHDRpng";
        assert_eq!(find_in_bytes(bytes, "png"), [1..4, 12..15]);
        assert_eq!(find_in_bytes(bytes, "0x0d0A"), [4..6]);
        assert_eq!(find_in_bytes(bytes, "0d 0a 1a"), [4..7]);
        assert_eq!(find_in_bytes(bytes, "IHDR"), [8..12]);
        assert!(find_in_bytes(bytes, "0x").is_empty());
    }

    #[test]
    fn a_search_goes_on_from_where_one_is() {
        let matches = [2..3, 8..9];
        assert_eq!(first_from(&matches, 3), Some(1));
        assert_eq!(first_from(&matches, 9), Some(0));
        assert_eq!(first_from(&[], 0), None);
    }
}
