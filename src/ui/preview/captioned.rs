//! A view below a caption: what the payload is, its size, and where declared and actual values differ.

use super::contract::{Motion, Preview, PreviewContext};
use super::text::{Paint, Piece, wrap};
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

    fn wrapped(&self, width: u16) -> Vec<Vec<Piece>> {
        let lines = self.lines.iter();
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
        self.height = (area.height / 2).min(self.wrapped(area.width).len() as u16);
        let (_, below) = split(area, self.height.into());
        self.view.fit(below, context);
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let paint = Paint::new(context.theme, None);
        let (above, below) = split(area, self.height.into());
        for (row, line) in above.rows().zip(self.wrapped(area.width)) {
            paint.line(row, buffer, &line);
        }
        self.view.draw(below, buffer, context);
    }

    fn act(&mut self, motion: Motion) -> bool {
        match motion {
            Motion::Click { column, row } => match row.checked_sub(self.height) {
                Some(row) => self.view.act(Motion::Click { column, row }),
                None => false,
            },
            motion => self.view.act(motion),
        }
    }
}
