//! Stand-in for the hex view.

use super::contract::{Motion, Preview, PreviewContext};
use bytes::Bytes;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Bytes.
pub struct HexView(Bytes);
impl HexView {
    /// A view of bytes.
    pub fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }
}
impl Preview for HexView {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, _: PreviewContext<'_>) {
        if !area.is_empty() {
            let line: String = self
                .0
                .iter()
                .take(16)
                .map(|byte| format!("{byte:02x} "))
                .collect();
            buffer.set_stringn(
                area.x,
                area.y,
                line,
                area.width.into(),
                ratatui::style::Style::default(),
            );
        }
    }
    fn act(&mut self, _: Motion) -> bool {
        false
    }
}
