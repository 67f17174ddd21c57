//! Where a value is inside another one: `config.rate`, `items[0].name`, `"total amount"`. One spelling for filters,
//! plots, copies, comparisons and columns; what a place means to them is decided there.

use super::node::JsonNode;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    /// That of the members or columns of this name which has this number, from 1.
    Nth(String, usize),
    Index(usize),
}

/// A path into a value. Keys are separated by dots, places in lists are in brackets; a key that is not made of
/// letters, digits, `_` and `-` is written in quotes, as a JSON string. Of several members or columns with the same name
/// `"name"#2` is the second. The value itself is `$`.
///
/// ```
/// use natsbridge_wire::{JsonText, ValuePath};
/// let path: ValuePath = r#"rows[2]."total amount""#.parse()?;
/// let json: JsonText = r#"{"rows": [0, 1, {"total amount": 5.00}]}"#.parse()?;
/// assert_eq!(path.of(json.root()).and_then(|amount| amount.number()), Some("5.00"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValuePath(Vec<Step>);

/// The text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path: write it like config.rate, items[0].name or \"total amount\"")]
pub struct ValuePathError(String);

impl ValuePath {
    /// The path to one of these columns, whatever is in its name.
    pub fn to_column<'n>(names: impl IntoIterator<Item = &'n str>, column: usize) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        let Some(name) = names.get(column).copied() else {
            return Self::default();
        };
        let same = |names: &[&str]| names.iter().filter(|other| **other == name).count();
        Self(vec![match same(&names) {
            1 => Step::Key(name.to_owned()),
            _ => Step::Nth(name.to_owned(), same(&names[..=column])),
        }])
    }

    /// Goes on to a member.
    pub fn push_key(&mut self, key: &str) {
        self.0.push(Step::Key(key.to_owned()));
    }

    /// Goes on to the n-th member of this key, counted from 1.
    pub fn push_nth(&mut self, key: &str, number: usize) {
        self.0.push(Step::Nth(key.to_owned(), number));
    }

    /// Goes on to an element.
    pub fn push_index(&mut self, index: usize) {
        self.0.push(Step::Index(index));
    }

    /// Goes back one step.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// The same with other keys, as where it is only to be read.
    pub(crate) fn with_keys(&self, other: impl Fn(&str) -> String) -> Self {
        let step = |step: &Step| match step {
            Step::Key(key) => Step::Key(other(key)),
            Step::Nth(key, number) => Step::Nth(other(key), *number),
            Step::Index(index) => Step::Index(*index),
        };
        Self(self.0.iter().map(step).collect())
    }

    /// The value that it leads to.
    pub fn of<'v>(&self, value: JsonNode<'v>) -> Option<JsonNode<'v>> {
        follow(&self.0, value)
    }

    /// The same, where its first step may be the name of the payload itself.
    pub fn of_named<'v>(&self, name: &str, value: JsonNode<'v>) -> Option<JsonNode<'v>> {
        self.of(value).or_else(|| follow(self.below(name)?, value))
    }

    /// The column that it leads to in the table payload `dataname`, which may be its first step. Dots in a column's name
    /// need no quotes; of several columns with the same name it is the first.
    pub fn column<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str, IntoIter: Clone>,
        dataname: &str,
    ) -> Option<usize> {
        let names = names.into_iter().enumerate();
        let of = |steps: &[Step]| {
            let (name, number) = match steps {
                [Step::Key(name)] => (name, 1),
                [Step::Nth(name, number)] => (name, *number),
                _ => return None,
            };
            let mut same = names.clone().filter(|(_, other)| other == name);
            same.nth(number - 1).map(|(column, _)| column)
        };
        let whole = || {
            let text = match &self.0[..] {
                [Step::Nth(name, number)] => format!("{name}#{number}"),
                _ => self.to_string(),
            };
            names
                .clone()
                .find(|(_, name)| *name == text)
                .map(|(column, _)| column)
        };
        of(&self.0).or_else(|| of(self.below(dataname)?)).or_else(whole)
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
            let rest = &text[end..];
            let length = rest.find(['.', '[', ']', '"']).unwrap_or(rest.len());
            if let Some(number) = rest[..length].strip_prefix('#').and_then(place) {
                self.push_nth(&key, number);
                return Some(&rest[length..]);
            }
            self.push_key(&key);
            return Some(rest);
        }
        let end = text.find(['.', '[', ']', '"']).unwrap_or(text.len());
        let key = text.get(..end).filter(|key| !key.is_empty())?;
        let counted = key.rsplit_once('#').filter(|(name, _)| !name.is_empty());
        match counted.and_then(|(name, number)| Some((name, place(number)?))) {
            Some((name, number)) => self.push_nth(name, number),
            None => self.push_key(key),
        }
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
                Step::Nth(key, number) => write!(f, "{dot}{}#{number}", Value::from(key.as_str()))?,
            }
        }
        Ok(())
    }
}

