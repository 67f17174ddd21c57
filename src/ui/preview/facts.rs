//! Names and values, one per line: facts about audio, video, or bytes that nothing else can show.

use super::contract::{Motion, Preview, PreviewContext};
use crate::look::Role;
use natsbridge_wire::SafeText;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A view of facts.
#[derive(Debug)]
pub struct FactsView {
    rows: Vec<(SafeText, SafeText)>,
    top: usize,
    height: usize,
}

impl FactsView {
    /// Shows each name with its value, in order.
    pub fn new(facts: Vec<(String, String)>) -> Self {
        let safe = |(name, value): (String, String)| (SafeText::new(&name), SafeText::new(&value));
        Self {
            rows: facts.into_iter().map(safe).collect(),
            top: 0,
            height: 1,
        }
    }

    fn go(&mut self, top: usize) -> bool {
        self.top = top.min(self.rows.len().saturating_sub(self.height));
        true
    }
}

impl Preview for FactsView {
    fn fit(&mut self, area: Rect, _context: PreviewContext<'_>) {
        self.height = usize::from(area.height).max(1);
        self.go(self.top);
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let width = usize::from(area.width);
        let widest = self.rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
        let names = widest.min(width / 2);
        let value_x = area.x + (names + 2).min(width) as u16;
        let room = width.saturating_sub(names + 2);
        let (dim, plain) = (context.theme.style(Role::Dim), context.theme.style(Role::Text));
        for (y, (name, value)) in (area.top()..area.bottom()).zip(self.rows.iter().skip(self.top)) {
            buffer.set_stringn(area.x, y, name.truncate_end(names), names, dim);
            if room > 0 {
                buffer.set_stringn(value_x, y, value.truncate_middle(room), room, plain);
            }
        }
    }

    fn wanted_rows(&self, _width: u16, most: u16, _context: PreviewContext<'_>) -> u16 {
        (self.rows.len() as u16).min(most)
    }

    fn act(&mut self, motion: Motion) -> bool {
        let rows = match motion {
            Motion::Wheel(rows) => Some(rows.into()),
            motion => motion.rows(self.height, self.height),
        };
        match (motion, rows) {
            (_, Some(rows)) => self.go(self.top.saturating_add_signed(rows)),
            (Motion::Top, _) => self.go(0),
            (Motion::Bottom, _) => self.go(usize::MAX),
            _ => false,
        }
    }

    fn copy(&self) -> Option<String> {
        let lines = self.rows.iter().map(|(name, value)| format!("{name}: {value}"));
        Some(lines.collect::<Vec<_>>().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::drawn;

    fn view(facts: &[(&str, &str)]) -> FactsView {
        FactsView::new(
            facts
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    #[test]
    fn values_stand_in_one_column_and_scroll() {
        let mut view = view(&[
            ("format", "wav"),
            ("sample rate", "44,100 Hz"),
            ("size", "12.3 kB"),
        ]);
        let whole = [
            "format       wav",
            "sample rate  44,100 Hz",
            "size         12.3 kB",
        ];
        assert_eq!(drawn(&mut view, 30, 3), whole);
        assert_eq!(drawn(&mut view, 30, 2), whole[..2]);
        assert!(view.act(Motion::Bottom));
        assert_eq!(drawn(&mut view, 30, 2), whole[1..]);
        assert!(view.act(Motion::Up));
        assert_eq!(drawn(&mut view, 30, 2), whole[..2]);
        assert!(!view.act(Motion::Toggle));
        assert_eq!(
            view.copy().as_deref(),
            Some("format: wav\nsample rate: 44,100 Hz\nsize: 12.3 kB")
        );
    }

    #[test]
    fn foreign_values_are_cleaned_and_cut() {
        let mut view = view(&[("name", "a\x1b]0;p\x07")]);
        assert_eq!(drawn(&mut view, 30, 1), ["name  a␛]0;p␇"]);
        assert_eq!(drawn(&mut view, 10, 1), ["name  a…p␇"]);
        for (width, height) in [(0, 0), (1, 1), (3, 2)] {
            drawn(&mut view, width, height);
        }
    }
}
