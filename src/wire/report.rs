//! The JSON contract of `listen --json`, `check --json` and `send --json`. Envelope keys are always the snake_case ones.

use crate::bytes::{Blob, encode_base64};
use crate::checks::check_of;
use crate::decode::{DecodedMessage, DecodedPayload, PayloadState, Value};
use crate::dialects::{FIELDS, Field};
use crate::envelope::{Envelope, EnvelopePayload, RawJson};
use crate::findings::Finding;
use crate::table::Table;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

/// What NATS says of a message, beside its bytes.
#[derive(Debug, Clone, Default)]
pub struct MessageMetadata {
    /// Running number, from 1.
    pub seq: u64,
    /// Arrival, RFC 3339 UTC with microseconds.
    pub at: String,
    /// Subject.
    pub subject: String,
    /// NATS reply subject.
    pub reply: Option<String>,
    /// Headers in order of first appearance: name, values.
    pub headers: Vec<(String, Vec<String>)>,
}

/// One line of `listen --json`, without the line break. Tables print at most `rows` rows.
pub fn listen_line(facts: &MessageMetadata, message: &DecodedMessage, rows: usize) -> Json {
    let headers = facts.headers.iter();
    let headers: Map<_, _> = headers
        .map(|(name, values)| (name.clone(), json!(values)))
        .collect();
    let mut line = object([
        ("seq", json!(facts.seq)),
        ("at", json!(facts.at)),
        ("subject", json!(facts.subject)),
        ("reply", json!(facts.reply)),
        ("headers", Json::Object(headers)),
        ("bytes", json!(message.raw.len())),
        (
            "dialect",
            json!(message.envelope.as_ref().map(|(dialect, _)| dialect.name())),
        ),
        ("envelope", envelope_json(message, rows)),
    ]);
    if message.envelope.is_none() {
        let (key, body) = match std::str::from_utf8(&message.raw) {
            Ok(text) => ("text", text.to_owned()),
            Err(_) => ("base64", encode_base64(&message.raw)),
        };
        line.insert(key.to_owned(), Json::String(body));
    }
    line.insert("findings".to_owned(), findings_json(&message.findings));
    Json::Object(line)
}

/// The `envelope` object of that line, or null.
pub fn envelope_json(message: &DecodedMessage, rows: usize) -> Json {
    let Some((_, envelope)) = &message.envelope else {
        return Json::Null;
    };
    let mut fields = Map::new();
    for row in FIELDS {
        let value = match (row.field, envelope.text(row.field)) {
            (_, Some(text)) => json!(text),
            (Field::Metadata, _) => raw(&envelope.metadata),
            _ => payloads_json(envelope, message, rows),
        };
        fields.insert(row.snake.to_owned(), value);
    }
    add_extra(&mut fields, &envelope.extra);
    Json::Object(fields)
}

/// The `findings` array of that line.
pub fn findings_json(findings: &[Finding]) -> Json {
    let list = findings.iter().map(|finding| {
        let mut fields = object([
            ("code", json!(finding.code.name())),
            ("severity", json!(finding.severity().name())),
            ("path", json!(finding.path)),
            ("message", json!(finding.message)),
            ("advice", json!(check_of(finding.code).advice)),
        ]);
        if let Some(offset) = finding.offset {
            fields.insert("offset".to_owned(), json!(offset));
        }
        Json::Object(fields)
    });
    list.collect()
}

fn payloads_json(envelope: &Envelope<'_>, message: &DecodedMessage, rows: usize) -> Json {
    let pairs = envelope.payloads.iter().zip(&message.payloads);
    pairs
        .map(|(payload, decoded)| payload_json(payload, decoded, rows))
        .collect()
}

fn payload_json(payload: &EnvelopePayload<'_>, decoded: &DecodedPayload, rows: usize) -> Json {
    let no_body = match decoded.state {
        PayloadState::NotFetched => true,
        PayloadState::Failed | PayloadState::TooLarge => decoded.body.is_empty(),
        PayloadState::Decoded => false,
    };
    let body = (!no_body).then_some(&decoded.body);
    let mut fields = object([
        ("id", json!(payload.id)),
        ("dataname", json!(payload.dataname)),
        ("declared_type", json!(payload.declared_type)),
        ("kind", json!(decoded.kind.name())),
        ("transport", json!(payload.transport.name())),
        ("encoding", json!(payload.encoding)),
        ("size", json!(payload.size)),
        ("bytes", json!(body.map(Blob::len))),
        ("sha256", json!(body.and_then(|body| sha256(body).ok()))),
        ("media_type", json!(decoded.media_type)),
        ("url", json!(decoded.url)),
        ("metadata", raw(&payload.metadata)),
        ("state", json!(decoded.state.name())),
        ("value", value_json(&decoded.value, rows)),
    ]);
    if let Some(error) = &decoded.error {
        fields.insert("error".to_owned(), json!(error));
    }
    add_extra(&mut fields, &payload.extra);
    Json::Object(fields)
}

fn value_json(value: &Value, rows: usize) -> Json {
    match value {
        Value::Text(text) => json!(&**text),
        Value::Json(json) => (**json).clone(),
        Value::Table(table) => table_json(table, rows),
        Value::Image(info) => json!(info),
        Value::Audio(info) => json!(info),
        Value::Video(info) => json!(info),
        Value::Binary => Json::Null,
    }
}

fn table_json(table: &Table, rows: usize) -> Json {
    let columns = table
        .columns()
        .iter()
        .map(|column| json!({ "name": column.name, "type": column.type_name, "nullable": column.nullable }));
    let shown = rows.min(table.num_rows());
    json!({
        "columns": columns.collect::<Json>(),
        "num_rows": table.num_rows(),
        "rows": (0..shown).map(|row| table.row_json(row)).collect::<Json>(),
    })
}

/// Keys that no dialect knows stand under `extra`; without any there is no such key.
fn add_extra(fields: &mut Map<String, Json>, extra: &[(Cow<'_, str>, RawJson<'_>)]) {
    if !extra.is_empty() {
        let extra: Map<_, _> = extra
            .iter()
            .map(|(key, value)| (key.to_string(), raw(value)))
            .collect();
        fields.insert("extra".to_owned(), Json::Object(extra));
    }
}

/// The value, or its text where it is beyond a JSON value (nested too deeply, a number beyond every double).
fn raw(json: &RawJson<'_>) -> Json {
    serde_json::from_str(&json.0).unwrap_or_else(|_| Json::String(json.0.to_string()))
}

fn object<const N: usize>(fields: [(&str, Json); N]) -> Map<String, Json> {
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn sha256(body: &Blob) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    body.copy_to(&mut hasher)?;
    Ok(format!("{:x}", hasher.finalize()))
}
