//! Conversations as JSON for programs. Foreign text has the value that it came with; what acts on a terminal is escaped.

use super::words::{direction_word, outcome_word, part_word};
use jiff::Timestamp;
use natsbridge_engine::{ConversationView, Mark, Stamp};
use natsbridge_wire::escape_json_lines;
use serde_json::{Value, json};

/// Conversations as JSON: `{"conversations": [...]}`; times as RFC 3339, latencies in microseconds.
pub fn conversations_json(views: &[ConversationView]) -> String {
    let conversations: Vec<Value> = views.iter().map(conversation).collect();
    escape_json_lines(&format!("{:#}\n", json!({ "conversations": conversations })))
}

fn conversation(view: &ConversationView) -> Value {
    let messages = view.messages.iter().map(|message| {
        json!({
            "seq": message.seq,
            "at": time(message.at_us),
            "subject": &*message.subject,
            "from": view.lanes.get(message.from).map(|name| &**name),
            "to": message.to.and_then(|to| view.lanes.get(to)).map(|name| &**name),
            "purpose": &*message.purpose,
            "part": part_word(message.part),
            "answers": message.answers.and_then(|at| view.messages.get(at)).map(|request| request.seq),
            "latency_us": message.latency_us,
            "replies": message.replies,
            "outcome": message.outcome.map(outcome_word),
            "stamp": match message.stamp { Stamp::At(us) => time(us), _ => Value::Null },
            "stamp_unreadable": message.stamp == Stamp::Unreadable,
            "stamp_delta_us": message.stamp.delta_us(message.at_us),
            "marks": message.marks.iter().map(Mark::words).collect::<Vec<_>>(),
            "bytes": message.bytes,
            "links": message.links,
        })
    });
    let transfers = view.transfers.iter().map(|transfer| {
        json!({
            "direction": direction_word(transfer.direction),
            "from": time(transfer.from_us),
            "to": time(transfer.to_us),
            "bytes": transfer.bytes,
        })
    });
    json!({
        "id": view.id.0.get(),
        "key": &*view.key,
        "state": view.state.word(),
        "first_at": time(view.first_us),
        "last_at": time(view.last_us),
        "latency_us": view.latency_us,
        "waiting_since": view.waiting_us.map(time),
        "earlier_messages": view.earlier,
        "peers": view.lanes.iter().map(|name| &**name).collect::<Vec<_>>(),
        "messages": messages.collect::<Vec<_>>(),
        "transfers": transfers.collect::<Vec<_>>(),
    })
}

fn time(us: i64) -> Value {
    Timestamp::from_microsecond(us).map_or(Value::Null, |at| json!(at.to_string()))
}
