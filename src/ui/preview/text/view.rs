//! A text, wrapped or not: scrolls by rows, searches, and draws only what is visible.

use super::layout::{Glyph, Row, TextIndex};
use super::markdown::markdown_view;
use super::matches::Matches;
use super::pattern::Pattern;
use crate::look::Role;
use crate::paint::{count, counted};
use crate::preview::contract::{Motion, Preview, PreviewContext, Searched, Sheet, Wish};
use natsbridge_app::{Action, ViewKind, ViewQuestion};
use natsbridge_wire::{ByteString, SafeText};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

/// Cells that one step to the side moves.
const SIDE_STEP: usize = 8;

/// A view of a text.
#[derive(Debug)]
pub struct TextView {
    index: TextIndex,
    wrap: bool,
    /// First visible row: the chunk, and the row within it (always the first of a line if nothing is wrapped).
    top: (usize, usize),
    /// First visible cell where nothing is wrapped.
    left: usize,
    matches: Matches,
    size: Size,
}

impl TextView {
    /// Indexes the text once; may take a moment for a large one.
    pub fn new(text: ByteString) -> Self {
        Self {
            index: TextIndex::new(text),
            wrap: true,
            top: (0, 0),
            left: 0,
            matches: Matches::default(),
            size: Size::new(80, 24),
        }
    }

    fn width(&self) -> usize {
        usize::from(self.size.width.max(1))
    }

    fn height(&self) -> usize {
        usize::from(self.size.height.max(1))
    }

    fn rows_of(&self, chunk: usize) -> usize {
        self.index.rows(chunk, self.width()).len()
    }

    fn top_line(&self) -> usize {
        self.index.line_of(self.top.0)
    }

    /// The position `rows` above `from`.
    fn above(&self, from: (usize, usize), rows: usize) -> (usize, usize) {
        if !self.wrap {
            let line = self.index.line_of(from.0).saturating_sub(rows);
            return (self.index.first_chunk(line), 0);
        }
        let (mut chunk, mut row) = from;
        let mut left = rows;
        while left > row {
            if chunk == 0 {
                return (0, 0);
            }
            left -= row + 1;
            chunk -= 1;
            row = self.rows_of(chunk).saturating_sub(1);
        }
        (chunk, row - left)
    }

    /// The position `rows` below `from`, at most the one that shows the end.
    fn below(&self, from: (usize, usize), rows: usize) -> (usize, usize) {
        let last = self.bottom();
        if !self.wrap {
            let line = self.index.line_of(from.0).saturating_add(rows);
            return (self.index.first_chunk(line), 0).min(last);
        }
        let (mut chunk, mut row) = from;
        let mut left = rows;
        loop {
            let below = self.rows_of(chunk).saturating_sub(row + 1);
            if left <= below {
                return (chunk, row + left).min(last);
            }
            left -= below + 1;
            (chunk, row) = (chunk + 1, 0);
            if (chunk, row) >= last {
                return last;
            }
        }
    }

    /// The position whose rows end with the last row of the text.
    fn bottom(&self) -> (usize, usize) {
        let last = self.index.chunks() - 1;
        let row = if self.wrap {
            self.rows_of(last).saturating_sub(1)
        } else {
            0
        };
        self.above((last, row), self.height() - 1)
    }

    /// The first byte of the row at the top.
    fn top_byte(&self) -> usize {
        let rows = self.index.rows(self.top.0, self.width());
        rows.get(self.top.1).map_or(0, |row| row.start)
    }

    /// The row of a chunk that holds a byte.
    fn row_at(&self, chunk: usize, byte: usize) -> usize {
        let rows = self.index.rows(chunk, self.width());
        rows.partition_point(|row| row.start <= byte).saturating_sub(1)
    }

    /// Goes to a line, as far as the end of the text allows.
    fn go_to_line(&mut self, line: usize) -> bool {
        let top = (self.index.first_chunk(line), 0);
        self.go(top.min(self.bottom()))
    }

    /// Scrolls by rows, upwards if they are negative.
    fn scroll(&mut self, rows: isize) -> bool {
        let far = rows.unsigned_abs();
        self.go(match rows {
            ..0 => self.above(self.top, far),
            _ => self.below(self.top, far),
        })
    }

