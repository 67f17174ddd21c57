//! Prepares part of an image for the screen: slow for large images, so it runs on a thread.

use super::window::Seen;
use crate::graphics::{Drawn, Graphics, encode, placeholder};
use natsbridge_wire::PixelBuffer;
use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;
use ratatui::style::Color;
use std::num::NonZeroU16;

/// What decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Which frame.
    pub frame: usize,
    /// What is seen of it.
    pub seen: Seen,
    /// The protocol; `None` is cells.
    pub graphics: Option<Graphics>,
}

/// Ready for the screen.
#[derive(Debug)]
pub enum Ready {
    /// Pixels for half-blocks or letters.
    Cells(PixelBuffer),
    /// A sequence for the terminal.
    Sequence(Drawn),
}

/// Renders it; what does not fit into a sequence is drawn in cells.
pub fn render(picture: &PixelBuffer, wanted: Wanted, most: usize, id: u32) -> Option<Ready> {
    let (width, height) = wanted.seen.size;
    let scaled = picture.scaled(wanted.seen.part, width, height);
    match wanted.graphics {
        None => Some(Ready::Cells(scaled)),
        Some(graphics) => encode(&scaled, graphics, most, id).map(Ready::Sequence),
    }
}

/// Puts the sequence into its cells: the first cell writes it, the cells it covers are skipped or show placeholders.
pub fn place(drawn: &Drawn, area: Rect, buffer: &mut Buffer) {
    let (across, down) = (drawn.cells.0.min(area.width), drawn.cells.1.min(area.height));
    let left = area.x + (area.width - across) / 2;
    for row in 0..down {
        for column in 0..across {
            let Some(cell) = buffer.cell_mut((left + column, area.y + row)) else {
                continue;
            };
            let first = (column, row) == (0, 0);
            let mut symbol = if first {
                drawn.sequence.to_string()
            } else {
                String::new()
            };
            if let Some(id) = drawn.id {
                symbol.push_str(&placeholder(column, row));
                let [_, red, green, blue] = id.to_be_bytes();
                cell.set_fg(Color::Rgb(red, green, blue));
            }
            if symbol.is_empty() {
                cell.set_diff_option(CellDiffOption::Skip);
            } else {
                // Our own sequence, made from pixels: it contains no foreign text.
                cell.set_symbol(&symbol);
                cell.set_diff_option(CellDiffOption::ForcedWidth(NonZeroU16::MIN));
            }
        }
    }
}
