//! Blocks of wrapped text with a cursor: findings, envelope fields, notices. Their content is defined by whoever
//! creates them.

use super::pattern::Pattern;
use super::piece::{Paint, Piece, wrap};
use crate::look::Role;
use crate::paint::{format, indented};
use crate::preview::contract::{Motion, Preview, PreviewContext, Searched};
use crate::preview::viewport::Viewport;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// One logical line, wrapped to the width when drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Its pieces.
    pub pieces: Vec<Piece>,
    /// Cells by which its second and further lines are indented.
    pub indent: usize,
}

impl Paragraph {
    /// A line of these pieces.
    pub fn new(indent: usize, pieces: Vec<Piece>) -> Self {
        Self { pieces, indent }
    }
}

/// Lines that belong together and are copied together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// What it shows.
    pub lines: Vec<Paragraph>,
    /// What `y` copies.
    pub copy: String,
}

impl Block {
    /// A block of one line.
    pub fn line(indent: usize, pieces: Vec<Piece>, copy: impl Into<String>) -> Self {
        Self {
            lines: vec![Paragraph::new(indent, pieces)],
            copy: copy.into(),
        }
    }
}

/// A scrolling list of blocks.
#[derive(Debug)]
pub struct BlockView {
    blocks: Vec<Block>,
    /// What one block is called in the position: `finding`, `field`.
    noun: &'static str,
    /// The first block of a second list, and what one of those is called.
    second: Option<(usize, &'static str)>,
    /// The lines at the width drawn last, each with the number of its block.
    lines: Vec<(usize, Vec<Piece>)>,
    width: Option<usize>,
    viewport: Viewport,
    pattern: Option<Pattern>,
}

impl BlockView {
    /// A view of these blocks, each called a `noun`.
    pub fn new(noun: &'static str, blocks: Vec<Block>) -> Self {
        let mut view = Self {
            blocks,
            noun,
            second: None,
            lines: Vec::new(),
            width: None,
            viewport: Viewport::default(),
            pattern: None,
        };
        view.rewrap(80);
        view
    }

    /// The view with a second list below, each of its blocks called a `noun`.
    pub fn then(mut self, noun: &'static str, blocks: Vec<Block>) -> Self {
        self.second = Some((self.blocks.len(), noun));
        self.blocks.extend(blocks);
        self.width = None;
        self.rewrap(80);
        self
    }

    /// Shows other blocks from the same place on.
    pub fn replace(&mut self, blocks: Vec<Block>) {
        if blocks == self.blocks {
            return;
        }
        self.blocks = blocks;
        let (line, width) = (self.viewport.cursor(), self.width.take());
        self.rewrap(width.unwrap_or(80));
        self.viewport.move_to(line, self.lines.len());
    }

    /// A view of one dim sentence.
    pub fn sentence(text: &str) -> Self {
        let pieces = vec![Piece::new(Role::Dim, text)];
        Self::new("", vec![Block::line(0, pieces, text)])
    }

    fn rewrap(&mut self, width: usize) {
        if self.width == Some(width) {
            return;
        }
        let current = self.current();
        self.width = Some(width);
        self.lines.clear();
        for (number, block) in self.blocks.iter().enumerate() {
            for line in &block.lines {
                let wrapped = wrap(&line.pieces, width, line.indent).into_iter();
                self.lines.extend(wrapped.map(|pieces| (number, pieces)));
            }
        }
        self.go_to(current);
    }

    /// The block under the cursor.
    fn current(&self) -> usize {
        let line = self.lines.get(self.viewport.cursor());
        line.map_or(0, |(block, _)| *block)
    }

    fn go_to(&mut self, block: usize) {
        let line = self.lines.partition_point(|(number, _)| *number < block);
        self.viewport.move_to(line, self.lines.len());
    }

    fn matches(&self) -> Vec<usize> {
        let Some(pattern) = &self.pattern else {
            return Vec::new();
        };
        let found = |block: &Block| {
            let mut pieces = block.lines.iter().flat_map(|line| &line.pieces);
            pieces.any(|piece| pattern.is_in(piece.text.as_str()))
        };
        (0..self.blocks.len())
            .filter(|number| found(&self.blocks[*number]))
            .collect()
    }

