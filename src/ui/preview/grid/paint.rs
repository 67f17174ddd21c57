//! How a grid looks: headings, row numbers, cells, the cursor. The layout decides where they go.

use super::arrangement::Arrangement;
use super::layout::Layout;
use super::shown::Shown;
use crate::look::Role;
use crate::paint::format;
use crate::preview::contract::PreviewContext;
use crate::preview::text::{Paint, Piece};
use natsbridge_wire::{Cell, Limits, SafeText};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::ops::{Range, RangeInclusive};

/// One drawing of a grid.
pub struct GridPaint<'a> {
    /// The table.
    pub source: &'a Shown,
    /// What is visible.
    pub layout: &'a Layout,
    /// Row and column of the cursor; without a column it is on the whole row.
    pub cursor: (usize, Option<usize>),
    /// How cells without the cursor are painted.
    pub paint: Paint<'a>,
    /// Selected rows, by their places.
    pub selection: Option<RangeInclusive<usize>>,
    /// How the rows are sorted.
    pub arrangement: &'a Arrangement,
    /// The view's context.
    pub context: PreviewContext<'a>,
}

impl GridPaint<'_> {
    /// Column names and, on a second line, their types.
    pub fn header(&self, area: Rect, lines: u16, buffer: &mut Buffer) {
        let paint = Paint {
            pattern: None,
            ..self.paint
        };
        for slot in &self.layout.slots {
            let column = &self.source.columns()[slot.column];
            let here = self.cursor.1 == Some(slot.column);
            let role = if here { Role::Accent } else { Role::Heading };
            let texts = [(role, &column.name), (Role::Dim, &column.type_name)];
            for (line, (role, text)) in area.rows().zip(texts).take(usize::from(lines)) {
                put(
                    line,
                    slot.cells(),
                    buffer,
                    Piece::new(role, text),
                    column.numeric,
                    paint,
                );
            }
        }
        // The arrow goes into the gap before its column, so that no name is truncated.
        for slot in self.layout.slots.iter().filter(|_| lines > 0) {
            let sign = self.arrangement.sign(self.source.origin(slot.column));
            let sign = sign.map(|sign| Piece::new(Role::Accent, &sign));
            if let Some((sign, x)) = sign.and_then(|sign| {
                let cells = sign.text.width() as u16;
                Some((sign, slot.x.checked_sub(cells)?))
            }) {
                put(area, x..slot.x, buffer, sign, false, paint);
            }
        }
        // Hidden columns are indicated at the edges.
        let left = (self.layout.numbers.saturating_sub(1), "‹");
        let right = (area.width.saturating_sub(1), "›");
        let left = self.layout.more_left.then_some(left);
        let right = self.layout.more_right.then_some(right);
        if lines > 0 {
            for (x, mark) in [left, right].into_iter().flatten() {
                put(
                    area,
                    x..x + 1,
                    buffer,
                    Piece::new(Role::Accent, mark),
                    false,
                    paint,
                );
            }
        }
    }

    /// Row numbers and cells.
    pub fn body(&self, area: Rect, rows: Range<usize>, buffer: &mut Buffer) {
        if self.source.num_rows() == 0 {
            let no_rows = if self.source.table().num_rows() == 0 {
                "No rows."
            } else {
                "No rows match the filter."
            };
            self.paint.line(area, buffer, &[Piece::new(Role::Dim, no_rows)]);
        }
        for (line, row) in area.rows().zip(rows) {
            let here = row == self.cursor.0;
            // The cell under the cursor is the brightest; the rest of its row is only highlighted.
            let bright = self.paint.selected(self.context);
            let quiet = self.paint.selected(PreviewContext {
                focused: false,
                ..self.context
            });
            let selected = self.selection.as_ref().is_some_and(|rows| rows.contains(&row));
            let across = match (here, self.cursor.1) {
                (true, None) => bright,
                _ if selected => bright,
                (true, Some(_)) => quiet,
                (false, _) => self.paint,
            };
            buffer.set_style(line, across.over);
            self.number(line, row, buffer, across);
            for slot in &self.layout.slots {
                let on_it = here && self.cursor.1 == Some(slot.column);
                let paint = if on_it { bright } else { across };
                let piece = match self.source.cell(row, slot.column) {
                    Cell::Null => Piece::new(Role::Null, "∅"),
                    Cell::Text(text) => Piece {
                        role: Role::Text,
                        text: cell_text(&text),
                    },
                };
                let numeric = self.source.columns()[slot.column].numeric;
                put(line, slot.cells(), buffer, piece, numeric, paint);
            }
        }
    }

    fn number(&self, line: Rect, row: usize, buffer: &mut Buffer, paint: Paint<'_>) {
        let paint = Paint {
            pattern: None,
            ..paint
        };
        let number = Piece::new(Role::Dim, &format::count(self.source.row(row) + 1));
        let cells = 0..self.layout.numbers.saturating_sub(2);
        put(line, cells, buffer, number, true, paint);
    }
}

/// The part of a cell's text that may be seen in its slot.
fn cell_text(text: &str) -> SafeText {
    match text.char_indices().nth(Limits::in_force().field_cells) {
        Some((end, _)) => SafeText::new(&format!("{}…", &text[..end])),
        None => SafeText::new(text),
    }
}

/// Puts one piece into its cells of a line, numbers to the right.
fn put(line: Rect, cells: Range<u16>, buffer: &mut Buffer, piece: Piece, right: bool, paint: Paint<'_>) {
    let place = Rect {
        x: line.x + cells.start,
        width: cells.end - cells.start,
        height: 1,
        ..line
    };
    let blank = usize::from(place.width).saturating_sub(piece.text.width());
    let pad = Piece::new(Role::Text, &" ".repeat(if right { blank } else { 0 }));
    paint.line(place.intersection(line), buffer, &[pad, piece]);
}