/// The number of one among several, from 1.
fn place(digits: &str) -> Option<usize> {
    let number: usize = digits.parse().ok()?;
    (number > 0 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

/// Whether a key needs no quotes. The words that join the terms of a filter need them.
fn is_plain(key: &str) -> bool {
    let joins = |word: &&str| key.eq_ignore_ascii_case(word);
    key.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        && !["and", "or", "not"].iter().any(joins)
}

/// The string in quotes that a text begins with, and where it ends.
pub(crate) fn quoted(text: &str) -> Option<(String, usize)> {
    let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let string = text.starts_with('"').then(|| strings.next())??.ok()?;
    Some((string, strings.byte_offset()))
}

fn follow<'v>(steps: &[Step], value: JsonNode<'v>) -> Option<JsonNode<'v>> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Nth(key, number) => value.named(key).nth(number - 1),
        Step::Index(index) => value.item(*index),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_lead_to_values() {
        let text = r#"{"a": {"b": [1, {"c": 2}]}, "config": {"rate": 5}, "total amount": {"x.y": 7}}"#;
        let value = JsonNode::parse(text).unwrap();
        let of = |path: &str| path.parse::<ValuePath>().ok()?.of(value).map(JsonNode::raw);
        assert_eq!(of("a.b[1].c"), Some("2"));
        assert_eq!(of("a.b[7]"), None);
        assert_eq!(of("a.b.c"), None);
        assert_eq!(of("$"), Some(text));
        for same in [
            r#""total amount"."x.y""#,
            r#"total amount."x.y""#,
            r#"$["total amount"]["x.y"]"#,
        ] {
            assert_eq!(of(same), Some("7"), "{same}");
        }
        let rate: ValuePath = "doc.config.rate".parse().unwrap();
        assert_eq!(rate.of_named("doc", value).map(JsonNode::raw), Some("5"));
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
        let names = [
            "score",
            "total amount",
            "a.b",
            "id",
            "id",
            "",
            "%",
            "",
            "n#2",
            "id",
        ];
        for (path, column) in [
            ("score", Some(0)),
            ("rows.score", Some(0)),
            ("\"total amount\"", Some(1)),
            ("a.b", Some(2)),
            ("rows.\"a.b\"", Some(2)),
            ("id", Some(3)),
            ("id#2", Some(4)),
            ("rows.\"id\"#3", Some(9)),
            ("\"id\"#4", None),
            ("\"\"", Some(5)),
            ("\"\"#2", Some(7)),
            ("%", Some(6)),
            ("n#2", Some(8)),
            ("\"n#2\"", Some(8)),
            ("n", None),
        ] {
            let path: ValuePath = path.parse().unwrap();
            assert_eq!(path.column(names, "rows"), column, "{path}");
        }
        for column in 0..names.len() {
            let path = ValuePath::to_column(names, column);
            assert_eq!(path.to_string().parse(), Ok(path.clone()), "{path}");
            assert_eq!(path.column(names, "rows"), Some(column), "{path}");
        }
    }

    #[test]
    fn each_of_several_members_with_one_key_has_a_path() {
        let json = JsonNode::parse(r#"{"a": {"k k": 1, "b": 2, "k k": [3]}}"#).unwrap();
        let of = |path: &str| path.parse::<ValuePath>().unwrap().of(json).map(JsonNode::raw);
        assert_eq!(of("a.\"k k\"#1"), Some("1"));
        assert_eq!(of("a.\"k k\"#2[0]"), Some("3"));
        assert_eq!(of("a.b#1"), Some("2"));
        assert_eq!((of("a.b#2"), of("a.\"k k\"")), (None, Some("[3]")));
    }

    fn steps() -> impl Strategy<Value = ValuePath> {
        let step = prop_oneof![
            any::<usize>().prop_map(Step::Index),
            "[a-z$ .#1\"\\[\\]]{0,5}|\\PC{0,4}|[\n\t\\\\]{0,2}".prop_map(Step::Key),
            ("[a-z$ .#1\"\\[\\]]{0,5}", 1..9_usize).prop_map(|(key, number)| Step::Nth(key, number)),
        ];
        prop::collection::vec(step, 0..5).prop_map(ValuePath)
    }

    proptest! {
        #[test]
        fn what_is_written_is_parsed_again(path in steps()) {
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in "[a-z$.#\"\\[\\]0-9\\\\ ]{0,20}|\\PC{0,20}") {
            if let Ok(path) = text.parse::<ValuePath>() {
                prop_assert_eq!(path.to_string().parse(), Ok(path));
            }
        }
    }
}
