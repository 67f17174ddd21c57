//! The inspector's header lines.

use crate::engine::StoredMessage;
use crate::ui::theme::{Role, Theme};
use crate::wire::{DecodedMessage, SafeText};
use jiff::tz::TimeZone;
use ratatui::text::{Line, Span};

/// Subject, dialect, sender and time of a message.
pub fn header_lines(
    _message: &DecodedMessage,
    stored: &StoredMessage,
    _zone: &TimeZone,
    theme: &Theme,
    _width: u16,
) -> Vec<Line<'static>> {
    let subject = SafeText::new(&stored.subject).as_str().to_owned();
    vec![Line::from(Span::styled(subject, theme.style(Role::Strong)))]
}
