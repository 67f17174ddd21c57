//! A view under a caption of facts: what the payload is, how large, and where declared and real differ.

use super::contract::{Motion, Preview, PreviewContext};
use super::piece::{Paint, Piece, wrap};
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
}

impl Preview for Captioned {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let area = area.intersection(buffer.area);
        let lines: Vec<Vec<Piece>> = self
            .lines
            .iter()
            .flat_map(|line| wrap(line, usize::from(area.width), 2))
            .collect();
        self.height = (area.height / 2).min(lines.len() as u16);
        let paint = Paint::new(context.theme, None);
        for (row, line) in area.rows().zip(&lines).take(usize::from(self.height)) {
            paint.line(row, buffer, line);
        }
        let below = Rect {
            y: area.y + self.height,
            height: area.height - self.height,
            ..area
        };
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

    fn search(&mut self, pattern: &str) -> Option<usize> {
        self.view.search(pattern)
    }

    fn position(&self) -> String {
        self.view.position()
    }

    fn copy(&self) -> Option<String> {
        self.view.copy()
    }
}
