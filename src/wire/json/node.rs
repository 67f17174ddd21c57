//! A value inside JSON text: what it is, its own text, and what is in it, found when somebody looks. The text was found
//! valid before; here nothing is checked.

use super::cursor::{Cursor, Item};
use super::shape::Shape as JsonKind;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// A value where it stands in a JSON text. It holds no more than its place: copying it costs nothing, and every question
/// reads the text from there.
///
/// # Examples
///
/// ```
/// use natsbridge_wire::JsonText;
/// let json: JsonText = r#"{"name": "Ada", "scores": [1, 2.50], "name": "Eva"}"#.parse()?;
/// let root = json.root();
/// assert_eq!(root.get("scores").and_then(|list| list.item(1)?.number()), Some("2.50"));
/// assert_eq!(root.get("name").and_then(|name| name.text()).as_deref(), Some("Eva"));
/// assert_eq!(root.size(), 3);
/// # Ok::<(), natsbridge_wire::JsonError>(())
/// ```
#[derive(Clone, Copy)]
pub struct JsonNode<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> JsonNode<'a> {
    /// The value of a text that is valid JSON as it stands; `None` for any other text.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut cursor = Cursor::new(text, 0);
        cursor.peek();
        let at = cursor.at();
        cursor.item().and_then(|_| cursor.end()).ok()?;
        (!cursor.oddities.need_mending()).then_some(Self { text, at })
    }

    /// The value that starts at byte `at` of a valid text.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The text that it stands in.
    pub(super) fn whole(self) -> &'a str {
        self.text
    }

    /// The byte of the whole text that it starts at.
    pub fn place(self) -> usize {
        self.at
    }

    /// What sort of value it is.
    pub fn kind(self) -> JsonKind {
        match self.text.as_bytes().get(self.at) {
            Some(b'{') => JsonKind::Object,
            Some(b'[') => JsonKind::Array,
            Some(b'"') => JsonKind::Text,
            Some(b't' | b'f') => JsonKind::Bool,
            Some(b'n') | None => JsonKind::Null,
            Some(_) => JsonKind::Number,
        }
    }

    /// Its text as it was written: a string with its quotes and escapes, a number with all its digits.
    pub fn raw(self) -> &'a str {
        let mut cursor = self.cursor();
        match cursor.item() {
            Ok(_) => &self.text[self.at..cursor.at()],
            Err(_) => "null",
        }
    }

    /// The string that it is, its escapes resolved; `None` for any other value.
    pub fn text(self) -> Option<Cow<'a, str>> {
        if self.kind() != JsonKind::Text {
            return None;
        }
        self.cursor().item().ok().map(Item::text)
    }

    /// The number that it is, as it was written; `None` for any other value.
    pub fn number(self) -> Option<&'a str> {
        (self.kind() == JsonKind::Number).then(|| self.raw())
    }

    /// The double nearest to the number that it is; `None` for any other value, and for a number beyond all doubles.
    pub fn double(self) -> Option<f64> {
        let double: f64 = self.number()?.parse().ok()?;
        double.is_finite().then_some(double)
    }

    /// The items of an array, in their order; none for any other value.
    pub fn items(self) -> impl Iterator<Item = Self> {
        self.children(JsonKind::Array).map(|(_, item)| item)
    }

    /// The members of an object, in the order of the text: the key, which is a string, and the value. A key that is
    /// repeated comes as often as it stands there. None for any other value.
    pub fn members(self) -> impl Iterator<Item = (Self, Self)> {
        let text = self.text;
        let members = self.children(JsonKind::Object);
        members.filter_map(move |(key, value)| Some((Self::new(text, key?.at), value)))
    }

    /// How many items or members it has.
    pub fn size(self) -> usize {
        self.children(self.kind()).count()
    }

    /// The item of that number, counted from 0.
    pub fn item(self, index: usize) -> Option<Self> {
        self.items().nth(index)
    }

    /// The value of a member; of members with the same key the last one counts, as with common parsers.
    pub fn get(self, key: &str) -> Option<Self> {
        self.named(key).last()
    }

    /// The values of all members with this key, in the order of the text.
    pub fn named(self, key: &str) -> impl Iterator<Item = Self> {
        let is_key = move |name: &Item<'_>| match name.plain() {
            Some(plain) => plain == key,
            None => name.text() == key,
        };
        let members = self.children(JsonKind::Object);
        members.filter_map(move |(name, value)| name.filter(is_key).map(|_| value))
    }

    /// The members by their keys; of those with the same key the last one.
    pub(crate) fn by_key(self) -> HashMap<Cow<'a, str>, Self> {
        let members = self.children(JsonKind::Object);
        members
            .filter_map(|(key, value)| Some((key?.text(), value)))
            .collect()
    }

    /// It as a value of a type of yours, or as a `serde_json::Value`.
    ///
    /// # Errors
    /// When it does not fit the type; a `serde_json::Value` holds no number beyond all doubles.
    pub fn deserialize<T: Deserialize<'a>>(self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.raw())
    }

    fn cursor(self) -> Cursor<'a> {
        Cursor::new(self.text, self.at)
    }

    /// What it holds directly, if it is of that kind.
    fn children(self, kind: JsonKind) -> Children<'a> {
        let mut cursor = self.cursor();
        let level = (self.kind() == kind).then(|| Level::enter(kind, &mut cursor));
        Children {
            text: self.text,
            cursor,
            level: level.flatten(),
        }
    }
}

