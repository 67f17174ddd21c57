//! A conversation as a sequence diagram in SVG: a lane for each peer, an arrow for each message, from top to bottom.

use super::html::Html;
use crate::export::words::{direction_word, lane_name, message_word, remarks, signed};
use crate::model::{latency, size, span};
use natsbridge_engine::{ConversationMessage, ConversationView, Part};

/// Distances in the drawing.
const LANE: usize = 230;
const FIRST: usize = 110;
const TOP: usize = 60;
const ROW: usize = 46;
/// Characters that find room on an arrow and in a lane's head.
const LABEL: usize = 34;
const HEAD: usize = 26;
/// Messages drawn at the most.
const MOST: usize = 500;

/// The diagram; who listens to everybody has the last lane.
pub fn sequence(html: &mut Html, view: &ConversationView) {
    let messages = &view.messages[view.messages.len().saturating_sub(MOST)..];
    let everyone = messages.iter().any(|message| message.to.is_none());
    let lanes = view.lanes.len() + usize::from(everyone);
    let rows = messages.len() + view.transfers.len();
    let (width, height) = (FIRST * 2 + lanes.saturating_sub(1) * LANE, TOP + (rows + 1) * ROW);
    html.markup("<svg role=\"img\" aria-label=\"sequence diagram\"");
    html.attribute("viewBox", format!("0 0 {width} {height}"))
        .attribute("width", width);
    html.markup("><defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path class=\"head\" d=\"M0 0 8 4 0 8z\"/></marker></defs>");
    for lane in 0..lanes {
        let name = lane_name(view, Some(lane).filter(|lane| *lane < view.lanes.len()));
        let x = FIRST + lane * LANE;
        text(html, (x, 24), "middle", &short(&name, HEAD), &name, false);
        line(html, "lane", (x, 36), (x, height - 8));
    }
    for (row, message) in messages.iter().enumerate() {
        arrow(html, view, message, TOP + row * ROW);
    }
    for (row, transfer) in view.transfers.iter().enumerate() {
        let took = span(transfer.took_us());
        let told = format!(
            "⇗ {} {} in {took}",
            direction_word(transfer.direction),
            size(transfer.bytes)
        );
        let y = TOP + (messages.len() + row) * ROW + 20;
        text(html, (FIRST, y), "start", &told, &told, true);
    }
    html.markup("</svg>\n");
}

fn arrow(html: &mut Html, view: &ConversationView, message: &ConversationMessage, y: usize) {
    let to = message.to.unwrap_or(view.lanes.len());
    let (from, to) = (FIRST + message.from * LANE, FIRST + to * LANE);
    let whole = format!(
        "{} · {} · {}",
        message_word(message),
        message.subject,
        size(message.bytes)
    );
    let later = message.at_us.saturating_sub(view.first_us);
    let mut beside: Vec<String> = (later != 0).then(|| signed(later)).into_iter().collect();
    beside.extend(message.latency_us.map(|us| format!("after {}", latency(us))));
    let remarks = remarks(message);
    let class = match (message.part == Part::Reply, remarks.is_empty()) {
        (false, true) => "arrow",
        (true, true) => "arrow reply",
        (false, false) => "arrow trouble",
        (true, false) => "arrow reply trouble",
    };
    beside.extend(remarks);
    let below = y + 26;
    if from == to {
        html.markup("<path")
            .attribute("class", class)
            .markup(" marker-end=\"url(#arrow)\"");
        html.attribute("d", format!("M{from} {below} h40 v10 h-36"))
            .markup("/>");
        text(
            html,
            (from + 8, y + 18),
            "start",
            &short(&whole, LABEL),
            &whole,
            false,
        );
        text(
            html,
            (from + 48, below + 8),
            "start",
            &beside.join(" · "),
            "",
            true,
        );
        return;
    }
    line(html, class, (from, below), (to, below));
    let middle = usize::midpoint(from, to);
    text(
        html,
        (middle, y + 18),
        "middle",
        &short(&whole, LABEL * (from.abs_diff(to) / LANE).max(1)),
        &whole,
        false,
    );
    text(html, (middle, y + 40), "middle", &beside.join(" · "), "", true);
}

fn line(html: &mut Html, class: &'static str, from: (usize, usize), to: (usize, usize)) {
    html.markup("<line").attribute("class", class);
    for (name, value) in [("x1", from.0), ("y1", from.1), ("x2", to.0), ("y2", to.1)] {
        html.attribute(name, value);
    }
    html.markup(if class == "lane" {
        "/>"
    } else {
        " marker-end=\"url(#arrow)\"/>"
    });
}

fn text(html: &mut Html, at: (usize, usize), anchor: &'static str, shown: &str, whole: &str, dim: bool) {
    html.markup("<text")
        .attribute("x", at.0)
        .attribute("y", at.1)
        .attribute("text-anchor", anchor);
    html.markup(if dim { " class=\"dim\">" } else { ">" });
    if shown != whole && !whole.is_empty() {
        html.element("title", "", whole);
    }
    html.text(shown).markup("</text>");
}

/// A text cut at so many characters.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}
