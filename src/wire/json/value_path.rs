//! Where a value is inside another one: `config.rate`, `items[0].name`, `"total amount"`. One spelling for filters,
//! plots, copies, comparisons and columns; what a place means to them is decided there.

use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// A path into a value. Keys are separated by dots, places in lists are in brackets; a key that is not made of
/// letters, digits, `_` and `-` is written in quotes, as a JSON string. The value itself is `$`.
///
/// ```
/// let path: natsbridge_wire::ValuePath = r#"rows[2]."total amount""#.parse()?;
/// assert_eq!(path.of(&serde_json::json!({"rows": [0, 1, {"total amount": 5}]})), Some(&5.into()));
/// # Ok::<(), natsbridge_wire::ValuePathError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValuePath(Vec<Step>);

/// The text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path: write it like config.rate, items[0].name or \"total amount\"")]
pub struct ValuePathError(String);

impl ValuePath {
    /// The path to a member or column of that name, whatever is in it.
    pub fn to_key(name: &str) -> Self {
        Self(vec![Step::Key(name.to_owned())])
    }

    /// Goes on to a member.
    pub fn push_key(&mut self, key: &str) {
        self.0.push(Step::Key(key.to_owned()));
    }

    /// Goes on to an element.
    pub fn push_index(&mut self, index: usize) {
        self.0.push(Step::Index(index));
    }

    /// Goes back one step.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// The value that it leads to.
    pub fn of<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        follow(&self.0, value)
    }

    /// The same, where its first step may be the name of the payload itself.
    pub fn of_named<'v>(&self, name: &str, value: &'v Value) -> Option<&'v Value> {
        self.of(value).or_else(|| follow(self.below(name)?, value))
    }

    /// Whether it leads to the column of that name in the table payload `dataname`, which may be its first step. Dots
    /// in a column's name need no quotes.
    pub fn is_column(&self, column: &str, dataname: &str) -> bool {
        let is = |steps: &[Step]| matches!(steps, [Step::Key(key)] if key == column);
        is(&self.0) || self.below(dataname).is_some_and(is) || self.to_string() == column
    }

    fn below(&self, name: &str) -> Option<&[Step]> {
        match self.0.split_first()? {
            (Step::Key(key), below) if key == name => Some(below),
            _ => None,
        }
    }

    /// Takes one step from the front of the text, and returns the rest.
    fn take<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        if let Some(inside) = text.strip_prefix('[') {
            if let Some((key, end)) = quoted(inside) {
                self.push_key(&key);
                return inside[end..].strip_prefix(']');
            }
            let (index, rest) = inside.split_once(']')?;
            self.push_index(index.parse().ok()?);
            return Some(rest);
        }
        if let Some((key, end)) = quoted(text) {
            self.push_key(&key);
            return Some(&text[end..]);
        }
        let end = text.find(['.', '[', ']', '"']).unwrap_or(text.len());
        self.push_key(text.get(..end).filter(|key| !key.is_empty())?);
        Some(&text[end..])
    }
}

impl FromStr for ValuePath {
    type Err = ValuePathError;

    fn from_str(text: &str) -> Result<Self, ValuePathError> {
        let mut path = Self::default();
        let mut rest = match text.strip_prefix('$') {
            Some("") => return Ok(path),
            Some(below) if below.starts_with('[') => below,
            Some(below) => below.strip_prefix('.').unwrap_or(text),
            None => text,
        };
        let wrong = || ValuePathError(text.to_owned());
        loop {
            rest = path.take(rest).ok_or_else(wrong)?;
            if rest.is_empty() {
                return Ok(path);
            }
            if !rest.starts_with('[') {
                rest = rest.strip_prefix('.').ok_or_else(wrong)?;
            }
        }
    }
}

impl fmt::Display for ValuePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("$");
        }
        for (at, step) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if is_plain(key) => write!(f, "{dot}{key}")?,
                Step::Key(key) => write!(f, "{dot}{}", Value::from(key.as_str()))?,
            }
        }
        Ok(())
    }
}

/// Whether a key needs no quotes.
fn is_plain(key: &str) -> bool {
    key.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// The string in quotes that a text begins with, and where it ends.
pub(crate) fn quoted(text: &str) -> Option<(String, usize)> {
    let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let string = text.starts_with('"').then(|| strings.next())??.ok()?;
    Some((string, strings.byte_offset()))
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
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn paths_lead_to_values() {
        let value = json!({"a": {"b": [1, {"c": 2}]}, "config": {"rate": 5}, "total amount": {"x.y": 7}});
        let of = |path: &str| path.parse::<ValuePath>().ok()?.of(&value).cloned();
        assert_eq!(of("a.b[1].c"), Some(json!(2)));
        assert_eq!(of("a.b[7]"), None);
        assert_eq!(of("$"), Some(value.clone()));
        for same in [
            r#""total amount"."x.y""#,
            r#"total amount."x.y""#,
            r#"$["total amount"]["x.y"]"#,
        ] {
            assert_eq!(of(same), Some(json!(7)), "{same}");
        }
        let rate: ValuePath = "doc.config.rate".parse().unwrap();
        assert_eq!(rate.of_named("doc", &value), Some(&json!(5)));
        for wrong in [
            "", ".", "a..b", "a.", "a[x]", "a[0", "a]", "\"a", "\"a\"b", "a\"b\"", "a[\"b\"", "\"\\q\"",
        ] {
            assert_eq!(
                wrong.parse::<ValuePath>(),
                Err(ValuePathError(wrong.into())),
                "{wrong}"
            );
        }
    }

    #[test]
    fn columns_are_named_with_or_without_their_table() {
        for (path, column) in [
            ("score", "score"),
            ("rows.score", "score"),
            ("\"total amount\"", "total amount"),
            ("a.b", "a.b"),
            ("rows.\"a.b\"", "a.b"),
        ] {
            let path: ValuePath = path.parse().unwrap();
            assert!(path.is_column(column, "rows"), "{path}");
            assert!(!path.is_column("other", "rows"), "{path}");
        }
    }

    fn steps() -> impl Strategy<Value = ValuePath> {
        let step = prop_oneof![
            any::<usize>().prop_map(Step::Index),
            "[a-z$ .\"\\[\\]]{0,5}|\\PC{0,4}|[\n\t\\\\]{0,2}".prop_map(Step::Key),
        ];
        prop::collection::vec(step, 0..5).prop_map(ValuePath)
    }

    proptest! {
        #[test]
        fn what_is_written_is_parsed_again(path in steps()) {
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in "[a-z$.\"\\[\\]0-9\\\\ ]{0,20}|\\PC{0,20}") {
            if let Ok(path) = text.parse::<ValuePath>() {
                prop_assert_eq!(path.to_string().parse(), Ok(path));
            }
        }
    }
}
