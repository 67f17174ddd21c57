//! Compares JSON by structure: what was added, removed or changed, by path.

use super::model::Differences;
use serde_json::Value;

/// Compares two values; `path` begins with `$`.
pub(super) fn json(
    name: &str,
    path: &str,
    left: Option<&Value>,
    right: Option<&Value>,
    out: &mut Differences,
) {
    match (left, right) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for (key, value) in a {
                json(
                    name,
                    &format!("{path}{}", step(key)),
                    Some(value),
                    b.get(key),
                    out,
                );
            }
            for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                json(name, &format!("{path}{}", step(key)), None, Some(value), out);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for place in 0..a.len().max(b.len()) {
                json(name, &format!("{path}[{place}]"), a.get(place), b.get(place), out);
            }
        }
        (a, b) if a == b => out.same += 1,
        (a, b) => {
            let text = |value: Option<&Value>| value.map(ToString::to_string);
            out.push(format!("{name}: {path}"), text(a).as_deref(), text(b).as_deref());
        }
    }
}

/// A key as a step of a path.
fn step(key: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(plain) {
        format!(".{key}")
    } else {
        format!("[{key:?}]")
    }
}
