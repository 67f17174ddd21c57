//! The exact bytes of a message, as text or as hex. Nothing is reformatted here.

use super::view::HexView;
use crate::preview::contract::{Motion, Preview, PreviewContext};
use crate::preview::text::TextView;
use bytes::Bytes;
use natsbridge_wire::Limits;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Raw bytes: text where they are UTF-8, hex else; Toggle switches.
pub struct RawView {
    text: Option<TextView>,
    hex: HexView,
    as_text: bool,
}

impl RawView {
    /// A view of these bytes.
    pub fn new(bytes: &Bytes, limits: &Limits) -> Self {
        let text = std::str::from_utf8(bytes)
            .ok()
            .map(|text| TextView::new(text.into()));
        Self {
            as_text: text.is_some(),
            text,
            hex: HexView::new(bytes.clone().into(), limits),
        }
    }

    fn shown(&self) -> &dyn Preview {
        match &self.text {
            Some(text) if self.as_text => text,
            _ => &self.hex,
        }
    }

    fn shown_mut(&mut self) -> &mut dyn Preview {
        match &mut self.text {
            Some(text) if self.as_text => text,
            _ => &mut self.hex,
        }
    }
}

impl Preview for RawView {
    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        self.shown_mut().fit(area, context);
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        self.shown().draw(area, buffer, context);
    }

    fn act(&mut self, motion: Motion) -> bool {
        if motion == Motion::Toggle && self.text.is_some() {
            self.as_text = !self.as_text;
            return true;
        }
        self.shown_mut().act(motion)
    }

    fn search(&mut self, pattern: &str) -> Option<usize> {
        self.shown_mut().search(pattern)
    }

    fn position(&self) -> String {
        let form = match (&self.text, self.as_text) {
            (Some(_), true) => "text",
            (Some(_), false) => "hex",
            (None, _) => "hex, not UTF-8",
        };
        match self.shown().position() {
            place if place.is_empty() => form.to_owned(),
            place => format!("{form} · {place}"),
        }
    }

    fn copy(&self) -> Option<String> {
        self.shown().copy()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::drawn;

    #[test]
    fn text_switches_to_hex_and_back() {
        let mut view = RawView::new(&Bytes::from_static(b"{\"a\" :1}"), &Limits::DEFAULT);
        assert!(
            drawn(&mut view, 60, 2)[0].contains("{\"a\" :1}"),
            "exact bytes, not reformatted"
        );
        assert!(view.position().starts_with("text"));
        assert!(view.act(Motion::Toggle));
        assert!(view.position().starts_with("hex"));
        assert!(view.act(Motion::Toggle));
        assert!(view.position().starts_with("text"));
    }

    #[test]
    fn bytes_that_are_no_text_stay_hex() {
        let mut view = RawView::new(&Bytes::from_static(b"\xff\xfe"), &Limits::DEFAULT);
        view.act(Motion::Toggle);
        assert!(view.position().starts_with("hex, not UTF-8"));
        for (width, height) in [(0, 0), (1, 1), (9, 2)] {
            drawn(&mut view, width, height);
        }
    }
}
