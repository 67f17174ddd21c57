//! Envelopes as foreign peers write them, with the habits of their languages. Deliberately not the product's own
//! writer: the demo must not depend on how we would write them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use serde_json::{Map, Value, json};

use super::random::Random;
use natsbridge_wire::Dialect;

/// The language a peer is written in, as visible on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Language {
    /// Keys in another order, local time without zone, null for "no receiver", true encodings.
    Julia,
    /// Compact JSON, UTC with milliseconds.
    JavaScript,
    /// Spaced and ASCII-only JSON, UTC with microseconds, always base64.
    Python,
    /// As Python, but ids that are no UUIDs, base64 with a newline, local time called UTC.
    MicroPython,
    /// As the specification wants it.
    Rust,
}

/// A peer's name and way of writing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Its `sender_name`.
    pub name: String,
    /// Its `sender_id`.
    pub id: String,
    /// Its spelling.
    #[serde(deserialize_with = "dialect")]
    pub dialect: Dialect,
    /// Its language.
    pub language: Language,
}

fn dialect<'de, D: Deserializer<'de>>(from: D) -> Result<Dialect, D::Error> {
    let name = String::deserialize(from)?;
    Dialect::from_name(&name).ok_or_else(|| D::Error::custom("no dialect has this name"))
}

/// A message being written.
#[derive(Debug, Clone, Default)]
pub struct ForeignEnvelope {
    /// The subject it goes to.
    pub subject: String,
    /// The purpose, `chat` unless said otherwise.
    pub purpose: String,
    /// Whom it is for, or nothing.
    pub receiver: String,
    /// The conversation.
    pub correlation_id: String,
    /// Its own id.
    pub msg_id: String,
    /// Where answers go, or nothing.
    pub reply_to: String,
    /// What it answers, or nothing.
    pub reply_to_msg_id: String,
    /// What it carries.
    pub payloads: Vec<ForeignPayload>,
}

/// A payload being written; the peers with broken messages may change every field.
#[derive(Debug, Clone)]
pub struct ForeignPayload {
    /// Its name.
    pub name: String,
    /// Its kind, in the words of v0.4 and `jsontable`.
    pub kind: String,
    /// `direct` or `link`.
    pub transport: &'static str,
    /// What the sender calls the encoding.
    pub encoding: &'static str,
    /// What the sender calls the size.
    pub size: usize,
    /// Base64 or a URL.
    pub data: String,
}

impl Sender {
    /// A fresh id as this peer makes them.
    pub fn new_id(&self, random: &mut Random) -> String {
        match self.language {
            Language::MicroPython => random.hex_id(),
            _ => random.uuid(),
        }
    }

    /// An empty message with fresh ids.
    pub fn envelope(&self, subject: &str, random: &mut Random) -> ForeignEnvelope {
        ForeignEnvelope {
            subject: subject.to_owned(),
            purpose: "chat".to_owned(),
            correlation_id: self.new_id(random),
            msg_id: self.new_id(random),
            ..ForeignEnvelope::default()
        }
    }

    /// A payload carried in the message.
    pub fn direct(&self, name: &str, kind: &str, bytes: &[u8]) -> ForeignPayload {
        let mut data = STANDARD.encode(bytes);
        if self.language == Language::MicroPython {
            data.push('\n');
        }
        let encoding = match (self.language, kind) {
            (Language::Julia, "table") => "arrow-ipc",
            _ => "base64",
        };
        ForeignPayload {
            name: name.to_owned(),
            kind: kind.to_owned(),
            transport: "direct",
            encoding,
            size: bytes.len(),
            data,
        }
    }

    /// A line of text.
    pub fn text(&self, name: &str, text: &str) -> ForeignPayload {
        self.direct(name, "text", text.as_bytes())
    }

    /// A dictionary, or a table as rows of JSON.
    pub fn json(&self, name: &str, kind: &str, value: &Value) -> ForeignPayload {
        self.direct(name, kind, &self.write_json(value))
    }

