//! Words and names for conversations, the same on screen and in files. Foreign text is cleaned.

use crate::model::span;
use natsbridge_engine::{ConversationMessage, ConversationView, Direction, Part, RequestOutcome};
use natsbridge_wire::SafeText;

/// Characters of a correlation id that tell it from others at a glance.
const SHORT: usize = 8;

/// The short form of a conversation's key: the start of an id, the end of an inbox. Still foreign text.
pub fn short_key(key: &str) -> String {
    let whole = key.chars().count();
    if whole <= SHORT {
        return key.to_owned();
    }
    match key.rsplit_once('.') {
        Some(_) => key.chars().skip(whole - SHORT).collect(),
        None => key.chars().take(SHORT).collect(),
    }
}

/// The word for what a message is.
pub fn part_word(part: Part) -> &'static str {
    match part {
        Part::Request => "request",
        Part::Reply => "reply",
        Part::Message => "message",
    }
}

/// The word a message is shown by: its purpose, unless it is the default one.
pub fn message_word(message: &ConversationMessage) -> String {
    match &*message.purpose {
        "" | "chat" => part_word(message.part).to_owned(),
        purpose => clean(purpose),
    }
}

/// The word for how a request ended.
pub(super) fn outcome_word(outcome: RequestOutcome) -> &'static str {
    match outcome {
        RequestOutcome::Replied => "replied",
        RequestOutcome::Failed => "failed",
        RequestOutcome::NoResponders => "no responders",
        RequestOutcome::TimedOut => "timed out",
        RequestOutcome::Cancelled => "cancelled",
        RequestOutcome::ConnectionLost => "connection lost",
    }
}

/// The word for which way a link went.
pub(super) fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Upload => "upload",
        Direction::Download => "download",
    }
}

/// A foreign text as people may read it.
pub(super) fn clean(text: &str) -> String {
    SafeText::new(text).as_str().to_owned()
}

/// The name of a lane, for people.
pub fn lane_name(view: &ConversationView, lane: Option<usize>) -> String {
    match lane {
        None => "everyone".to_owned(),
        Some(lane) => match view.lanes.get(lane).map(|name| clean(name)) {
            Some(name) if !name.is_empty() => name,
            _ => "unnamed".to_owned(),
        },
    }
}

/// A difference with its sign: `+12.3 ms`, `−3.00 s`.
pub fn signed(us: i64) -> String {
    let sign = if us < 0 { '−' } else { '+' };
    format!("{sign}{}", span(us.unsigned_abs()))
}

/// Remarks about a message, in words.
pub fn remarks(message: &ConversationMessage) -> Vec<String> {
    let mut words: Vec<String> = message.marks.iter().map(|mark| mark.words().to_owned()).collect();
    words.extend(message.outcome.map(|outcome| outcome_word(outcome).to_owned()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_where_they_differ() {
        assert_eq!(short_key("7f3a91c2-0000-4000-8000-000000000000"), "7f3a91c2");
        assert_eq!(short_key("_INBOX.abcdefgh.12345678"), "12345678");
        assert_eq!(short_key("short"), "short");
        assert_eq!(short_key("überlange Kennung"), "überlang");
    }

    #[test]
    fn differences_have_their_sign() {
        assert_eq!(
            (signed(12_300), signed(-3_000_000)),
            ("+12.3 ms".into(), "−3.00 s".into())
        );
        assert_eq!(signed(i64::MIN), format!("−{}", span(i64::MIN.unsigned_abs())));
    }
}
