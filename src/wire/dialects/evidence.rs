//! Detects a message's dialect from its keys and kind names. Values are handled by the reader.

use super::field::{FIELDS, Field, Spelling};
use super::registry::Dialect;

/// What was seen of an envelope's spelling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent observations")]
pub struct DialectDetector {
    shared: u16,
    camel: u16,
    snake: u16,
    old: bool,
    /// Some payload has only `type`.
    only_type: bool,
    /// Some payload has only `payload_type`.
    only_payload_type: bool,
    /// Some payload has both.
    both_types: bool,
    /// Some payload has neither.
    untyped: bool,
    json_word: bool,
    table_word: bool,
    v0_5_word: bool,
}

/// What to do with a field's value, depending on the spellings seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySighting {
    /// The first of its name.
    First,
    /// The same spelling occurred before: the later one counts, as in most JSON parsers.
    Again,
    /// The other spelling occurred before: it counts, unless it is empty.
    Twin,
}

impl DialectDetector {
    /// Records a key of the envelope.
    #[inline]
    pub fn field(&mut self, field: Field, spelling: Spelling) -> KeySighting {
        self.old |= spelling == Spelling::Old;
        let other = match spelling {
            Spelling::Snake => self.camel,
            Spelling::Camel | Spelling::Old => self.snake,
            Spelling::Shared => 0,
        };
        let seen = match (spelling, field) {
            (Spelling::Shared, _) | (_, Field::Metadata) => &mut self.shared,
            (Spelling::Snake, _) => &mut self.snake,
            _ => &mut self.camel,
        };
        let sighting = if other & field.bit() != 0 {
            KeySighting::Twin
        } else if *seen & field.bit() != 0 {
            KeySighting::Again
        } else {
            KeySighting::First
        };
        *seen |= field.bit();
        sighting
    }

    /// Records the words that a payload has under `type` and under `payload_type`.
    pub fn payload(&mut self, type_word: Option<&str>, payload_type_word: Option<&str>) {
        *match (type_word, payload_type_word) {
            (Some(_), Some(_)) => &mut self.both_types,
            (Some(_), None) => &mut self.only_type,
            (None, Some(_)) => &mut self.only_payload_type,
            (None, None) => &mut self.untyped,
        } = true;
        for word in type_word.into_iter().chain(payload_type_word) {
            match word {
                "json" => self.json_word = true,
                "table" => self.table_word = true,
                "arrowtable" | "jsontable" => self.v0_5_word = true,
                _ => {}
            }
        }
    }

    /// Whether this is an envelope at all: it has payloads, or three of the fields.
    pub fn is_envelope(&self) -> bool {
        let seen = self.seen();
        seen & Field::Payloads.bit() != 0 || seen.count_ones() >= 3
    }

    /// The fields that occurred, whatever their spelling, as a set of bits.
    pub fn seen(&self) -> u16 {
        self.shared | self.camel | self.snake
    }

    /// The dialect that best explains what was seen. If several do, the one a reply should mirror.
    pub fn dialect(&self) -> Dialect {
        let both = (self.camel & self.snake).count_ones();
        let camel = (self.camel & !self.snake).count_ones() + u32::from(self.old);
        let snake = (self.snake & !self.camel).count_ones();
        if both > 0 && both >= camel + snake {
            return Dialect::Universal;
        }
        // Where the keys are in balance, the payloads decide: snake_case is what current peers write.
        if camel > snake || (camel == snake && camel > 0 && !self.has_payload_type()) {
            let broker = self.camel & Field::BrokerUrl.bit() != 0;
            return if self.old || (self.json_word && !broker) {
                Dialect::V0_0
            } else {
                Dialect::V0_4
            };
        }
        let (payload_type, has_type) = (self.has_payload_type(), self.has_type());
        if payload_type && self.table_word && !self.v0_5_word {
            return Dialect::V0_4_3;
        }
        // The document has no such words.
        let misplaced = has_type && self.v0_5_word;
        // No program is known that writes the document's names, so a payload whose type was forgotten is not from one.
        let forgotten = !has_type && self.untyped;
        if payload_type || misplaced || forgotten {
            Dialect::V0_5
        } else {
            Dialect::Readme
        }
    }

    /// Whether keys of several dialects are mixed without forming the whole union.
    pub fn is_mixed(&self) -> bool {
        let camel = self.camel != 0 || self.old;
        match (camel, self.snake != 0) {
            (true, true) => {
                let two_spelled = FIELDS
                    .iter()
                    .filter(|row| row.camel != row.snake)
                    .fold(0, |set, row| set | row.field.bit());
                let whole = self.camel == two_spelled && self.snake == two_spelled;
                self.old || !whole || self.only_type || self.only_payload_type
            }
            (true, false) => self.has_payload_type(),
            (false, _) => self.has_type() && (self.has_payload_type() || self.v0_5_word),
        }
    }

