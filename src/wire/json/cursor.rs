//! A pull parser for JSON text: exact offsets, borrowed values, minimal copying. It is as strict as the standard,
//! except for two deviations of real peers, which it counts and can repair: NaN and infinities, and lone surrogates.
//! Values are interpreted by the reader.

#![expect(
    clippy::inline_always,
    reason = "without inlining, items are returned through memory, which costs more than reading them"
)]

use super::number::{LONGEST_DOUBLE, beyond_double, beyond_exact};
use super::shape::Shape;
use super::string_ends::Marks;
use super::text::{escape_length, mended, non_finite, unescape, unit};
use crate::bounds::Limits;
use crate::envelope::RawJson;
use std::borrow::Cow;

/// Why text is not JSON, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Byte offset.
    pub at: usize,
    /// What is at that place, as the end of a sentence.
    pub what: &'static str,
    /// Whether only the nesting is too deep.
    pub too_deep: bool,
}

/// One value as it stands in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub shape: Shape,
    /// The value's text; a string's without its quotes.
    pub raw: &'a str,
    /// Byte offset of the value.
    pub at: usize,
    escaped: bool,
    mend: bool,
}

impl<'a> Item<'a> {
    /// The string, if it contains no escapes.
    #[inline(always)]
    pub fn plain(self) -> Option<&'a str> {
        (self.shape == Shape::Text && !self.escaped).then_some(self.raw)
    }

    /// What a key means, by its name.
    #[inline(always)]
    pub fn known<T>(self, by_name: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        match self.plain() {
            Some(name) => by_name(name.as_bytes()),
            None => by_name(self.text().as_bytes()),
        }
    }

    /// The value's text; that of null is empty.
    pub fn word(self) -> Cow<'a, str> {
        match self.shape {
            Shape::Null => Cow::Borrowed(""),
            _ => self.text(),
        }
    }

    /// The unescaped string; any other value's text.
    #[inline(always)]
    pub fn text(self) -> Cow<'a, str> {
        match self.shape {
            Shape::Text if self.escaped => Cow::Owned(unescape(self.raw)),
            Shape::Text => Cow::Borrowed(self.raw),
            _ => self.json().0,
        }
    }

    /// The value as valid JSON text.
    pub fn json(self) -> RawJson<'a> {
        RawJson(match self.shape {
            Shape::Text if self.mend => Cow::Owned(mended(&format!("\"{}\"", self.raw))),
            Shape::Text => Cow::Owned(format!("\"{}\"", self.raw)),
            _ if self.mend => Cow::Owned(mended(self.raw)),
            _ => Cow::Borrowed(self.raw),
        })
    }
}

/// Deviations that are not errors: the offset of the first of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Deviations {
    /// NaN or an infinity.
    pub non_finite: Option<usize>,
    /// Half of a surrogate pair.
    pub lone_surrogate: Option<usize>,
    /// An integer beyond 2^53.
    pub big_integer: Option<usize>,
    pub huge_integer: Option<usize>,
    /// A number that no double holds: too large, too small, or with more digits.
    pub beyond_double: Option<usize>,
}

impl Deviations {
    /// Whether the text must be repaired before a strict parser accepts it.
    pub fn need_mending(&self) -> bool {
        self.non_finite.is_some() || self.lone_surrogate.is_some()
    }
}

type Outcome<T> = Result<T, Fault>;

/// The cursor.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    marks: Marks,
    depth: usize,
    tolerated: usize,
    pub oddities: Deviations,
}

impl<'a> Cursor<'a> {
    /// Starts reading `text` at byte `at`; all offsets count from the beginning of `text`.
    pub fn new(text: &'a str, at: usize) -> Self {
        Self {
            text,
            at,
            marks: Marks::new(),
            depth: 0,
            tolerated: 0,
            oddities: Deviations::default(),
        }
    }

    /// Where it stands: a byte offset.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The byte the next value starts with; 0 at the end.
    #[inline(always)]
    pub fn peek(&mut self) -> u8 {
        match self.text.as_bytes().get(self.at) {
            Some(byte) if *byte > b' ' => *byte,
            _ => self.peek_behind_space(),
        }
    }

    #[cold]
    fn peek_behind_space(&mut self) -> u8 {
        let space = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        self.at += self.rest().iter().take_while(space).count();
        self.rest().first().copied().unwrap_or(0)
    }

    /// Enters the array or object that starts here.
    #[inline(always)]
    pub fn enter(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth > Limits::in_force().json_depth {
            return Err(Fault {
                at: self.at,
                what: "nested too deeply",
                too_deep: true,
            });
        }
        self.at += 1;
        Ok(())
    }

