//! Drawing helpers: text pieces within a line, scrolled windows, boxes.

use super::width::{cells, field, fit_middle};
use crate::look::{Look, Role};
use natsbridge_app::Completions;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Widget};

/// A line that is written from left to right and never past its end.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Pen<'a> {
    /// A pen at the start of an area's first row.
    pub fn new(buffer: &'a mut Buffer, area: Rect) -> Self {
        Self {
            buffer,
            x: area.x,
            y: area.y,
            end: area.right(),
        }
    }

    /// Cells left.
    pub fn room(&self) -> usize {
        usize::from(self.end - self.x)
    }

    /// Writes clean text as far as there is room.
    pub fn write(&mut self, text: &str, style: Style) {
        let (x, _) = self.buffer.set_stringn(self.x, self.y, text, self.room(), style);
        self.x = x;
    }

    /// The column that is written next.
    pub fn column(&self) -> u16 {
        self.x
    }

    /// Leaves cells empty.
    pub fn skip(&mut self, count: usize) {
        self.x = (self.x + count.min(self.room()) as u16).min(self.end);
    }
}

/// The first row to show so that row `at` is visible, moving as little as possible.
pub fn scrolled(top: usize, at: usize, rows: usize, total: usize) -> usize {
    let rows = rows.max(1);
    let top = top.min(total.saturating_sub(rows));
    top.clamp((at + 1).saturating_sub(rows), at)
}

/// A row of an area.
pub fn row_of(area: Rect, row: usize) -> Rect {
    let row = (row as u16).min(area.height);
    Rect {
        y: area.y + row,
        height: 1.min(area.height - row),
        ..area
    }
}

/// One dim sentence in the middle of an empty pane.
pub fn empty_notice(text: &str, area: Rect, buffer: &mut Buffer, look: &Look) {
    let width = usize::from(area.width.saturating_sub(4)).max(1);
    let lines = wrap(text, width);
    let top = usize::from(area.height).saturating_sub(lines.len()) / 3;
    for (i, line) in lines.iter().enumerate() {
        if top + i < usize::from(area.height) {
            let row = row_of(area, top + i);
            Line::styled(line.clone(), look.style(Role::Dim))
                .centered()
                .render(row, buffer);
        }
    }
}

/// Breaks a text at spaces into lines of at most `width` cells.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if cells(line) + 1 + cells(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(super::width::fit_end(word, width)),
        }
    }
    lines
}

/// An empty rounded box over whatever was there; returns its inner area.
pub fn open_box(title: &str, area: Rect, buffer: &mut Buffer, look: &Look) -> Rect {
    Clear.render(area, buffer);
    buffer.set_style(area, look.style(Role::Background));
    let title = if title.is_empty() {
        String::new()
    } else {
        format!(" {title} ")
    };
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(look.style(Role::BorderFocused))
        .title(look.span(title, Role::Strong));
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}

/// The completion rows, the chosen one in view, indented by this many cells.
pub fn offered(offers: &Completions, indent: usize, list: Rect, buffer: &mut Buffer, look: &Look) {
    let rows = usize::from(list.height);
    let top = scrolled(0, offers.chosen.unwrap_or(0), rows, offers.shown.len());
    for (i, text) in offers.shown.iter().enumerate().skip(top).take(rows) {
        let line = row_of(list, i - top);
        let style = look.style(if offers.chosen == Some(i) {
            Role::Selection
        } else {
            Role::Text
        });
        buffer.set_style(line, style);
        let mut pen = Pen::new(buffer, line);
        pen.skip(indent);
        let room = pen.room().saturating_sub(1);
        pen.write(&fit_middle(field(text).as_str(), room), style);
    }
}

/// An area of at most that size in the middle of another.
pub fn centred(within: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(within.width), height.min(within.height));
    Rect {
        x: within.x + (within.width - width) / 2,
        y: within.y + (within.height - height) / 2,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrolling_moves_no_more_than_it_must() {
        assert_eq!(scrolled(0, 5, 10, 100), 0);
        assert_eq!(scrolled(0, 12, 10, 100), 3);
        assert_eq!(scrolled(50, 12, 10, 100), 12);
        assert_eq!(scrolled(99, 99, 10, 100), 90);
        assert_eq!(scrolled(5, 0, 10, 0), 0);
    }

    #[test]
    fn words_are_wrapped() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("enormous", 4), ["eno…"]);
    }
}
