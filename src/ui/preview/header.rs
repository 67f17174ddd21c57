//! The inspector's header lines.

use crate::ui::theme::{Role, Theme};
use crate::wire::{DecodedMessage, SafeText};
use ratatui::text::{Line, Span};

/// Subject, dialect, sender and time of a message.
pub fn header_lines(
    _message: &DecodedMessage,
    subject: &str,
    _at_us: i64,
    _headers: &[(String, Vec<String>)],
    _reply: Option<&str>,
    theme: &Theme,
    _width: u16,
) -> Vec<Line<'static>> {
    let subject = SafeText::new(subject).as_str().to_owned();
    vec![Line::from(Span::styled(subject, theme.style(Role::Strong)))]
}
