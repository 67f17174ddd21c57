//! How one tree differs from another that is expected: the one list of changes, for messages, senders, files and tapes alike.

use super::change::Change;
use super::node::{Node, Range};
use super::observation::{ANY, ELEMENT};
use super::tree::Tree;
use natsbridge_wire::Code;

/// Changes that are told at once.
const MOST: usize = 64;
/// Names that are told of an order.
const NAMES: usize = 6;

/// How `seen` differs from what is `expected`.
pub fn compare(expected: &Tree, seen: &Tree) -> Vec<Change> {
    let mut comparison = Comparison {
        expected,
        seen,
        path: Vec::new(),
        changes: Vec::new(),
    };
    comparison.level(expected.root(), seen.root(), true);
    comparison.changes
}

struct Comparison<'t> {
    expected: &'t Tree,
    seen: &'t Tree,
    path: Vec<&'t str>,
    changes: Vec<Change>,
}

impl<'t> Comparison<'t> {
    fn level(&mut self, expected: &'t Node, seen: &'t Node, ordered: bool) {
        for node in self.expected.children(expected) {
            if self.changes.len() >= MOST {
                return;
            }
            let found = self.seen.children(seen).find(|other| other.key == node.key);
            self.path.push(&node.key);
            match found {
                Some(found) => self.field(node, found),
                None if !node.optional && seen.opened > 0 => {
                    self.push(Code::ShapeFieldGone, node.type_names(), String::new());
                }
                None => {}
            }
            self.path.pop();
        }
        for found in self.seen.children(seen) {
            if self.changes.len() >= MOST {
                return;
            }
            let is_known = self.expected.children(expected).any(|node| node.key == found.key);
            if is_known || expected.opened == 0 {
                continue;
            }
            self.path.push(&found.key);
            match self.expected.child(expected, ANY) {
                Some(any) => self.field(any, found),
                None => self.push(Code::ShapeFieldNew, String::new(), found.type_names()),
            }
            self.path.pop();
        }
        if ordered {
            self.order(expected, seen);
        }
    }

    fn field(&mut self, expected: &'t Node, seen: &'t Node) {
        let new: Vec<&str> = seen.types.iter().map(|(name, _)| &**name).collect();
        let new: Vec<&str> = new.into_iter().filter(|name| !expected.has_type(name)).collect();
        let from = || expected.type_names();
        // Nothing is known of its type, as where a schema leaves it open.
        if !expected.types.is_empty() {
            match new[..] {
                [] => {}
                ["null"] => self.push(Code::ShapeNullable, from(), "null".to_owned()),
                _ => self.type_changed(expected, &new),
            }
        }
        if seen.nullable && !expected.nullable && !expected.types.is_empty() && new.is_empty() {
            let to = format!("{} that may be null", seen.type_names());
            self.push(Code::ShapeNullable, format!("{} without nulls", from()), to);
        }
        if let (Some(known), Some(range)) = (expected.range, seen.range)
            && known.is_other_unit(range)
        {
            self.push(Code::ShapeUnitSuspected, span(known), span(range));
        }
        if seen.optional && !expected.optional && *seen.key != *ELEMENT && seen.seen > 0 {
            self.push(
                Code::ShapeFieldGone,
                "always there".to_owned(),
                "there at times".to_owned(),
            );
        }
        self.values(expected, seen);
        let ordered = seen.types.iter().any(|(name, _)| &**name == "table");
        self.level(expected, seen, ordered);
    }

    fn type_changed(&mut self, expected: &Node, new: &[&str]) {
        let known: Vec<&str> = expected.types.iter().map(|(name, _)| &**name).collect();
        let all = |names: &[&str], is: fn(&str) -> bool| names.iter().all(|name| is(name) || *name == "null");
        let code = if all(&known, is_zoned) && all(new, is_unzoned) {
            Code::ShapeZoneLost
        } else if all(&known, is_float) && all(new, is_integer) {
            Code::ShapeIntegerForFloat
        } else {
            Code::ShapeTypeChanged
        };
        // A whole number was the first of others.
        let widened = *new == ["number"] && expected.has_type("integer");
        self.push(code, expected.type_names(), new.join(" or "));
        if let Some(last) = self.changes.last_mut() {
            last.minor = widened;
        }
    }

    fn values(&mut self, expected: &Node, seen: &Node) {
        let Some(known) = expected.enumeration() else {
            return;
        };
        let new = match seen.texts() {
            Some(texts) => texts.iter().find(|text| !known.contains(text)).cloned(),
            None => Some("any text".into()),
        };
        if let Some(new) = new {
            let to = if seen.texts().is_some() {
                format!("{new:?}")
            } else {
                new.into()
            };
            let known: Vec<String> = known.iter().map(|text| format!("{text:?}")).collect();
            self.push(Code::ShapeValueNew, known.join(", "), to);
        }
    }

