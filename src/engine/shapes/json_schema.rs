//! JSON Schema of what is known of a dictionary, and what a schema says as a tree. What a schema says beyond that is left to a
//! validator.

use super::node::{Node, Range};
use super::observation::{ANY, ELEMENT};
use super::tree::Tree;
use serde_json::{Map, Value, json};

/// The keyword for the range of numbers that were seen, which restricts nothing.
const RANGE: &str = "x-range";
/// Levels of a schema that are read.
const DEPTH: usize = 32;

/// Keywords that a tree holds, and those that say nothing about values.
const KNOWN: [&str; 14] = [
    "type",
    "properties",
    "required",
    "items",
    "enum",
    "additionalProperties",
    RANGE,
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "examples",
    "default",
];

/// The schema of a payload or field.
pub(super) fn schema_of(tree: &Tree, node: &Node, is_root: bool) -> Value {
    let mut schema = Map::new();
    let children: Vec<&Node> = tree.children(node).collect();
    let has = |key: &str| children.iter().any(|child| &*child.key == key);
    let is_object = children.iter().any(|child| &*child.key != ELEMENT);
    let mut types: Vec<&str> = if is_root {
        // What a payload is called is its kind.
        let mut types = Vec::new();
        types.extend(is_object.then_some("object"));
        types.extend(has(ELEMENT).then_some("array"));
        types
    } else {
        node.types.iter().map(|(name, _)| &**name).collect()
    };
    if types.contains(&"number") {
        types.retain(|name| *name != "integer");
    }
    match types[..] {
        [] => {}
        [one] => drop(schema.insert("type".into(), one.into())),
        _ => drop(schema.insert("type".into(), types.into())),
    }
    if let Some(texts) = node.enumeration().filter(|_| node.types.len() == 1) {
        let texts: Vec<Value> = texts.iter().map(|text| Value::from(&**text)).collect();
        schema.insert("enum".into(), texts.into());
    }
    if let Some(range) = node.range {
        schema.insert(RANGE.into(), json!([range.min, range.max]));
    }
    let named = children
        .iter()
        .filter(|child| &*child.key != ELEMENT && &*child.key != ANY);
    let properties: Map<String, Value> = named
        .clone()
        .map(|child| (child.key.to_string(), schema_of(tree, child, false)))
        .collect();
    if !properties.is_empty() {
        let required: Vec<&str> = named
            .filter(|child| !child.optional)
            .map(|child| &*child.key)
            .collect();
        if !required.is_empty() {
            schema.insert("required".into(), required.into());
        }
        schema.insert("properties".into(), properties.into());
    }
    for child in &children {
        match &*child.key {
            ANY => drop(schema.insert("additionalProperties".into(), schema_of(tree, child, false))),
            ELEMENT => drop(schema.insert("items".into(), schema_of(tree, child, false))),
            _ => {}
        }
    }
    schema.into()
}

/// Adds what a schema says to a field of the tree; whether that is all that it says.
pub(super) fn read_schema(schema: &Value, tree: &mut Tree, node: u32, is_root: bool) -> bool {
    read_level(schema, tree, node, is_root, 0)
}

fn read_level(schema: &Value, tree: &mut Tree, at: u32, is_root: bool, depth: usize) -> bool {
    let Some(schema) = schema.as_object().filter(|_| depth < DEPTH) else {
        return schema == &Value::Bool(true);
    };
    let mut is_all = schema.keys().all(|key| KNOWN.contains(&&**key));
    let named = |name: &str| match schema.get(name) {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !is_root {
        for name in named("type") {
            tree.node_mut(at).add_type(name, 1);
        }
    }
    if let Some(texts) = schema.get("enum").and_then(Value::as_array) {
        let strings: Option<Vec<Box<str>>> = texts.iter().map(|text| text.as_str().map(Into::into)).collect();
        match strings.filter(|strings| strings.len() > 1) {
            Some(strings) => tree.node_mut(at).enumerate(strings),
            None => is_all = false,
        }
    }
    if let Some([min, max]) = schema.get(RANGE).and_then(Value::as_array).map(Vec::as_slice)
        && let (Some(min), Some(max)) = (min.as_f64(), max.as_f64())
    {
        tree.node_mut(at).range = Some(Range { min, max });
    }
    let required = named("required");
    let properties = schema.get("properties").and_then(Value::as_object);
    for (key, property) in properties.into_iter().flatten() {
        let optional = !required.contains(&&**key);
        is_all &= declare(tree, at, key, optional, property, depth);
    }
    let listed = |key: &str| properties.is_some_and(|properties| properties.contains_key(key));
    for key in required.iter().filter(|key| !listed(key)) {
        is_all &= declare(tree, at, key, false, &Value::Bool(true), depth);
    }
    match schema.get("additionalProperties") {
        None => {}
        // What is new is told anyhow.
        Some(Value::Bool(false)) => is_all &= properties.is_some(),
        Some(any) => is_all &= declare(tree, at, ANY, true, any, depth),
    }
    if let Some(items) = schema.get("items") {
        is_all &= declare(tree, at, ELEMENT, true, items, depth);
    }
    is_all
}

fn declare(tree: &mut Tree, at: u32, key: &str, optional: bool, schema: &Value, depth: usize) -> bool {
    match tree.declare(at, key, optional) {
        Some(child) => read_level(schema, tree, child, false, depth + 1),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::observation::Observation;
    use super::*;
    use natsbridge_wire::{Limits, decode_message};

    #[test]
    fn a_schema_says_what_was_learned_and_is_read_back() {
        let mut tree = Tree::default();
        for at in 0..60 {
            let state = ["on", "off"][at % 2];
            let more = if at % 3 == 0 { r#","note":null"# } else { "" };
            let text = format!(r#"{{"rate":{at}.5,"state":"{state}","list":[{{"a":1}}]{more}}}"#);
            let raw = bytes::Bytes::from(text.into_bytes());
            tree.learn(&Observation::of(&decode_message(&raw, "a", &Limits::DEFAULT)), 0);
        }
        let payload = tree.children(tree.root()).next().unwrap();
        let schema = schema_of(&tree, payload, true);
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "required": ["rate", "state", "list"],
                "properties": {
                    "rate": {"type": "number", "x-range": [0.5, 59.5]},
                    "state": {"type": "string", "enum": ["on", "off"]},
                    "list": {"type": "array", "items": {
                        "type": "object", "required": ["a"],
                        "properties": {"a": {"type": "integer", "x-range": [1.0, 1.0]}},
                    }},
                    "note": {"type": "null"},
                },
            })
        );
        let mut read = Tree::default();
        let payload = read.declare(0, "", false).unwrap();
        assert!(read_schema(&schema, &mut read, payload, true));
        let payload = read.children(read.root()).next().unwrap();
        assert_eq!(schema_of(&read, payload, true), schema);
    }

    #[test]
    fn what_a_tree_does_not_hold_is_left_to_the_validator() {
        for schema in [
            json!({"type": "number", "minimum": 3}),
            json!({"properties": {"a": {"pattern": "x"}}}),
            json!({"enum": [1, 2]}),
            json!({"properties": {"a": {"$ref": "#/$defs/a"}}}),
            json!(false),
        ] {
            let mut tree = Tree::default();
            let payload = tree.declare(0, "", false).unwrap();
            assert!(!read_schema(&schema, &mut tree, payload, true), "{schema}");
        }
    }
}
