//! What every part of the screen needs for drawing: theme, keys, time zone.

use super::keymap::Keymap;
use super::theme::{Role, Theme};
use crate::graphics::{Colours, ImageMethod, TerminalGraphics};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use natsbridge_app::{Action, ImageMode};
use ratatui::style::Style;
use ratatui::text::Span;

/// The current look.
#[derive(Debug, Clone)]
pub struct Look {
    /// Theme.
    pub theme: Theme,
    /// Keys, for hints.
    pub keymap: Keymap,
    /// Zone that times are shown in.
    pub zone: TimeZone,
    /// Colours of the terminal.
    pub colours: Colours,
    /// How pictures are to be drawn.
    pub images: ImageMode,
    /// What the terminal can do with pictures.
    pub terminal: TerminalGraphics,
}

impl Look {
    /// How pictures are drawn; `covered` where something lies over them.
    pub fn pictures(&self, covered: bool) -> ImageMethod {
        self.terminal.drawn(self.images, self.colours, covered)
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// A piece of our own (or cleaned) text in a role's style.
    pub fn span(&self, text: impl Into<String>, role: Role) -> Span<'static> {
        Span::styled(text.into(), self.style(role))
    }

    /// The first key of an action, empty if it has none.
    pub fn key(&self, action: Action) -> String {
        self.keymap.keys(action).into_iter().next().unwrap_or_default()
    }

    /// Time of day to the millisecond: `12:01:02.118`.
    pub fn time_of_day(&self, at_us: i64) -> String {
        time_of_day(at_us, &self.zone)
    }

    /// Time of day to the second: `12:01:02`.
    pub fn second_of_day(&self, at_us: i64) -> String {
        self.time_of_day(at_us).chars().take(8).collect()
    }
}

/// The time of day of an instant (microseconds since the Unix epoch): `12:01:02.118`.
pub fn time_of_day(at_us: i64, zone: &TimeZone) -> String {
    in_zone(at_us, zone, "%H:%M:%S%.3f")
}

/// An instant (microseconds since the Unix epoch) with its date and offset: `2026-01-31 12:01:02.118+00:00`.
pub fn date_time(at_us: i64, zone: &TimeZone) -> String {
    in_zone(at_us, zone, "%Y-%m-%d %H:%M:%S%.3f%:z")
}

fn in_zone(at_us: i64, zone: &TimeZone, format: &str) -> String {
    Timestamp::from_microsecond(at_us).map_or_else(
        |_| "–".to_owned(),
        |at| at.to_zoned(zone.clone()).strftime(format).to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_in_a_zone() {
        let at = 1_769_860_862_118_000;
        assert_eq!(time_of_day(at, &TimeZone::UTC), "12:01:02.118");
        assert_eq!(date_time(at, &TimeZone::UTC), "2026-01-31 12:01:02.118+00:00");
        assert_eq!(time_of_day(i64::MAX, &TimeZone::UTC), "–");
    }
}
