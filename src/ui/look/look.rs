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
        Timestamp::from_microsecond(at_us).map_or_else(
            |_| "--:--:--.---".into(),
            |at| {
                at.to_zoned(self.zone.clone())
                    .strftime("%H:%M:%S%.3f")
                    .to_string()
            },
        )
    }
}
