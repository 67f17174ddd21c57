//! Compose: the message being written.

use super::contract::{PaneView, Scene};
use crate::app::{Msg, State};
use crate::ui::paint::empty_notice;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The pane's own state.
#[derive(Debug, Default)]
pub struct Compose {}

impl PaneView for Compose {
    fn title(&self, _scene: Scene<'_>) -> Line<'static> {
        Line::default()
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
        empty_notice("A message being written appears here.", area, buffer, scene.look);
    }

    fn click(&mut self, _column: u16, _row: u16, _state: &State) -> Option<Msg> {
        None
    }

    fn wheel(&mut self, _rows: i16) -> Option<Msg> {
        None
    }
}
