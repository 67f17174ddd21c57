//! Areas of the screen: rows, parts, windows that scroll. Nothing is drawn here.

use ratatui::layout::Rect;

/// The first row to show so that row `at` is visible, moving as little as possible.
pub fn scrolled(top: usize, at: usize, rows: usize, total: usize) -> usize {
    let rows = rows.max(1);
    let top = top.min(total.saturating_sub(rows));
    top.clamp((at + 1).saturating_sub(rows), at)
}

/// A row of an area.
pub fn row_of(area: Rect, row: usize) -> Rect {
    let (_, below) = split(area, row);
    split(below, 1).0
}

/// The first rows of an area, and the rest below them.
pub fn split(area: Rect, rows: usize) -> (Rect, Rect) {
    let height = area.height.min(u16::try_from(rows).unwrap_or(u16::MAX));
    let below = Rect {
        y: area.y + height,
        height: area.height - height,
        ..area
    };
    (Rect { height, ..area }, below)
}

/// An area without its first cells.
pub fn indented(area: Rect, cells: u16) -> Rect {
    let cells = cells.min(area.width);
    Rect {
        x: area.x + cells,
        width: area.width - cells,
        ..area
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
}
