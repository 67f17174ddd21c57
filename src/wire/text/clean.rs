//! Which characters are shown as symbols instead of being sent unchanged, and how long a grapheme may get. Widths of
//! fields and lines are in `text`.

use crate::bounds::Limits;
use std::fmt::Write;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// A base for a combining mark without one, so that the mark takes a cell and is visible.
const DOTTED_CIRCLE: char = '\u{25CC}';
const ZERO_WIDTH_JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';

/// Whether every byte is printable ASCII, which needs no cleaning.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Appends `text` cleaned.
pub(super) fn clean_into(out: &mut String, text: &str) {
    if is_plain(text.as_bytes()) {
        out.push_str(text);
        return;
    }
    let shown = show(text);
    if shown.is_ascii() {
        out.push_str(&shown);
        return;
    }
    for grapheme in shown.graphemes(true) {
        push_bounded(out, grapheme);
    }
}

/// Appends the symbol for a byte that is no UTF-8.
pub(super) fn push_byte(out: &mut String, byte: u8) {
    // Writing to a String cannot fail.
    let _ = write!(out, "⟨{byte:02X}⟩");
}

/// Replaces every character that must not reach a terminal by a visible symbol.
fn show(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    let mut previous = '\0';
    // The last character that was neither a variation selector nor a skin tone: the one a joiner applies to.
    let mut base = '\0';
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or('\0');
        match c {
            ' '..='~' => out.push(c),
            '\0'..='\u{1F}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('␀')),
            '\u{7F}' => out.push('␡'),
            '\u{80}'..='\u{9F}' => push_byte(&mut out, u32::from(c) as u8),
            ZERO_WIDTH_JOINER if is_pictograph(base) && is_pictograph(next) => out.push(c),
            '\u{FE0E}' | '\u{FE0F}' if selects_emoji(previous, next) => out.push(c),
            _ if is_invisible(c) => {
                let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
            }
            _ => out.push(c),
        }
        previous = c;
        if !matches!(c, '\u{FE0E}' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}') {
            base = c;
        }
    }
    out
}

/// Appends one grapheme, cut with `…` where it is longer than a cell may be.
fn push_bounded(out: &mut String, grapheme: &str) {
    let limits = Limits::in_force();
    let start = out.len();
    let mut scalars = 0;
    if grapheme.width() == 0 {
        out.push(DOTTED_CIRCLE);
        scalars += 1;
    }
    for c in grapheme.chars() {
        if scalars == limits.grapheme_scalars || out.len() - start + c.len_utf8() > limits.grapheme_bytes {
            // A joiner without its second half is nothing but invisible.
            if out.ends_with(ZERO_WIDTH_JOINER) {
                out.pop();
            }
            out.push('…');
            return;
        }
        out.push(c);
        scalars += 1;
    }
}

/// Whether a variation selector between these two picks an emoji's look: `❤️`, or a keycap such as `1️⃣`.
fn selects_emoji(previous: char, next: char) -> bool {
    is_pictograph(previous) || (matches!(previous, '0'..='9' | '#' | '*') && next == KEYCAP)
}

/// Whether a character commands a terminal, is unseen, or changes how its neighbours are drawn: programs get it escaped.
/// What picks the look of an emoji is harmless.
pub fn acts_on_terminal(c: char) -> bool {
    c.is_control() || (is_invisible(c) && !matches!(c, '\u{FE00}'..='\u{FE0F}'))
}

/// Characters that draw nothing, reorder their neighbours or break lines: Unicode's `Cf`, line and paragraph
/// separators, variation selectors, joining marks and letters that are blank by design.
fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2
        | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180E
        | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
        | 0x110BD | 0x110CD | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
        | 0xE0000..=0xE0FFF)
}