    fn go(&mut self, top: (usize, usize)) -> bool {
        self.top = top;
        true
    }

    fn aside(&mut self, left: usize) -> bool {
        if self.wrap {
            return false;
        }
        let lines = self.top_line()..(self.top_line() + self.height()).min(self.index.lines());
        let widest = lines.map(|line| self.index.line_cells(line)).max().unwrap_or(0);
        self.left = left.min(widest.saturating_sub(self.width()));
        true
    }

    /// Brings the current match into view, a third below the top.
    fn show_match(&mut self) {
        let Some(start) = self.matches.start() else { return };
        let chunk = self.index.chunk_at(start);
        let row = if self.wrap { self.row_at(chunk, start) } else { 0 };
        let top = self.above((chunk, row), self.height() / 3);
        self.top = top.min(self.bottom());
        let column = self.index.column_of(start);
        let is_seen = self.left <= column && column + SIDE_STEP <= self.left + self.width();
        if !self.wrap && !is_seen {
            self.left = column.saturating_sub(self.width() / 3);
        }
    }

    fn step_match(&mut self, forward: bool) -> bool {
        let found = self.matches.step(forward);
        self.show_match();
        found
    }

    fn draw_wrapped(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let (mut chunk, mut skip) = self.top;
        let mut y = area.top();
        while chunk < self.index.chunks() {
            for row in self.index.rows(chunk, self.width()).into_iter().skip(skip) {
                if y == area.bottom() {
                    return;
                }
                let place = Rect { y, height: 1, ..area };
                self.draw_rows(std::iter::once(row), row.column, place, buffer, context);
                y += 1;
            }
            (chunk, skip) = (chunk + 1, 0);
        }
    }

    fn draw_unwrapped(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        for (y, line) in (area.top()..area.bottom()).zip(self.top_line()..self.index.lines()) {
            let place = Rect { y, height: 1, ..area };
            self.draw_rows(
                self.index.line_from(line, self.left),
                self.left,
                place,
                buffer,
                context,
            );
        }
    }

    /// Draws what stands from cell `left` on into one line of the screen.
    fn draw_rows(
        &self,
        rows: impl Iterator<Item = Row>,
        left: usize,
        place: Rect,
        buffer: &mut Buffer,
        context: PreviewContext<'_>,
    ) {
        let right = left + usize::from(place.width);
        for row in rows {
            let mut column = row.column;
            let mut marked = self.matches.marker(row.start, context.theme);
            for glyph in self.index.glyphs(row) {
                if column >= right {
                    if !self.wrap {
                        let style = context.theme.style(Role::Dim);
                        buffer.set_stringn(place.right() - 1, place.y, "…", 1, style);
                    }
                    return;
                }
                if column >= left {
                    let x = place.x + (column - left) as u16;
                    let (shown, role) = shown(glyph);
                    let bytes = glyph.start..glyph.start + glyph.source.len();
                    let style = marked(bytes, context.theme.style(role));
                    buffer.set_stringn(x, place.y, shown, right - column, style);
                }
                column += glyph.cells;
            }
        }
    }
}

/// How a glyph is shown, and in which role.
fn shown(glyph: Glyph<'_>) -> (SafeText, Role) {
    if glyph.source == "\t" {
        return (SafeText::default().pad(glyph.cells), Role::Text);
    }
    let shown = SafeText::new(glyph.source);
    let role = if shown.as_str() == glyph.source {
        Role::Text
    } else {
        Role::Control
    };
    (shown, role)
}

/// Where to go.
pub(super) const LINE: ViewQuestion = ViewQuestion {
    id: "line",
    title: "Go to line",
    advice: "A line number, starting at 1.",
};

impl Preview for TextView {
    fn fit(&mut self, area: Rect, _context: PreviewContext<'_>) {
        if area.is_empty() || self.size == area.as_size() {
            return;
        }
        // The byte at the top stays at the top.
        let byte = self.top_byte();
        self.size = area.as_size();
        if self.wrap {
            self.top.1 = self.row_at(self.top.0, byte);
        }
        self.top = self.top.min(self.bottom());
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        if self.wrap {
            self.draw_wrapped(area, buffer, context);
        } else {
            self.draw_unwrapped(area, buffer, context);
        }
    }

