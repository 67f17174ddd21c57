//! The JSON contract of `listen --json` and `check --json`, written straight from what was read. Envelope keys are always the
//! snake_case ones.

use crate::bytes::{Blob, encode_base64_into};
use crate::checks::check_of;
use crate::decode::{DecodedMessage, DecodedPayload, DeliveryInfo, PayloadState, Value};
use crate::dialects::{FIELDS, Field};
use crate::envelope::{Envelope, EnvelopePayload, RawJson};
use crate::findings::Finding;
use crate::json::{
    ObjectWriter, escape_json, text_size, write_array, write_compact, write_number, write_text, write_value,
};
use crate::quantity::size_text;
use crate::table::Table;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::io;

/// What a line begins with; its running number follows.
pub const LINE_HEAD: &str = "{\"seq\":";

/// Times as RFC 3339, UTC with microseconds.
const TIMES: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// How much is printed of a message.
#[derive(Debug, Clone, Copy)]
pub struct PrintLimits {
    /// Rows of each table.
    pub rows: usize,
    /// Bytes of text; a payload beyond them is said to be too large.
    pub bytes: usize,
}

/// Appends one line of `listen --json`, without the line break; whether there was room for all of it.
pub fn write_line(
    out: &mut Vec<u8>,
    seq: u64,
    came: &DeliveryInfo<'_>,
    message: &DecodedMessage<'_>,
    print: PrintLimits,
) -> bool {
    out.extend_from_slice(LINE_HEAD.as_bytes());
    write_number(out, seq);
    write_line_tail(out, came, message, print)
}

/// The same behind its running number, which whoever prepares several lines at once does not know yet.
pub fn write_line_tail(
    out: &mut Vec<u8>,
    came: &DeliveryInfo<'_>,
    message: &DecodedMessage<'_>,
    print: PrintLimits,
) -> bool {
    let start = out.len();
    let mut room = Room {
        rows: print.rows,
        bytes: print.bytes,
        until: start.saturating_add(print.bytes),
        whole: true,
    };
    let mut line = ObjectWriter::go_on(out);
    write_time(line.key("at"), came.at_us.unwrap_or_default());
    line.text("subject", came.subject);
    line.optional_text("reply", came.reply);
    write_headers(line.key("headers"), came.headers);
    line.number("bytes", message.raw.len() as u64);
    let dialect = message.envelope.as_ref().map(|(dialect, _)| dialect.name());
    line.optional_text("dialect", dialect);
    if let Some((_, envelope)) = &message.envelope {
        write_envelope(line.key("envelope"), envelope, &message.payloads, &mut room);
    } else {
        line.null("envelope");
        let (text, size) = match std::str::from_utf8(&message.raw) {
            Ok(text) => (Some(text), text_size(text)),
            Err(_) => (None, message.raw.len() / 3 * 4),
        };
        match (room.take(&line, size, "Its text"), text) {
            (Ok(()), Some(text)) => line.text("text", text),
            (Ok(()), None) => write_base64(line.key("base64"), &message.raw),
            (Err(why), _) => line.text("error", &why),
        }
    }
    write_findings(line.key("findings"), &message.findings);
    line.end();
    escape_json(out, start);
    room.whole
}

/// Where a line has to end, and whether it had to be cut for that.
struct Room {
    rows: usize,
    bytes: usize,
    until: usize,
    whole: bool,
}

impl Room {
    /// Whether that many bytes more have room; otherwise why not, as a sentence.
    fn take(&mut self, line: &ObjectWriter<'_>, bytes: usize, what: &str) -> Result<(), String> {
        if line.len().saturating_add(bytes) <= self.until {
            return Ok(());
        }
        self.whole = false;
        Err(not_printed(what, bytes, self.bytes))
    }
}

/// What is said instead of a text that is too large to be printed.
pub fn not_printed(what: &str, bytes: usize, most: usize) -> String {
    let [bytes, most] = [bytes, most].map(|bytes| size_text(bytes as u64));
    format!(
        "{what} takes {bytes}, and {most} are printed of a message; raise printed_bytes under [limits] in the settings."
    )
}

/// Appends the `findings` array of that line.
pub fn write_findings(out: &mut Vec<u8>, findings: &[Finding]) {
    write_array(out, findings, |out, finding| {
        let mut fields = ObjectWriter::begin(out);
        fields.text("code", finding.code.name());
        fields.text("severity", finding.severity().name());
        fields.text("path", &finding.path);
        fields.text("message", &finding.message);
        fields.text("advice", check_of(finding.code).advice);
        if let Some(offset) = finding.offset {
            fields.number("offset", offset as u64);
        }
        fields.end();
    });
}

/// A time as lines have it: RFC 3339, UTC with microseconds.
pub fn rfc3339(at_us: i64) -> String {
    let mut text = String::with_capacity(32);
    // Writing into a String cannot fail.
    let _ = TIMES.print_timestamp(&timestamp(at_us), &mut text);
    text
}

fn write_time(out: &mut Vec<u8>, at_us: i64) {
    out.push(b'"');
    // Writing into a buffer cannot fail.
    let _ = TIMES.print_timestamp(&timestamp(at_us), &mut *out);
    out.push(b'"');
}

