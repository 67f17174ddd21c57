//! Timeline: conversations, a waterfall each.

use super::contract::{PaneView, Scene};
use crate::app::{Msg, State};
use crate::ui::paint::empty_notice;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The pane's own state.
#[derive(Debug, Default)]
pub struct Timeline {}

impl PaneView for Timeline {
    fn title(&self, _scene: Scene<'_>) -> Line<'static> {
        Line::default()
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
        empty_notice(
            "Requests and their answers appear here, by correlation id.",
            area,
            buffer,
            scene.look,
        );
    }

    fn click(&mut self, _column: u16, _row: u16, _state: &State) -> Option<Msg> {
        None
    }

    fn wheel(&mut self, _rows: i16) -> Option<Msg> {
        None
    }
}
