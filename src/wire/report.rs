//! The JSON contract of `listen --json`, `check --json` and `send --json`. Envelope keys are always the snake_case ones.

use super::decoded::DecodedMessage;
use super::finding::Finding;

/// What NATS says of a message, beside its bytes.
#[derive(Debug, Clone, Default)]
pub struct MessageFacts {
    /// Running number, from 1.
    pub seq: u64,
    /// Arrival, RFC 3339 UTC with microseconds.
    pub at: String,
    /// Subject.
    pub subject: String,
    /// NATS reply subject.
    pub reply: Option<String>,
    /// Headers in order of first appearance: name, values.
    pub headers: Vec<(String, Vec<String>)>,
}

/// One line of `listen --json`, without the line break. Tables print at most `rows` rows.
pub fn listen_line(facts: &MessageFacts, message: &DecodedMessage, rows: usize) -> serde_json::Value {
    let _ = (facts, message, rows);
    serde_json::Value::Null
}

/// The `envelope` object of that line, or null.
pub fn envelope_json(message: &DecodedMessage, rows: usize) -> serde_json::Value {
    let _ = (message, rows);
    serde_json::Value::Null
}

/// The `findings` array of that line.
pub fn findings_json(findings: &[Finding]) -> serde_json::Value {
    let _ = findings;
    serde_json::Value::Null
}
