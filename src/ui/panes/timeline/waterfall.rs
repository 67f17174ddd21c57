//! The bar of one conversation: its messages and transfers on the axis of the list, with the time between them.

use super::axis::Axis;
use super::state_look::{lane_role, transfer_word};
use crate::look::Role;
use crate::paint::{cells, fit_end, seconds};
use natsbridge_app::{latency, message_word, size, span};
use natsbridge_engine::{ConversationMessage, ConversationState, ConversationView, LinkTransfer, Mark};

/// Least cells from one point to the next.
const STEP: usize = 2;

/// What could be said of a line: all of it, or the last word, which matters most.
type Label = [String; 2];

/// A piece of the bar.
pub type Piece = (String, Role);

/// An event, and the line to the next one.
struct Point {
    at_us: i64,
    mark: &'static str,
    role: Role,
    /// What the line from here on is made of.
    line: &'static str,
    line_role: Role,
    word: String,
    /// What the point ends: how long it took.
    took: Option<u64>,
}

/// The bar of at most `width` cells on an axis, as it is at the time `now_us`.
pub fn bar(view: &ConversationView, axis: Axis, now_us: i64, width: usize) -> Vec<Piece> {
    let mut points = points(view);
    points.drain(..points.len().saturating_sub((width / STEP).max(1)));
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return vec![];
    };
    let since = |us: i64| us.saturating_sub(first.at_us).max(0).unsigned_abs();
    let cells_of = points.iter().map(|point| axis.cell(since(point.at_us), width));
    let places = apart(cells_of, width);
    let end_us = if view.waiting_us.is_some() {
        now_us.max(last.at_us)
    } else {
        last.at_us
    };
    let mut pieces: Vec<Piece> = Vec::new();
    let mut unsaid = Label::default();
    for (i, point) in points.iter().enumerate() {
        pieces.push((point.mark.to_owned(), point.role));
        if let Some(next) = points.get(i + 1) {
            let room = places[i + 1] - places[i] - 1;
            let took = next.took.map_or_else(String::new, latency);
            let label = [point.word.as_str(), took.as_str()];
            unsaid = line(&mut pieces, room, point.line, point.line_role, label, Role::Text);
        } else {
            let (room, end) = (width - places[i] - 1, axis.cell(since(end_us), width));
            tail(
                &mut pieces,
                (room, end.saturating_sub(places[i])),
                view,
                (point, &unsaid),
                now_us,
            );
        }
    }
    pieces
}

/// What stands behind the last point: the wait, what found no room before it, or who spoke last.
fn tail(
    pieces: &mut Vec<Piece>,
    (room, waits): (usize, usize),
    view: &ConversationView,
    (last, unsaid): (&Point, &Label),
    now_us: i64,
) {
    if let Some(asked_us) = view.waiting_us {
        let waited = waited(now_us.saturating_sub(asked_us).max(0).unsigned_abs());
        let role = match view.state {
            ConversationState::Open => Role::Dim,
            _ => Role::Caution,
        };
        let length = waits.min(room);
        let left = line(pieces, length, "╌", role, [&last.word, &waited], role);
        behind(pieces, room - length, &left, role);
    } else if pieces.len() == 1 {
        behind(pieces, room, &[last.word.clone(), String::new()], Role::Dim);
    } else {
        behind(pieces, room, unsaid, Role::Text);
    }
}

/// A label behind the bar, if there is room.
fn behind(pieces: &mut Vec<Piece>, room: usize, label: &Label, role: Role) {
    let fits = |text: &&String| !text.is_empty() && cells(text.as_str()) < room;
    if let Some(text) = label.iter().find(fits) {
        pieces.push((format!(" {text}"), role));
    }
}

/// How long a request has been waiting, readable while it grows.
fn waited(us: u64) -> String {
    match us {
        0..10_000_000 => format!("{:.1} s", us as f64 / 1e6),
        us => seconds(us),
    }
}

