//! Names and values, one per line: what is known of a sound, a film or bytes that nothing else shows.

use super::contract::{Motion, Preview, PreviewContext};
use super::figures::{count, duration, size};
use crate::ui::theme::Role;
use crate::wire::{AudioFacts, SafeText, VideoFacts};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A view of facts.
#[derive(Debug)]
pub(super) struct FactsView {
    rows: Vec<(SafeText, SafeText)>,
    top: usize,
    height: usize,
}

impl FactsView {
    /// Shows each name with its value, in order.
    pub(super) fn new<N: AsRef<str>, V: AsRef<str>>(rows: impl IntoIterator<Item = (N, V)>) -> Self {
        let safe = |(name, value): (N, V)| (SafeText::new(name.as_ref()), SafeText::new(value.as_ref()));
        Self {
            rows: rows.into_iter().map(safe).collect(),
            top: 0,
            height: 1,
        }
    }

    /// What is known of a sound of `bytes` bytes.
    pub(super) fn of_audio(facts: &AudioFacts, bytes: usize) -> Self {
        let channels = facts.channels.map(|channels| match channels {
            1 => "1 (mono)".to_owned(),
            2 => "2 (stereo)".to_owned(),
            more => more.to_string(),
        });
        Self::known([
            ("format", Some(facts.format.to_owned())),
            ("duration", facts.duration_s.map(duration)),
            (
                "sample rate",
                facts
                    .sample_rate_hz
                    .map(|rate| format!("{} Hz", count(rate as usize))),
            ),
            ("channels", channels),
            ("size", Some(size(bytes))),
        ])
    }

    /// What is known of a film of `bytes` bytes.
    pub(super) fn of_video(facts: &VideoFacts, bytes: usize) -> Self {
        let picture = facts.width.zip(facts.height);
        Self::known([
            ("format", Some(facts.format.to_owned())),
            ("duration", facts.duration_s.map(duration)),
            (
                "picture",
                picture.map(|(width, height)| format!("{width} × {height}")),
            ),
            ("codec", facts.codec.clone()),
            ("size", Some(size(bytes))),
        ])
    }

    fn known(rows: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Self {
        Self::new(
            rows.into_iter()
                .map(|(name, value)| (name, value.unwrap_or_else(|| "not said".into()))),
        )
    }

    fn go(&mut self, top: usize) -> bool {
        self.top = top.min(self.rows.len().saturating_sub(self.height));
        true
    }
}

impl Preview for FactsView {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let area = area.intersection(buffer.area);
        self.height = usize::from(area.height).max(1);
        self.go(self.top);
        let width = usize::from(area.width);
        let widest = self.rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
        let names = widest.min(width / 2);
        let value_x = area.x + (names + 2).min(width) as u16;
        let room = width.saturating_sub(names + 2);
        for (y, (name, value)) in (area.top()..area.bottom()).zip(self.rows.iter().skip(self.top)) {
            let (name, value) = (name.truncate_end(names), value.truncate_middle(room));
            buffer.set_stringn(area.x, y, name.as_str(), names, context.theme.style(Role::Dim));
            if room > 0 {
                buffer.set_stringn(value_x, y, value.as_str(), room, context.theme.style(Role::Text));
            }
        }
    }

    fn act(&mut self, motion: Motion) -> bool {
        let page = self.height.max(1);
        match motion {
            Motion::Up => self.go(self.top.saturating_sub(1)),
            Motion::Down => self.go(self.top + 1),
            Motion::PageUp | Motion::HalfUp => self.go(self.top.saturating_sub(page)),
            Motion::PageDown | Motion::HalfDown => self.go(self.top + page),
            Motion::Wheel(rows) => self.go(self.top.saturating_add_signed(isize::from(rows))),
            Motion::Top => self.go(0),
            Motion::Bottom => self.go(usize::MAX),
            _ => false,
        }
    }

    fn copy(&self) -> Option<String> {
        Some(
            self.rows
                .iter()
                .map(|(name, value)| format!("{name}: {value}\n"))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Theme;

    fn screen(view: &mut FactsView, width: u16, height: u16) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let theme = Theme::plain();
        let context = PreviewContext {
            theme: &theme,
            focused: true,
            colour: true,
        };
        view.draw(buffer.area, &mut buffer, context);
        let line = |y| {
            (0..width)
                .map(|x| buffer[(x, y)].symbol())
                .collect::<String>()
                .trim_end()
                .to_owned()
        };
        (0..height).map(line).collect()
    }

    #[test]
    fn sound_and_film_say_what_is_known() {
        let audio = AudioFacts {
            format: "wav",
            duration_s: Some(1.0),
            sample_rate_hz: Some(44_100),
            channels: Some(2),
        };
        let lines = screen(&mut FactsView::of_audio(&audio, 12_345), 30, 5);
        assert_eq!(
            lines,
            [
                "format       wav",
                "duration     1.0 s",
                "sample rate  44,100 Hz",
                "channels     2 (stereo)",
                "size         12.3 kB"
            ]
        );
        let video = VideoFacts {
            format: "mp4",
            duration_s: None,
            width: Some(64),
            height: Some(48),
            codec: Some("h264".into()),
        };
        let mut view = FactsView::of_video(&video, 999);
        assert_eq!(
            screen(&mut view, 30, 3),
            ["format    mp4", "duration  not said", "picture   64 × 48"]
        );
        assert!(view.act(Motion::Bottom));
        assert_eq!(
            screen(&mut view, 30, 3),
            ["picture   64 × 48", "codec     h264", "size      999 B"]
        );
    }

    #[test]
    fn foreign_values_are_cleaned_and_cut() {
        let mut view = FactsView::new([("name", "a\x1b]0;p\x07")]);
        assert_eq!(screen(&mut view, 30, 1), ["name  a␛]0;p␇"]);
        assert_eq!(screen(&mut view, 10, 1), ["name  a…p␇"]);
        assert_eq!(view.copy().as_deref(), Some("name: a␛]0;p␇\n"));
        for (width, height) in [(0, 0), (1, 1), (3, 2)] {
            screen(&mut view, width, height);
        }
    }
}
