//! Cell values as JSON, nothing lost: integers as integers, what JSON cannot say (NaN, bytes, exact decimals) as text.

use super::view::{View, entry, view};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;

/// A JSON object that keeps every value when names repeat: `a`, `a_1`, `a_2`.
#[derive(Default)]
pub(super) struct Row<'a> {
    object: Map<String, Value>,
    repeats: HashMap<&'a str, usize>,
}

impl<'a> Row<'a> {
    /// Adds one value under its name, or under the next free variant of it.
    pub fn insert(&mut self, name: &'a str, value: Value) {
        let mut free = name.to_owned();
        while self.object.contains_key(&free) {
            let next = self.repeats.entry(name).or_default();
            *next += 1;
            free = format!("{name}_{next}");
        }
        self.object.insert(free, value);
    }

    /// The object.
    pub fn finish(self) -> Value {
        Value::Object(self.object)
    }
}

/// One value. `budget` is how many more values may be written: a list that would need more ends with a text that says
/// so, since a few bytes can claim millions of values.
pub(super) fn to_json(value: &View, budget: &mut usize) -> Value {
    *budget = budget.saturating_sub(1);
    match value {
        View::Null => Value::Null,
        View::Bool(value) => Value::Bool(*value),
        View::Int(value) => Value::from(*value),
        View::UInt(value) => Value::from(*value),
        View::Single(value) => float(f64::from(*value)),
        View::Double(value) => float(*value),
        View::Number(text) | View::Word(text) => Value::String(text.clone()),
        View::Text(text) => Value::from(*text),
        View::Bytes(bytes) => Value::String(hex(bytes)),
        View::List {
            values,
            range,
            extension,
        } => {
            let mut list = Vec::new();
            for index in range.clone() {
                if *budget == 0 {
                    list.push(Value::String(format!("… {} more", range.end - index)));
                    break;
                }
                list.push(to_json(&view(*values, *extension, index), budget));
            }
            Value::Array(list)
        }
        View::Struct { array, index, tuple } => {
            let parts = array.fields().iter().enumerate();
            if *tuple {
                let part = |(position, _)| to_json(&entry(array, position, *index), budget);
                return Value::Array(parts.map(part).collect());
            }
            let mut row = Row::default();
            for (position, field) in parts {
                row.insert(field.name(), to_json(&entry(array, position, *index), budget));
            }
            row.finish()
        }
        View::Map { entries, range } => {
            let mut pairs = Vec::new();
            for index in range.clone() {
                if *budget == 0 {
                    pairs.push(Value::String(format!("… {} more", range.end - index)));
                    break;
                }
                let mut part = |position| to_json(&entry(entries, position, index), budget);
                pairs.push(Value::Array(vec![part(0), part(1)]));
            }
            Value::Array(pairs)
        }
    }
}

fn float(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None => Value::String(format!("{value:?}")),
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(4 + bytes.len() * 2);
    text.push_str("hex:");
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_lose_no_value() {
        let mut row = Row::default();
        for (name, value) in [("a", 1), ("a", 2), ("a_1", 3), ("a", 4)] {
            row.insert(name, Value::from(value));
        }
        assert_eq!(row.finish().to_string(), r#"{"a":1,"a_1":2,"a_1_1":3,"a_2":4}"#);
    }

    #[test]
    fn what_json_cannot_say_is_text() {
        assert_eq!(float(f64::NAN), "NaN");
        assert_eq!(float(f64::NEG_INFINITY), "-inf");
        assert_eq!(hex(&[0, 255]), "hex:00ff");
    }
}
