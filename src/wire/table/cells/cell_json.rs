//! Cell values as JSON: integers as integers, values JSON cannot express (NaN, bytes, exact decimals) as text,
//! nothing lost below the row limit.

use super::brief::BoundedString;
use super::cell_text::write_view;
use super::view::{View, entry, part, view};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;
use std::ops::Range;

/// A JSON object that keeps every value when names repeat: `a`, `a_1`, `a_2`.
#[derive(Default)]
pub(crate) struct Row<'a> {
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

/// What one value costs beside its text.
const VALUE_BYTES: usize = 16;

/// One value. `budget` is how many more bytes may be written: a few bytes of Arrow can claim millions of values, or one
/// long text a million times over, so a list that meets the limit ends with how many are left out and a text with `…`.
pub(crate) fn to_json(value: &View, budget: &mut usize) -> Value {
    *budget = budget.saturating_sub(VALUE_BYTES);
    match value {
        View::Null => Value::Null,
        View::Bool(value) => Value::Bool(*value),
        View::Int(value) => Value::from(*value),
        View::UInt(value) => Value::from(*value),
        View::Single(value) => float(f64::from(*value)),
        View::Double(value) => float(*value),
        View::Number(_) | View::Word(_) | View::Text(_) | View::Bytes(_) => {
            let text = BoundedString::write(*budget, |out| write_view(value, false, out));
            *budget = budget.saturating_sub(text.len());
            Value::String(text)
        }
        View::List {
            values,
            range,
            extension,
        } => list(range, budget, |index, budget| {
            to_json(&view(*values, extension, index), budget)
        }),
        View::Struct { array, index, tuple } => {
            let parts = array.fields().iter().enumerate();
            if *tuple {
                let part = |(position, _)| to_json(&entry(array, position, *index), budget);
                return Value::Array(parts.map(part).collect());
            }
            let mut row = Row::default();
            for (position, field) in parts {
                *budget = budget.saturating_sub(field.name().len());
                row.insert(field.name(), to_json(&entry(array, position, *index), budget));
            }
            row.finish()
        }
        View::Tensor {
            values,
            start,
            dimensions,
        } => {
            let length = dimensions.first().map_or(0, |(length, _)| *length);
            list(&(0..length), budget, |at, budget| {
                to_json(&part(*values, *start, dimensions, at), budget)
            })
        }
        View::Map { entries, range } => list(range, budget, |index, budget| {
            let mut part = |position| to_json(&entry(entries, position, index), budget);
            Value::Array(vec![part(0), part(1)])
        }),
    }
}

fn list(range: &Range<usize>, budget: &mut usize, item: impl Fn(usize, &mut usize) -> Value) -> Value {
    let mut items = Vec::new();
    for index in range.clone() {
        if *budget == 0 {
            items.push(Value::String(format!("… {} more", range.end - index)));
            break;
        }
        items.push(item(index, budget));
    }
    Value::Array(items)
}

fn float(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None => Value::String(format!("{value:?}")),
    }
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
        assert_eq!(to_json(&View::Bytes(&[0, 255]), &mut 100), "hex:00ff");
    }

    #[test]
    fn texts_share_one_budget() {
        let mut budget = 2 * VALUE_BYTES + 9;
        assert_eq!(to_json(&View::Text("abcdef"), &mut budget), "abcdef");
        assert_eq!(to_json(&View::Text("abcdef"), &mut budget), "…");
        assert_eq!(budget, 0);
    }
}
