//! A view below a caption: what the payload is, its size, and where declared and actual values differ.

use super::contract::{Motion, Preview, PreviewContext, Wish, WorkResult};
use super::text::{Paint, Piece, wrap};
use natsbridge_app::{Action, ViewKind, ViewQuestion};
use natsbridge_wire::FilterError;
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

    /// What is left of an area below the caption.
    fn below(&self, area: Rect) -> Rect {
        let height = self.height.min(area.height);
        Rect {
            y: area.y + height,
            height: area.height - height,
            ..area
        }
    }

    /// A view that replaces the one below the caption stays below it.
    fn kept(&mut self, wishes: Vec<Wish>) -> Vec<Wish> {
        let mut left = Vec::with_capacity(wishes.len());
        for wish in wishes {
            match wish {
                Wish::Become(view) => self.view = view,
                other => left.push(other),
            }
        }
        left
    }
}

impl Preview for Captioned {
    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        self.height = (area.height / 2).min(self.wrapped(area.width).len() as u16);
        self.view.fit(self.below(area), context);
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let area = area.intersection(buffer.area);
        let paint = Paint::new(context.theme, None);
        let lines = self.wrapped(area.width);
        for (row, line) in area.rows().zip(&lines).take(usize::from(self.height)) {
            paint.line(row, buffer, line);
        }
        self.view.draw(self.below(area), buffer, context);
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

    fn kind(&self) -> Option<ViewKind> {
        self.view.kind()
    }

    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        let wishes = self.view.run(action)?;
        Some(self.kept(wishes))
    }

    fn check(&self, question: ViewQuestion, text: &str) -> Result<(), FilterError> {
        self.view.check(question, text)
    }

    fn words(&self, question: ViewQuestion) -> Vec<String> {
        self.view.words(question)
    }

    fn answer(&mut self, question: ViewQuestion, text: &str) -> Result<Vec<Wish>, String> {
        let wishes = self.view.answer(question, text)?;
        Ok(self.kept(wishes))
    }

    fn worked(&mut self, slot: &'static str, result: WorkResult) -> Vec<Wish> {
        let wishes = self.view.worked(slot, result);
        self.kept(wishes)
    }

    fn wishes(&mut self) -> Vec<Wish> {
        let wishes = self.view.wishes();
        self.kept(wishes)
    }
}
