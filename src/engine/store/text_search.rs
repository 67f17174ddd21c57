//! Searches all stored messages for a text: in the raw bytes and, through its three base64 alignments, inside
//! payloads, without decoding.

use aho_corasick::{AhoCorasick, Input, MatchKind};
use natsbridge_wire::encode_base64;
use std::ops::Range;

/// Minimum length of a text for searching its base64 alignments.
const ENCODED_FROM: usize = 4;

/// A text to look for. Case counts only if it has capitals; without, it is also found in capitals and with a capital at
/// its start.
///
/// ```
/// use natsbridge_engine::TextSearch;
///
/// let search = TextSearch::new("red wine").unwrap();
/// assert!(search.is_in(b"a Red wine from Lima"));
/// assert!(search.is_in(br#"{"data":"YSByZWQgd2luZQ=="}"#));
/// assert!(!search.is_in(b"white wine"));
/// ```
#[derive(Debug, Clone)]
pub struct TextSearch {
    automaton: AhoCorasick,
    text: String,
    any_case: bool,
}

impl TextSearch {
    /// A search; `None` for an empty text, or one too long to be searched for.
    pub fn new(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let any_case = !text.chars().any(char::is_uppercase);
        let mut spellings = vec![text.to_owned()];
        if any_case {
            let mut letters = text.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            spellings.extend([text.to_uppercase(), first + letters.as_str()]);
        }
        spellings.dedup();
        let mut needles: Vec<Vec<u8>> = Vec::new();
        for spelling in &spellings {
            needles.push(spelling.as_bytes().to_vec());
            if spelling.len() >= ENCODED_FROM {
                needles.extend((0..3).map(|shift| aligned(spelling.as_bytes(), shift)));
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(&needles)
            .ok()?;
        Some(Self {
            automaton,
            text: text.to_owned(),
            any_case,
        })
    }

    /// Whether bytes hold it, plainly or inside base64.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.automaton.is_match(bytes)
    }

    /// Where bytes hold it first, from a place on.
    pub(super) fn find(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        let found = self.automaton.find(Input::new(bytes).range(from..))?;
        Some(found.range())
    }

    /// The most bytes that it is found in.
    pub(super) fn longest(&self) -> usize {
        self.automaton.max_pattern_len()
    }

    /// Whether a short text holds it, in any case.
    pub fn is_in_text(&self, text: &str) -> bool {
        text.contains(&self.text) || (self.any_case && text.to_lowercase().contains(&self.text))
    }
}

/// The base64 of a text that starts `shift` bytes into a group of three: those characters that do not depend on its
/// surroundings.
fn aligned(text: &[u8], shift: usize) -> Vec<u8> {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(text);
    let bits = bytes.len() * 8;
    let encoded = encode_base64(&bytes);
    let from = (shift * 8).div_ceil(6);
    encoded.as_bytes()[from..bits / 6].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_is_found_inside_base64_wherever_it_stands(
            before in "[a-z ]{0,9}", text in "[a-z]{4,12}", after in "[a-z ]{0,9}",
        ) {
            let search = TextSearch::new(&text).unwrap();
            let encoded = encode_base64(format!("{before}{text}{after}").as_bytes());
            prop_assert!(search.is_in(encoded.as_bytes()));
            let plain = format!("{before}{}{after}", text.to_uppercase());
            prop_assert!(search.is_in(plain.as_bytes()));
        }
    }

    #[test]
    fn capitals_make_case_count() {
        let search = TextSearch::new("Wine").unwrap();
        assert!(search.is_in(b"Wine") && !search.is_in(b"wine") && !search.is_in_text("wine"));
        assert!(TextSearch::new("").is_none());
        assert!(TextSearch::new("room").unwrap().is_in_text("/Chat/ROOM1"));
    }
}
