//! Drawing helpers: text pieces within a line, boxes, and the lists in them. Where they go is in `area.rs`.

use super::area::{row_of, scrolled};
use super::width::{cells, field, fit_end, fit_middle};
use crate::look::{Look, Role};
use natsbridge_app::Completions;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

/// A line that is written from left to right and never past its end, on the ground of a style.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    look: &'a Look,
    ground: Style,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Pen<'a> {
    /// A pen at the start of an area's first row.
    pub fn new(buffer: &'a mut Buffer, area: Rect, look: &'a Look) -> Self {
        Self {
            buffer,
            look,
            ground: Style::new(),
            x: area.x,
            y: area.y,
            end: area.right(),
        }
    }

    /// The same on a ground, which all of the area gets.
    pub fn on(ground: Style, buffer: &'a mut Buffer, area: Rect, look: &'a Look) -> Self {
        buffer.set_style(area, ground);
        let mut pen = Self::new(buffer, area, look);
        pen.ground = ground;
        pen
    }

    /// Cells left.
    pub fn room(&self) -> usize {
        usize::from(self.end - self.x)
    }

    /// The column that is written next.
    pub fn column(&self) -> u16 {
        self.x
    }

    /// Goes on at a column of the screen, or at the end.
    pub fn at(&mut self, column: u16) -> &mut Self {
        self.x = column.min(self.end);
        self
    }

    /// Leaves cells empty.
    pub fn skip(&mut self, count: usize) -> &mut Self {
        self.x = (self.x + count.min(self.room()) as u16).min(self.end);
        self
    }

    /// Writes clean text as far as there is room; what the ground says prevails over the role.
    pub fn write(&mut self, text: impl AsRef<str>, role: Role) -> &mut Self {
        self.styled(text, self.resting(role))
    }

    /// Writes a text that is to be seen on any ground: in the colour of its role.
    pub fn mark(&mut self, text: impl AsRef<str>, role: Role) -> &mut Self {
        self.styled(text, self.marked(role))
    }

    /// Writes in the style of the ground alone.
    pub fn plain(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.styled(text, self.ground)
    }

    /// Writes spans, each in its own style.
    pub fn spans(&mut self, spans: &[Span<'_>]) -> &mut Self {
        for span in spans {
            self.styled(&span.content, span.style);
        }
        self
    }

    /// Writes in a style of its own.
    pub fn styled(&mut self, text: impl AsRef<str>, style: Style) -> &mut Self {
        (self.x, _) = self.buffer.set_stringn(self.x, self.y, text, self.room(), style);
        self
    }

    /// The style of the ground.
    pub fn ground(&self) -> Style {
        self.ground
    }

    /// The style of a role where the ground prevails.
    pub fn resting(&self, role: Role) -> Style {
        self.look.style(role).patch(self.ground)
    }

    /// The style of a role on this ground, which keeps its background.
    pub fn marked(&self, role: Role) -> Style {
        let style = self.ground.patch(self.look.style(role));
        Style {
            bg: self.ground.bg.or(style.bg),
            ..style
        }
    }
}

/// Cells of all spans.
pub fn measure(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| cells(&span.content)).sum()
}

/// One dim sentence in the middle of an empty pane.
pub fn empty_notice(text: &str, area: Rect, buffer: &mut Buffer, look: &Look) {
    let width = usize::from(area.width.saturating_sub(4)).max(1);
    let lines = wrap(text, width);
    let top = usize::from(area.height).saturating_sub(lines.len()) / 3;
    for (row, line) in area.rows().skip(top).zip(lines) {
        let line = Line::styled(line, look.style(Role::Dim));
        line.centered().render(row, buffer);
    }
}

/// Breaks a text at spaces into lines of at most `width` cells.
pub fn wrap(text: impl AsRef<str>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in text.as_ref().split(' ') {
        match lines.last_mut() {
            Some(line) if cells(&*line) + 1 + cells(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fit_end(word, width)),
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

/// Writes into the lower border of a box, at its left.
pub fn border_note(text: &str, area: Rect, buffer: &mut Buffer, look: &Look) {
    let place = Rect {
        x: area.x + 2,
        width: area.width.saturating_sub(4),
        ..row_of(area, usize::from(area.height).saturating_sub(1))
    };
    Pen::new(buffer, place, look).write(text, Role::Dim);
}

/// The same at its right, before so many cells.
pub fn border_note_right(text: &str, after: u16, area: Rect, buffer: &mut Buffer, look: &Look) {
    let width = cells(text) as u16;
    let place = Rect {
        x: area.right().saturating_sub(width + after).max(area.x),
        width,
        ..row_of(area, usize::from(area.height).saturating_sub(1))
    };
    Pen::new(buffer, place.intersection(area), look).write(text, Role::Dim);
}

/// The rows of a list, scrolled so that the chosen one is in view and marked; gives the number of the first row shown.
pub fn choices(
    list: Rect,
    (chosen, total): (usize, usize),
    buffer: &mut Buffer,
    look: &Look,
    mut draw: impl FnMut(&mut Pen<'_>, usize),
) -> usize {
    let rows = usize::from(list.height);
    let top = scrolled(0, chosen, rows, total);
    for (row, i) in list.rows().zip(top..total) {
        let (mark, ground) = if i == chosen {
            (" ▌ ", Role::Selection)
        } else {
            ("   ", Role::Text)
        };
        let mut pen = Pen::on(look.style(ground), buffer, row, look);
        pen.plain(mark);
        draw(&mut pen, i);
    }
    top
}

/// The completion rows, the chosen one in view, indented by this many cells.
pub fn offered(offers: &Completions, indent: usize, list: Rect, buffer: &mut Buffer, look: &Look) {
    let chosen = offers.chosen.unwrap_or(0);
    let top = scrolled(0, chosen, usize::from(list.height), offers.shown.len());
    for (line, (i, text)) in list.rows().zip(offers.shown.iter().enumerate().skip(top)) {
        let ground = if offers.chosen == Some(i) {
            Role::Selection
        } else {
            Role::Text
        };
        let mut pen = Pen::on(look.style(ground), buffer, line, look);
        pen.skip(indent);
        let room = pen.room().saturating_sub(1);
        pen.plain(fit_middle(field(text), room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("enormous", 4), ["eno…"]);
    }
}
