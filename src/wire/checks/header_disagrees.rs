//! `header-disagrees`: a header that contradicts the envelope.

use super::contract::{Check, Lines};
use crate::dialects::FIELDS;
use crate::envelope::Envelope;
use crate::findings::{Code, Findings, quoted};

pub(super) const CHECK: Check = Check {
    title: "A header that contradicts the envelope",
    advice: "Write the header from the envelope's own field, or leave it out: peers read the envelope, brokers and tracers the header.",
    lines: Lines {
        julia: "",
        javascript: "headers.set(\"Nats-Msg-Id\", envelope.msg_id)",
        python: "headers={\"Nats-Msg-Id\": envelope[\"msg_id\"]}",
    },
    effects: &[],
};

/// What headers put before the name of a field.
const PREFIXES: [&str; 2] = ["nats", "x"];

/// Compares each header that is named like a field of the envelope (`Nats-Msg-Id`, `correlation-id`) with that field.
pub fn check_headers(envelope: &Envelope<'_>, headers: &[(String, Vec<String>)], findings: &mut Findings) {
    for (name, values) in headers {
        let Some((row, field)) = FIELDS.iter().find_map(|row| {
            let text = envelope.text(row.field).filter(|text| !text.is_empty())?;
            names(name, row.snake).then_some((row, text))
        }) else {
            continue;
        };
        if let Some(value) = values.iter().find(|value| **value != **field) {
            let message = format!(
                "the header {} says {}, the envelope {}",
                quoted(name),
                quoted(value),
                quoted(field)
            );
            findings.add(Code::HeaderDisagrees, row.snake, message);
        }
    }
}

/// Whether a header is named like a field: the same words, whatever joins them, perhaps behind a prefix.
fn names(header: &str, snake: &str) -> bool {
    let words = |text: &str| -> String {
        let letters = text.chars().filter(|c| !matches!(c, '-' | '_'));
        letters.map(|c| c.to_ascii_lowercase()).collect()
    };
    let (header, field) = (words(header), words(snake));
    header == field
        || PREFIXES
            .iter()
            .any(|prefix| header.strip_prefix(prefix) == Some(&field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_by_their_words() {
        for name in ["Nats-Msg-Id", "msg_id", "MsgId", "X-Msg-Id"] {
            assert!(names(name, "msg_id"), "{name}");
        }
        for name in ["Msg", "Nats-Msg-Size", "id"] {
            assert!(!names(name, "msg_id"), "{name}");
        }
    }
}
