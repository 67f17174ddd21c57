//! Everything in a JSON value from the beginning to the end, in one pass over its text.

use super::cursor::{Cursor, Item};
use super::node::{JsonNode, Level};

/// What a walk comes to: a value, with where it hangs.
#[derive(Clone, Copy)]
pub struct JsonStep<'a> {
    /// Levels below the value that the walk began at.
    pub depth: usize,
    /// Its number among its siblings, from 0.
    pub index: usize,
    /// Its key, if it is a member of an object.
    pub key: Option<JsonNode<'a>>,
    /// The value.
    pub value: JsonNode<'a>,
}

impl JsonStep<'_> {
    /// The byte of the whole text where it starts, with its key if it has one.
    pub fn place(&self) -> usize {
        self.key.unwrap_or(self.value).place()
    }
}

/// A walk over a value and all that is in it, each before what it holds.
pub struct JsonWalk<'a> {
    begun: bool,
    text: &'a str,
    cursor: Cursor<'a>,
    /// The arrays and objects that it is in, the innermost last.
    open: Vec<Level>,
    /// The array or object that it came to last and did not enter yet.
    ahead: Option<JsonNode<'a>>,
}

impl<'a> JsonWalk<'a> {
    /// A walk that begins at this value.
    pub fn new(node: JsonNode<'a>) -> Self {
        let text = node.whole();
        Self {
            begun: false,
            text,
            cursor: Cursor::new(text, node.place()),
            open: Vec::new(),
            ahead: None,
        }
    }

    /// Passes over what the value that it came to last holds, and counts its items or members.
    pub fn pass(&mut self) -> usize {
        let Some(mut level) = self.enter() else {
            return 0;
        };
        while level.child(&mut self.cursor).is_some() && self.cursor.item().is_ok() {}
        level.next
    }

    fn enter(&mut self) -> Option<Level> {
        let kind = self.ahead.take()?.kind();
        Level::enter(kind, &mut self.cursor)
    }

    /// Goes on to the next value, out of all that have ended.
    fn child(&mut self) -> Option<(usize, Option<Item<'a>>)> {
        loop {
            let child = self.open.last_mut()?.child(&mut self.cursor);
            if child.is_some() {
                return child;
            }
            self.open.pop();
        }
    }
}

impl<'a> Iterator for JsonWalk<'a> {
    type Item = JsonStep<'a>;

    fn next(&mut self) -> Option<JsonStep<'a>> {
        let (index, key) = if self.begun {
            let level = self.enter();
            self.open.extend(level);
            self.child()?
        } else {
            (0, None)
        };
        self.begun = true;
        let value = JsonNode::new(self.text, self.cursor.at());
        if matches!(self.cursor.peek(), b'[' | b'{') {
            self.ahead = Some(value);
        } else {
            self.cursor.item().ok()?;
        }
        Some(JsonStep {
            depth: self.open.len(),
            index,
            key: key.map(|key| JsonNode::new(self.text, key.at)),
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::JsonText;
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    fn steps(text: &str) -> Vec<String> {
        let walk = JsonWalk::new(JsonNode::parse(text).unwrap());
        walk.map(|step| {
            let key = step.key.map_or("", JsonNode::raw);
            let (depth, index, raw) = (step.depth, step.index, step.value.raw());
            format!("{depth} {index} {key} {raw}")
        })
        .collect()
    }

    #[test]
    fn every_value_comes_before_what_it_holds() {
        assert_eq!(
            steps(" {\"a\": [1, {}, [[ ]]], \"a\" :\"x\"} "),
            [
                "0 0  {\"a\": [1, {}, [[ ]]], \"a\" :\"x\"}",
                "1 0 \"a\" [1, {}, [[ ]]]",
                "2 0  1",
                "2 1  {}",
                "2 2  [[ ]]",
                "3 0  [ ]",
                "1 1 \"a\" \"x\"",
            ]
        );
        assert_eq!(steps("-0"), ["0 0  -0"]);
    }

    #[test]
    fn what_is_passed_is_counted_and_not_come_to() {
        let mut walk = JsonWalk::new(JsonNode::parse("[[1, [2], 3], {\"k\": 4}, 5]").unwrap());
        let mut seen = Vec::new();
        while let Some(step) = walk.next() {
            let size = if step.depth == 1 { walk.pass() } else { 0 };
            seen.push((step.place(), size));
        }
        assert_eq!(seen, [(0, 0), (1, 3), (14, 1), (24, 0)]);
        assert_eq!(walk.pass(), 0);
    }

    /// The tree that a walk over the text finds.
    fn tree(json: &JsonText) -> Value {
        // What is open: each with its key and the values found so far.
        let mut open: Vec<Value> = Vec::new();
        let mut keys: Vec<Option<String>> = Vec::new();
        let close = |open: &mut Vec<Value>, keys: &mut Vec<Option<String>>| {
            let (value, key) = (open.pop().unwrap(), keys.pop().unwrap());
            match (open.last_mut().unwrap(), key) {
                (Value::Array(items), None) => items.push(value),
                (Value::Object(members), Some(key)) => drop(members.insert(key, value)),
                other => panic!("{other:?}"),
            }
        };
        for step in JsonWalk::new(json.root()) {
            while open.len() > step.depth {
                close(&mut open, &mut keys);
            }
            let raw = step.value.raw();
            open.push(match raw.as_bytes()[0] {
                b'[' => Value::Array(vec![]),
                b'{' => Value::Object(Map::new()),
                _ => serde_json::from_str(raw).unwrap(),
            });
            keys.push(step.key.map(|key| key.text().unwrap().into_owned()));
        }
        while open.len() > 1 {
            close(&mut open, &mut keys);
        }
        open.pop().unwrap()
    }

    /// The same tree by asking every value for what it holds.
    fn asked(node: JsonNode<'_>) -> Value {
        match node.raw().as_bytes()[0] {
            b'[' => node.items().map(asked).collect(),
            b'{' => {
                let members = node.members();
                let named = members.map(|(key, value)| (key.text().unwrap().into_owned(), asked(value)));
                Value::Object(named.collect())
            }
            b'"' => Value::String(node.text().unwrap().into_owned()),
            _ => node.deserialize().unwrap(),
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(|number: f64| Value::from(number)),
            "\\PC{0,6}|[\"\\\\\n\t\u{1}é🚀]{0,5}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            let key = "[a-c\"\\\\ é]{0,3}";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((key, inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_document_is_the_tree_that_a_parser_builds(value in value(), indented in any::<bool>()) {
            let text = if indented {
                serde_json::to_string_pretty(&value).unwrap()
            } else {
                value.to_string()
            };
            let json: JsonText = text.parse().unwrap();
            prop_assert_eq!(&tree(&json), &value);
            prop_assert_eq!(&asked(json.root()), &value);
            prop_assert_eq!(format!("{json}"), value.to_string());
            prop_assert_eq!(format!("{json:#}"), serde_json::to_string_pretty(&value).unwrap());
            prop_assert_eq!(json, value.to_string().parse().unwrap());
        }
    }
}
