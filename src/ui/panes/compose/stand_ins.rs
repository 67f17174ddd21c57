//! Characters that stand for whole graphemes in the editor, which counts and measures single characters: an emoji of four of
//! them is one step, one Backspace, two cells. What is drawn and written are the graphemes.

use crate::paint::cells;
use std::collections::HashMap;
use unicode_segmentation::UnicodeSegmentation;

/// The first stand-in of one cell (private use), and of two (ideographs that are not assigned).
const NARROW: u32 = 0xF_0000;
const WIDE: u32 = 0x3_4000;
/// Graphemes that may be in a text; further ones stay several characters.
const MOST: u32 = 0xBF00;

/// The graphemes that are stood in for.
#[derive(Debug, Default)]
pub(super) struct StandIns {
    graphemes: Vec<String>,
    known: HashMap<String, char>,
}

impl StandIns {
    /// The text with one character for each grapheme.
    pub fn fold(&mut self, text: &str) -> String {
        if text.is_ascii() {
            return text.to_owned();
        }
        let mut folded = String::with_capacity(text.len());
        for grapheme in text.graphemes(true) {
            let mut chars = grapheme.chars();
            match (chars.next(), chars.next()) {
                // What is between lines stays there; a stand-in in the text needs one of its own.
                (Some(one), None) if place(one).is_none() => folded.push(one),
                _ if grapheme.contains(['\r', '\n']) => folded.push_str(grapheme),
                _ => match self.stand_in(grapheme) {
                    Some(one) => folded.push(one),
                    None => folded.push_str(grapheme),
                },
            }
        }
        folded
    }

    fn stand_in(&mut self, grapheme: &str) -> Option<char> {
        if let Some(known) = self.known.get(grapheme) {
            return Some(*known);
        }
        let number = u32::try_from(self.graphemes.len())
            .ok()
            .filter(|&number| number < MOST)?;
        let first = if cells(grapheme) > 1 { WIDE } else { NARROW };
        let one = char::from_u32(first + number)?;
        self.graphemes.push(grapheme.to_owned());
        self.known.insert(grapheme.to_owned(), one);
        Some(one)
    }

    /// The grapheme that a character stands for.
    pub fn grapheme(&self, one: char) -> Option<&str> {
        self.graphemes.get(place(one)?).map(String::as_str)
    }

    /// The text with its graphemes.
    pub fn unfold(&self, text: &str) -> String {
        if self.graphemes.is_empty() {
            return text.to_owned();
        }
        let mut whole = String::with_capacity(text.len());
        for one in text.chars() {
            match self.grapheme(one) {
                Some(grapheme) => whole.push_str(grapheme),
                None => whole.push(one),
            }
        }
        whole
    }
}

/// The number of a stand-in.
fn place(one: char) -> Option<usize> {
    let number = |first: u32| u32::from(one).checked_sub(first).filter(|&number| number < MOST);
    number(NARROW)
        .or_else(|| number(WIDE))
        .map(|number| number as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphemes_are_one_character_of_the_same_width_and_come_back() {
        for (grapheme, width) in [
            ("👩\u{200d}👩\u{200d}👧\u{200d}👦", 2),
            ("👍🏽", 2),
            ("🇩🇪", 2),
            ("❤\u{fe0f}", 2),
            ("o\u{308}", 1),
            ("\u{34005}", 2),
        ] {
            let mut stand_ins = StandIns::default();
            let text = format!("a{grapheme}b");
            let folded = stand_ins.fold(&text);
            assert_eq!(
                (folded.chars().count(), cells(&folded)),
                (3, 2 + width),
                "{grapheme}"
            );
            assert_eq!(stand_ins.unfold(&folded), text);
        }
    }
}
