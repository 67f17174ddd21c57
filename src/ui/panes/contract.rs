//! The interface of all panes. A pane owns its scroll position; shared state lives in the app state.

use crate::look::{Look, Role};
use natsbridge_app::{Msg, State};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;

/// What a pane needs for drawing.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The workbench.
    pub state: &'a State,
    /// How things look.
    pub look: &'a Look,
    /// Whether the pane has the focus.
    pub focused: bool,
    /// Whether something lies over it.
    pub covered: bool,
}

impl Scene<'_> {
    /// The style that a row rests on.
    pub fn ground(&self, selected: bool) -> Style {
        match (selected, self.focused) {
            (true, true) => self.look.style(Role::Selection),
            (true, false) => self.look.style(Role::SelectionDim),
            _ => Style::new(),
        }
    }
}

/// A pane.
pub trait PaneView {
    /// The text in its upper border, beside its name.
    fn title(&self, scene: Scene<'_>) -> Line<'static>;
    /// The text in its lower border: the cursor position.
    fn position(&self, scene: Scene<'_>) -> String {
        let _ = scene;
        String::new()
    }
    /// Fits it to the area inside its border, before every draw; what the state is to know of that, if anything.
    fn fit(&mut self, area: Rect, scene: Scene<'_>) -> Option<Msg>;
    /// Draws what lies inside its border; gives the text cursor, where something is typed into it.
    fn draw(&self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) -> Option<Position>;
    /// A click at a cell inside its border.
    fn click(&mut self, column: u16, row: u16, state: &State) -> Option<Msg>;
    /// The mouse wheel turned by so many rows.
    fn wheel(&mut self, rows: i16) -> Option<Msg>;
}
