//! Keys that stand several times in one object. Which of their values counts is for readers to say, and they differ.

use super::node::JsonNode;
use super::shape::Shape as JsonKind;
use super::value_path::ValuePath;
use super::walk::JsonWalk;
use std::borrow::Cow;
use std::collections::HashMap;

/// A key that stands several times in one object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RepeatedKey {
    /// The key.
    pub name: String,
    /// The way to it from the whole value.
    pub path: ValuePath,
    /// The byte where it stands for the second time.
    pub at: usize,
    /// How often it stands there.
    pub times: usize,
}

/// The repeated keys of all objects in a text that was found valid, as they end; at most so many.
pub(crate) fn repeated_keys(text: &str, most: usize) -> Vec<RepeatedKey> {
    let root = JsonNode::new(text, text.len() - text.trim_ascii_start().len());
    let mut found = Vec::new();
    // Of each open object its keys, as numbers: equal keys have equal ones, and others seldom do.
    let mut keys: Vec<u64> = Vec::new();
    let mut open: Vec<(JsonNode<'_>, usize)> = Vec::new();
    let mut walk = JsonWalk::new(root);
    loop {
        let step = walk.next();
        let depth = step.as_ref().map_or(0, |step| step.depth);
        while open.len() > depth && found.len() < most {
            let Some((object, first)) = open.pop() else { break };
            keys[first..].sort_unstable();
            if keys[first..].windows(2).any(|pair| pair[0] == pair[1]) {
                found.extend(repeated_in(object, root));
            }
            keys.truncate(first);
        }
        let Some(step) = step.filter(|_| found.len() < most) else {
            found.truncate(most);
            return found;
        };
        keys.extend(step.key.and_then(JsonNode::text).map(|key| number_of(&key)));
        // Every value has an entry here until the next one of its level, so that the depth is the count.
        open.push((step.value, keys.len()));
    }
}

/// FNV-1a.
fn number_of(key: &str) -> u64 {
    let mixed = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    key.bytes().fold(0xcbf2_9ce4_8422_2325, mixed)
}

fn repeated_in(object: JsonNode<'_>, root: JsonNode<'_>) -> Vec<RepeatedKey> {
    if object.kind() != JsonKind::Object {
        return vec![];
    }
    let mut places: HashMap<Cow<'_, str>, Vec<usize>> = HashMap::new();
    for (key, _) in object.members() {
        places
            .entry(key.text().unwrap_or_default())
            .or_default()
            .push(key.place());
    }
    let several = places.into_iter().filter(|(_, places)| places.len() > 1);
    let mut repeated: Vec<_> = several
        .map(|(key, places)| {
            let mut path = path_to(root, object.place());
            path.push_key(&key);
            RepeatedKey {
                name: key.into_owned(),
                path,
                at: places[1],
                times: places.len(),
            }
        })
        .collect();
    repeated.sort_unstable_by_key(|key| key.at);
    repeated
}

/// The way to the value that starts at that byte.
fn path_to(root: JsonNode<'_>, place: usize) -> ValuePath {
    let (mut path, mut here) = (ValuePath::default(), root);
    while here.place() < place {
        let held = |value: &JsonNode<'_>| value.place() <= place;
        let member = here.members().take_while(|(_, value)| held(value)).last();
        let item = || here.items().take_while(held).enumerate().last();
        here = match member {
            Some((key, value)) => {
                path.push_key(&key.text().unwrap_or_default());
                value
            }
            None => match item() {
                Some((index, value)) => {
                    path.push_index(index);
                    value
                }
                None => break,
            },
        };
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, usize, usize)> {
        let keys = repeated_keys(text, 100).into_iter();
        keys.map(|key| (key.path.to_string(), key.at, key.times))
            .collect()
    }

    #[test]
    fn repeated_keys_are_found_wherever_they_stand() {
        assert_eq!(
            found(r#"{"a":1,"a":2,"b":{"x":1,"x":{"y":1}}}"#),
            [("b.x".to_owned(), 24, 2), ("a".to_owned(), 7, 2)]
        );
        assert_eq!(
            found(" [{}, {\"k\": [0, {\"x y\": NaN, \"\\u0078 y\": [], \"x y\": 3}]}]"),
            [("[1].k[1].\"x y\"".to_owned(), 29, 3)]
        );
        assert_eq!(found(r#"{"":0,"":0}"#), [("\"\"".to_owned(), 6, 2)]);
        for text in [
            "1",
            "[]",
            r#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#,
            r#"[["a","a"],{"a":"a"}]"#,
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn no_more_are_told_than_wanted() {
        let text = format!("[{}]", vec![r#"{"a":1,"a":1}"#; 50].join(","));
        assert_eq!(repeated_keys(&text, 7).len(), 7);
        assert_eq!(found(&text).len(), 50);
        let deep = format!("{}1{}", r#"{"a":1,"a":"#.repeat(100), "}".repeat(100));
        assert_eq!(found(&deep).len(), 100);
    }
}