    /// A payload left at a file server.
    pub fn link(name: &str, kind: &str, size: usize, url: String) -> ForeignPayload {
        ForeignPayload {
            name: name.to_owned(),
            kind: kind.to_owned(),
            transport: "link",
            encoding: "none",
            size,
            data: url,
        }
    }

    /// The envelope as bytes.
    pub fn write(&self, envelope: &ForeignEnvelope, random: &mut Random, now: Timestamp) -> Vec<u8> {
        self.write_json(&Value::Object(self.to_json(envelope, random, now)))
    }

    /// The envelope as JSON, for peers that break it on purpose.
    pub fn to_json(
        &self,
        envelope: &ForeignEnvelope,
        random: &mut Random,
        now: Timestamp,
    ) -> Map<String, Value> {
        let payloads = envelope.payloads.iter();
        let payloads: Vec<_> = payloads.map(|payload| self.payload(payload, random)).collect();
        let no_receiver = if self.language == Language::Julia {
            Value::Null
        } else {
            json!("")
        };
        // Each as camelCase, as snake_case, and with its value.
        let mut fields = [
            ("correlationId", "correlation_id", json!(envelope.correlation_id)),
            ("msgId", "msg_id", json!(envelope.msg_id)),
            ("timestamp", "timestamp", json!(self.timestamp(now))),
            ("sendTo", "send_to", json!(envelope.subject)),
            ("msgPurpose", "msg_purpose", json!(envelope.purpose)),
            ("senderName", "sender_name", json!(self.name)),
            ("senderId", "sender_id", json!(self.id)),
            ("receiverName", "receiver_name", json!(envelope.receiver)),
            ("receiverId", "receiver_id", no_receiver),
            ("replyTo", "reply_to", json!(envelope.reply_to)),
            ("replyToMsgId", "reply_to_msg_id", json!(envelope.reply_to_msg_id)),
            ("brokerURL", "broker_url", json!("nats://127.0.0.1:4222")),
            ("metadata", "metadata", json!({})),
            ("payloads", "payloads", json!(payloads)),
        ];
        if self.language == Language::Julia {
            // A hash table keeps no order; this stands for any other.
            fields.reverse();
        }
        let spelled = fields.into_iter().flat_map(|(camel, snake, value)| {
            let keys = self.spell(camel, snake);
            keys.map(move |key| (key.to_owned(), value.clone()))
        });
        spelled.collect()
    }

    fn payload(&self, payload: &ForeignPayload, random: &mut Random) -> Value {
        let old = match payload.kind.as_str() {
            "dictionary" if self.dialect == Dialect::V0_0 => "json",
            "jsontable" => "dictionary",
            kind => kind,
        };
        let new = match payload.kind.as_str() {
            "table" => "arrowtable",
            kind => kind,
        };
        let mut value = json!({"id": self.new_id(random), "dataname": payload.name});
        let (kind, payload_type) = match self.dialect {
            Dialect::V0_0 | Dialect::V0_4 | Dialect::Readme => (Some(old), None),
            Dialect::V0_4_3 => (None, Some(old)),
            Dialect::V0_5 => (None, Some(new)),
            Dialect::Universal => (Some(old), Some(new)),
        };
        for (key, word) in [("type", kind), ("payload_type", payload_type)] {
            if let Some(word) = word {
                value[key] = json!(word);
            }
        }
        value["transport"] = json!(payload.transport);
        value["encoding"] = json!(payload.encoding);
        value["size"] = json!(payload.size);
        value["data"] = json!(payload.data);
        value["metadata"] = json!({});
        value
    }

