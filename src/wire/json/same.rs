//! Whether two JSON values mean the same: numbers by their value, keys in any order.

use super::node::JsonNode;
use super::number::Decimal;
use super::shape::Shape as JsonKind;

/// By meaning: `1.0` is `1e0`, strings are compared without their escapes, the order of keys does not count, and of
/// members with the same key only the last one does.
impl PartialEq for JsonNode<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind()
            && match self.kind() {
                JsonKind::Null => true,
                JsonKind::Bool => self.raw() == other.raw(),
                JsonKind::Text => self.text() == other.text(),
                JsonKind::Number => same_number(self.raw(), other.raw()),
                JsonKind::Array => self.items().eq(other.items()),
                JsonKind::Object => self.by_key() == other.by_key(),
            }
    }
}

impl Eq for JsonNode<'_> {}

fn same_number(a: &str, b: &str) -> bool {
    a == b || Decimal::of(a) == Decimal::of(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_by_what_they_mean() {
        let same = |a, b| JsonNode::parse(a).unwrap() == JsonNode::parse(b).unwrap();
        for (a, b) in [
            ("1", "1.0"),
            ("-0", "0.00e7"),
            ("0.10", "1e-1"),
            ("-2500", "-2.5E+3"),
            ("1e1000", "10e999"),
            ("9007199254740993", "9007199254740993.0"),
            ("0e99999999999999999999", "0"),
            ("\"\\u00e9\\/\"", "\"é/\""),
            ("[ 1, {} ]", "[1,{}]"),
            ("{\"a\":1,\"b\":[2]}", "{ \"b\":[2.0], \"\\u0061\":1 }"),
            ("{\"a\":1,\"a\":2}", "{\"a\":2}"),
        ] {
            assert!(same(a, b) && same(b, a), "{a} and {b}");
        }
        for (a, b) in [
            ("1", "10"),
            ("1", "-1"),
            ("1", "\"1\""),
            ("9007199254740993", "9007199254740992"),
            ("1e1000", "1e1001"),
            ("1e99999999999999999999", "1e99999999999999999998"),
            ("true", "false"),
            ("null", "false"),
            ("[1,2]", "[2,1]"),
            ("[1]", "[1,1]"),
            ("{\"a\":1}", "{\"a\":1,\"b\":null}"),
            ("{\"a\":1,\"a\":2}", "{\"a\":1}"),
        ] {
            assert!(!same(a, b) && !same(b, a), "{a} and {b}");
        }
    }
}
