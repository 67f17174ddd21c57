//! Pieces of a line — clean text with a role — and how they are painted, highlighted and wrapped. Views keep pieces,
//! never styles: the theme is applied when drawing.

use super::pattern::Pattern;
use crate::look::{Role, Theme};
use crate::paint::{counted, head, row_of, split};
use crate::preview::contract::PreviewContext;
use natsbridge_wire::{Limits, SafeText};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A piece of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it means.
    pub role: Role,
    /// What it says.
    pub text: SafeText,
}

impl Piece {
    /// A piece of any text, cleaned and cut to the bytes that one line may have.
    pub fn new(role: Role, text: &str) -> Self {
        Self {
            role,
            text: clipped(text),
        }
    }
}

/// Cleans the part of `text` that fits one line; the rest becomes `…`.
pub fn clipped(text: &str) -> SafeText {
    let most = Limits::in_force().line_bytes;
    if text.len() <= most {
        return SafeText::new(text);
    }
    SafeText::new(&format!("{}…", head(text, most)))
}

/// Terminal cells of all pieces.
pub fn width(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.text.width()).sum()
}

/// The pieces as a ratatui line.
pub fn to_line(pieces: &[Piece], theme: &Theme) -> Line<'static> {
    let span = |piece: &Piece| Span::styled(piece.text.as_str().to_owned(), theme.style(piece.role));
    pieces.iter().map(span).collect()
}

/// How lines are painted.
#[derive(Debug, Clone, Copy)]
pub struct Paint<'a> {
    /// Styles.
    pub theme: &'a Theme,
    /// Laid over every piece's own style and over the rest of the line (a selection).
    pub over: Style,
    /// What is highlighted.
    pub pattern: Option<&'a Pattern>,
}

impl<'a> Paint<'a> {
    /// Paints without selection.
    pub fn new(theme: &'a Theme, pattern: Option<&'a Pattern>) -> Self {
        Self {
            theme,
            over: Style::default(),
            pattern,
        }
    }

    /// The same, as the row (or cell) under the cursor.
    #[must_use]
    pub fn selected(self, context: PreviewContext<'_>) -> Self {
        let role = if context.focused {
            Role::Selection
        } else {
            Role::SelectionDim
        };
        Self {
            over: self.theme.style(role),
            ..self
        }
    }

    /// Paints pieces into the first row of `area`; what does not fit ends in `…`.
    pub fn line(self, area: Rect, buffer: &mut Buffer, pieces: &[Piece]) {
        let area = row_of(area, 0).intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        buffer.set_style(area, self.over);
        let mut x = area.x;
        let mut wanted = width(pieces);
        for piece in pieces {
            let room = usize::from(area.right() - x);
            let cells = piece.text.width();
            let is_cut = wanted > room && cells >= room;
            let kept = if cells > room { room } else { room - 1 };
            let cut = is_cut.then(|| piece.text.truncate_end(kept));
            let text = cut.as_ref().unwrap_or(&piece.text);
            let style = self.theme.style(piece.role).patch(self.over);
            let start = x;
            (x, _) = buffer.set_stringn(x, area.y, text, room, style);
            let painted = Rect {
                x: start,
                width: x - start,
                ..area
            };
            self.highlight(painted, buffer, text.as_str());
            wanted -= cells;
            if cut.is_some() || x >= area.right() {
                return;
            }
        }
    }

    /// Marks the symbols for control characters, then the search matches.
    fn highlight(self, area: Rect, buffer: &mut Buffer, text: &str) {
        let mut mark = |range: Range<usize>, role| {
            let before = SafeText::new(&text[..range.start]).width() as u16;
            let place = Rect {
                x: area.x.saturating_add(before),
                width: SafeText::new(&text[range]).width() as u16,
                ..area
            };
            buffer.set_style(place.intersection(area), self.theme.style(role));
        };
        for range in control_symbols(text) {
            mark(range, Role::Control);
        }
        for range in self.pattern.iter().flat_map(|pattern| pattern.ranges(text)) {
            mark(range, Role::Match);
        }
    }
}

/// Where clean text shows control characters: `␀`…`␡` and `⟨…⟩`.
fn control_symbols(text: &str) -> Vec<Range<usize>> {
    if text.is_ascii() {
        return Vec::new();
    }
    let symbol = |(start, c): (usize, char)| match c {
        '␀'..='␡' => Some(start..start + c.len_utf8()),
        '⟨' => text[start..]
            .find('⟩')
            .map(|end| start..start + end + '⟩'.len_utf8()),
        _ => None,
    };
    text.char_indices().filter_map(symbol).collect()
}

/// Wraps pieces to `width` cells at spaces, where there are any; lines after the first are indented.
pub fn wrap(pieces: &[Piece], width: usize, indent: usize) -> Vec<Vec<Piece>> {
    let indent = if indent * 2 > width { 0 } else { indent };
    let mut lines = Vec::new();
    let mut line: Vec<(Role, &str)> = Vec::new();
    let (mut used, mut room) = (0, width.max(1));
    for piece in pieces {
        for grapheme in piece.text.as_str().graphemes(true) {
            let cells = SafeText::new(grapheme).width();
            if used + cells > room && !line.is_empty() {
                room = width.saturating_sub(indent).max(1);
                let rest = split_at_space(&mut line, room);
                lines.push(joined(&line, if lines.is_empty() { 0 } else { indent }));
                used = cells_of(&rest);
                line = rest;
                if line.is_empty() && grapheme == " " {
                    continue;
                }
            }
            line.push((piece.role, grapheme));
            used += cells;
        }
    }
    lines.push(joined(&line, if lines.is_empty() { 0 } else { indent }));
    lines
}

