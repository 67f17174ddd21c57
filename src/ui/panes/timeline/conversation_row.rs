//! One line of the list: id, requester, time, subject, the bar, and the state.

use super::state_look::{is_skewed, lane_role, state_look};
use super::waterfall::bar;
use crate::look::Role;
use crate::paint::{Pen, field, fit_end, fit_middle, left, right};
use crate::panes::contract::Scene;
use natsbridge_app::{count, lane_name, short_key};
use natsbridge_engine::ConversationView;
use ratatui::style::Style;

/// Cells of each column; 0 leaves it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns {
    id: usize,
    sender: usize,
    time: usize,
    subject: usize,
    bar: usize,
    last: usize,
    state: usize,
}

impl Columns {
    /// Distributes a row of this many cells (excluding the selection mark).
    pub fn new(width: usize) -> Self {
        let mut columns = Self {
            id: 8,
            sender: match width {
                0..52 => 0,
                52..76 => 8,
                76..120 => 10,
                _ => 14,
            },
            time: if width >= 92 { 12 } else { 0 },
            subject: match width {
                0..112 => 0,
                112..150 => 16,
                _ => 24,
            },
            last: match width {
                0..64 => 0,
                64..72 => 5,
                72..120 => 7,
                _ => 12,
            },
            state: match width {
                0..39 => 10,
                // The longest word in full; the bar gets the rest.
                _ => 15,
            },
            bar: 0,
        };
        let taken = [
            columns.id,
            columns.sender,
            columns.time,
            columns.subject,
            columns.last,
            columns.state,
        ];
        // The marks for clock skew and state take four more cells.
        let taken = taken
            .iter()
            .filter(|cells| **cells > 0)
            .map(|cells| cells + 1)
            .sum::<usize>()
            + 4;
        columns.bar = width.saturating_sub(taken);
        columns
    }
}

/// Draws the row. `base` is the style that everything in it rests on.
pub fn draw_row(pen: &mut Pen<'_>, columns: Columns, view: &ConversationView, base: Style, scene: Scene<'_>) {
    let (state, look) = (scene.state, scene.look);
    let (mark, role) = state_look(view.state);
    let plain = |role: Role| look.style(role).patch(base);
    let coloured = |role: Role| base.patch(look.style(role));
    let gone = !state
        .store
        .range()
        .contains(&view.messages.last().map_or(0, |message| message.seq));
    let id = fit_middle(field(&short_key(&view.key)).as_str(), columns.id);
    pen.write(
        &left(&id, columns.id),
        if gone { plain(Role::Dim) } else { plain(Role::Text) },
    );
    pen.skip(1);
    let first = view.messages.first();
    if columns.time > 0 {
        pen.write(&look.time_of_day(view.first_us), plain(Role::Dim));
        pen.skip(1);
    }
    if columns.sender > 0 {
        let from = first.map(|message| message.from);
        let name = fit_end(&lane_name(view, from), columns.sender);
        pen.write(
            &left(&name, columns.sender),
            coloured(from.map_or(Role::Dim, lane_role)),
        );
        pen.skip(1);
    }
    if columns.subject > 0 {
        let subject = first.map(|message| field(&message.subject));
        let subject = subject.as_ref().map_or("", |subject| subject.as_str());
        let subject = fit_middle(subject, columns.subject);
        pen.write(&left(&subject, columns.subject), plain(Role::Dim));
        pen.skip(1);
    }
    let room = pen.room();
    for (text, role) in bar(view, state.now_us, columns.bar) {
        pen.write(&text, coloured(role));
    }
    pen.skip(columns.bar - (room - pen.room()).min(columns.bar));
    pen.skip(1);
    if columns.last > 0 {
        let (text, role) = last_word(view, columns.last);
        pen.write(&left(&text, columns.last), coloured(role));
        pen.skip(1);
    }
    let skew = view
        .messages
        .iter()
        .any(|message| is_skewed(message, &state.limits));
    let word = fit_end(view.state.word(), columns.state);
    pen.write(if skew { "Δ" } else { " " }, coloured(Role::Caution));
    pen.skip(1);
    // What is fine is dimmed.
    let calm = !view.state.is_problem() && role != Role::Accent;
    pen.write(
        &right(&word, columns.state),
        if calm { plain(Role::Dim) } else { coloured(role) },
    );
    pen.skip(1);
    pen.write(mark, coloured(role));
}

/// Who spoke last, if it is not the one who began; in a long conversation, the number of messages.
fn last_word(view: &ConversationView, width: usize) -> (String, Role) {
    let all = view.messages.len() as u64 + view.earlier;
    match (view.messages.first(), view.messages.last()) {
        (Some(first), Some(last)) if first.from != last.from && all <= 4 => (
            fit_end(&lane_name(view, Some(last.from)), width),
            lane_role(last.from),
        ),
        _ if all > 2 => (fit_end(&format!("×{}", count(all)), width), Role::Dim),
        _ => (String::new(), Role::Dim),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_engine::ConversationState;

    #[test]
    fn columns_fill_every_width() {
        for width in 34..300 {
            let c = Columns::new(width);
            let all = [c.id, c.sender, c.time, c.subject, c.bar, c.last, c.state];
            let used: usize = all.iter().filter(|n| **n > 0).map(|n| n + 1).sum();
            assert!(used <= width, "{width}: {c:?}");
            assert!(c.bar >= 10, "{width}: {c:?}");
            let longest = ConversationState::ALL
                .iter()
                .map(|state| state.word().len())
                .max();
            assert!(width < 39 || Some(c.state) >= longest, "{width}: {c:?}");
        }
    }
}
