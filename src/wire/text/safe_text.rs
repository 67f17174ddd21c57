//! `SafeText` and `SafeLines`: cleaned text, measured and cut in terminal cells, always at whole graphemes.

use super::clean::{clean_into, is_plain, push_byte};
use std::borrow::Cow;
use std::fmt;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Cells from one tab stop to the next.
const TAB: usize = 4;

/// Text in which no character can move a cursor, change a colour, reorder or hide its neighbours.
///
/// ```
/// use natsbridge_wire::SafeText;
/// assert_eq!(SafeText::new("a\x1b[31m\u{202E}").as_str(), "a␛[31m⟨U+202E⟩");
/// assert_eq!(SafeText::new("/very/long/room1").truncate_middle(12).as_str(), "/very…/room1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SafeText(Cow<'static, str>);

impl SafeText {
    /// Cleans one line: line breaks and tabs become visible symbols too.
    pub fn new(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        clean_into(&mut out, text);
        Self(Cow::Owned(out))
    }

    /// Takes a literal of our own as it is, without copying; never for foreign text.
    pub const fn literal(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Cleans bytes that should be UTF-8; invalid ones become `⟨FF⟩`.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut out = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            clean_into(&mut out, chunk.valid());
            for &byte in chunk.invalid() {
                push_byte(&mut out, byte);
            }
        }
        Self(Cow::Owned(out))
    }

    /// Cleans one line whose tabs become spaces up to the next multiple of four cells.
    pub fn line(text: &str) -> Self {
        let mut pieces = text.split('\t');
        let mut out = String::with_capacity(text.len());
        clean_into(&mut out, pieces.next().unwrap_or_default());
        let mut column = width(&out);
        for piece in pieces {
            let spaces = TAB - column % TAB;
            out.extend(std::iter::repeat_n(' ', spaces));
            let start = out.len();
            clean_into(&mut out, piece);
            column += spaces + width(&out[start..]);
        }
        Self(Cow::Owned(out))
    }

    /// Cleans a text of several lines: split at `\n` or `\r\n`, tabs become spaces.
    pub fn lines(text: &str) -> SafeLines {
        let line = |line: &str| Self::line(line.strip_suffix('\r').unwrap_or(line));
        match text.rsplit_once('\n') {
            // Only a line break takes a carriage return with it; one at the very end of the text stays visible.
            Some((head, tail)) => SafeLines(head.split('\n').map(line).chain([Self::line(tail)]).collect()),
            None => SafeLines(vec![Self::line(text)]),
        }
    }

    /// The clean text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Terminal cells it takes.
    pub fn width(&self) -> usize {
        width(&self.0)
    }

    /// The text cut at its end to `cells`, with `…` where something was cut.
    #[must_use]
    pub fn truncate_end(&self, cells: usize) -> Self {
        self.truncate(cells, |_| 0)
    }

    /// The text cut in its middle to `cells`, with `…` where something was cut: `/very…/room1`.
    #[must_use]
    pub fn truncate_middle(&self, cells: usize) -> Self {
        self.truncate(cells, |room| room - room / 2)
    }

    /// Cuts out what does not fit; `end` says how many of the cells that are left show the text's end.
    fn truncate(&self, cells: usize, end: impl Fn(usize) -> usize) -> Self {
        if self.width() <= cells {
            return self.clone();
        }
        let Some(room) = cells.checked_sub(1) else {
            return Self::default();
        };
        let head = fitting(self.0.graphemes(true), room - end(room));
        let tail = self.0.len() - fitting(self.0.graphemes(true).rev(), end(room));
        Self(Cow::Owned(format!("{}…{}", &self.0[..head], &self.0[tail..])))
    }

    /// At most `cells` cells starting at cell `from`; the halves of a wide character cut at an edge become spaces.
    #[must_use]
    pub fn slice_cells(&self, from: usize, cells: usize) -> Self {
        let end = from.saturating_add(cells);
        if is_plain(self.0.as_bytes()) {
            let (from, end) = (from.min(self.0.len()), end.min(self.0.len()));
            return Self(Cow::Owned(self.0[from..end].to_owned()));
        }
        let mut out = String::new();
        let mut column = 0;
        for grapheme in self.0.graphemes(true) {
            let next = column + grapheme.width();
            if column >= end {
                break;
            }
            if column >= from && next <= end {
                out.push_str(grapheme);
            } else {
                let seen = next.min(end).saturating_sub(column.max(from));
                out.extend(std::iter::repeat_n(' ', seen));
            }
            column = next;
        }
        Self(Cow::Owned(out))
    }

    /// The text followed by spaces up to `cells`; a longer one stays as it is.
    #[must_use]
    pub fn pad(&self, cells: usize) -> Self {
        let missing = cells.saturating_sub(self.width());
        Self(Cow::Owned(format!("{}{:missing$}", self.0, "")))
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl AsRef<str> for SafeText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SafeText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// A text cleaned line by line; tabs become spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeLines(pub Vec<SafeText>);

/// Cells that cleaned text takes: the sum over its graphemes, as the screen places them one by one.
fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// Bytes of the leading graphemes that fit `cells`.
fn fitting<'a>(graphemes: impl Iterator<Item = &'a str>, cells: usize) -> usize {
    let mut used = 0;
    graphemes
        .take_while(|grapheme| {
            used += grapheme.width();
            used <= cells
        })
        .map(str::len)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf8_are_shown() {
        assert_eq!(SafeText::from_bytes(b"a\xff\xc3(\x1b").as_str(), "a⟨FF⟩⟨C3⟩(␛");
        assert_eq!(SafeText::from_bytes("grün".as_bytes()).as_str(), "grün");
        assert_eq!(SafeText::from_bytes(b"\xff\xcc\x81").as_str(), "⟨FF⟩◌\u{301}");
    }

    #[test]
    fn lines_are_split_and_tabs_become_spaces() {
        let lines = SafeText::lines("a\tb\r\n\t世\tx\n\r");
        let lines: Vec<&str> = lines.0.iter().map(SafeText::as_str).collect();
        assert_eq!(lines, ["a   b", "    世  x", "␍"]);
        assert_eq!(SafeText::lines("").0.len(), 1);
    }

    #[test]
    fn width_counts_cells() {
        for (text, cells) in [
            ("abc", 3),
            ("世界", 4),
            ("e\u{301}", 1),
            ("👨‍👩‍👧‍👦", 2),
            ("🇩🇪", 2),
            ("\x1b", 1),
            ("مر", 2),
        ] {
            assert_eq!(SafeText::new(text).width(), cells, "{text}");
        }
    }

    #[test]
    fn truncation_keeps_whole_graphemes_and_never_exceeds() {
        let text = SafeText::new("/very/long/世界/👨‍👩‍👧‍👦/e\u{301}/room1");
        for cells in 0..40 {
            for cut in [text.truncate_end(cells), text.truncate_middle(cells)] {
                assert!(cut.width() <= cells);
                assert!(text.width() <= cells || cells == 0 || cut.as_str().contains('…'));
            }
        }
        assert_eq!(text.truncate_end(6).as_str(), "/very…");
        assert_eq!(text.truncate_middle(12).as_str(), "/very…/room1");
        assert_eq!(text.truncate_end(100), text);
    }

    #[test]
    fn slices_fill_split_wide_characters_with_spaces() {
        let text = SafeText::new("a世界b");
        assert_eq!(text.slice_cells(0, 6).as_str(), "a世界b");
        assert_eq!(text.slice_cells(2, 2).as_str(), "  ");
        assert_eq!(text.slice_cells(2, 4).as_str(), " 界b");
        assert_eq!(text.slice_cells(9, 4).as_str(), "");
        assert_eq!(SafeText::new("abcdef").slice_cells(2, 3).as_str(), "cde");
    }

    #[test]
    fn padding_counts_cells() {
        assert_eq!(SafeText::new("世").pad(4).as_str(), "世  ");
        assert_eq!(SafeText::literal("abc").pad(2).as_str(), "abc");
    }
}
