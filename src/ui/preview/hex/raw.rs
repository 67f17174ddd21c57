//! The exact bytes of a message, as text or as hex. Nothing is reformatted here.

use super::view::HexView;
use crate::preview::contract::{Motion, Preview};
use crate::preview::text::TextView;
use bytes::Bytes;
use natsbridge_app::ViewKind;
use natsbridge_wire::{ByteString, Limits};

/// Raw bytes: text where they are UTF-8, hex else; Toggle switches.
pub struct RawView {
    text: Option<TextView>,
    hex: HexView,
    as_text: bool,
}

impl RawView {
    /// A view of these bytes.
    pub fn new(bytes: &Bytes, limits: &Limits) -> Self {
        let text = ByteString::try_from(bytes.clone()).ok().map(TextView::new);
        Self {
            as_text: text.is_some(),
            text,
            hex: HexView::new(bytes.clone().into(), limits),
        }
    }
}

impl Preview for RawView {
    fn inner(&self) -> Option<&dyn Preview> {
        match &self.text {
            Some(text) if self.as_text => Some(text),
            _ => Some(&self.hex),
        }
    }

    fn inner_mut(&mut self) -> Option<&mut dyn Preview> {
        match &mut self.text {
            Some(text) if self.as_text => Some(text),
            _ => Some(&mut self.hex),
        }
    }

    fn act(&mut self, motion: Motion) -> bool {
        if motion == Motion::Toggle && self.text.is_some() {
            self.as_text = !self.as_text;
            return true;
        }
        self.inner_mut().is_some_and(|shown| shown.act(motion))
    }

    /// The keys are the same for both forms.
    fn kind(&self) -> Option<ViewKind> {
        None
    }

    fn position(&self) -> String {
        let form = match (&self.text, self.as_text) {
            (Some(_), true) => "text",
            (Some(_), false) => "hex",
            (None, _) => "hex, not UTF-8",
        };
        match self.inner().map_or_else(String::new, Preview::position) {
            place if place.is_empty() => form.to_owned(),
            place => format!("{form} · {place}"),
        }
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
