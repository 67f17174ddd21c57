//! Stand-in for the picture view.

use super::contract::{Motion, Preview, PreviewContext};
use crate::wire::{ImageFacts, Limits};
use bytes::Bytes;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A picture.
pub struct ImageView(ImageFacts);
impl ImageView {
    /// A view of a picture.
    pub fn new(facts: ImageFacts, _: Bytes, _: &Limits) -> Self {
        Self(facts)
    }
}
impl Preview for ImageView {
    fn draw(&mut self, _: Rect, _: &mut Buffer, _: PreviewContext<'_>) {
        let _ = self.0;
    }
    fn act(&mut self, _: Motion) -> bool {
        false
    }
}
