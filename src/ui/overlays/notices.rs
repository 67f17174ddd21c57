//! Notices: one line above the footer, the newest first; a lost connection is shown as long as it lasts. The log has the
//! rest.

use crate::frame::since;
use crate::look::{Look, Role};
use crate::paint::{Pen, cells, fit_end};
use natsbridge_app::head;
use natsbridge_app::{Action, State, count};
use natsbridge_engine::ConnectionState;
use natsbridge_wire::{SafeText, Severity};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

/// Below this width a notice has the line for itself.
const NARROW: u16 = 60;
/// Bytes of one notice that are looked at.
const MOST_BYTES: usize = 1024;

/// Draws the newest notice into a line, and how many more there are.
pub fn draw_notices(line: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let standing = standing(state, look, line.width);
    let mut notices = state.notices.iter().rev();
    let (severity, text, more) = match (notices.next(), standing) {
        (Some(newest), standing) => {
            let times = if newest.times > 1 {
                format!(" (×{})", count(newest.times))
            } else {
                String::new()
            };
            let text = format!("{}{times}", SafeText::new(head(&newest.text, MOST_BYTES)));
            (
                newest.severity,
                text,
                notices.len() + usize::from(standing.is_some()),
            )
        }
        (None, Some(text)) => (Severity::Error, text, 0),
        (None, None) => return,
    };
    let width = usize::from(line.width);
    let narrow = line.width < NARROW;
    let whole = cells(&text) + 4 <= width;
    let key = look.key(Action::ShowLog);
    let rest = match (whole, more) {
        (true, 0) => String::new(),
        _ if narrow => String::new(),
        (_, 1..) => format!(" {key} {more} more "),
        (false, 0) => format!(" {key} whole "),
    };
    let text = fit_end(&text, width.saturating_sub(cells(&rest) + 4));
    let area = Rect {
        width: ((cells(&text) + cells(&rest) + 4).min(width)) as u16,
        ..line
    };
    Clear.render(area, buffer);
    let ground = look.style(Role::Background).patch(look.style(Role::Selection));
    let mark = match severity {
        Severity::Note => "●",
        Severity::Warning => "▲",
        Severity::Error => "✖",
    };
    Pen::on(ground, buffer, area, look)
        .skip(1)
        .mark(mark, severity.into())
        .skip(1)
        .plain(&text)
        .skip(1)
        .mark(&rest, Role::Key);
}

/// The state of the connection, while the panes hide the connection screen.
fn standing(state: &State, look: &Look, width: u16) -> Option<String> {
    if !state.connection.was_connected && state.traffic.counters.stored == 0 {
        return None;
    }
    let (what, cause) = match &state.connection.state {
        ConnectionState::Lost { cause, .. } => ("Connection lost", cause.as_str()),
        ConnectionState::Refused { cause, .. } => ("Access denied", cause.as_str()),
        ConnectionState::Connecting {
            last_error: Some(cause),
            ..
        } => ("Not connected", cause.as_str()),
        _ => return None,
    };
    let next = match &state.connection.state {
        ConnectionState::Refused { .. } => "Not retried automatically",
        _ => "Retrying automatically",
    };
    let cause = SafeText::new(head(cause, MOST_BYTES));
    let since = if width < NARROW {
        String::new()
    } else {
        format!(" since {}", since(state, look))
    };
    Some(format!(
        "{what}{since}: {}. {next}: {} retries now, {} switches to another context.",
        cause.as_str().trim_end_matches('.'),
        look.key(Action::Reconnect),
        look.key(Action::Contexts),
    ))
}
