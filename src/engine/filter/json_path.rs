//! Paths into JSON values as people write them: `config.rate`, `items[0].name`.

use serde_json::Value;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// A path into a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonPath(Vec<Step>);

impl JsonPath {
    /// Reads a path; `None` for what is none.
    pub fn new(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (key, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            if !key.is_empty() {
                steps.push(Step::Key(key.to_owned()));
            } else if rest.is_empty() {
                return None;
            }
            while let Some((index, more)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                steps.push(Step::Index(index.parse().ok()?));
                rest = more;
            }
            if !rest.is_empty() {
                return None;
            }
        }
        (!steps.is_empty()).then_some(Self(steps))
    }

    /// The value that it leads to.
    pub fn of<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        follow(&self.0, value)
    }

    /// The same, where its first step may be the name of the payload itself.
    pub fn of_named<'v>(&self, name: &str, value: &'v Value) -> Option<&'v Value> {
        let named = matches!(self.0.first(), Some(Step::Key(key)) if key == name);
        self.of(value)
            .or_else(|| named.then(|| follow(&self.0[1..], value))?)
    }
}

fn follow<'v>(steps: &[Step], value: &'v Value) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_to_values() {
        let value = json!({"a": {"b": [1, {"c": 2}]}, "config": {"rate": 5}});
        let of = |path: &str| JsonPath::new(path).and_then(|path| path.of(&value).cloned());
        assert_eq!(of("a.b[1].c"), Some(json!(2)));
        assert_eq!(of("a.b[7]"), None);
        let rate = JsonPath::new("doc.config.rate").unwrap();
        assert_eq!(rate.of_named("doc", &value), Some(&json!(5)));
        for wrong in ["", ".", "a..b", "a[x]", "a[0"] {
            assert_eq!(JsonPath::new(wrong), None, "{wrong}");
        }
    }
}
