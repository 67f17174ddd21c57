//! Notices: short sentences at the lower right, for a while; a lost connection is shown as long as it lasts.

use crate::frame::since;
use crate::look::{Look, Role};
use crate::paint::{Pen, field, head, left, widest, wrap};
use natsbridge_app::{Action, State};
use natsbridge_engine::ConnectionState;
use natsbridge_wire::{SafeText, Severity};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

/// Lines of one notice at most.
const MOST_LINES: usize = 4;
/// Bytes of one notice that are looked at.
const MOST_BYTES: usize = 1024;

/// Draws the notices from the lower right of `body` upwards.
pub fn draw_notices(body: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let mut bottom = body.bottom();
    if let Some(text) = standing(state, look) {
        bottom = draw(body, bottom, buffer, Severity::Error, &text, look);
    }
    for notice in state.notices.iter().rev() {
        let times = if notice.times > 1 {
            format!(" (×{})", notice.times)
        } else {
            String::new()
        };
        let text = format!("{}{times}", SafeText::new(head(&notice.text, MOST_BYTES)));
        bottom = draw(body, bottom, buffer, notice.severity, &text, look);
    }
}

/// The state of the connection, while the panes hide the connection screen.
fn standing(state: &State, look: &Look) -> Option<String> {
    if !state.connection.was_connected && state.traffic.counters.stored == 0 {
        return None;
    }
    let (what, address, cause) = match &state.connection.state {
        ConnectionState::Lost { address, cause } => ("Connection lost", address, cause.as_str()),
        ConnectionState::Refused { address, cause } => ("Access denied", address, cause.as_str()),
        ConnectionState::Connecting {
            address,
            last_error: Some(cause),
            ..
        } => ("Not connected", address, cause.as_str()),
        _ => return None,
    };
    let next = match &state.connection.state {
        ConnectionState::Refused { .. } => "Not retried automatically",
        _ => "Retrying automatically",
    };
    // Most causes include the address.
    let place = if cause.contains(address.as_str()) {
        String::new()
    } else {
        format!("{} · ", field(address))
    };
    let cause = SafeText::new(head(cause, MOST_BYTES));
    Some(format!(
        "{what} since {} · {place}{}. {next}: {} retries now, {} switches to another context.",
        since(state, look),
        cause.as_str().trim_end_matches('.'),
        look.key(Action::Reconnect),
        look.key(Action::Contexts),
    ))
}

/// Draws one notice above `bottom`; gives the place for the next.
fn draw(body: Rect, bottom: u16, buffer: &mut Buffer, severity: Severity, text: &str, look: &Look) -> u16 {
    let width = usize::from(body.width).saturating_sub(4).min(72);
    let mut lines = wrap(text, width.saturating_sub(4));
    let most = MOST_LINES.min(usize::from(bottom.saturating_sub(body.y)));
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    let widest = widest(&lines);
    let height = lines.len() as u16;
    if height == 0 {
        return bottom;
    }
    let area = Rect {
        x: body.right().saturating_sub(widest as u16 + 6),
        y: bottom - height,
        width: (widest as u16 + 5).min(body.width),
        height,
    };
    Clear.render(area, buffer);
    let ground = look.style(Role::Background).patch(look.style(Role::Selection));
    let mut mark = match severity {
        Severity::Note => "●",
        Severity::Warning => "▲",
        Severity::Error => "✖",
    };
    for (row, line) in area.rows().zip(&lines) {
        Pen::on(ground, buffer, row, look)
            .skip(1)
            .mark(std::mem::replace(&mut mark, " "), severity.into())
            .skip(1)
            .plain(left(line, widest));
    }
    area.y.saturating_sub(1)
}
