//! Reads JSON without loss: numbers that no number type can hold stay text, and a repeated key is an error.
//! Independent of tables.

use crate::json::survives;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// The JSON text with every number in quotes that would lose digits as a number.
pub(super) fn exact_numbers(text: &[u8]) -> Cow<'_, [u8]> {
    let mut exact: Option<Vec<u8>> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(byte) = text.get(at) {
        let start = at;
        match byte {
            b'"' => at = after_string(text, at),
            b'-' | b'0'..=b'9' => {
                at = text[start..]
                    .iter()
                    .position(|byte| !is_of_number(*byte))
                    .map_or(text.len(), |length| start + length);
                if is_rounded(&text[start..at]) {
                    let exact = exact.get_or_insert_default();
                    exact.extend_from_slice(&text[copied..start]);
                    exact.push(b'"');
                    exact.extend_from_slice(&text[start..at]);
                    exact.push(b'"');
                    copied = at;
                }
            }
            _ => at += 1,
        }
    }
    match exact {
        None => Cow::Borrowed(text),
        Some(mut exact) => {
            exact.extend_from_slice(&text[copied..]);
            Cow::Owned(exact)
        }
    }
}

fn after_string(text: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

/// Whether it is a number that neither an integer nor a floating-point number holds.
fn is_rounded(token: &[u8]) -> bool {
    // Short ones, which are nearly all, keep every digit; what is no number is the reader's to complain of.
    let Ok(token) = std::str::from_utf8(token) else {
        return false;
    };
    let looks = token.len() > 15 || token.contains(['e', 'E']);
    let padded = matches!(token.trim_start_matches('-').as_bytes(), [b'0', b'0'..=b'9', ..]);
    looks
        && !padded
        && token.parse::<i64>().is_err()
        && token.parse::<u64>().is_err()
        && token.parse::<f64>().is_ok()
        && !survives(token)
}

/// A value in which no object has a key twice: only one of the values could be kept.
pub(super) struct Distinct(pub(super) Value);

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading).map(Self)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Distinct(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, Distinct(value))) = entries.next_entry::<String, Distinct>()? {
            if object.contains_key(&key) {
                let shown: String = key.chars().take(SHOWN).collect();
                return Err(A::Error::custom(format!(
                    "the key {shown:?} is repeated in one object, and only one of its values could be kept,"
                )));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// Characters shown of a key in a sentence.
const SHOWN: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_would_be_rounded_get_quotes() {
        let text = br#"[{"12345678901234567890123": "9007199254740993.0 \" 1e-999", "b": [0.1, 1E5, 18446744073709551615]}]"#;
        assert!(matches!(exact_numbers(text), Cow::Borrowed(_)));
        for (text, exact) in [
            ("[12345678901234567890123]", "[\"12345678901234567890123\"]"),
            (
                "{\"a\":-9007199254740993.0 ,\"b\":1}",
                "{\"a\":\"-9007199254740993.0\" ,\"b\":1}",
            ),
            ("1e-400 2", "\"1e-400\" 2"),
            ("\"open 12345678901234567890123", "\"open 12345678901234567890123"),
            ("00012345678901234567890123", "00012345678901234567890123"),
        ] {
            assert_eq!(String::from_utf8_lossy(&exact_numbers(text.as_bytes())), exact);
        }
    }

    #[test]
    fn values_are_what_they_were_and_keys_stand_once() {
        let text = r#"[null, true, -1, 18446744073709551615, 0.5, "x\n", {"b": [], "a": {}}]"#;
        let Distinct(value) = serde_json::from_str(text).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
        assert!(serde_json::from_str::<Distinct>(r#"{"a": {"k": 1, "k": 2}}"#).is_err());
    }
}