fn timestamp(at_us: i64) -> Timestamp {
    Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn write_headers(out: &mut Vec<u8>, headers: &[(String, Vec<String>)]) {
    let mut object = ObjectWriter::begin(out);
    for (name, values) in headers {
        write_array(object.foreign_key(name), values, |out, value| {
            write_text(out, value);
        });
    }
    object.end();
}

fn write_envelope(
    out: &mut Vec<u8>,
    envelope: &Envelope<'_>,
    decoded: &[DecodedPayload<'_>],
    room: &mut Room,
) {
    let mut fields = ObjectWriter::begin(out);
    for row in FIELDS {
        match (row.field, envelope.text(row.field)) {
            (_, Some(text)) => fields.text(row.snake, text),
            (Field::Metadata, _) => fields.json(row.snake, &envelope.metadata.0),
            _ => {
                let pairs = envelope.payloads.iter().zip(decoded);
                write_array(fields.key(row.snake), pairs, |out, (payload, decoded)| {
                    write_payload(out, payload, decoded, room);
                });
            }
        }
    }
    write_extra(&mut fields, &envelope.extra);
    fields.end();
}

fn write_payload(
    out: &mut Vec<u8>,
    payload: &EnvelopePayload<'_>,
    decoded: &DecodedPayload<'_>,
    room: &mut Room,
) {
    let no_body = match decoded.state {
        PayloadState::NotFetched => true,
        PayloadState::Failed | PayloadState::TooLarge => decoded.body.is_empty(),
        PayloadState::Decoded => false,
    };
    let body = (!no_body).then_some(&decoded.body);
    let mut fields = ObjectWriter::begin(out);
    fields.text("id", &payload.id);
    fields.text("dataname", &payload.dataname);
    fields.text("declared_type", &payload.declared_type);
    fields.text("kind", decoded.kind.name());
    fields.text("transport", payload.transport.name());
    fields.text("encoding", &payload.encoding);
    fields.number("size", payload.size);
    fields.number("bytes", body.map(Blob::len));
    match body.and_then(|body| sha256(body).ok()) {
        Some(hash) => write_hex(fields.key("sha256"), &hash),
        None => fields.null("sha256"),
    }
    fields.text("media_type", decoded.media_type);
    fields.optional_text("url", decoded.url.as_deref());
    fields.json("metadata", &payload.metadata.0);
    let before = fields.len();
    fields.text("state", decoded.state.name());
    if let Err(why) = write_payload_value(&mut fields, &decoded.value, room) {
        fields.cut(before);
        fields.text("state", PayloadState::TooLarge.name());
        fields.null("value");
        fields.text("error", &why);
    } else if let Some(error) = &decoded.error {
        fields.text("error", error);
    }
    write_extra(&mut fields, &payload.extra);
    fields.end();
}

/// Writes the value, or gives the sentence why there is no room for it.
fn write_payload_value(fields: &mut ObjectWriter<'_>, value: &Value, room: &mut Room) -> Result<(), String> {
    const KEY: &str = "value";
    match value {
        Value::Text(text) => {
            room.take(fields, text_size(text), "Its text")?;
            fields.text(KEY, text);
        }
        Value::Json(json) => {
            room.take(fields, json.as_str().len(), "Its text")?;
            fields.json(KEY, json.as_str());
        }
        Value::Table(table) => write_table(fields.key(KEY), table, room)?,
        Value::Image(info) => fields.value(KEY, info),
        Value::Audio(info) => fields.value(KEY, info),
        Value::Video(info) => fields.value(KEY, info),
        Value::Binary => fields.null(KEY),
    }
    Ok(())
}

fn write_table(out: &mut Vec<u8>, table: &Table, room: &mut Room) -> Result<(), String> {
    let mut fields = ObjectWriter::begin(out);
    write_array(fields.key("columns"), table.columns(), |out, column| {
        let mut fields = ObjectWriter::begin(out);
        fields.text("name", &column.name);
        fields.text("type", &column.type_name);
        fields.value("nullable", &column.nullable);
        fields.end();
    });
    fields.number("num_rows", table.num_rows() as u64);
    let shown = room.rows.min(table.num_rows());
    let out = fields.key("rows");
    let start = out.len();
    out.push(b'[');
    for row in 0..shown {
        if row > 0 {
            out.push(b',');
        }
        write_value(out, &table.row_json(row));
        if out.len() > room.until {
            room.whole = false;
            let what = format!("Its text up to row {} of {shown}", row + 1);
            return Err(not_printed(&what, out.len() - start, room.bytes));
        }
    }
    out.push(b']');
    fields.end();
    Ok(())
}

/// Keys that no dialect knows stand under `extra`; without any there is no such key.
fn write_extra(fields: &mut ObjectWriter<'_>, extra: &[(Cow<'_, str>, RawJson<'_>)]) {
    if extra.is_empty() {
        return;
    }
    let mut object = ObjectWriter::begin(fields.key("extra"));
    for (key, value) in extra {
        write_compact(object.foreign_key(key), &value.0);
    }
    object.end();
}

fn write_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    encode_base64_into(bytes, out);
    out.push(b'"');
}

fn write_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for byte in bytes {
        out.extend([byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]));
    }
    out.push(b'"');
}

fn sha256(body: &Blob) -> io::Result<[u8; 32]> {
    if let Blob::Stored(stored) = body
        && let Some(known) = stored.sha256()
    {
        return Ok(known);
    }
    let mut hasher = Sha256::new();
    body.copy_to(&mut hasher)?;
    Ok(hasher.finalize().into())
}
