//! What an overlay is drawn from, and where it was drawn, for the mouse and the cursor.

use crate::look::Look;
use natsbridge_app::State;
use ratatui::layout::{Position, Rect};

/// What every overlay is drawn from.
#[derive(Clone, Copy)]
pub struct OverlayScene<'a> {
    /// The room between header and footer.
    pub body: Rect,
    /// The workbench.
    pub state: &'a State,
    /// How things look.
    pub look: &'a Look,
}

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

impl Drawn {
    /// A box in which nothing can be clicked.
    pub fn new(area: Rect) -> Self {
        Self {
            area,
            ..Self::default()
        }
    }

    /// The box with rows that can be clicked, the first of them of that number.
    pub fn with_list(self, list: Rect, first: usize) -> Self {
        Self {
            list: Some((list, first)),
            ..self
        }
    }
}
