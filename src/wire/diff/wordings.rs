//! Compares how two envelopes are written: key spellings, words, encodings, raw data. Their meaning is compared in
//! `messages`.

use super::model::Differences;
use crate::dialects::{FIELDS, Field, PayloadField};
use crate::json::{JsonKind, JsonNode, mended};
use crate::read::json_start;
use serde_json::{Map, Value};

/// Characters that are shown of data.
const HEAD: usize = 48;

/// What differs in the text of two envelopes, field by field; the spellings of all keys are one difference.
///
/// ```
/// use natsbridge_wire::encoding_differences;
/// let found = encoding_differences(br#"{"senderName":"ada"}"#, br#"{"sender_name":"ada"}"#).found;
/// assert_eq!((found.len(), &*found[0].place), (1, "keys"));
/// assert_eq!(found[0].left.as_deref(), Some("senderName"));
/// ```
pub fn encoding_differences(left: &[u8], right: &[u8]) -> Differences {
    let mut out = Differences::default();
    let (left, mut right) = (Spelled::of(left), Spelled::of(right));
    let (a, b) = (left.foreign_to(&right), right.foreign_to(&left));
    out.compare("keys", a.as_deref(), b.as_deref());
    for (place, a) in left.fields {
        let b = right.fields.shift_remove(&place);
        out.compare(place, a.as_str(), b.as_ref().and_then(Value::as_str));
    }
    for (place, b) in right.fields {
        out.compare(place, None, b.as_str());
    }
    out
}

/// An envelope as it is written.
#[derive(Default)]
struct Spelled {
    /// Every key as it stands.
    keys: Vec<String>,
    /// What stands at each place as text, under the name of its field.
    fields: Map<String, Value>,
}

impl Spelled {
    fn of(raw: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&raw[json_start(raw)..]).into_owned();
        let mut spelled = Self::default();
        // JSON that is invalid except for NaN and lone surrogates cannot be rewritten, so it is never compared.
        if let Some(envelope) = JsonNode::parse(&mended(&text)) {
            spelled.envelope(envelope);
        }
        spelled
    }

    fn envelope(&mut self, envelope: JsonNode<'_>) {
        for (key, value) in envelope.members() {
            let key = key.text().unwrap_or_default();
            let field = Field::from_key(key.as_bytes()).map(|(field, _)| field);
            self.know(&key);
            match field {
                Some(Field::Payloads) if value.kind() == JsonKind::Array => {
                    for (index, payload) in value.items().enumerate() {
                        self.payload(&format!("payloads[{index}]"), payload);
                    }
                }
                Some(field) => self.put(FIELDS[field as usize].snake.to_owned(), value),
                None => self.put(key.into_owned(), value),
            }
        }
    }

    fn payload(&mut self, place: &str, payload: JsonNode<'_>) {
        if payload.kind() != JsonKind::Object {
            return self.put(place.to_owned(), payload);
        }
        for (key, value) in payload.members() {
            let key = key.text().unwrap_or_default();
            self.know(&format!("payloads: {key}"));
            let name = match PayloadField::from_key(key.as_bytes()) {
                Some(PayloadField::Type | PayloadField::PayloadType) => "type",
                Some(PayloadField::Metadata) => "metadata",
                _ => &key,
            };
            self.put(format!("{place}.{name}"), value);
        }
    }

    fn know(&mut self, key: &str) {
        if !self.keys.iter().any(|known| known == key) {
            self.keys.push(key.to_owned());
        }
    }

    /// Stores what is at a place; two spellings with the same value are merged.
    fn put(&mut self, place: String, value: JsonNode<'_>) {
        let text = shown(value);
        match self.fields.get_mut(&place) {
            Some(Value::String(other)) if *other == text => {}
            Some(Value::String(other)) => *other = format!("{other} and {text}"),
            _ => drop(self.fields.insert(place, text.into())),
        }
    }

    /// The keys that the other has not.
    fn foreign_to(&self, other: &Self) -> Option<String> {
        let foreign = self.keys.iter().filter(|key| !other.keys.contains(key));
        let foreign: Vec<&str> = foreign.map(String::as_str).collect();
        (!foreign.is_empty()).then(|| foreign.join(", "))
    }
}

/// A value as JSON; of a long text its head, and how long it is.
fn shown(value: JsonNode<'_>) -> String {
    match value.text() {
        Some(text) if text.len() > 2 * HEAD => {
            let head: String = text.chars().take(HEAD).collect();
            let head = Value::from(head).to_string();
            format!("{}… ({} bytes)", head.trim_end_matches('"'), text.len())
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(left: &str, right: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let found = encoding_differences(left.as_bytes(), right.as_bytes())
            .found
            .into_iter();
        found.map(|it| (it.place, it.left, it.right)).collect()
    }

    #[test]
    fn keys_words_and_data_are_compared_as_they_are_written() {
        let left =
            r#"{"msgId":"1","timestamp":"t","receiverId":null,"payloads":[{"type":"table","data":"YQ"}]}"#;
        let right = r#"{"msg_id":"1","timestamp":"t","receiver_id":"","payloads":[{"payload_type":"arrowtable","data":"YQ=="}]}"#;
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told(left, right),
            [
                (
                    "keys".into(),
                    some("msgId, receiverId, payloads: type"),
                    some("msg_id, receiver_id, payloads: payload_type")
                ),
                ("receiver_id".into(), some("null"), some("\"\"")),
                (
                    "payloads[0].type".into(),
                    some("\"table\""),
                    some("\"arrowtable\"")
                ),
                ("payloads[0].data".into(), some("\"YQ\""), some("\"YQ==\"")),
            ]
        );
    }

    #[test]
    fn numbers_are_compared_as_they_are_written() {
        assert_eq!(
            told(
                r#"{"metadata":{"p":0.10,"far":1e1000}}"#,
                r#"{"metadata":{"p":0.1,"far":1e1000}}"#
            ),
            [(
                "metadata".to_owned(),
                Some(r#"{"p":0.10,"far":1e1000}"#.to_owned()),
                Some(r#"{"p":0.1,"far":1e1000}"#.to_owned())
            )]
        );
    }

    #[test]
    fn both_spellings_of_universal_are_one_field_and_long_data_is_a_head() {
        let left = r#"{"senderName":"ada"}"#;
        let right = r#"{"senderName":"ada","sender_name":"ada"}"#;
        assert_eq!(
            told(left, right),
            [("keys".to_owned(), None, Some("sender_name".to_owned()))]
        );
        let long = "x".repeat(200);
        let found = told(&format!(r#"{{"a":"{long}"}}"#), r#"{"a":""}"#);
        assert_eq!(
            found[0].1.as_deref(),
            Some(&*format!("\"{}… (200 bytes)", "x".repeat(48)))
        );
    }
}