    /// Within an object: the next key, its colon passed; `None` when the object has ended.
    #[inline(always)]
    pub fn next_key(&mut self, first: &mut bool) -> Outcome<Option<Item<'a>>> {
        if !self.next(first, b'}')? {
            return Ok(None);
        }
        if self.peek() != b'"' {
            return Err(self.fault("where a quoted key is expected"));
        }
        let key = self.string()?;
        if self.peek() != b':' {
            return Err(self.fault("where a colon is expected"));
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Within an array: whether another item follows; `false` when the array has ended.
    pub fn next_item(&mut self, first: &mut bool) -> Outcome<bool> {
        self.next(first, b']')
    }

    #[inline(always)]
    fn next(&mut self, first: &mut bool, close: u8) -> Outcome<bool> {
        let byte = self.peek();
        if byte == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if !*first {
            if byte != b',' {
                return Err(self.fault("where a comma or the end is expected"));
            }
            self.at += 1;
            if self.peek() == close {
                return Err(self.fault("after a comma with nothing following it"));
            }
        }
        *first = false;
        Ok(true)
    }

    /// Takes one whole value.
    #[inline(always)]
    pub fn item(&mut self) -> Outcome<Item<'a>> {
        match self.peek() {
            b'"' => self.string(),
            first => {
                let (at, tolerated) = (self.at, self.tolerated);
                let shape = self.unquoted(first)?;
                Ok(Item {
                    shape,
                    raw: &self.text[at..self.at],
                    at,
                    escaped: false,
                    mend: self.tolerated > tolerated,
                })
            }
        }
    }

    /// Passes a value that is no string.
    fn unquoted(&mut self, first: u8) -> Outcome<Shape> {
        let mut first_item = true;
        match first {
            b'{' => {
                self.enter()?;
                while self.next_key(&mut first_item)?.is_some() {
                    self.item()?;
                }
                Ok(Shape::Object)
            }
            b'[' => {
                self.enter()?;
                while self.next_item(&mut first_item)? {
                    self.item()?;
                }
                Ok(Shape::Array)
            }
            b't' | b'f' => self.word().map(|()| Shape::Bool),
            b'n' => self.word().map(|()| Shape::Null),
            _ => self.number().map(|()| Shape::Number),
        }
    }

    /// Checks that nothing but white space follows.
    pub fn end(&mut self) -> Outcome<()> {
        match self.peek() {
            0 if self.at == self.text.len() => Ok(()),
            _ => Err(self.fault("after the end of the JSON value")),
        }
    }

    #[cold]
    fn fault(&self, what: &'static str) -> Fault {
        let early = self.at >= self.text.len();
        Fault {
            at: self.at,
            what: if early { "the text ends early" } else { what },
            too_deep: false,
        }
    }