    /// Jumps to the match after (or before) the cursor, wrapping around.
    fn jump(&mut self, forward: bool) {
        let (matches, here) = (self.matches(), self.current());
        let next = if forward {
            matches.iter().find(|block| **block > here).or(matches.first())
        } else {
            matches.iter().rfind(|block| **block < here).or(matches.last())
        };
        if let Some(block) = next {
            self.go_to(*block);
        }
    }
}

impl Preview for BlockView {
    fn fit(&mut self, area: Rect, _context: PreviewContext<'_>) {
        if area.is_empty() {
            return;
        }
        // One cell on the left marks the block under the cursor.
        self.rewrap(usize::from(area.width.saturating_sub(1)));
        self.viewport.fit(usize::from(area.height), self.lines.len());
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let shown = self.viewport.shown(self.lines.len());
        let current = self.current();
        let paint = Paint::new(context.theme, self.pattern.as_ref());
        for (line, (block, pieces)) in area.rows().zip(&self.lines[shown]) {
            if context.focused && *block == current && self.blocks.len() > 1 {
                let mark = Piece::new(Role::Accent, "▌");
                paint.line(Rect { width: 1, ..line }, buffer, &[mark]);
            }
            paint.line(indented(line, 1), buffer, pieces);
        }
    }

    fn wanted_rows(&self, _width: u16, most: u16, _context: PreviewContext<'_>) -> u16 {
        self.lines.len().min(usize::from(most)) as u16
    }

    fn cursor_row(&self) -> Option<u16> {
        Some(self.viewport.cursor_row())
    }

    fn act(&mut self, motion: Motion) -> bool {
        match motion {
            Motion::NextMatch => self.jump(true),
            Motion::PreviousMatch => self.jump(false),
            _ => return self.viewport.act(motion, self.lines.len()),
        }
        true
    }

    fn search(&mut self, pattern: &str) -> Searched {
        self.pattern = Pattern::new(pattern);
        let matches = self.matches();
        if !matches.contains(&self.current()) {
            self.jump(true);
        }
        Searched::All(matches.len())
    }

    fn position(&self) -> String {
        let (current, all) = (self.current(), self.blocks.len());
        let (first, second) = self.second.unwrap_or((all, ""));
        let (noun, at, all) = if current < first {
            (self.noun, current + 1, first)
        } else {
            (second, current - first + 1, all - first)
        };
        if noun.is_empty() || all == 0 {
            return String::new();
        }
        format!("{noun} {} of {}", format::count(at), format::count(all))
    }

    fn copy(&self) -> Option<String> {
        self.blocks.get(self.current()).map(|block| block.copy.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::{drawn, exercise};

    fn view() -> BlockView {
        let block = |text: &str| Block {
            lines: vec![Paragraph {
                pieces: vec![Piece::new(Role::Text, text)],
                indent: 2,
            }],
            copy: text.to_owned(),
        };
        BlockView::new(
            "field",
            vec![block("alpha beta gamma"), block("delta"), block("Beta two")],
        )
    }

    #[test]
    fn wraps_marks_and_scrolls() {
        let mut view = view();
        assert_eq!(drawn(&mut view, 12, 3), ["▌alpha beta", "▌  gamma", " delta"]);
        assert!(view.act(Motion::Bottom));
        assert_eq!(drawn(&mut view, 12, 3), ["   gamma", " delta", "▌Beta two"]);
        assert_eq!(
            (view.position(), view.copy()),
            ("field 3 of 3".into(), Some("Beta two".into()))
        );
        assert!(!view.act(Motion::Toggle));
    }

    #[test]
    fn searches_around_the_end() {
        let mut view = view();
        assert_eq!(view.search("beta"), Searched::All(2));
        assert_eq!(view.position(), "field 1 of 3");
        view.act(Motion::NextMatch);
        assert_eq!(view.position(), "field 3 of 3");
        view.act(Motion::NextMatch);
        assert_eq!(view.position(), "field 1 of 3");
        view.act(Motion::PreviousMatch);
        assert_eq!(view.position(), "field 3 of 3");
        assert_eq!(view.search("nothing"), Searched::All(0));
    }

    #[test]
    fn a_narrower_screen_keeps_the_block() {
        let mut view = view();
        drawn(&mut view, 40, 3);
        view.act(Motion::Down);
        drawn(&mut view, 6, 3);
        assert_eq!(view.copy().as_deref(), Some("delta"));
        exercise(&mut view);
        exercise(&mut BlockView::new("field", vec![]));
    }
}