    fn spell(&self, camel: &'static str, snake: &'static str) -> impl Iterator<Item = &'static str> + use<> {
        let (first, second) = match (self.dialect, camel) {
            (Dialect::V0_0, "brokerURL") => ("BrokerURL", None),
            (Dialect::V0_0, "metadata") => ("note", None),
            (Dialect::V0_0 | Dialect::V0_4, _) => (camel, None),
            (Dialect::Readme | Dialect::V0_4_3 | Dialect::V0_5, _) => (snake, None),
            (Dialect::Universal, _) => (camel, (camel != snake).then_some(snake)),
        };
        std::iter::once(first).chain(second)
    }

    fn timestamp(&self, now: Timestamp) -> String {
        let hours = |count| now.checked_add(SignedDuration::from_hours(count)).unwrap_or(now);
        match self.language {
            Language::Julia => hours(7).strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
            Language::Python => now.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
            Language::MicroPython => hours(1).strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Language::JavaScript | Language::Rust => now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        }
    }

    /// JSON in the style of the language.
    pub fn write_json(&self, value: &Value) -> Vec<u8> {
        let mut text = Vec::new();
        // Writing a `Value` to memory cannot fail.
        let _ = match self.language {
            Language::Python | Language::MicroPython => {
                value.serialize(&mut Serializer::with_formatter(&mut text, Dumps))
            }
            _ => value.serialize(&mut Serializer::with_formatter(&mut text, CompactFormatter)),
        };
        text
    }
}

/// The manner of Python's `json.dumps`: a space after commas and colons, nothing but ASCII.
struct Dumps;

impl Formatter for Dumps {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        out.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + std::io::Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> std::io::Result<()> {
        for unit in text.encode_utf16() {
            match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() => out.write_all(&[byte])?,
                _ => write!(out, "\\u{unit:04x}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dialect: Dialect, language: Language) -> String {
        let sender = Sender {
            name: "n".into(),
            id: "i".into(),
            dialect,
            language,
        };
        let mut random = Random::new(1);
        let mut envelope = sender.envelope("/a", &mut random);
        envelope.payloads = vec![sender.direct("rows", "table", b"12"), sender.text("t", "ü")];
        let now = "2026-02-22T07:16:57.12Z".parse().unwrap();
        String::from_utf8(sender.write(&envelope, &mut random, now)).unwrap()
    }

    #[test]
    fn every_language_has_its_habits() {
        let before = write(Dialect::V0_0, Language::Julia);
        assert!(
            before.contains("BrokerURL") && before.contains("\"note\""),
            "{before}"
        );
        let julia = write(Dialect::V0_4, Language::Julia);
        assert!(
            julia.starts_with(r#"{"payloads":"#) && julia.contains(r#""receiverId":null"#),
            "{julia}"
        );
        assert!(julia.contains(r#""timestamp":"2026-02-22T14:16:57.120""#) && julia.contains("arrow-ipc"));
        let script = write(Dialect::V0_5, Language::JavaScript);
        assert!(
            script.contains(r#""payload_type":"arrowtable""#) && script.contains("57.120Z"),
            "{script}"
        );
        let python = write(Dialect::V0_4_3, Language::Python);
        assert!(
            python.contains(r#", "payload_type": "table""#) && python.contains("57.120000Z"),
            "{python}"
        );
        let micro = write(Dialect::V0_4, Language::MicroPython);
        assert!(
            micro.contains(r#""data": "MTI=\n""#) && micro.contains("T08:16:57Z"),
            "{micro}"
        );
        let ours = write(Dialect::Universal, Language::Rust);
        for key in [
            "correlationId",
            "correlation_id",
            "\"type\":\"table\"",
            "\"payload_type\":\"arrowtable\"",
        ] {
            assert!(ours.contains(key), "{ours}");
        }
    }

    #[test]
    fn python_writes_ascii() {
        let sender = Sender {
            name: "n".into(),
            id: "i".into(),
            dialect: Dialect::Readme,
            language: Language::Python,
        };
        assert_eq!(
            sender.write_json(&json!({"a": ["ü", "🚀"]})),
            br#"{"a": ["\u00fc", "\ud83d\ude80"]}"#
        );
    }
}
