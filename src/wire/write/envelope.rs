//! The strict writer: every field of the dialect, always; base64 spliced in without an intermediate copy.

use crate::bytes::encode_base64_into;
use crate::dialects::{Dialect, FIELDS, Field, KindNames};
use crate::envelope::{Data, Envelope, EnvelopePayload, RawJson, Transport};
use crate::json::plain_run;
use crate::kinds::Kind;
use std::borrow::Cow;

/// Writes the envelope in `dialect` as compact JSON. Direct payload data must be base64 text, raw JSON or bytes.
///
/// # Examples
///
/// ```
/// use natsbridge_wire::{Dialect, Envelope, Kind, EnvelopePayload, write_envelope};
///
/// let envelope = Envelope {
///     sender_name: "ada".into(),
///     payloads: vec![EnvelopePayload::direct("id-1", "rows", Kind::JsonTable, b"[]")],
///     ..Envelope::default()
/// };
/// let text = String::from_utf8(write_envelope(&envelope, Dialect::Universal)).unwrap();
/// assert!(text.contains(r#""senderName":"ada","sender_name":"ada""#));
/// assert!(text.contains(r#""type":"dictionary","payload_type":"jsontable""#));
/// ```
pub fn write_envelope(envelope: &Envelope<'_>, dialect: Dialect) -> Vec<u8> {
    let mut out = Vec::new();
    write_envelope_into(envelope, dialect, &mut out);
    out
}

/// As [`write_envelope`], appended to `out`.
pub fn write_envelope_into(envelope: &Envelope<'_>, dialect: Dialect, out: &mut Vec<u8>) {
    out.reserve(estimate(envelope, dialect));
    let mut object = Object::open(out);
    for row in FIELDS {
        let both = dialect == Dialect::Universal && row.camel != row.snake;
        let keys = both
            .then_some(row.camel)
            .into_iter()
            .chain([row.field.key(dialect)]);
        for key in keys {
            match (row.field, envelope.text(row.field)) {
                (_, Some(text)) => object.text(key, text),
                (Field::Metadata, _) => object.json(key, &envelope.metadata),
                _ => write_payloads(&envelope.payloads, dialect, object.key(key)),
            }
        }
    }
    object.extra(&envelope.extra);
    object.close();
}

fn write_payloads(payloads: &[EnvelopePayload<'_>], dialect: Dialect, out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, payload) in payloads.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_payload(payload, dialect, out);
    }
    out.push(b']');
}

fn write_payload(payload: &EnvelopePayload<'_>, dialect: Dialect, out: &mut Vec<u8>) {
    let row = dialect.row();
    let mut object = Object::open(out);
    object.text("id", &payload.id);
    object.text("dataname", &payload.dataname);
    if dialect == Dialect::Universal {
        object.text("type", word(payload, KindNames::V0_4));
    }
    object.text(row.type_key, word(payload, row.vocabulary));
    object.text("transport", payload.transport.name());
    let encoding = match (&*payload.encoding, payload.transport) {
        ("", Transport::Direct) => "base64",
        ("", Transport::Link) => "none",
        (encoding, _) => encoding,
    };
    object.text("encoding", encoding);
    let size = payload.size.unwrap_or_else(|| raw_size(&payload.data));
    object.key("size").extend_from_slice(size.to_string().as_bytes());
    match &payload.data {
        Data::Missing => object.text("data", ""),
        Data::Text(text) => object.text("data", text),
        Data::Json(json) => object.key("data").extend_from_slice(json.0.as_bytes()),
        Data::Bytes(bytes) => {
            let out = object.key("data");
            out.push(b'"');
            encode_base64_into(bytes, out);
            out.push(b'"');
        }
    }
    object.json("metadata", &payload.metadata);
    object.extra(&payload.extra);
    object.close();
}

/// The name of the payload's kind; an unknown word is passed on unchanged.
fn word<'p>(payload: &'p EnvelopePayload<'_>, vocabulary: KindNames) -> &'p str {
    let foreign = !payload.declared_type.is_empty() && Kind::from_declared(&payload.declared_type).is_none();
    if foreign && payload.kind == Kind::Binary {
        &payload.declared_type
    } else {
        payload.kind.word(vocabulary)
    }
}

/// The byte count before base64, as far as the data tells.
fn raw_size(data: &Data<'_>) -> u64 {
    let bytes = match data {
        Data::Missing => 0,
        Data::Text(text) => {
            let symbols = text.trim_end_matches('=').len();
            symbols / 4 * 3 + (symbols % 4).saturating_sub(1)
        }
        Data::Json(json) => json.0.len(),
        Data::Bytes(bytes) => bytes.len(),
    };
    bytes as u64
}

