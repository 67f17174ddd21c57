//! One line of the list: id, requester, time, subject, the bar, and the state.

use super::axis::Axis;
use super::state_look::{is_skewed, lane_role, state_look};
use super::waterfall::bar;
use crate::look::Role;
use crate::paint::{Pen, field, fit_end, fit_middle, left, right};
use crate::panes::contract::Scene;
use natsbridge_app::{count, lane_name, short_key, signed};
use natsbridge_engine::ConversationView;
use natsbridge_wire::Limits;

/// Cells of a clock's sign with what it is off by.
const CLOCK: usize = 14;

/// Cells of each column; 0 leaves it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns {
    id: usize,
    sender: usize,
    time: usize,
    subject: usize,
    bar: usize,
    last: usize,
    /// What the clock of a sender is off by; without room for that, a mark.
    clock: usize,
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
            clock: if width >= 100 { CLOCK } else { 1 },
            bar: 0,
        };
        let taken = [
            columns.id,
            columns.sender,
            columns.time,
            columns.subject,
            columns.last,
            columns.clock,
            columns.state,
        ];
        let taken = taken.iter().filter(|cells| **cells > 0).map(|cells| cells + 1);
        // The mark of the state takes two more cells.
        columns.bar = width.saturating_sub(taken.sum::<usize>() + 2);
        columns
    }

    /// The cells before the bar, and those of the bar.
    pub fn bar(&self) -> (usize, usize) {
        let before = [self.id, self.time, self.sender, self.subject];
        let before = before.iter().filter(|cells| **cells > 0).map(|cells| cells + 1);
        (before.sum(), self.bar)
    }
}

/// Draws the row.
pub fn draw_row(pen: &mut Pen<'_>, columns: Columns, axis: Axis, view: &ConversationView, scene: Scene<'_>) {
    let (state, look) = (scene.state, scene.look);
    let (mark, role) = state_look(view.state);
    let (first, last) = (view.messages.first(), view.messages.last());
    let held = state
        .store
        .range()
        .contains(&last.map_or(0, |message| message.seq));
    let id = fit_middle(field(&short_key(&view.key)), columns.id);
    pen.write(left(id, columns.id), if held { Role::Text } else { Role::Dim })
        .skip(1);
    if columns.time > 0 {
        pen.write(look.time_of_day(view.first_us), Role::Dim).skip(1);
    }
    if columns.sender > 0 {
        let from = first.map(|message| message.from);
        let name = fit_end(lane_name(view, from), columns.sender);
        pen.mark(left(name, columns.sender), from.map_or(Role::Dim, lane_role))
            .skip(1);
    }
    if columns.subject > 0 {
        let subject = first.map(|message| field(&message.subject));
        let subject = fit_middle(subject.unwrap_or_default(), columns.subject);
        pen.write(left(subject, columns.subject), Role::Dim).skip(1);
    }
    let room = pen.room();
    for (text, role) in bar(view, axis, state.now_us, columns.bar) {
        pen.mark(text, role);
    }
    pen.skip(columns.bar - (room - pen.room()).min(columns.bar))
        .skip(1);
    if columns.last > 0 {
        let (text, role) = last_word(view, columns.last);
        pen.mark(left(text, columns.last), role).skip(1);
    }
    let skew = skew(view, &state.limits).map_or_else(String::new, |us| format!("◷ {}", signed(us)));
    let clock = if columns.clock < CLOCK {
        skew.chars().take(1).collect()
    } else {
        skew
    };
    pen.mark(left(clock, columns.clock), Role::Caution).skip(1);
    let word = right(fit_end(view.state.word(), columns.state), columns.state);
    // What is fine is dimmed.
    if !view.state.is_problem() && role != Role::Accent {
        pen.write(word, Role::Dim);
    } else {
        pen.mark(word, role);
    }
    pen.skip(1).mark(mark, role);
}

/// By how much the clock is off that is off most, if that is worth mentioning.
fn skew(view: &ConversationView, limits: &Limits) -> Option<i64> {
    let skewed = view.messages.iter().filter(|message| is_skewed(message, limits));
    let off = skewed.filter_map(|message| message.stamp.delta_us(message.at_us));
    off.max_by_key(|us| us.unsigned_abs())
}

/// Who spoke last, if it is not the one who began; in a long conversation, the number of messages.
fn last_word(view: &ConversationView, width: usize) -> (String, Role) {
    let all = view.messages.len() as u64 + view.earlier;
    match (view.messages.first(), view.messages.last()) {
        (Some(first), Some(last)) if first.from != last.from && all <= 4 => (
            fit_end(lane_name(view, Some(last.from)), width),
            lane_role(last.from),
        ),
        _ if all > 2 => (fit_end(format!("×{}", count(all)), width), Role::Dim),
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
            let all = [c.id, c.sender, c.time, c.subject, c.bar, c.last, c.clock, c.state];
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
