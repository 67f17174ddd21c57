//! Where an overlay was drawn, for the mouse and the cursor.

use ratatui::layout::{Position, Rect};

/// What an overlay left on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    /// The whole box.
    pub area: Rect,
    /// Rows that can be clicked, and the number of the first one.
    pub list: Option<(Rect, usize)>,
    /// The text cursor.
    pub cursor: Option<Position>,
}
