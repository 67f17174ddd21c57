//! Compares JSON by structure and meaning: what was added, removed or changed, by path.

use super::model::Differences;
use crate::json::{JsonKind, JsonNode, ValuePath};

/// Compares two values that are at `path` of the payload `name`. Of members with the same key the last one counts.
pub(super) fn json(
    name: &str,
    path: &mut ValuePath,
    left: Option<JsonNode<'_>>,
    right: Option<JsonNode<'_>>,
    out: &mut Differences,
) {
    match left.zip(right).filter(|(a, b)| a.kind() == b.kind()) {
        Some((a, b)) if a.kind() == JsonKind::Object => objects(name, path, (a, b), out),
        Some((a, b)) if a.kind() == JsonKind::Array => {
            let (mut left, mut right) = (a.items(), b.items());
            for place in 0.. {
                let (a, b) = (left.next(), right.next());
                if a.is_none() && b.is_none() {
                    break;
                }
                path.push_index(place);
                json(name, path, a, b, out);
                path.pop();
            }
        }
        _ if left == right => out.same += 1,
        _ => {
            let text = |value: Option<JsonNode<'_>>| value.map(|value| value.to_string());
            out.push(
                format!("{name}: {path}"),
                text(left).as_deref(),
                text(right).as_deref(),
            );
        }
    }
}

fn objects(
    name: &str,
    path: &mut ValuePath,
    (left, right): (JsonNode<'_>, JsonNode<'_>),
    out: &mut Differences,
) {
    let (mut of_left, mut of_right) = (left.by_key(), right.by_key());
    for (key, _) in left.members().chain(right.members()) {
        let key = key.text().unwrap_or_default();
        let (a, b) = (of_left.remove(&*key), of_right.remove(&*key));
        // A key that is repeated was compared before.
        if a.is_some() || b.is_some() {
            path.push_key(&key);
            json(name, path, a, b, out);
            path.pop();
        }
    }
}
