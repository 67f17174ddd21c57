//! The bar of one conversation: its messages on a time axis of its own, with the time between them.

use super::state_look::{lane_role, transfer_word};
use crate::look::Role;
use crate::paint::{cells, fit_end, seconds};
use natsbridge_app::{latency, message_word, size, span};
use natsbridge_engine::{ConversationMessage, ConversationState, ConversationView, LinkTransfer, Mark};

/// Least cells from one point to the next.
const STEP: usize = 2;

/// Least cells of the axis beside what stands behind it.
const LEAST: usize = 20;

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

/// The bar of at most `width` cells, as it is at the time `now_us`.
pub fn bar(view: &ConversationView, now_us: i64, width: usize) -> Vec<Piece> {
    // Transfers that happen much later would compress the axis, so they are drawn after it.
    let late = view
        .transfers
        .iter()
        .rfind(|transfer| transfer.from_us > view.last_us);
    let late = late.map_or_else(String::new, |transfer| {
        format!(
            " ⇗ {} {}",
            transfer_word(transfer.direction),
            size(transfer.bytes)
        )
    });
    let late = if cells(&late) + LEAST > width {
        String::new()
    } else {
        late
    };
    let mut pieces = axis(view, now_us, width - cells(&late));
    pieces.push((late, Role::Link));
    pieces
}

fn axis(view: &ConversationView, now_us: i64, width: usize) -> Vec<Piece> {
    let mut points = points(view);
    let waits = view.waiting_us.is_some();
    points.drain(..points.len().saturating_sub((width / STEP).max(1)));
    let Some(last) = points.last() else { return vec![] };
    let end_us = if waits { now_us.max(last.at_us) } else { last.at_us };
    let times: Vec<i64> = points.iter().map(|point| point.at_us).collect();
    let places = places(&times, end_us, width);
    let mut pieces: Vec<Piece> = Vec::new();
    for (i, point) in points.iter().enumerate() {
        pieces.push((point.mark.to_owned(), point.role));
        if let Some(next) = points.get(i + 1) {
            let room = places[i + 1] - places[i] - 1;
            let took = next.took.map_or_else(String::new, latency);
            let label = [point.word.as_str(), took.as_str()];
            line(&mut pieces, room, point.line, point.line_role, label, Role::Text);
        } else {
            tail(&mut pieces, width - places[i] - 1, view, point, now_us);
        }
    }
    pieces
}

/// The text after the last point: the wait, or who spoke last.
fn tail(pieces: &mut Vec<Piece>, room: usize, view: &ConversationView, last: &Point, now_us: i64) {
    if let Some(asked_us) = view.waiting_us {
        let waited = waited(now_us.saturating_sub(asked_us).max(0).unsigned_abs());
        let role = match view.state {
            ConversationState::Open => Role::Dim,
            _ => Role::Caution,
        };
        line(pieces, room, "╌", role, [&last.word, &waited], role);
    } else if pieces.len() == 1 && room > 3 {
        pieces.push((format!("─ {}", fit_end(&last.word, room - 2)), Role::Dim));
    }
}

/// How long a request has been waiting, readable while it grows.
fn waited(us: u64) -> String {
    match us {
        0..10_000_000 => format!("{:.1} s", us as f64 / 1e6),
        us => seconds(us),
    }
}

/// A line of `room` cells with a centred label: both words, only the second, or none.
fn line(pieces: &mut Vec<Piece>, room: usize, made_of: &str, role: Role, label: [&str; 2], label_role: Role) {
    let both = [label[0], label[1]].into_iter().filter(|word| !word.is_empty());
    let both = both.collect::<Vec<_>>().join(" ");
    let fits = |text: &str| !text.is_empty() && cells(text) + 4 <= room;
    let text = [both.as_str(), label[1]].into_iter().find(|text| fits(text));
    let Some(text) = text else {
        pieces.push((made_of.repeat(room), role));
        return;
    };
    let rest = room - cells(text) - 2;
    let before = rest / 2;
    pieces.push((made_of.repeat(before), role));
    pieces.push((format!(" {text} "), label_role));
    pieces.push((made_of.repeat(rest - before), role));
}

fn points(view: &ConversationView) -> Vec<Point> {
    let mut points: Vec<Point> = view.messages.iter().map(message_point).collect();
    let within = view
        .transfers
        .iter()
        .filter(|transfer| transfer.from_us <= view.last_us);
    points.extend(within.map(transfer_point));
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

fn transfer_point(transfer: &LinkTransfer) -> Point {
    let word = transfer_word(transfer.direction);
    let took = transfer.to_us.saturating_sub(transfer.from_us).max(0);
    Point {
        at_us: transfer.from_us,
        mark: "⇗",
        role: Role::Link,
        line: "━",
        line_role: Role::Link,
        word: format!("{word} {} {}", size(transfer.bytes), span(took.unsigned_abs())),
        took: None,
    }
}

/// Where points are on an axis of `width` cells that ends at `end_us`: proportional, but never overlapping.
fn places(times: &[i64], end_us: i64, width: usize) -> Vec<usize> {
    let (Some(first), count) = (times.first().copied(), times.len()) else {
        return vec![];
    };
    let last = width.saturating_sub(1);
    let whole = end_us.saturating_sub(first) as f64;
    let mut places: Vec<usize> = Vec::with_capacity(count);
    for (i, at_us) in times.iter().enumerate() {
        let share = if whole > 0.0 {
            at_us.saturating_sub(first) as f64 / whole
        } else {
            i as f64 / count.max(2).saturating_sub(1) as f64
        };
        let least = places.last().map_or(0, |before| before + STEP);
        places.push(((share * last as f64).round() as usize).max(least));
    }
    let mut most = last;
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
        fn points_keep_apart_and_inside(mut times in prop::collection::vec(0..1_000_i64, 1..20), wait in 0..500_i64, width in 40..200_usize) {
            times.sort_unstable();
            let end = times[times.len() - 1] + wait;
            let places = places(&times, end, width);
            prop_assert!(places.windows(2).all(|pair| pair[0] + STEP <= pair[1]), "{places:?}");
            prop_assert!(places.iter().all(|place| *place < width));
        }
    }

    #[test]
    fn the_axis_is_in_proportion() {
        assert_eq!(places(&[0, 25, 100], 100, 101), [0, 25, 100]);
        assert_eq!(places(&[7], 7, 10), [0]);
        assert_eq!(places(&[7], 100, 10), [0]);
        assert_eq!(places(&[5, 5, 5], 5, 11), [0, 5, 10]);
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