/// An array or object that a cursor is in.
pub(super) struct Level {
    array: bool,
    first: bool,
    /// The number of the child that is next, which is how many there were.
    pub next: usize,
}

impl Level {
    /// Enters the value that starts where the cursor stands; `None` unless it is an array or object.
    pub fn enter(kind: JsonKind, cursor: &mut Cursor<'_>) -> Option<Self> {
        let holds = matches!(kind, JsonKind::Array | JsonKind::Object);
        (holds && cursor.enter().is_ok()).then_some(Self {
            array: kind == JsonKind::Array,
            first: true,
            next: 0,
        })
    }

    /// Goes on to the next child's value, and gives its number and its key if it has one; `None` at the end.
    pub fn child<'a>(&mut self, cursor: &mut Cursor<'a>) -> Option<(usize, Option<Item<'a>>)> {
        let key = if self.array {
            cursor.next_item(&mut self.first).ok()?.then_some(None)?
        } else {
            Some(cursor.next_key(&mut self.first).ok()??)
        };
        cursor.peek();
        self.next += 1;
        Some((self.next - 1, key))
    }
}

/// The children of a value, one after the other.
struct Children<'a> {
    text: &'a str,
    cursor: Cursor<'a>,
    /// Nothing once it has ended.
    level: Option<Level>,
}

impl<'a> Iterator for Children<'a> {
    type Item = (Option<Item<'a>>, JsonNode<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let Some((_, key)) = self.level.as_mut()?.child(&mut self.cursor) else {
            self.level = None;
            return None;
        };
        let at = self.cursor.at();
        self.cursor.item().ok()?;
        Some((key, JsonNode::new(self.text, at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> JsonNode<'_> {
        JsonNode::parse(text).unwrap()
    }

    #[test]
    fn members_stand_in_their_order_and_as_often_as_they_were_sent() {
        let root = node(" {\"b\" : 1 , \"\\u0061\":[ ] ,\n\"\":{\"x\":null}, \"b\":\"\\n\\\"\" }\n");
        let members: Vec<_> = root
            .members()
            .map(|(key, value)| (key.text().unwrap(), value.raw()))
            .collect();
        let expected = [
            ("b", "1"),
            ("a", "[ ]"),
            ("", "{\"x\":null}"),
            ("b", "\"\\n\\\"\""),
        ];
        assert_eq!(members, expected.map(|(key, raw)| (key.into(), raw)));
        assert_eq!((root.place(), root.size()), (1, 4));
        assert_eq!(root.get("b").unwrap().text().unwrap(), "\n\"");
        assert_eq!(root.get("a").unwrap().size(), 0);
        let empty = root.get("").unwrap();
        assert_eq!(empty.get("x").map(JsonNode::kind), Some(JsonKind::Null));
        assert!(root.get("c").is_none() && root.item(0).is_none() && root.text().is_none());
        let keys: Vec<_> = root.members().map(|(key, _)| key.raw()).collect();
        assert_eq!(keys, ["\"b\"", "\"\\u0061\"", "\"\"", "\"b\""]);
    }

    #[test]
    fn numbers_keep_every_character() {
        let digits = "1234567890123456789012345678901234567890";
        let text = format!("[1e1000, -0, 0.10, {digits}, -2.5E+3]");
        let numbers: Vec<_> = node(&text).items().map(|item| item.number().unwrap()).collect();
        assert_eq!(numbers, ["1e1000", "-0", "0.10", digits, "-2.5E+3"]);
        let doubles: Vec<_> = node(&text).items().map(JsonNode::double).collect();
        assert_eq!(
            (doubles[0], doubles[2], doubles[4]),
            (None, Some(0.1), Some(-2500.0))
        );
        assert_eq!(node("\"1\"").number(), None);
    }

    #[test]
    fn every_kind_is_known_by_its_first_character() {
        use JsonKind::{Array, Bool, Null, Number, Object, Text};
        let kinds: Vec<_> = node("[\"\", null, true, false, 0, -1, [], {}]")
            .items()
            .map(JsonNode::kind)
            .collect();
        assert_eq!(kinds, [Text, Null, Bool, Bool, Number, Number, Array, Object]);
    }

    #[test]
    fn only_valid_json_is_taken_as_it_is() {
        for text in ["", " ", "[1", "NaN", "[\"\\ud800\"]", "{} {}", "nul", "\u{feff}1"] {
            assert!(JsonNode::parse(text).is_none(), "{text}");
        }
        let deepest = "[".repeat(127) + &"]".repeat(127);
        let mut inner = node(&deepest);
        let mut depth = 1;
        while let Some(item) = inner.item(0) {
            (inner, depth) = (item, depth + 1);
        }
        assert_eq!(depth, 127);
    }

    #[test]
    fn a_value_becomes_a_type_of_its_readers() {
        let json = node("{\"rates\": [1, 2.5], \"name\": \"Ada\"}");
        let rates: Vec<f64> = json.get("rates").unwrap().deserialize().unwrap();
        assert_eq!(rates, [1.0, 2.5]);
        assert_eq!(json.get("name").unwrap().deserialize::<&str>().unwrap(), "Ada");
        assert!(node("1e1000").deserialize::<serde_json::Value>().is_err());
    }
}
