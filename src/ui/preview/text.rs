//! Stand-in for the text view.

use super::contract::{Motion, Preview, PreviewContext};
use crate::wire::SafeText;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

/// Text.
pub struct TextView(Arc<str>);
impl TextView {
    /// A view of text.
    pub fn new(text: Arc<str>) -> Self {
        Self(text)
    }
}
impl Preview for TextView {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, _: PreviewContext<'_>) {
        if !area.is_empty() {
            let line = SafeText::new(self.0.lines().next().unwrap_or_default());
            buffer.set_stringn(
                area.x,
                area.y,
                line.as_str(),
                area.width.into(),
                ratatui::style::Style::default(),
            );
        }
    }
    fn act(&mut self, _: Motion) -> bool {
        false
    }
}
