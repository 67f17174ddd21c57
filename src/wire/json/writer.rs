//! JSON written straight into a buffer, member by member, with no tree in between; and JSON text brought onto one line
//! that no terminal acts on.

use crate::text::acts_on_terminal;
use serde::Serialize;
use std::io::Write as _;

/// An object being written.
#[derive(Debug)]
pub struct ObjectWriter<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl<'o> ObjectWriter<'o> {
    /// Opens an object.
    pub fn begin(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true }
    }

    /// The rest of an object whose first members are written elsewhere.
    pub fn go_on(out: &'o mut Vec<u8>) -> Self {
        Self { out, first: false }
    }

    /// Writes the key of the next member; its value is written into what this returns.
    pub fn key(&mut self, key: &'static str) -> &mut Vec<u8> {
        // A key of our own has nothing to escape.
        debug_assert!(is_plain(key.as_bytes()), "{key:?}");
        self.out.reserve(key.len() + 4);
        self.next_member();
        for part in [b"\"", key.as_bytes(), b"\":"] {
            self.out.extend_from_slice(part);
        }
        self.out
    }

    /// As [`ObjectWriter::key`], for the keys of others.
    pub fn foreign_key(&mut self, key: &str) -> &mut Vec<u8> {
        self.next_member();
        write_text(self.out, key);
        self.out.push(b':');
        self.out
    }

    fn next_member(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
    }

    /// A text.
    pub fn text(&mut self, key: &'static str, value: &str) {
        write_text(self.key(key), value);
    }

    /// A text, or null.
    pub fn optional_text(&mut self, key: &'static str, value: Option<&str>) {
        match value {
            Some(text) => self.text(key, text),
            None => self.null(key),
        }
    }

    /// A number, or null.
    pub fn number(&mut self, key: &'static str, value: impl Into<Option<u64>>) {
        match value.into() {
            Some(number) => write_number(self.key(key), number),
            None => self.null(key),
        }
    }

    /// Null.
    pub fn null(&mut self, key: &'static str) {
        self.key(key).extend_from_slice(b"null");
    }

    /// JSON text as it is, on one line.
    pub fn json(&mut self, key: &'static str, json: &str) {
        write_compact(self.key(key), json);
    }

    /// Any value.
    pub fn value(&mut self, key: &'static str, value: &impl Serialize) {
        write_value(self.key(key), value);
    }

    /// Bytes written so far, what stood there before included.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Takes back what was written after that many bytes: whole members.
    pub(crate) fn cut(&mut self, length: usize) {
        self.out.truncate(length);
    }

    /// Closes the object.
    pub fn end(self) {
        self.out.push(b'}');
    }
}

/// Writes an array, each item by `write`.
pub fn write_array<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// Writes a JSON string.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    if is_plain(text.as_bytes()) {
        out.reserve(text.len() + 2);
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        write_value(out, &text);
    }
}

/// Whether none of these bytes is escaped in a JSON string.
fn is_plain(bytes: &[u8]) -> bool {
    const BLOCK: usize = 16;
    let plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    // Without a short circuit, so that all bytes of a block are looked at in one step.
    let all_plain = |block: &[u8; BLOCK]| block.iter().fold(true, |all, byte| all & plain(byte));
    let (blocks, rest) = bytes.as_chunks();
    // The last block may overlap the one before it.
    match bytes.last_chunk() {
        Some(last) => blocks.iter().all(all_plain) && all_plain(last),
        None => rest.iter().all(plain),
    }
}

/// Bytes that a text takes as a JSON string.
pub(crate) fn text_size(text: &str) -> usize {
    let more = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | 8 | b'\t' | b'\n' | 12 | b'\r' => 1,
        0..0x20 => 5,
        _ => 0,
    });
    text.len() + more.sum::<usize>() + 2
}

/// Writes a whole number.
pub(crate) fn write_number(out: &mut Vec<u8>, number: u64) {
    write_value(out, &number);
}