/// A line of `room` cells with a centred label: both words, only the second, or none. Gives back a label that found no room.
fn line(
    pieces: &mut Vec<Piece>,
    room: usize,
    made_of: &str,
    role: Role,
    label: [&str; 2],
    label_role: Role,
) -> Label {
    let both = [label[0], label[1]].into_iter().filter(|word| !word.is_empty());
    let both = both.collect::<Vec<_>>().join(" ");
    let fits = |text: &str| !text.is_empty() && cells(text) + 4 <= room;
    let text = [both.as_str(), label[1]].into_iter().find(|text| fits(text));
    let Some(text) = text else {
        pieces.push((made_of.repeat(room), role));
        return [both, label[1].to_owned()];
    };
    let rest = room - cells(text) - 2;
    let before = rest / 2;
    pieces.push((made_of.repeat(before), role));
    pieces.push((format!(" {text} "), label_role));
    pieces.push((made_of.repeat(rest - before), role));
    Label::default()
}

fn points(view: &ConversationView) -> Vec<Point> {
    let mut points: Vec<Point> = view.messages.iter().map(message_point).collect();
    points.extend(view.transfers.iter().flat_map(transfer_points));
    points.sort_by_key(|point| point.at_us);
    if let Some(first) = points.first_mut().filter(|first| first.mark == "●") {
        first.mark = "├";
    }
    points
}

fn message_point(message: &ConversationMessage) -> Point {
    let role = lane_role(message.from);
    let repeated = message.marks.has(Mark::Duplicate) || message.marks.has(Mark::Copy);
    let (mark, role_of_mark) = if message.marks.has(Mark::Nack) {
        ("✖", Role::Bad)
    } else if message.marks.has(Mark::UnknownRequest) {
        ("?", Role::Caution)
    } else if repeated {
        ("○", role)
    } else {
        ("●", role)
    };
    Point {
        at_us: message.at_us,
        mark,
        role: role_of_mark,
        line: "─",
        line_role: role,
        word: fit_end(message_word(message), 16),
        took: message.latency_us,
    }
}

/// A transfer from its start to its end.
fn transfer_points(transfer: &LinkTransfer) -> [Point; 2] {
    let took = span(transfer.took_us());
    let word = transfer_word(transfer.direction);
    let point = |at_us, mark, line, word| Point {
        at_us,
        mark,
        role: Role::Link,
        line,
        line_role: Role::Link,
        word,
        took: None,
    };
    let words = format!("{word} {} {took}", size(transfer.bytes));
    [
        point(transfer.from_us, "⇗", "━", words),
        point(transfer.to_us.max(transfer.from_us), "┥", "─", String::new()),
    ]
}

/// Places of `width` cells that never overlap, as near as can be to those that are wanted.
fn apart(wanted: impl Iterator<Item = usize>, width: usize) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::new();
    for place in wanted {
        let least = places.last().map_or(0, |before| before + STEP);
        places.push(place.max(least));
    }
    let mut most = width.saturating_sub(1);
    for place in places.iter_mut().rev() {
        *place = (*place).min(most);
        most = place.saturating_sub(STEP);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn points_keep_apart_and_inside(mut wanted in prop::collection::vec(0..200_usize, 1..20), width in 40..200_usize) {
            wanted.sort_unstable();
            let places = apart(wanted.into_iter(), width);
            prop_assert!(places.windows(2).all(|pair| pair[0] + STEP <= pair[1]), "{places:?}");
            prop_assert!(places.iter().all(|place| *place < width));
        }
    }

    #[test]
    fn a_line_is_as_long_as_it_should_be_whatever_it_says() {
        for room in 0..40 {
            let mut pieces = vec![];
            line(
                &mut pieces,
                room,
                "─",
                Role::Dim,
                ["request", "12.3 ms"],
                Role::Text,
            );
            let width: usize = pieces.iter().map(|(text, _)| cells(text)).sum();
            assert_eq!(width, room);
        }
    }
}
