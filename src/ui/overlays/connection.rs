//! The screen before the first connection: what was tried, the error, and what to do.

use crate::frame::since;
use crate::look::{Look, Role};
use crate::paint::{Pen, centred, field, wrap};
use natsbridge_app::{Action, State};
use natsbridge_engine::ConnectionState;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws it; `false` when there is something better to show.
pub fn draw_connection(body: Rect, buffer: &mut Buffer, state: &State, look: &Look) -> bool {
    if state.connection.was_connected || state.traffic.counters.stored > 0 {
        return false;
    }
    let (heading, cause) = match &state.connection.state {
        ConnectionState::Connecting {
            address,
            tries,
            last_error,
        } => {
            let times = if *tries > 1 {
                format!(" · attempt {tries}")
            } else {
                String::new()
            };
            let heading = format!("Connecting to {}{times}", field(address));
            (heading, last_error.as_ref())
        }
        ConnectionState::Refused { address, cause } | ConnectionState::Lost { address, cause } => {
            let since = since(state, look);
            let heading = format!("No connection to {} since {since}", field(address));
            (heading, Some(cause))
        }
        ConnectionState::Connected { .. } | ConnectionState::Tape { .. } | ConnectionState::Offline => {
            return false;
        }
    };
    let (retry, quit) = (look.key(Action::Reconnect), look.key(Action::Close));
    let next = match &state.connection.state {
        ConnectionState::Refused { .. } => "not retried automatically: more attempts might lock the account",
        _ => "retried automatically",
    };
    let width = body.width.saturating_sub(4).min(76);
    let mut lines = vec![(heading, Role::Strong)];
    if let Some(cause) = cause {
        let gap = || (String::new(), Role::Text);
        lines.push(gap());
        let cause = wrap(field(cause), width.into()).into_iter();
        lines.extend(cause.map(|line| (line, Role::Bad)));
        lines.push(gap());
        let advice = [
            "Another server?     natsbridge --server nats://host:4222".to_owned(),
            "No server at hand?  natsbridge demo brings its own server and traffic".to_owned(),
            format!("{retry} retries now · {quit} quits · {next}"),
        ];
        lines.extend(advice.map(|line| (line, Role::Dim)));
    }
    let area = centred(body, width, lines.len() as u16);
    for (row, (line, role)) in area.rows().zip(lines) {
        Pen::new(buffer, row, look).write(line, role);
    }
    true
}
