//! Compares JSON by structure: what was added, removed or changed, by path.

use super::model::Differences;
use crate::json::ValuePath;
use serde_json::Value;

/// Compares two values that are at `path` of the payload `name`.
pub(super) fn json(
    name: &str,
    path: &mut ValuePath,
    left: Option<&Value>,
    right: Option<&Value>,
    out: &mut Differences,
) {
    match (left, right) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for (key, value) in a {
                path.push_key(key);
                json(name, path, Some(value), b.get(key), out);
                path.pop();
            }
            for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                path.push_key(key);
                json(name, path, None, Some(value), out);
                path.pop();
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for place in 0..a.len().max(b.len()) {
                path.push_index(place);
                json(name, path, a.get(place), b.get(place), out);
                path.pop();
            }
        }
        (a, b) if a == b => out.same += 1,
        (a, b) => {
            let text = |value: Option<&Value>| value.map(ToString::to_string);
            out.push(format!("{name}: {path}"), text(a).as_deref(), text(b).as_deref());
        }
    }
}