    fn wanted_rows(&self, width: u16, most: u16, _context: PreviewContext<'_>) -> u16 {
        let (width, most) = (usize::from(width.max(1)), usize::from(most));
        if !self.wrap {
            return self.index.lines().min(most) as u16;
        }
        let mut rows = 0;
        for chunk in 0..self.index.chunks() {
            rows += self.index.rows(chunk, width).len();
            if rows >= most {
                break;
            }
        }
        rows.min(most) as u16
    }

    fn extent(&self) -> Option<String> {
        Some(counted(self.index.lines(), "line"))
    }

    fn cursor_row(&self) -> Option<u16> {
        let start = self.matches.start()?;
        let chunk = self.index.chunk_at(start);
        if !self.wrap {
            return Some(self.index.line_of(chunk).saturating_sub(self.top_line()) as u16);
        }
        let (row, top) = (self.row_at(chunk, start), self.top);
        let between = (top.0..chunk.min(top.0 + self.height())).map(|chunk| self.rows_of(chunk));
        Some((between.sum::<usize>() + row).saturating_sub(top.1) as u16)
    }

    fn act(&mut self, motion: Motion) -> bool {
        let page = self.height().saturating_sub(1).max(1);
        if let Some(rows) = motion.rows(page, (self.height() / 2).max(1)) {
            return self.scroll(rows);
        }
        match motion {
            Motion::Wheel(rows) => self.scroll(rows.into()),
            Motion::Top => self.go((0, 0)),
            Motion::Bottom => self.go(self.bottom()),
            Motion::Left => self.aside(self.left.saturating_sub(SIDE_STEP)),
            Motion::Right => self.aside(self.left + SIDE_STEP),
            Motion::LineStart => self.aside(0),
            Motion::LineEnd => self.aside(usize::MAX),
            Motion::Wrap => {
                self.wrap = !self.wrap;
                self.left = 0;
                self.go_to_line(self.top_line())
            }
            Motion::NextMatch => self.step_match(true),
            Motion::PreviousMatch => self.step_match(false),
            _ => false,
        }
    }

    fn kind(&self) -> Option<ViewKind> {
        Some(ViewKind::Text)
    }

    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        match action {
            Action::GoToLine => Some(vec![Wish::Ask(LINE, String::new())]),
            Action::ReadMarkdown => Some(vec![Wish::Lay(Sheet {
                title: "Markdown".to_owned(),
                view: Box::new(markdown_view(self.index.text())),
            })]),
            _ => None,
        }
    }

    fn answer(&mut self, _question: ViewQuestion, text: &str) -> Result<Vec<Wish>, String> {
        let lines = self.index.lines();
        let number = text.trim().replace([',', '_'], "").parse();
        match number {
            Ok(line) if (1..=lines).contains(&line) => {
                self.matches.leave();
                self.go_to_line(line - 1);
                Ok(vec![])
            }
            Ok(_) => Err(format!("there are only {} lines", count(lines))),
            Err(_) => Err("a line number is a whole number".to_owned()),
        }
    }

    fn search(&mut self, pattern: &str) -> Searched {
        let from = self.matches.start().unwrap_or_else(|| self.top_byte());
        let pattern = Pattern::new(pattern);
        let found = pattern.map(|pattern| pattern.ranges(self.index.text()).collect());
        self.matches = Matches::new(found.unwrap_or_default(), from);
        self.show_match();
        Searched::All(self.matches.len())
    }

    fn position(&self) -> String {
        let line = self.matches.start().map_or_else(
            || self.top_line(),
            |start| self.index.line_of(self.index.chunk_at(start)),
        );
        let lines = count(self.index.lines());
        self.matches.told(format!("line {} of {lines}", count(line + 1)))
    }

    fn copy(&self) -> Option<String> {
        Some(self.index.text().to_owned())
    }
}