    #[inline(always)]
    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn word(&mut self) -> Outcome<()> {
        for word in ["true", "false", "null"] {
            if self.rest().starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(());
            }
        }
        Err(self.fault("where a value is expected"))
    }

    fn number(&mut self) -> Outcome<()> {
        let start = self.at;
        if let Some(length) = non_finite(self.rest()) {
            self.tolerated += 1;
            self.oddities.non_finite.get_or_insert(start);
            self.at += length;
            return Ok(());
        }
        self.at += usize::from(self.rest().first() == Some(&b'-'));
        match self.rest().first() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.fault("where a value is expected")),
        }
        let integer = &self.text[start..self.at];
        let mut whole = true;
        if self.rest().first() == Some(&b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        let mut far = self.at - start > LONGEST_DOUBLE;
        if let Some(b'e' | b'E') = self.rest().first() {
            whole = false;
            self.at += 1;
            self.at += usize::from(matches!(self.rest().first(), Some(b'+' | b'-')));
            let exponent = self.at;
            self.digits()?;
            far |= self.at - exponent > 2;
        }
        // 2^53 has 16 digits, so shorter numbers need no check.
        if whole && integer.len() >= 16 && beyond_exact(integer) {
            self.oddities.big_integer.get_or_insert(start);
            let huge = integer.parse::<i64>().is_err().then_some(start);
            self.oddities.huge_integer = self.oddities.huge_integer.or(huge);
        }
        if far && beyond_double(&self.text[start..self.at], whole) {
            self.oddities.beyond_double.get_or_insert(start);
        }
        Ok(())
    }

    fn digits(&mut self) -> Outcome<()> {
        let count = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += count;
        if count == 0 {
            return Err(self.fault("where a digit is expected"));
        }
        Ok(())
    }

    #[inline(always)]
    fn string(&mut self) -> Outcome<Item<'a>> {
        let (quote, tolerated) = (self.at, self.tolerated);
        self.at = self.marks.next(self.text.as_bytes(), self.at + 1);
        let escaped = self.rest().first() != Some(&b'"');
        if escaped {
            self.escaped_rest()?;
        }
        self.at += 1;
        Ok(Item {
            shape: Shape::Text,
            raw: &self.text[quote + 1..self.at - 1],
            at: quote,
            escaped,
            mend: self.tolerated > tolerated,
        })
    }

    /// Goes on to the closing quote from where a string is no longer plain.
    #[cold]
    fn escaped_rest(&mut self) -> Outcome<()> {
        loop {
            match self.rest().first() {
                Some(b'"') => return Ok(()),
                Some(b'\\') => self.escape()?,
                _ => return Err(self.fault("a control character inside a string")),
            }
            self.at = self.marks.next(self.text.as_bytes(), self.at);
        }
    }

    fn escape(&mut self) -> Outcome<()> {
        if let Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') = self.rest().get(1) {
            self.at += 2;
            return Ok(());
        }
        let high = unit(self.rest()).ok_or_else(|| self.fault("an invalid escape"))?;
        let length = escape_length(self.rest(), high);
        if length.is_none() {
            self.tolerated += 1;
            self.oddities.lone_surrogate.get_or_insert(self.at);
        }
        self.at += length.unwrap_or(6);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn take(text: &str) -> Result<Deviations, Fault> {
        let mut cursor = Cursor::new(text, 0);
        cursor.item()?;
        cursor.end()?;
        Ok(cursor.oddities)
    }

    fn strict(text: &str) -> bool {
        serde_json::from_str::<serde_json::Value>(text).is_ok()
    }

    #[test]
    fn nesting_of_127_levels_is_the_last_that_opens() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(take(&nested(127)).is_ok() && strict(&nested(127)));
        for levels in [128, 129, 10_000, 1_000_000] {
            let fault = take(&nested(levels)).unwrap_err();
            assert!(fault.too_deep && fault.at == 127, "{levels}: {fault:?}");
        }
    }

    #[test]
    fn non_finite_numbers_and_half_pairs_are_mended() {
        let text = r#"{"a":[NaN,-Infinity,1],"NaN":"Infinity \ud83d \ude00 \ud83d\ude00"}"#;
        let oddities = take(text).unwrap();
        assert_eq!(oddities.non_finite, Some(6));
        assert_eq!(oddities.lone_surrogate, Some(39));
        assert_eq!(
            mended(text),
            "{\"a\":[null,null,1],\"NaN\":\"Infinity \u{FFFD} \u{FFFD} \\ud83d\\ude00\"}"
        );
    }

    #[test]
    fn faults_carry_their_offset() {
        for (text, at) in [
            ("{\"a\":1", 6),
            ("{\"a\" 1}", 5),
            ("{a:1}", 1),
            ("[1,]", 3),
            ("\"\\x\"", 1),
            ("\"a\nb\"", 2),
            ("01", 1),
            ("", 0),
            ("[1] x", 4),
        ] {
            assert_eq!(take(text).unwrap_err().at, at, "{text}");
        }
    }

    #[test]
    fn integers_beyond_a_double_are_seen() {
        assert_eq!(take("[9007199254740992]").unwrap().big_integer, None);
        assert_eq!(take("[1,9007199254740993]").unwrap().big_integer, Some(3));
        assert_eq!(take("-18446744073709551616").unwrap().huge_integer, Some(0));
        assert_eq!(take("12345678901234567890.5").unwrap().big_integer, None);
    }

    #[test]
    fn numbers_that_no_double_holds_are_seen() {
        for (text, at) in [
            ("[0.5, 1e1000]", Some(6)),
            ("-1E+309", Some(0)),
            ("1e-400", Some(0)),
            ("3.14159265358979323846264338327950288", Some(0)),
            ("[12345678901234567890.5]", Some(1)),
            (&"9".repeat(400), Some(0)),
            ("1.7976931348623157e308", None),
            ("5e-324", None),
            ("-0.30000000000000004", None),
            ("0e1000", None),
            ("0.10000000000000000000000000", None),
            ("1000000000000000000000000000000", None),
        ] {
            assert_eq!(take(text).unwrap().beyond_double, at, "{text}");
        }
    }

    fn jsonish() -> impl Strategy<Value = String> {
        let token = prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\\", "\\u", "\\ud83d", "d800", "0", "-", "1.5",
            "e3", "E+", "true", "false", "null", " ", "\n", "é", "🚀", "\\n", "\u{1}", "{\"k\":", "[1,",
            "\"\":",
        ]);
        prop::collection::vec(token, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn agrees_with_a_strict_parser(text in jsonish()) {
            let ours = take(&text);
            if strict(&text) {
                prop_assert_eq!(ours.map(|o| o.need_mending()), Ok(false));
            } else if let Ok(oddities) = ours {
                // A number such as 1e999 is JSON, only no double.
                prop_assert!(oddities.need_mending() || text.contains(['e', 'E']), "{}", text);
                prop_assert!(strict(&mended(&text)) || text.contains(['e', 'E']), "{}", text);
            }
        }

        #[test]
        fn strings_decode_as_a_strict_parser_does(text in any::<String>()) {
            let quoted = serde_json::to_string(&text).unwrap();
            let mut cursor = Cursor::new(&quoted, 0);
            let item = cursor.item().unwrap();
            prop_assert_eq!(item.text(), text);
        }
    }
}
