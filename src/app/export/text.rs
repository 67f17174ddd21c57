//! A conversation as text for people: a head, then a line per message. Foreign text is cleaned.

use super::words::{clean, direction_word, lane_name, part_word, remarks, signed};
use crate::model::{counted, latency, size, span};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use natsbridge_engine::{ConversationView, Stamp};
use std::fmt::Write as _;

/// A conversation as text: a head, then a line per message; `payloads` tells what the message of a number holds.
pub fn conversation_text(
    view: &ConversationView,
    zone: &TimeZone,
    payloads: &dyn Fn(u64) -> String,
) -> String {
    let mut text = format!(
        "Conversation {} · {} · {}\n",
        clean(&view.key),
        view.state.word(),
        counted(view.messages.len() + view.earlier as usize, "message"),
    );
    // Writing to a String cannot fail.
    if view.earlier > 0 {
        let _ = writeln!(text, "({} earlier ones not kept)", view.earlier);
    }
    for message in &view.messages {
        let at = Timestamp::from_microsecond(message.at_us);
        let at = at.map(|at| {
            at.to_zoned(zone.clone())
                .strftime("%Y-%m-%d %H:%M:%S%.3f")
                .to_string()
        });
        let at = at.unwrap_or_else(|_| "–".to_owned());
        let mut parts = vec![
            format!("{at}  {}", signed(message.at_us.saturating_sub(view.first_us))),
            format!(
                "{} → {}",
                lane_name(view, Some(message.from)),
                lane_name(view, message.to)
            ),
            format!("{} on {}", part_word(message.part), clean(&message.subject)),
        ];
        parts.extend(Some(payloads(message.seq)).filter(|words| !words.is_empty()));
        if !message.purpose.is_empty() {
            parts.push(clean(&message.purpose));
        }
        parts.push(size(message.bytes));
        parts.extend(message.latency_us.map(|us| match us {
            0 => latency(us),
            _ => format!("after {}", latency(us)),
        }));
        if message.stamp == Stamp::Unreadable {
            parts.push("invalid timestamp".to_owned());
        }
        let delta = message.stamp.delta_us(message.at_us);
        parts.extend(delta.map(|us| format!("timestamp {}", signed(us))));
        parts.extend(remarks(message));
        let _ = writeln!(text, "{}", parts.join("  ·  "));
    }
    for transfer in &view.transfers {
        let took = span(transfer.took_us());
        let word = direction_word(transfer.direction);
        let _ = writeln!(text, "⇗ {word} {} in {took}", size(transfer.bytes));
    }
    text
}
