//! A JSON value kept as its own text, found valid once: nothing is lost, and it costs no more than its text.

use super::cursor::{Cursor, Deviations, Fault};
use super::node::JsonNode;
use super::text::mended;
use crate::bounds::Charge;
use bytestring::ByteString;
use serde::de::Deserialize;
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt::{self, Debug, Display, Formatter};
use std::str::FromStr;

/// A JSON value as it was written: numbers with all their digits, keys in their order and as often as they were sent.
/// Cloning shares the text.
///
/// Two of them are equal if they mean the same: numbers by their value, keys in any order, of repeated keys the last.
/// `{}` writes it on one line without white space, `{:#}` over several lines; [`as_str`](Self::as_str) is the text itself.
///
/// # Examples
///
/// ```
/// use natsbridge_wire::JsonText;
/// let json: JsonText = r#"{"rate": 0.10, "limit": 1e1000}"#.parse()?;
/// assert_eq!(json.root().get("limit").and_then(|limit| limit.number()), Some("1e1000"));
/// let rate: f64 = json.root().get("rate").unwrap().deserialize()?;
/// assert_eq!(rate, 0.1);
/// assert_eq!(json, r#"{"limit":10e999,"rate":0.1}"#.parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct JsonText(ByteString);

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the JSON cannot be read from byte {at} on: {what}")]
pub struct JsonError {
    at: usize,
    what: &'static str,
}

impl JsonText {
    /// Reads the value that `text` has from byte `start` on, sharing its bytes. Where the deviations need mending, it has to
    /// be [`mended`](Self::mended) before anything else is done with it.
    pub(crate) fn read(text: &ByteString, start: usize) -> Result<(Self, Deviations), Fault> {
        let mut cursor = Cursor::new(text, start);
        cursor.peek();
        let start = cursor.at();
        cursor.item()?;
        let value = &text[start..cursor.at()];
        cursor.end()?;
        Ok((Self(text.slice_ref(value)), cursor.oddities))
    }

    /// The same, written anew so that strict parsers read it; the memory for that is charged.
    pub(crate) fn mended(&self, mut charge: Charge) -> Self {
        let text = mended(&self.0);
        charge.shrink_to(text.len() as u64);
        let held = ByteString::try_from(charge.hold(text.into_bytes()));
        Self(held.unwrap_or_default())
    }

    /// The text, which is valid JSON without white space around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value.
    pub fn root(&self) -> JsonNode<'_> {
        JsonNode::new(&self.0, 0)
    }

    /// The value that starts at that byte, as [`JsonNode::place`] gave it; `None` where no value can start.
    pub fn at(&self, place: usize) -> Option<JsonNode<'_>> {
        let first = self.0.as_bytes().get(place)?;
        let starts = matches!(
            first,
            b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'
        );
        starts.then(|| JsonNode::new(&self.0, place))
    }

    /// The member of an object whose key starts at that byte: its key and its value.
    pub fn member_at(&self, place: usize) -> Option<(JsonNode<'_>, JsonNode<'_>)> {
        let key = self.at(place)?;
        let mut cursor = Cursor::new(&self.0, place);
        cursor.next_key(&mut true).ok()??;
        cursor.peek();
        Some((key, self.at(cursor.at())?))
    }

    /// It as a value of a type of yours, or as a `serde_json::Value`.
    ///
    /// # Errors
    /// When it does not fit the type; a `serde_json::Value` holds no number beyond all doubles.
    pub fn deserialize<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        self.root().deserialize()
    }
}

/// Reads JSON as peers write it: NaN and infinities become null, lone surrogates U+FFFD.
impl FromStr for JsonText {
    type Err = JsonError;

    fn from_str(text: &str) -> Result<Self, JsonError> {
        let error = |fault: Fault| JsonError {
            at: fault.at,
            what: fault.what,
        };
        let (json, oddities) = Self::read(&text.into(), 0).map_err(error)?;
        Ok(if oddities.need_mending() {
            Self(mended(&json.0).into())
        } else {
            json
        })
    }
}

/// A part of a text as a text of its own.
impl From<JsonNode<'_>> for JsonText {
    fn from(node: JsonNode<'_>) -> Self {
        Self(node.raw().into())
    }
}

impl PartialEq for JsonText {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl Eq for JsonText {}

impl Display for JsonText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.root(), f)
    }
}

impl Debug for JsonText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Goes into other JSON as it is.
impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.as_str()).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_kept_and_shared() {
        let sent = ByteString::from_static("\u{feff} {\"a\": 1e1000, \"b\": -0} \n");
        let (json, oddities) = JsonText::read(&sent, 3).unwrap();
        assert_eq!(json.as_str(), "{\"a\": 1e1000, \"b\": -0}");
        assert_eq!(json.as_str().as_ptr(), sent[4..].as_ptr());
        let beyond_double = Some(10);
        let expected = Deviations {
            beyond_double,
            ..Deviations::default()
        };
        assert_eq!(oddities, expected);
        let fault = JsonText::read(&sent, 0).unwrap_err();
        assert_eq!(fault.at, 0);
    }

    #[test]
    fn what_strict_parsers_refuse_is_mended() {
        let json: JsonText = "[NaN, -Infinity, \"\\ud800!\"]".parse().unwrap();
        assert_eq!(json.as_str(), "[null, null, \"\u{FFFD}!\"]");
        let why = "[1,]".parse::<JsonText>().unwrap_err();
        assert!(why.to_string().contains("from byte 3 on"), "{why}");
    }

    #[test]
    fn places_lead_back_to_values_and_members() {
        let json: JsonText = "{\"a\" : [1, \"x\"], \"a\":{}}".parse().unwrap();
        let root = json.root();
        let (key, value) = root.members().next().unwrap();
        let member = json.member_at(key.place()).unwrap();
        assert_eq!((member.0.raw(), member.1.raw()), ("\"a\"", "[1, \"x\"]"));
        let item = value.item(1).unwrap();
        assert_eq!(json.at(item.place()).unwrap().raw(), "\"x\"");
        for place in 0..40 {
            // Any other place tells something or nothing; none fails.
            let _ = json.at(place).map(|node| (node.raw(), node.size()));
            let _ = json.member_at(place).map(|(_, value)| value.text());
        }
        assert!(json.at(4).is_none() && json.member_at(0).is_none());
    }

    #[test]
    fn it_goes_into_other_json_as_it_is() {
        let json: JsonText = "{\"b\":1e1000,\"b\":0.10}".parse().unwrap();
        assert_eq!(
            serde_json::to_string(&[&json]).unwrap(),
            "[{\"b\":1e1000,\"b\":0.10}]"
        );
    }
}
