//! Conversations as Chrome trace events, as trace viewers read them: a process per conversation, a thread per peer. The
//! format is described in the document "Trace Event Format".

use super::words::{direction_word, part_word, remarks, short_key};
use crate::model::size;
use natsbridge_engine::{ConversationMessage, ConversationView};
use natsbridge_wire::escape_json_lines;
use serde_json::{Value, json};

/// The trace: `{"traceEvents": [...]}`, times in microseconds. Open requests last until `now_us`.
pub fn chrome_trace(views: &[ConversationView], now_us: i64) -> String {
    let mut events = Vec::new();
    for view in views {
        conversation(view, now_us, &mut events);
    }
    escape_json_lines(&format!(
        "{}\n",
        json!({ "traceEvents": events, "displayTimeUnit": "ms" })
    ))
}

fn conversation(view: &ConversationView, now_us: i64, events: &mut Vec<Value>) {
    let process = view.id.0.get();
    let name = format!("{} · {}", short_key(&view.key), view.state.word());
    events.push(named("process_name", process, 0, &name));
    for (lane, name) in view.lanes.iter().enumerate() {
        events.push(named("thread_name", process, lane + 1, name));
    }
    if !view.transfers.is_empty() {
        events.push(named("thread_name", process, 0, "links"));
    }
    for (at, message) in view.messages.iter().enumerate() {
        let answer = view.messages.iter().find(|other| other.answers == Some(at));
        let until_us = match answer {
            Some(answer) => Some(answer.at_us),
            None if view.waiting_us == Some(message.at_us) => Some(now_us),
            None => None,
        };
        events.push(event(view, message, until_us));
        if let Some(answer) = answer {
            events.push(flow("s", process, message));
            events.push(flow(
                "f",
                process,
                &ConversationMessage {
                    seq: message.seq,
                    ..answer.clone()
                },
            ));
        }
    }
    for transfer in &view.transfers {
        events.push(json!({
            "ph": "X", "cat": "link", "pid": process, "tid": 0, "ts": transfer.from_us,
            "dur": transfer.to_us.saturating_sub(transfer.from_us).max(0),
            "name": format!("{} {}", direction_word(transfer.direction), size(transfer.bytes)),
            "args": { "bytes": transfer.bytes },
        }));
    }
}

/// A message, as long as its answer took, or an instant.
fn event(view: &ConversationView, message: &ConversationMessage, until_us: Option<i64>) -> Value {
    let mut event = json!({
        "ph": "i", "s": "t", "cat": part_word(message.part), "pid": view.id.0.get(), "tid": message.from + 1,
        "ts": message.at_us, "name": format!("{} {}", part_word(message.part), message.subject),
        "args": {
            "seq": message.seq, "purpose": &*message.purpose, "bytes": message.bytes, "links": message.links,
            "latency_us": message.latency_us, "stamp_delta_us": message.stamp.delta_us(message.at_us),
            "remarks": remarks(message),
        },
    });
    if let Some(until_us) = until_us {
        event["ph"] = json!("X");
        event["dur"] = json!(until_us.saturating_sub(message.at_us).max(0));
    }
    event
}

/// One end of the arrow from a request to its answer.
fn flow(end: &str, process: u64, message: &ConversationMessage) -> Value {
    json!({
        "ph": end, "bp": "e", "cat": "answer", "name": "answer", "id": message.seq, "pid": process,
        "tid": message.from + 1, "ts": message.at_us,
    })
}

fn named(what: &str, process: u64, thread: usize, name: &str) -> Value {
    json!({ "ph": "M", "name": what, "pid": process, "tid": thread, "args": { "name": name } })
}
