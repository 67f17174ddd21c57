//! Paths to the values of the message in the inspector, as filters take them. Which of them fit what was typed is decided
//! where they are offered.

use crate::model::State;
use natsbridge_wire::{JsonNode, JsonWalk, Value, ValuePath};

/// Values looked at.
const MOST: usize = 2_000;
/// Longer JSON is not walked while somebody types.
const LONGEST: usize = 256 << 10;

/// Every path under `payload.` or `metadata.`, the short ones first.
pub(super) fn known_paths(state: &State, field: &str) -> Vec<String> {
    let Some(opened) = &state.inspector.opened else {
        return vec![];
    };
    let mut known = Vec::new();
    if field == "metadata." {
        let envelope = opened.decoded.envelope.as_ref();
        let metadata = envelope.and_then(|(_, envelope)| JsonNode::parse(&envelope.metadata.0));
        known.extend(metadata.map(|metadata| below(metadata, None)));
    } else {
        for payload in &opened.decoded.payloads {
            if let Value::Json(json) = &payload.value {
                known.push(below(json.root(), None));
                known.push(below(json.root(), Some(&payload.dataname)));
            }
        }
    }
    let mut known: Vec<(usize, ValuePath)> = known.into_iter().flatten().collect();
    known.sort_by_key(|(depth, _)| *depth);
    let bare = field.trim_end_matches('.');
    let spelled = known.into_iter().map(|(_, path)| match path.to_string() {
        path if path.starts_with('[') => format!("{bare}{path}"),
        path => format!("{bare}.{path}"),
    });
    spelled.collect()
}

/// The paths in a value, below its name if it has one, with their depths; of a list the first item stands for all.
fn below(value: JsonNode<'_>, name: Option<&str>) -> Vec<(usize, ValuePath)> {
    let (mut paths, mut path, mut deep) = (Vec::new(), ValuePath::default(), 0);
    if let Some(name) = name {
        path.push_key(name);
        paths.push((0, path.clone()));
    }
    let mut walk = JsonWalk::new(value);
    for _ in 0..if value.raw().len() > LONGEST { 0 } else { MOST } {
        let Some(step) = walk.next() else { break };
        if step.depth == 0 {
            continue;
        }
        while deep >= step.depth {
            path.pop();
            deep -= 1;
        }
        match step.key.and_then(JsonNode::text) {
            Some(key) => path.push_key(&key),
            None if step.index == 0 => path.push_index(0),
            None => {
                walk.pass();
                continue;
            }
        }
        deep = step.depth;
        paths.push((deep, path.clone()));
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_key_is_offered_as_it_is_written() {
        let json = r#"{"a.b":{"x y":1,"":2},"rows":[{"n":1},{"m":2}],"größe":3}"#;
        let value = JsonNode::parse(json).unwrap();
        let spelled = |name| {
            let paths = below(value, name).into_iter();
            paths.map(|(_, path)| path.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(
            spelled(None),
            [
                "\"a.b\"",
                "\"a.b\".\"x y\"",
                "\"a.b\".\"\"",
                "rows",
                "rows[0]",
                "rows[0].n",
                "größe"
            ]
        );
        assert_eq!(
            spelled(Some("my data"))[..2],
            ["\"my data\"", "\"my data\".\"a.b\""]
        );
        for path in spelled(None) {
            assert!(path.parse::<ValuePath>().unwrap().of(value).is_some(), "{path}");
        }
    }
}
