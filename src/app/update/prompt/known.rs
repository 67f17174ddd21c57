//! The values offered as completions: recently seen ones first.

use crate::model::{Field, State};
use std::collections::HashSet;

/// Rows searched for names.
const ROWS: u64 = 4_096;
/// Values of one field that are offered to choose from.
const MOST: usize = 2_000;
/// Purposes that peers know, in the order of the document.
const PURPOSES: &[&str] = &["chat", "ACK", "NACK", "updateStatus", "shutdown"];

/// Likely values of a field, most likely first.
pub(crate) fn known_values(state: &State, field: Field) -> Vec<String> {
    let mut known = match field {
        Field::Subject => known_subjects(state),
        Field::ReplyTo => {
            let subject = &state.compose.message.subject;
            let own = (!subject.is_empty()).then(|| format!("{subject}.reply"));
            own.into_iter().chain(known_subjects(state)).collect()
        }
        Field::Purpose => {
            let mut seen = seen(state, |digest| digest.purpose.to_string());
            seen.extend(PURPOSES.iter().map(|word| (*word).to_owned()));
            seen
        }
        Field::Receiver => seen(state, |digest| digest.sender.to_string()),
        Field::Correlation => of_opened(state, |envelope| envelope.correlation_id.to_string()),
        Field::Answers => of_opened(state, |envelope| envelope.msg_id.to_string()),
        Field::ReceiverId => of_opened(state, |envelope| envelope.sender_id.to_string()),
        _ => vec![],
    };
    let mut offered = HashSet::new();
    known.retain(|value| !value.is_empty() && offered.insert(value.clone()));
    known.truncate(MOST);
    known
}

/// Subjects seen, the latest first; then what patterns and streams name.
fn known_subjects(state: &State) -> Vec<String> {
    let mut seen = state.store.subjects();
    seen.sort_by_key(|stats| std::cmp::Reverse(stats.last_us));
    let seen = seen.into_iter().take(MOST).map(|stats| stats.subject.to_string());
    let subscriptions = state.subjects.subscriptions.iter();
    let patterns = subscriptions.map(|view| view.pattern.as_str());
    let streams = state.subjects.streams.streams.iter();
    let captured = streams.flat_map(|stream| stream.subjects.iter().map(String::as_str));
    // Only the part of a pattern before its first wildcard can be sent to.
    let fixed = |pattern: &str| pattern.split(['*', '>']).next().unwrap_or_default().to_owned();
    let named = patterns.chain(captured).map(fixed);
    seen.chain(named).collect()
}

/// Values taken from recent messages, latest first.
fn seen(state: &State, of: impl Fn(&natsbridge_engine::MessageDigest) -> String) -> Vec<String> {
    let held = state.store.range();
    let from = held.start.max(held.end.saturating_sub(ROWS));
    let rows = state.store.rows(from..held.end);
    let digests = rows.iter().rev().filter_map(|row| row.digest.as_ref());
    let mut seen = HashSet::new();
    let values = digests.map(of);
    values.filter(|value| seen.insert(value.clone())).collect()
}

fn of_opened(state: &State, of: impl Fn(&natsbridge_wire::Envelope<'static>) -> String) -> Vec<String> {
    let opened = state.inspector.opened.as_ref();
    let envelope = opened.and_then(|opened| opened.decoded.envelope.as_ref());
    envelope.map(|(_, envelope)| of(envelope)).into_iter().collect()
}