    /// Whether what both have comes in the same order.
    fn order(&mut self, expected: &'t Node, seen: &'t Node) {
        let names = |tree: &'t Tree, node: &'t Node, other: &Tree, there: &Node| {
            let known: std::collections::HashSet<&str> =
                other.children(there).map(|node| &*node.key).collect();
            let own = tree.children(node).map(|node| &*node.key);
            own.filter(|key| known.contains(key)).collect::<Vec<&str>>()
        };
        let before = names(self.expected, expected, self.seen, seen);
        let now = names(self.seen, seen, self.expected, expected);
        if before == now {
            return;
        }
        let told = |names: &[&str]| {
            let first = names
                .iter()
                .zip(before.iter().zip(&now))
                .position(|(_, (a, b))| a != b);
            let from = first.unwrap_or_default();
            let more = if names.len() > from + NAMES { ", …" } else { "" };
            let names: Vec<&str> = names.iter().skip(from).take(NAMES).copied().collect();
            format!("{}{more}", names.join(", "))
        };
        let (from, to) = (told(&before), told(&now));
        self.push(Code::ShapeOrderChanged, from, to);
    }

    fn push(&mut self, code: Code, from: String, to: String) {
        let payload = self.path.first().copied().unwrap_or_default();
        self.changes.push(Change {
            code,
            path: spelled(&self.path),
            payload: payload.to_owned(),
            from,
            to,
            minor: false,
        });
    }
}

/// A path as people write it: `readings.score`, `rows[].name`.
pub(super) fn spelled(path: &[&str]) -> String {
    let mut text = String::new();
    for key in path {
        if *key == ELEMENT {
            text.push_str(ELEMENT);
            continue;
        }
        // The payload of a message that is no envelope has no name.
        if key.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push('.');
        }
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '*' | '#');
        if key.chars().all(is_plain) {
            text.push_str(key);
        } else {
            text.push_str(&serde_json::Value::from(*key).to_string());
        }
    }
    text
}

fn span(range: Range) -> String {
    if range.min.to_bits() == range.max.to_bits() {
        return range.min.to_string();
    }
    format!("{} to {}", range.min, range.max)
}

fn is_float(name: &str) -> bool {
    matches!(name, "number" | "f16" | "f32" | "f64")
}

fn is_integer(name: &str) -> bool {
    matches!(
        name,
        "integer" | "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64"
    )
}

fn is_zoned(name: &str) -> bool {
    name.starts_with("timestamp[") && name.contains(',')
}

fn is_unzoned(name: &str) -> bool {
    name.starts_with("timestamp[") && !name.contains(',')
}

#[cfg(test)]
mod tests {
    use super::super::observation::Observation;
    use super::*;
    use natsbridge_wire::{Limits, decode_message};

    fn learned(texts: &[&str]) -> Tree {
        let mut tree = Tree::default();
        for text in texts {
            let raw = bytes::Bytes::copy_from_slice(text.as_bytes());
            tree.learn(&Observation::of(&decode_message(&raw, "a", &Limits::DEFAULT)), 0);
        }
        tree
    }

    fn told(expected: &[&str], seen: &[&str]) -> Vec<String> {
        let changes = compare(&learned(expected), &learned(seen)).into_iter();
        let line = |it: Change| format!("{} {}: {} → {}", it.code.name(), it.path, it.from, it.to);
        changes.map(line).collect()
    }

    #[test]
    fn every_change_is_told_once() {
        for (expected, seen, change) in [
            (
                r#"{"a": 1.5}"#,
                r#"{"a": "x"}"#,
                "shape-type-changed a: number → string",
            ),
            (
                r#"{"a": 1.5}"#,
                r#"{"a": null}"#,
                "shape-nullable a: number → null",
            ),
            (
                r#"{"a": 1, "b": 1}"#,
                r#"{"b": 1}"#,
                "shape-field-gone a: integer → ",
            ),
            (
                r#"{"a": 1}"#,
                r#"{"a": 1, "b c": 1.5}"#,
                "shape-field-new \"b c\":  → number",
            ),
            (
                r#"{"a": 1}"#,
                r#"{"a": 1.5}"#,
                "shape-type-changed a: integer → number",
            ),
            (
                r#"{"a": [{"b": 21.5}]}"#,
                r#"{"a": [{"b": 21500.5}]}"#,
                "shape-unit-suspected a[].b: 21.5 → 21500.5",
            ),
        ] {
            assert_eq!(told(&[expected], &[seen]), [change], "{expected} {seen}");
        }
        assert_eq!(
            told(&[r#"{"a": 1.5}"#], &[r#"{"a": 2}"#]),
            [""; 0],
            "a whole number is one, too"
        );
        let both = [r#"{"a": 1}"#, "{}"];
        assert_eq!(told(&both, &["{}"]), [""; 0]);
        assert_eq!(
            told(&[r#"{"a": 1}"#], &both),
            ["shape-field-gone a: always there → there at times"]
        );
    }

    #[test]
    fn a_value_that_is_new_is_told_where_there_were_few() {
        let known: Vec<String> = (0..80)
            .map(|at| format!(r#"{{"state": "{}"}}"#, ["on", "off"][at % 2]))
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        assert_eq!(
            told(&known, &[r#"{"state": "broken"}"#]),
            [r#"shape-value-new state: "on", "off" → "broken""#]
        );
        assert_eq!(told(&known, &[r#"{"state": "off"}"#]), [""; 0]);
    }
}
