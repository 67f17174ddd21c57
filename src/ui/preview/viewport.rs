//! Cursor and scroll position in a list of rows of any length: the arithmetic shared by all scrolling views.

use super::contract::Motion;
use std::ops::Range;

/// A cursor and the window of rows around it. The length is passed in: the view owns the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Viewport {
    cursor: usize,
    top: usize,
    height: usize,
}

impl Viewport {
    /// The row under the cursor.
    pub fn cursor(self) -> usize {
        self.cursor
    }

    /// Puts the cursor on `row`, or on the last of `len` rows.
    pub fn move_to(&mut self, row: usize, len: usize) {
        self.cursor = row.min(len.saturating_sub(1));
    }

    /// Fits the window to `height` rows around the cursor and returns the rows it shows: called before every draw.
    pub fn fit(&mut self, height: usize, len: usize) -> Range<usize> {
        self.height = height;
        self.cursor = self.cursor.min(len.saturating_sub(1));
        let lowest = (self.cursor + 1).saturating_sub(height.max(1));
        self.top = self
            .top
            .clamp(lowest, self.cursor)
            .min(len.saturating_sub(height));
        self.shown(len)
    }

    /// The rows of `len` that the window shows.
    pub fn shown(self, len: usize) -> Range<usize> {
        let top = self.top.min(len);
        top..len.min(top.saturating_add(self.height))
    }

    /// The row under the cursor, from the top of the window.
    pub fn cursor_row(self) -> u16 {
        self.cursor.saturating_sub(self.top) as u16
    }

    /// Applies a vertical motion over `len` rows; `false` when the motion is not vertical.
    pub fn act(&mut self, motion: Motion, len: usize) -> bool {
        let page = self.height.max(1);
        let row = match motion {
            Motion::Top => 0,
            Motion::Bottom => len,
            Motion::Wheel(rows) => return self.wheel(rows, len),
            Motion::Click { row, .. } | Motion::Point(row) => self.top.saturating_add(usize::from(row)),
            motion => match motion.rows(page, page.div_ceil(2)) {
                Some(rows) => self.cursor.saturating_add_signed(rows),
                None => return false,
            },
        };
        self.move_to(row, len);
        true
    }

    /// The wheel moves the window; the cursor only moves along to stay visible.
    fn wheel(&mut self, rows: i16, len: usize) -> bool {
        let last_top = len.saturating_sub(self.height);
        self.top = self.top.saturating_add_signed(isize::from(rows)).min(last_top);
        let bottom = self.top + self.height.max(1) - 1;
        self.move_to(self.cursor.clamp(self.top, bottom), len);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_follows_the_cursor() {
        let mut view = Viewport::default();
        assert_eq!(view.fit(5, 100), 0..5);
        assert!(view.act(Motion::PageDown, 100));
        assert_eq!((view.cursor(), view.fit(5, 100)), (5, 1..6));
        assert!(view.act(Motion::Bottom, 100));
        assert_eq!((view.cursor(), view.fit(5, 100)), (99, 95..100));
        assert!(view.act(Motion::HalfUp, 100));
        assert_eq!((view.cursor(), view.fit(5, 100)), (96, 95..100));
        assert!(view.act(Motion::Top, 100));
        assert_eq!((view.cursor(), view.fit(5, 100)), (0, 0..5));
    }

    #[test]
    fn the_wheel_carries_the_cursor_along() {
        let mut view = Viewport::default();
        view.fit(5, 100);
        assert!(view.act(Motion::Wheel(3), 100));
        assert_eq!((view.cursor(), view.fit(5, 100)), (3, 3..8));
        assert!(view.act(Motion::Wheel(-9), 100));
        assert_eq!((view.cursor(), view.fit(5, 100)), (3, 0..5));
        assert!(view.act(Motion::Click { column: 0, row: 4 }, 100));
        assert_eq!(view.cursor(), 4);
    }

    #[test]
    fn nothing_to_show_is_no_trouble() {
        let mut view = Viewport::default();
        for motion in [Motion::Down, Motion::Bottom, Motion::Wheel(7), Motion::PageUp] {
            assert!(view.act(motion, 0));
            assert_eq!((view.cursor(), view.fit(0, 0)), (0, 0..0));
        }
        assert!(!view.act(Motion::Toggle, 0));
    }

    #[test]
    fn a_shrinking_list_keeps_the_cursor_inside() {
        let mut view = Viewport::default();
        view.fit(5, 100);
        view.act(Motion::Bottom, 100);
        view.fit(5, 100);
        assert_eq!(view.fit(5, 3), 0..3);
        assert_eq!(view.cursor(), 2);
    }
}
