//! A conversation as a Mermaid sequence diagram. Text that Mermaid would take for syntax is escaped.

use super::words::{clean, direction_word, lane_name, message_word, remarks};
use crate::model::{latency, size, span};
use natsbridge_engine::{ConversationView, Part};
use std::fmt::Write as _;

/// The diagram's source; `payloads` tells what the message of a number holds.
pub fn mermaid(view: &ConversationView, payloads: &dyn Fn(u64) -> String) -> String {
    let mut text = String::from("sequenceDiagram\n");
    // Writing to a String cannot fail.
    for lane in 0..view.lanes.len() {
        let name = escaped(&lane_name(view, Some(lane)));
        let _ = writeln!(text, "    participant P{lane} as {name}");
    }
    if view.messages.iter().any(|message| message.to.is_none()) {
        let _ = writeln!(text, "    participant everyone");
    }
    for message in &view.messages {
        let from = format!("P{}", message.from);
        let to = message.to.map(|to| format!("P{to}"));
        let to = to.unwrap_or_else(|| "everyone".to_owned());
        let reply = message.part == Part::Reply;
        let arrow = if reply { "-->>" } else { "->>" };
        let mut words = vec![message_word(message), clean(&message.subject)];
        words.extend(Some(payloads(message.seq)).filter(|words| !words.is_empty()));
        words.push(size(message.bytes));
        words.extend(message.latency_us.map(latency));
        let _ = writeln!(text, "    {from}{arrow}{to}: {}", escaped(&words.join(" · ")));
        let remarks = remarks(message);
        if !remarks.is_empty() {
            let _ = writeln!(text, "    Note over {from}: {}", escaped(&remarks.join(", ")));
        }
    }
    for transfer in &view.transfers {
        let (word, size) = (direction_word(transfer.direction), size(transfer.bytes));
        let took = span(transfer.took_us());
        let _ = writeln!(text, "    Note over P0: {word} {size} in {took}");
    }
    if view.waiting_us.is_some() {
        let _ = writeln!(text, "    Note over P0: {}", view.state.word());
    }
    text
}

/// Escapes text so that Mermaid does not take it for syntax.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ';' | '#' | ':' | '<' | '>' | '%' | '"' => {
                let _ = write!(safe, "#{};", u32::from(c));
            }
            '\n' | '\r' => safe.push(' '),
            c => safe.push(c),
        }
    }
    // Alone it would end a block.
    if safe.trim().eq_ignore_ascii_case("end") {
        return format!("#{};{}", u32::from('e'), &safe.trim()[1..]);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_is_escaped() {
        assert_eq!(escaped("a;b: #c"), "a#59;b#58; #35;c");
        assert_eq!(escaped("End"), "#101;nd");
        assert_eq!(escaped("weekend"), "weekend");
    }
}