/// Characters that emoji sequences are built from (the blocks, a little wider than Unicode's exact list).
fn is_pictograph(c: char) -> bool {
    matches!(u32::from(c),
        0xA9 | 0xAE | 0x203C | 0x2049 | 0x2122 | 0x2139 | 0x2194..=0x21AA | 0x231A..=0x23FF | 0x24C2
        | 0x25AA..=0x25FE | 0x2600..=0x27BF | 0x2934..=0x2935 | 0x2B05..=0x2B55 | 0x3030 | 0x303D
        | 0x3297 | 0x3299 | 0x1F000..=0x1FAFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        let mut out = String::new();
        clean_into(&mut out, text);
        out
    }

    #[test]
    fn forty_dangerous_code_points_are_shown() {
        let dangerous = [
            0x61C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069,
            0x200B, 0x200C, 0x200D, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF, 0xAD, 0x180E, 0xE0000,
            0xE0001, 0xE0020, 0xE0041, 0xE007F, 0x2028, 0x2029, 0xFE0F, 0xFE00, 0xE0100, 0x206A, 0x206F,
            0xFFF9, 0xFFFA, 0xFFFB, 0x3164, 0x1D173, 0x600, 0x34F,
        ];
        for code in dangerous {
            let c = char::from_u32(code).unwrap();
            assert_eq!(clean(&format!("a{c}b")), format!("a⟨U+{code:04X}⟩b"));
        }
    }

    #[test]
    fn controls_have_their_pictures() {
        assert_eq!(clean("a\0\x1b]0;p\x07\n\r\t\x7f"), "a␀␛]0;p␇␊␍␉␡");
        assert_eq!(clean("\u{9b}31m\u{85}"), "⟨9B⟩31m⟨85⟩");
    }

    #[test]
    fn benign_texts_stay_as_they_are() {
        for text in [
            "plain ASCII ~ {}",
            "مرحبا بالعالم",
            "שלום עולם",
            "こんにちは世界",
            "你好，世界",
            "안녕하세요",
            "Ünïcødé e\u{301}a\u{308}",
            "Ελληνικά Кириллица",
            "हिन्दी नमस्ते",
            "ไทยสวัสดี",
            "👨‍👩‍👧‍👦 family",
            "👩🏽‍🚀 ❤️‍🔥",
            "🏳️‍🌈 🏴‍☠️",
            "🇩🇪🇯🇵🇧🇷",
            "1️⃣ #️⃣",
            "☀️ ☕ ⚧️",
            "🧑‍🤝‍🧑",
            "日本語とEnglish混在",
            "∅ ∞ ≠ ⟨x⟩ …",
            "ﷺ ﬁ ½ €",
            "non-breaking\u{a0}space",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn joiners_outside_emoji_are_shown() {
        assert_eq!(clean("a\u{200D}b"), "a⟨U+200D⟩b");
        assert_eq!(clean("👨\u{200D}"), "👨⟨U+200D⟩");
        assert_eq!(clean("1\u{FE0F}"), "1⟨U+FE0F⟩");
    }

    #[test]
    fn an_endless_grapheme_is_cut() {
        for mark in ['\u{301}', '\u{20DD}', '\u{1F3FD}'] {
            let text: String = std::iter::once('e')
                .chain(std::iter::repeat_n(mark, 100_000))
                .collect();
            let cleaned = clean(&text);
            for grapheme in cleaned.graphemes(true) {
                assert!(grapheme.len() <= 32 && grapheme.chars().count() <= 8);
            }
        }
        assert_eq!(
            clean(&format!("e{}", "\u{301}".repeat(100_000))),
            format!("e{}…", "\u{301}".repeat(7))
        );
        let family = "👨\u{200D}".repeat(1000) + "👨";
        assert!(clean(&family).ends_with("👨…") && clean(&family).len() <= 35);
    }

    #[test]
    fn a_mark_without_base_gets_one() {
        assert_eq!(clean("\u{301}x"), "◌\u{301}x");
        assert_eq!(clean("\n\u{301}"), "␊\u{301}");
    }

    #[test]
    fn two_hundred_thousand_mutated_texts_hold_nothing_dangerous() {
        let seeds = [
            "\x1b[31mred\x1b[0m",
            "👨‍👩‍👧‍👦❤️",
            "a\u{202E}b\u{2066}c",
            "e\u{301}\u{9b}x",
            "\u{FEFF}1️⃣مرحبا",
        ];
        let seeds: Vec<Vec<char>> = seeds.iter().map(|seed| seed.chars().collect()).collect();
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = |bound: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % bound as u64) as usize
        };
        for round in 0..200_000 {
            let mut chars = seeds[round % seeds.len()].clone();
            for _ in 0..=random(3) {
                let at = random(chars.len());
                let span = [0x100, 0x3000, 0x1_0000, 0x11_0000][random(4)];
                let new = char::from_u32(random(span) as u32).unwrap_or('\u{200D}');
                if random(2) == 0 {
                    chars[at] = new;
                } else {
                    chars.insert(at, new);
                }
            }
            let text: String = chars.iter().collect();
            assert_clean(&clean(&text));
        }
    }

    fn assert_clean(text: &str) {
        let chars: Vec<char> = text.chars().collect();
        for (at, &c) in chars.iter().enumerate() {
            assert!(!c.is_control(), "{text:?}");
            let before = at.checked_sub(1).map_or('\0', |at| chars[at]);
            let after = chars.get(at + 1).copied().unwrap_or('\0');
            match c {
                ZERO_WIDTH_JOINER => assert!(is_pictograph(after), "{text:?}"),
                '\u{FE0E}' | '\u{FE0F}' => assert!(selects_emoji(before, after), "{text:?}"),
                _ => assert!(!is_invisible(c), "{text:?}"),
            }
        }
    }
}