/// Removes what follows the last space, if something remains and the rest fits into less than `room`: a word too long
/// for any line starts in place. The space is dropped.
fn split_at_space<'a>(line: &mut Vec<(Role, &'a str)>, room: usize) -> Vec<(Role, &'a str)> {
    match line.iter().rposition(|(_, text)| *text == " ") {
        Some(at) if line[..at].iter().any(|(_, text)| *text != " ") && cells_of(&line[at + 1..]) < room => {
            let rest = line.split_off(at + 1);
            line.pop();
            rest
        }
        _ => Vec::new(),
    }
}

fn cells_of(line: &[(Role, &str)]) -> usize {
    line.iter().map(|(_, text)| SafeText::new(text).width()).sum()
}

fn joined(line: &[(Role, &str)], indent: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if indent > 0 {
        pieces.push(Piece::new(Role::Text, &" ".repeat(indent)));
    }
    for run in line.chunk_by(|a, b| a.0 == b.0) {
        let text: String = run.iter().map(|(_, text)| *text).collect();
        pieces.push(Piece::new(run[0].0, &text));
    }
    pieces
}

/// What is left of `area` above a strip at its bottom that shows `text` in full, wrapped, if it was truncated above.
/// The strip takes at most a third of the height.
pub fn above_detail(area: Rect, text: &SafeText) -> Rect {
    let shown = detail_lines(area, text).map(|(_, shown)| shown + 1);
    split(area, usize::from(area.height) - shown.unwrap_or(0)).0
}

/// Draws that strip.
pub fn draw_detail(area: Rect, buffer: &mut Buffer, text: &SafeText, paint: Paint<'_>) {
    let Some((lines, shown)) = detail_lines(area, text) else {
        return;
    };
    let (_, strip) = split(area, usize::from(area.height) - shown - 1);
    let rule = match lines.len() - shown {
        0 => String::new(),
        more => format!("─ {} more, y copies all ", counted(more, "line")),
    };
    let rest = usize::from(area.width).saturating_sub(SafeText::new(&rule).width());
    let rule = Piece::new(Role::Dim, &(rule + &"─".repeat(rest)));
    Paint::new(paint.theme, None).line(strip, buffer, &[rule]);
    for (row, line) in strip.rows().skip(1).zip(&lines) {
        paint.line(row, buffer, line);
    }
}

/// The lines of the text, and how many of them the strip shows; `None` where there is no room for it.
fn detail_lines(area: Rect, text: &SafeText) -> Option<(Vec<Vec<Piece>>, usize)> {
    let most = area.height / 3;
    if most < 2 || area.width < 8 {
        return None;
    }
    let whole = Piece {
        role: Role::Text,
        text: text.clone(),
    };
    let lines = wrap(&[whole], usize::from(area.width), 0);
    let shown = lines.len().min(usize::from(most) - 1);
    Some((lines, shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::rows;

    fn text(lines: &[Vec<Piece>]) -> Vec<String> {
        let join = |line: &Vec<Piece>| line.iter().map(|piece| piece.text.as_str()).collect();
        lines.iter().map(join).collect()
    }

    #[test]
    fn wraps_at_spaces_with_a_hanging_indent() {
        let pieces = [
            Piece::new(Role::Dim, "→ "),
            Piece::new(Role::Text, "one two three verylongword"),
        ];
        assert_eq!(
            text(&wrap(&pieces, 10, 2)),
            ["→ one two", "  three", "  verylong", "  word"]
        );
        assert_eq!(text(&wrap(&pieces, 0, 2)).concat(), "→onetwothreeverylongword");
        assert_eq!(text(&wrap(&[], 10, 2)), [""]);
    }

    #[test]
    fn a_word_too_long_for_any_line_loses_nothing() {
        let pieces = [
            Piece::new(Role::Dim, "id    "),
            Piece::new(Role::Text, "0123456789abcdef"),
        ];
        let lines = wrap(&pieces, 12, 6);
        assert_eq!(text(&lines), ["id    012345", "      6789ab", "      cdef"]);
        assert!(lines.iter().all(|line| width(line) <= 12));
    }

    #[test]
    fn wide_characters_never_straddle_the_edge() {
        assert_eq!(
            text(&wrap(&[Piece::new(Role::Text, "漢字漢字")], 5, 0)),
            ["漢字", "漢字"]
        );
    }

    #[test]
    fn symbols_of_control_characters_are_found() {
        let text = "a␛b⟨U+202E⟩c⟨";
        let found: Vec<&str> = control_symbols(text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, ["␛", "⟨U+202E⟩"]);
    }

    /// The header of a column of numbers that has no name.
    #[test]
    fn nothing_behind_a_full_line_is_painted() {
        let theme = Theme::plain();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
        let pieces = [Piece::new(Role::Text, "    "), Piece::new(Role::Heading, "")];
        Paint::new(&theme, None).line(buffer.area, &mut buffer, &pieces);
        assert_eq!(rows(&buffer), [""]);
    }

    #[test]
    fn a_line_too_long_ends_in_an_ellipsis() {
        let theme = Theme::plain();
        let pieces = [Piece::new(Role::Text, "abc"), Piece::new(Role::Text, "def")];
        for (width, expected) in [(6, "abcdef"), (5, "abcd…"), (4, "abc…"), (1, "…")] {
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, 1));
            Paint::new(&theme, None).line(buffer.area, &mut buffer, &pieces);
            assert_eq!(rows(&buffer), [expected]);
        }
    }
}