fn estimate(envelope: &Envelope<'_>, dialect: Dialect) -> usize {
    // Keys, quotes and short words of an envelope and of a payload.
    const ENVELOPE: usize = 256;
    const PAYLOAD: usize = 192;
    let texts = FIELDS.iter().filter_map(|row| envelope.text(row.field));
    let fields = ENVELOPE + texts.map(|text| text.len()).sum::<usize>();
    let spellings = 1 + usize::from(dialect == Dialect::Universal);
    let data = |payload: &EnvelopePayload<'_>| match &payload.data {
        Data::Missing => 0,
        Data::Text(text) => text.len(),
        Data::Json(json) => json.0.len(),
        Data::Bytes(bytes) => bytes.len().div_ceil(3) * 4,
    };
    let size = |payload: &EnvelopePayload<'_>| {
        PAYLOAD + payload.id.len() + payload.dataname.len() + payload.metadata.0.len() + data(payload)
    };
    fields * spellings + envelope.metadata.0.len() + envelope.payloads.iter().map(size).sum::<usize>()
}

/// A JSON object being written.
struct Object<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl<'o> Object<'o> {
    fn open(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true }
    }

    /// Writes a key of ours, which needs no escaping; the value must be appended to what is returned.
    #[inline]
    fn key(&mut self, key: &str) -> &mut Vec<u8> {
        self.out
            .extend_from_slice(if self.first { b"\"" } else { b",\"" });
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.first = false;
        self.out
    }

    fn text(&mut self, key: &str, text: &str) {
        write_string(text, self.key(key));
    }

    fn json(&mut self, key: &str, json: &RawJson<'_>) {
        let text = match json.0.trim() {
            "" | "null" => "{}",
            text => text,
        };
        self.key(key).extend_from_slice(text.as_bytes());
    }

    fn extra(&mut self, extra: &[(Cow<'_, str>, RawJson<'_>)]) {
        for (key, value) in extra {
            if !std::mem::take(&mut self.first) {
                self.out.push(b',');
            }
            write_string(key, self.out);
            self.out.push(b':');
            self.out.extend_from_slice(value.0.as_bytes());
        }
    }

    fn close(self) {
        self.out.push(b'}');
    }
}

/// Appends `text` as a JSON string.
fn write_string(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut rest = text.as_bytes();
    out.push(b'"');
    loop {
        let (plain, tail) = rest.split_at(plain_run(rest));
        out.extend_from_slice(plain);
        let Some((special, tail)) = tail.split_first() else {
            break;
        };
        match special {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            control => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(control >> 4)]);
                out.push(HEX[usize::from(control & 15)]);
            }
        }
        rest = tail;
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_writes_all_of_its_fields_in_order() {
        let envelope = Envelope {
            payloads: vec![EnvelopePayload::direct("i", "n", Kind::Dictionary, b"{}")],
            ..Envelope::default()
        };
        let text = |dialect| String::from_utf8(write_envelope(&envelope, dialect)).unwrap();
        let payload = r#"{"id":"i","dataname":"n","type":"json","transport":"direct","encoding":"base64","size":2,"data":"e30=","metadata":{}}"#;
        assert_eq!(
            text(Dialect::V0_0),
            [
                r#"{"correlationId":"","msgId":"","timestamp":"","sendTo":"","msgPurpose":"","senderName":"","senderId":"","#,
                r#""receiverName":"","receiverId":"","replyTo":"","replyToMsgId":"","BrokerURL":"","note":{},"payloads":["#,
                payload,
                "]}"
            ]
            .concat()
        );
        assert_eq!(
            text(Dialect::Readme),
            [
                r#"{"correlation_id":"","msg_id":"","timestamp":"","send_to":"","msg_purpose":"","sender_name":"","sender_id":"","#,
                r#""receiver_name":"","receiver_id":"","reply_to":"","reply_to_msg_id":"","broker_url":"","metadata":{},"payloads":["#,
                &payload.replace("json", "dictionary"),
                "]}"
            ]
            .concat()
        );
        for row in crate::dialects::DIALECTS {
            let value: serde_json::Value = serde_json::from_str(&text(row.dialect)).unwrap();
            let count = if row.dialect == Dialect::Universal { 25 } else { 14 };
            assert_eq!(value.as_object().unwrap().len(), count, "{}", row.name);
        }
    }

    #[test]
    fn bytes_are_encoded_in_place() {
        let payload = EnvelopePayload {
            data: Data::Bytes(Cow::Borrowed(b"Hello")),
            ..EnvelopePayload::default()
        };
        let mut out = Vec::new();
        write_payload(&payload, Dialect::V0_5, &mut out);
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["data"], "SGVsbG8=");
        assert_eq!(value["size"], 5);
    }

    #[test]
    fn strings_are_escaped_as_a_json_parser_expects() {
        let text: String = (0..0x100)
            .filter_map(char::from_u32)
            .chain("日本🚀\u{2028}".chars())
            .collect();
        let mut out = Vec::new();
        write_string(&text, &mut out);
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}
