//! A search pattern: plain text, case-insensitive unless it has capitals. Independent of views.

use std::ops::Range;

/// A search pattern that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    folded: Vec<char>,
    exact: bool,
}

impl Pattern {
    /// The pattern, or `None` for an empty one.
    pub fn new(text: &str) -> Option<Self> {
        let exact = text.chars().any(char::is_uppercase);
        let folded: Vec<char> = text.chars().map(|c| fold(c, exact)).collect();
        (!folded.is_empty()).then_some(Self { folded, exact })
    }

    /// Whether it occurs in `text`.
    pub fn is_in(&self, text: &str) -> bool {
        self.ranges(text).next().is_some()
    }

    /// The byte ranges of its occurrences, left to right, none overlapping.
    pub fn ranges<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut from = 0;
        text.char_indices().filter_map(move |(start, _)| {
            if start < from {
                return None;
            }
            let end = start + self.length_at(&text[start..])?;
            from = end;
            Some(start..end)
        })
    }

    /// How many bytes of `text` it covers, if `text` starts with it.
    fn length_at(&self, text: &str) -> Option<usize> {
        let mut chars = text.char_indices();
        for wanted in &self.folded {
            let (_, found) = chars.next()?;
            if fold(found, self.exact) != *wanted {
                return None;
            }
        }
        Some(chars.next().map_or(text.len(), |(end, _)| end))
    }
}

/// Folds one character to one character, so that positions in the text stay the same.
fn fold(c: char, exact: bool) -> char {
    if exact {
        c
    } else if c.is_ascii() {
        c.to_ascii_lowercase()
    } else {
        c.to_lowercase().next().unwrap_or(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_make_it_exact() {
        assert!(Pattern::new("ünï").unwrap().is_in("xÜNÏcøde"));
        assert!(!Pattern::new("Ünï").unwrap().is_in("xünïcøde"));
        assert_eq!(Pattern::new(""), None);
    }

    #[test]
    fn occurrences_do_not_overlap() {
        let pattern = Pattern::new("aa").unwrap();
        assert_eq!(pattern.ranges("aAaa a").collect::<Vec<_>>(), [0..2, 2..4]);
        assert_eq!(
            Pattern::new("é").unwrap().ranges("caféÉ").collect::<Vec<_>>(),
            [3..5, 5..7]
        );
    }
}
