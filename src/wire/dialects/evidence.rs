//! Detects a message's dialect from its keys and kind names. Values are handled by the reader.

use super::dialect::Dialect;
use super::field::{FIELDS, Field, Spelling};

/// What was seen of an envelope's spelling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent observations")]
pub struct Evidence {
    shared: u16,
    camel: u16,
    snake: u16,
    old: bool,
    type_key: bool,
    payload_type_key: bool,
    json_word: bool,
    table_word: bool,
    v0_5_word: bool,
}

/// What to do with a field's value, depending on the spellings seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// The first of its name.
    First,
    /// The same spelling occurred before: the later one counts, as in most JSON parsers.
    Again,
    /// The other spelling occurred before: it counts, unless it is empty.
    Twin,
}

impl Evidence {
    /// Records a key of the envelope.
    #[inline]
    pub fn field(&mut self, field: Field, spelling: Spelling) -> Sighting {
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
            Sighting::Twin
        } else if *seen & field.bit() != 0 {
            Sighting::Again
        } else {
            Sighting::First
        };
        *seen |= field.bit();
        sighting
    }

    /// Notes a payload's `type`.
    pub fn type_word(&mut self, word: &str) {
        self.type_key = true;
        self.word(word);
    }

    /// Notes a payload's `payload_type`.
    pub fn payload_type_word(&mut self, word: &str) {
        self.payload_type_key = true;
        self.word(word);
    }

    fn word(&mut self, word: &str) {
        match word {
            "json" => self.json_word = true,
            "table" => self.table_word = true,
            "arrowtable" | "jsontable" => self.v0_5_word = true,
            _ => {}
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
        match (self.camel != 0 || self.old, self.snake != 0) {
            (true, true) => Dialect::Universal,
            (true, false) => {
                let broker = self.camel & Field::BrokerUrl.bit() != 0;
                if self.old || (self.json_word && !broker) {
                    Dialect::V0_0
                } else {
                    Dialect::V0_4
                }
            }
            (false, _) if !self.payload_type_key => Dialect::Readme,
            (false, _) if self.table_word && !self.v0_5_word => Dialect::V0_4_3,
            (false, _) => Dialect::V0_5,
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
                self.old || self.camel != two_spelled || self.snake != two_spelled
            }
            (true, false) => self.payload_type_key,
            (false, _) => self.payload_type_key && self.type_key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(keys: &[&str], words: &[(&str, &str)]) -> Evidence {
        let mut evidence = Evidence::default();
        for key in keys {
            let (field, spelling) = Field::from_key(key.as_bytes()).unwrap();
            evidence.field(field, spelling);
        }
        for (key, word) in words {
            match *key {
                "type" => evidence.type_word(word),
                _ => evidence.payload_type_word(word),
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
            (
                &["msg_id", "senderName"],
                &payload_type("text"),
                Dialect::Universal,
            ),
        ] {
            assert_eq!(seen(keys, words).dialect(), dialect, "{keys:?} {words:?}");
        }
    }

    #[test]
    fn the_second_spelling_is_a_twin_and_the_second_time_a_repetition() {
        let mut evidence = Evidence::default();
        assert_eq!(evidence.field(Field::MsgId, Spelling::Camel), Sighting::First);
        assert_eq!(evidence.field(Field::MsgId, Spelling::Camel), Sighting::Again);
        assert_eq!(evidence.field(Field::MsgId, Spelling::Snake), Sighting::Twin);
        assert_eq!(evidence.field(Field::Metadata, Spelling::Shared), Sighting::First);
        assert_eq!(evidence.field(Field::Metadata, Spelling::Old), Sighting::Again);
    }
}