    fn has_type(&self) -> bool {
        self.only_type || self.both_types
    }

    fn has_payload_type(&self) -> bool {
        self.only_payload_type || self.both_types
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(keys: &[&str], words: &[(&str, &str)]) -> DialectDetector {
        let mut evidence = DialectDetector::default();
        for key in keys {
            let (field, spelling) = Field::from_key(key.as_bytes()).unwrap();
            evidence.field(field, spelling);
        }
        for (key, word) in words {
            match *key {
                "type" => evidence.payload(Some(word), None),
                "payload_type" => evidence.payload(None, Some(word)),
                _ => evidence.payload(None, None),
            }
        }
        evidence
    }

    #[test]
    fn dialects_are_told_apart() {
        let payload_type = |word: &'static str| [("payload_type", word)];
        for (keys, words, dialect) in [
            (
                &["msgId", "brokerURL"][..],
                &[("type", "table")][..],
                Dialect::V0_4,
            ),
            (&["msgId", "BrokerURL"], &[("type", "text")], Dialect::V0_0),
            (&["msgId", "note"], &[], Dialect::V0_0),
            (&["msgId"], &[("type", "json")], Dialect::V0_0),
            (&["msgId", "brokerURL"], &[("type", "json")], Dialect::V0_4),
            (&["msg_id"], &[("type", "table")], Dialect::Readme),
            (&["msg_id"], &[], Dialect::Readme),
            (&["payloads"], &[], Dialect::Readme),
            (&["msg_id"], &payload_type("table"), Dialect::V0_4_3),
            (&["msg_id"], &payload_type("arrowtable"), Dialect::V0_5),
            (&["msg_id"], &payload_type("text"), Dialect::V0_5),
            (&["msg_id", "msgId"], &[], Dialect::Universal),
            // A payload without a type: the keys and the other payloads tell.
            (&["msg_id"], &[("", "")], Dialect::V0_5),
            (&["msgId"], &[("", "")], Dialect::V0_4),
            (&["msgId", "BrokerURL"], &[("", "")], Dialect::V0_0),
            (&["msg_id", "msgId"], &[("", "")], Dialect::Universal),
            (&["msg_id"], &[("", ""), ("type", "text")], Dialect::Readme),
            (
                &["msg_id"],
                &[("", ""), ("payload_type", "table")],
                Dialect::V0_4_3,
            ),
            (&["msg_id"], &[("type", "arrowtable")], Dialect::V0_5),
            // Keys of two spellings that are no union: most of them decide.
            (&["msg_id", "senderName"], &payload_type("text"), Dialect::V0_5),
            (&["msg_id", "senderName"], &[("type", "text")], Dialect::V0_4),
            (
                &["msgId", "senderName", "send_to"],
                &payload_type("text"),
                Dialect::V0_4,
            ),
            (
                &["msg_id", "sender_name", "sendTo"],
                &[("type", "text")],
                Dialect::Readme,
            ),
            (
                &["msg_id", "msgId", "sendTo", "send_to", "senderName"],
                &[],
                Dialect::Universal,
            ),
        ] {
            assert_eq!(seen(keys, words).dialect(), dialect, "{keys:?} {words:?}");
        }
    }

    #[test]
    fn only_the_whole_union_is_not_mixed() {
        let union: Vec<&str> = FIELDS.iter().flat_map(|row| [row.camel, row.snake]).collect();
        let mut evidence = seen(&union, &[]);
        evidence.payload(Some("table"), Some("arrowtable"));
        assert!(!evidence.is_mixed());
        evidence.payload(None, Some("text"));
        assert!(evidence.is_mixed(), "one payload lacks type");
        assert!(seen(&union[1..], &[]).is_mixed());
        for (keys, words, mixed) in [
            (&["msg_id"][..], &[("payload_type", "text")][..], false),
            (&["msg_id"], &[("payload_type", "text"), ("type", "text")], true),
            (&["msg_id"], &[("type", "jsontable")], true),
            (&["msgId"], &[("type", "text")], false),
            (&["msgId"], &[("payload_type", "text")], true),
        ] {
            assert_eq!(seen(keys, words).is_mixed(), mixed, "{keys:?} {words:?}");
        }
    }

    #[test]
    fn the_second_spelling_is_a_twin_and_the_second_time_a_repetition() {
        let mut evidence = DialectDetector::default();
        assert_eq!(evidence.field(Field::MsgId, Spelling::Camel), KeySighting::First);
        assert_eq!(evidence.field(Field::MsgId, Spelling::Camel), KeySighting::Again);
        assert_eq!(evidence.field(Field::MsgId, Spelling::Snake), KeySighting::Twin);
        assert_eq!(
            evidence.field(Field::Metadata, Spelling::Shared),
            KeySighting::First
        );
        assert_eq!(evidence.field(Field::Metadata, Spelling::Old), KeySighting::Again);
    }
}
