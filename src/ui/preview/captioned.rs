//! A view below a caption: what the payload is, its size, and where declared and actual values differ.

use super::contract::{Motion, Preview, PreviewContext};
use super::text::{Paint, Piece, wrap};
use crate::look::Role;
use crate::paint::split;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A view with lines above it. They wrap, and take at most half the height.
pub struct Captioned {
    lines: Vec<Vec<Piece>>,
    view: Box<dyn Preview>,
    height: u16,
}

impl Captioned {
    /// Puts `lines` above `view`.
    pub fn new(lines: Vec<Vec<Piece>>, view: Box<dyn Preview>) -> Self {
        Self {
            lines,
            view,
            height: 0,
        }
    }

    fn wrapped(&self, width: u16, on_page: bool) -> Vec<Vec<Piece>> {
        // A page says itself what it is; what is only advice stands where there is room for it.
        let advice = |line: &[Piece]| line.iter().all(|piece| piece.role == Role::Dim);
        let lines = self.lines.iter().skip(usize::from(on_page));
        let lines = lines.filter(|line| !on_page || !advice(line));
        lines.flat_map(|line| wrap(line, usize::from(width), 2)).collect()
    }
}

impl Preview for Captioned {
    fn inner(&self) -> Option<&dyn Preview> {
        Some(&*self.view)
    }

    fn inner_mut(&mut self) -> Option<&mut dyn Preview> {
        Some(&mut *self.view)
    }

    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        let lines = self.wrapped(area.width, context.on_page);
        self.height = (area.height / 2).min(lines.len() as u16);
        let (_, below) = split(area, self.height.into());
        self.view.fit(below, context);
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let paint = Paint::new(context.theme, None);
        let (above, below) = split(area, self.height.into());
        for (row, line) in above.rows().zip(self.wrapped(area.width, context.on_page)) {
            paint.line(row, buffer, &line);
        }
        self.view.draw(below, buffer, context);
    }

    fn wanted_rows(&self, width: u16, most: u16, context: PreviewContext<'_>) -> u16 {
        let above = (self.wrapped(width, true).len() as u16).min(most);
        above + self.view.wanted_rows(width, most - above, context)
    }

    fn cursor_row(&self) -> Option<u16> {
        Some(self.view.cursor_row()? + self.height)
    }

    fn act(&mut self, motion: Motion) -> bool {
        let below = |row: u16| row.checked_sub(self.height);
        match motion {
            Motion::Click { column, row } => {
                below(row).is_some_and(|row| self.view.act(Motion::Click { column, row }))
            }
            Motion::Point(row) => below(row).is_some_and(|row| self.view.act(Motion::Point(row))),
            motion => self.view.act(motion),
        }
    }
}
