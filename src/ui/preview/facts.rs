//! Stand-in for the facts view.

use super::contract::{Motion, Preview, PreviewContext};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Facts.
pub struct FactsView(Vec<(String, String)>);
impl FactsView {
    /// A view of facts.
    pub fn new(facts: Vec<(String, String)>) -> Self {
        Self(facts)
    }
}
impl Preview for FactsView {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, _: PreviewContext<'_>) {
        for (row, (name, value)) in area.rows().zip(&self.0) {
            let line = format!("{name} {value}");
            buffer.set_stringn(
                row.x,
                row.y,
                line,
                row.width.into(),
                ratatui::style::Style::default(),
            );
        }
    }
    fn act(&mut self, _: Motion) -> bool {
        false
    }
}
