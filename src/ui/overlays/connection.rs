//! The screen before the first connection: what was tried, the error, and what to do.

use crate::frame::since;
use crate::look::{Look, Role};
use crate::paint::{Pen, centred, field, row_of, wrap};
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
            (
                format!("Connecting to {}{times}", field(address).as_str()),
                last_error.clone(),
            )
        }
        ConnectionState::Refused { address, cause } | ConnectionState::Lost { address, cause } => (
            format!(
                "No connection to {} since {}",
                field(address).as_str(),
                since(state, look)
            ),
            Some(cause.clone()),
        ),
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
        lines.push((String::new(), Role::Text));
        let cause = field(&cause);
        lines.extend(
            wrap(cause.as_str(), width.into())
                .into_iter()
                .map(|line| (line, Role::Bad)),
        );
        lines.push((String::new(), Role::Text));
        for advice in [
            "Another server?     natsbridge --server nats://host:4222".to_owned(),
            "No server at hand?  natsbridge demo brings its own server and traffic".to_owned(),
            format!("{retry} retries now · {quit} quits · {next}"),
        ] {
            lines.push((advice, Role::Dim));
        }
    }
    let area = centred(body, width, lines.len() as u16);
    for (i, (line, role)) in lines.iter().take(usize::from(area.height)).enumerate() {
        Pen::new(buffer, row_of(area, i)).write(line, look.style(*role));
    }
    true
}