/// Writes any value.
pub(crate) fn write_value(out: &mut Vec<u8>, value: &impl Serialize) {
    let start = out.len();
    // A buffer takes everything, and no value of ours refuses to be written; if one did, no half may remain.
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

/// Writes valid JSON text without the white space between its parts, numbers and strings as they are.
pub(crate) fn write_compact(out: &mut Vec<u8>, json: &str) {
    let space = |byte: u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    let bytes = json.as_bytes();
    if !bytes.iter().fold(false, |any, byte| any | space(*byte)) {
        out.extend_from_slice(bytes);
        return;
    }
    out.reserve(bytes.len());
    let (mut from, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'"' => at = string_end(bytes, at + 1),
            byte if space(byte) => {
                out.extend_from_slice(&bytes[from..at]);
                while bytes.get(at).is_some_and(|byte| space(*byte)) {
                    at += 1;
                }
                from = at;
            }
            _ => at += 1,
        }
    }
    out.extend_from_slice(&bytes[from..]);
}

/// Where the string ends whose text starts at `from`: behind its closing quote.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at.min(bytes.len())..]) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

/// Brings JSON that was written to `out` from byte `start` on onto one line on which no character acts on a terminal. Its value
/// is unchanged: such characters occur only inside strings, where they are escaped, and line breaks and tabs only between the
/// parts, where they become spaces.
pub fn escape_json(out: &mut Vec<u8>, start: usize) {
    let plain = |byte: u8| (0x20..0x7f).contains(&byte);
    if out[start..].iter().fold(true, |all, byte| all & plain(*byte)) {
        return;
    }
    let written = out.split_off(start);
    for chunk in written.utf8_chunks() {
        for c in chunk.valid().chars() {
            if matches!(c, '\n' | '\r' | '\t') {
                out.push(b' ');
            } else if acts_on_terminal(c) {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing into a buffer cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            } else {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
}

/// As [`escape_json`], with the lines that it has.
pub fn escape_json_lines(json: &str) -> String {
    let mut out = Vec::with_capacity(json.len());
    for line in json.split_inclusive('\n') {
        let (start, text) = (out.len(), line.trim_end_matches('\n'));
        out.extend_from_slice(text.as_bytes());
        escape_json(&mut out, start);
        out.extend_from_slice(&line.as_bytes()[text.len()..]);
    }
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn members_are_written_in_their_order() {
        let mut out = Vec::new();
        let mut object = ObjectWriter::begin(&mut out);
        write_text(object.foreign_key("a \"b\""), "line\nbreak");
        object.optional_text("c", None);
        object.number("d", u64::MAX);
        object.number("e", None);
        object.json("f", "{ \"x y\" : [ 1e1000 , 0.10,\t-0 ] }");
        write_array(object.key("g"), [1, 2], write_number);
        object.value("h", &[true]);
        object.end();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"a \"b\"":"line\nbreak","c":null,"d":18446744073709551615,"e":null,"f":{"x y":[1e1000,0.10,-0]},"g":[1,2],"h":[true]}"#
        );
    }

    fn escaped(json: &str) -> String {
        let mut out = b"before\n".to_vec();
        out.extend_from_slice(json.as_bytes());
        escape_json(&mut out, 7);
        String::from_utf8(out.split_off(7)).unwrap()
    }

    #[test]
    fn no_character_acts_on_a_terminal() {
        let value = json!({"a": "\u{1b}]0;x\u{7}\u{9b}31m\u{7f}\u{202e}\u{feff}\u{fff9}\u{e0041} ä 日本"});
        let line = escaped(&value.to_string());
        assert!(line.chars().all(|c| !acts_on_terminal(c)), "{line}");
        assert!(line.contains("ä 日本"), "harmless text stays readable");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
        assert_eq!(escaped("{\n\t\"a\": 1\r\n}"), "{  \"a\": 1  }");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            "[ -~\\n\\t\"\\\\ä]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[ a-z\"\\\\]{0,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn compact_text_is_that_of_the_serializer(value in any_json()) {
            let mut out = Vec::new();
            write_compact(&mut out, &serde_json::to_string_pretty(&value).unwrap());
            prop_assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
        }

        #[test]
        fn texts_are_those_of_the_serializer(text in "\\PC*|[ -~\\n\"\\\\]*|[\\x00-\\x20]*") {
            let mut out = Vec::new();
            write_text(&mut out, &text);
            prop_assert_eq!(out.len(), text_size(&text));
            prop_assert_eq!(String::from_utf8(out).unwrap(), Value::from(text).to_string());
        }
    }
}
