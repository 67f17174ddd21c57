//! Numbers whose JSON text differs from how the parsed number would be written: `1.10`, `1e3`, integers beyond 64
//! bits.

use super::cursor::{Cursor, Fault, Shape};
use crate::bounds::Limits;
use crate::bytes::Blob;
use std::collections::HashMap;

/// The texts of such numbers, by their path of child indexes from the root.
pub type NumberTexts = HashMap<Vec<usize>, String>;

/// Finds them in a JSON text; none in what is no JSON, or is too large to be read.
pub fn number_texts(body: &Blob, limits: &Limits) -> NumberTexts {
    let mut walk = Walk {
        path: Vec::new(),
        found: HashMap::new(),
        most: limits.json_nodes,
    };
    if let Ok(Some(bytes)) = body.load(limits.json_value as u64)
        && let Ok(text) = std::str::from_utf8(&bytes)
    {
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        // What is found before a fault counts.
        let _ = walk.value(&mut Cursor::new(text, start));
    }
    walk.found
}

struct Walk {
    path: Vec<usize>,
    found: NumberTexts,
    most: usize,
}

impl Walk {
    fn value(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        match cursor.peek() {
            b'{' => self.object(cursor),
            b'[' => self.array(cursor),
            _ => {
                let item = cursor.item()?;
                if item.shape == Shape::Number && self.found.len() < self.most && is_otherwise(item.raw) {
                    self.found.insert(self.path.clone(), item.raw.to_owned());
                }
                Ok(())
            }
        }
    }

    fn array(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        cursor.enter()?;
        let (mut first, mut at) = (true, 0);
        while cursor.next_item(&mut first)? {
            self.child(at, cursor)?;
            at += 1;
        }
        Ok(())
    }

    fn object(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        cursor.enter()?;
        let (mut first, mut places) = (true, HashMap::new());
        while let Some(key) = cursor.next_key(&mut first)? {
            let next = places.len();
            let place = *places.entry(key.text().into_owned()).or_insert(next);
            if place != next {
                // The key occurred before: its value there no longer counts.
                self.path.push(place);
                let path = &self.path;
                self.found.retain(|known, _| !known.starts_with(path));
                self.path.pop();
            }
            self.child(place, cursor)?;
        }
        Ok(())
    }

    fn child(&mut self, at: usize, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        self.path.push(at);
        let done = self.value(cursor);
        self.path.pop();
        done
    }
}

/// Whether the number would be written otherwise once it is parsed.
fn is_otherwise(raw: &str) -> bool {
    // Short whole numbers, by far the most, are written as they are.
    if raw.len() < 16
        && !raw.starts_with("-0")
        && raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        return false;
    }
    serde_json::from_str::<serde_json::Number>(raw).is_ok_and(|number| number.to_string() != raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(json: &'static str) -> Vec<(Vec<usize>, String)> {
        let found = number_texts(
            &bytes::Bytes::from_static(json.as_bytes()).into(),
            &Limits::DEFAULT,
        );
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort();
        found
    }

    #[test]
    fn only_what_would_be_written_otherwise_is_kept() {
        let json = r#"{"a": 1, "b": [1.5, 1.10, {"c": 1e3}], "d": 123456789012345678901234567890, "e": -0, "f": -7}"#;
        let expected = [
            (vec![1, 1], "1.10"),
            (vec![1, 2, 0], "1e3"),
            (vec![2], "123456789012345678901234567890"),
            (vec![3], "-0"),
        ];
        assert_eq!(texts(json), expected.map(|(path, text)| (path, text.to_owned())));
        assert_eq!(texts("2.50"), [(vec![], "2.50".to_owned())]);
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_value_counts() {
        assert_eq!(
            texts(r#"{"a": 1.10, "b": 2, "a": 1.20}"#),
            [(vec![0], "1.20".to_owned())]
        );
        assert_eq!(texts(r#"{"a": [1.10], "a": 3}"#), []);
    }

    #[test]
    fn what_is_no_json_has_none() {
        assert_eq!(texts("1.10 text"), [(vec![], "1.10".to_owned())]);
        assert_eq!(texts("text"), []);
    }
}
