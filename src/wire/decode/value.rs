//! From bytes to a typed value: a payload's body as its kind, or the best view of a plain message.

use super::decoded::{DecodedPayload, PayloadState, Value};
use crate::bounds::Limits;
use crate::bytes::{Blob, Sniffed, sniff, sniff_head};
use crate::findings::{Code, Finding};
use crate::json::{Cursor, mended};
use crate::kinds::Kind;
use crate::media::{MediaError, audio_facts, check_image_size, image_facts, video_facts};
use crate::read::{BOM, odd};
use crate::table::Table;
use bytes::Bytes;
use std::io;
use std::sync::Arc;

/// Bytes used to detect the type.
const HEAD: u64 = 4096;

/// A body that has no value of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// Whether it failed or is over a limit.
    pub state: PayloadState,
    /// Why, as a sentence.
    pub message: String,
}

/// Decodes one body as `kind`; findings have paths relative to the payload. Data on disk stays there if its kind can be
/// read piece by piece: tables, audio, video, binary.
///
/// # Errors
///
/// [`DecodeError`], which says why the bytes are not of that kind, or which limit they are over.
pub fn decode_blob(
    kind: Kind,
    body: &Blob,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Result<Value, DecodeError> {
    match kind {
        Kind::Text => text(&loaded("The text", body, limits, findings)?, findings),
        Kind::Dictionary => json(body, limits, findings),
        Kind::JsonTable => json(body, limits, findings).inspect(|value| check_rows(value, findings)),
        Kind::Table => table(body, limits, findings),
        Kind::Image => {
            let facts = image_facts(&loaded("The image", body, limits, findings)?);
            let facts = facts.and_then(|facts| check_image_size(facts, limits).map(|()| facts));
            media(facts.map(Value::Image), findings)
        }
        Kind::Audio => media(audio_facts(body).map(Value::Audio), findings),
        Kind::Video => media(video_facts(body).map(Value::Video), findings),
        Kind::Binary => Ok(Value::Binary),
    }
}

/// All bytes, unless they are on disk and exceed the message limit.
fn loaded(
    what: &str,
    body: &Blob,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Result<Bytes, DecodeError> {
    let most = limits.direct_message;
    if let Blob::Memory(bytes) = body {
        return Ok(bytes.clone());
    }
    match body.load(most as u64) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(too_large(what, body.len(), most, findings)),
        Err(error) => Err(unreadable(&error, findings)),
    }
}

/// Like [`best_view`], for bytes anywhere; for a text too large to load, only the kind is returned.
pub(super) fn best_blob_view(
    body: &Blob,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> (Kind, Result<Value, DecodeError>) {
    match body.load(limits.direct_message as u64) {
        Ok(Some(bytes)) => {
            let (kind, value) = best_view(&bytes, limits, findings);
            (kind, Ok(value))
        }
        Ok(None) => {
            let kind = sniff_blob(body).map_or_else(|| without_magic(body), |sniffed| sniffed.kind);
            let mut found = Vec::new();
            match decode_blob(kind, body, limits, &mut found) {
                Err(error) if error.state == PayloadState::Failed => (Kind::Binary, Ok(Value::Binary)),
                value => {
                    findings.append(&mut found);
                    (kind, value)
                }
            }
        }
        Err(error) => (Kind::Binary, Err(unreadable(&error, findings))),
    }
}

/// Text, if it starts like one.
fn without_magic(body: &Blob) -> Kind {
    let head = body.slice(0..HEAD).unwrap_or_default();
    let is_text = match std::str::from_utf8(&head) {
        Ok(_) => true,
        // The last character may be cut.
        Err(error) => error.error_len().is_none(),
    };
    if is_text && !head.contains(&0) {
        Kind::Text
    } else {
        Kind::Binary
    }
}

/// The type of a blob by its first bytes.
pub(crate) fn sniff_blob(body: &Blob) -> Option<Sniffed> {
    sniff_head(&body.slice(0..HEAD).ok()?, body.len())
}

/// The best view of a plain message: JSON tree, image, grid, audio, video, text, or else bytes.
pub fn decode_plain(body: &Bytes, limits: &Limits, findings: &mut Vec<Finding>) -> DecodedPayload {
    let (kind, value) = best_view(body, limits, findings);
    DecodedPayload {
        dataname: String::new(),
        kind,
        state: PayloadState::Decoded,
        media_type: media_type(kind, sniff(body)),
        value,
        body: body.clone().into(),
        url: None,
        error: None,
    }
}

/// The media type by magic bytes if they agree with the kind, otherwise the kind's own.
pub(super) fn media_type(kind: Kind, sniffed: Option<Sniffed>) -> String {
    let own = match kind {
        Kind::Text | Kind::Dictionary | Kind::JsonTable => None,
        _ => sniffed,
    };
    own.map_or(kind.row().media_type, |sniffed| sniffed.media_type)
        .to_owned()
}

/// The kind that suits the bytes, with its value; only findings of the chosen view are kept.
pub(super) fn best_view(body: &Bytes, limits: &Limits, findings: &mut Vec<Finding>) -> (Kind, Value) {
    let start = body.trim_ascii_start();
    let start = start.strip_prefix(BOM).unwrap_or(start);
    let json_like = matches!(start.first(), Some(b'{' | b'['));
    let sniffed = sniff(body).map(|sniffed| sniffed.kind);
    let blob = Blob::Memory(body.clone());
    for kind in [
        json_like.then_some(Kind::Dictionary),
        sniffed.filter(|kind| *kind != Kind::Binary),
    ] {
        let mut found = Vec::new();
        if let Some(Ok(value)) = kind.map(|kind| decode_blob(kind, &blob, limits, &mut found)) {
            findings.append(&mut found);
            return (kind.unwrap_or(Kind::Binary), value);
        }
        // Neither is a mere typing error: they are worth reporting although the data is shown as text or bytes.
        found.retain(|finding| matches!(finding.code, Code::JsonTooDeep | Code::ImageLimit));
        findings.append(&mut found);
    }
    match std::str::from_utf8(body) {
        Ok(text) if !text.contains('\0') => (Kind::Text, Value::Text(text.into())),
        _ => (Kind::Binary, Value::Binary),
    }
}

fn text(body: &Bytes, findings: &mut Vec<Finding>) -> Result<Value, DecodeError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        let message = format!("byte {at} of the text ({:#04x}) is not UTF-8", body[at]);
        findings.push(Finding::new(Code::TextNotUtf8, "", message).at(at));
        failed(format!("The text is not UTF-8: byte {at} is {:#04x}.", body[at]))
    });
    text.map(|text| Value::Text(text.into()))
}

fn json(body: &Blob, limits: &Limits, findings: &mut Vec<Finding>) -> Result<Value, DecodeError> {
    if body.len() > limits.json_value as u64 {
        return Err(too_large("JSON", body.len(), limits.json_value, findings));
    }
    let body = loaded("JSON", body, limits, findings)?;
    let mut fail = |code, at: usize, why: &str| {
        let message = format!("the JSON cannot be read from byte {at} on: {why}");
        findings.push(Finding::new(code, "", message).at(at));
        failed(format!("The JSON cannot be read from byte {at} on: {why}."))
    };
    let text = std::str::from_utf8(&body)
        .map_err(|error| fail(Code::BadDictionary, error.valid_up_to(), "this byte is not UTF-8"))?;
    let start = if body.starts_with(BOM) { BOM.len() } else { 0 };
    let mut cursor = Cursor::new(text, start);
    if let Err(fault) = cursor.item().and_then(|_| cursor.end()) {
        let code = if fault.too_deep {
            Code::JsonTooDeep
        } else {
            Code::BadDictionary
        };
        return Err(fail(code, fault.at, fault.what));
    }
    let mut json = std::borrow::Cow::Borrowed(&text[start..]);
    if cursor.oddities.need_mending() {
        json = mended(&json).into();
    }
    // The parser accepts everything the cursor accepts, except numbers too large for a double.
    let value = serde_json::from_str(&json).map_err(|error| {
        let before = json.split_inclusive('\n').take(error.line().saturating_sub(1));
        let at = start + before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        fail(Code::BadDictionary, at, "a number too large for a double")
    })?;
    if start > 0 {
        findings.push(Finding::new(Code::ByteOrderMark, "", "the JSON starts with a byte order mark").at(0));
    }
    findings.extend(odd(&cursor.oddities));
    Ok(Value::Json(Arc::new(value)))
}

fn check_rows(value: &Value, findings: &mut Vec<Finding>) {
    let Value::Json(json) = value else { return };
    let message = match json.as_array() {
        None => "the jsontable is not an array".to_owned(),
        Some(rows) => match rows.iter().position(|row| !row.is_object()) {
            Some(row) => format!("row {row} of the jsontable is not an object"),
            None => return,
        },
    };
    findings.push(Finding::new(Code::BadJsonTable, "", message));
}

fn table(body: &Blob, limits: &Limits, findings: &mut Vec<Finding>) -> Result<Value, DecodeError> {
    let head = body.slice(0..HEAD).unwrap_or_default();
    if matches!(head.trim_ascii_start().first(), Some(b'[' | b'{')) {
        let mut found = Vec::new();
        if let Ok(value) = json(body, limits, &mut found) {
            let message = "the table contains JSON, not Arrow";
            findings.push(Finding::new(Code::TableIsJson, "", message));
            findings.append(&mut found);
            return Ok(value);
        }
    }
    let table = Table::open_blob(body, limits, findings);
    table
        .map(|table| Value::Table(Arc::new(table)))
        .map_err(|error| refused(error.code, error.message, findings))
}

fn media(value: Result<Value, MediaError>, findings: &mut Vec<Finding>) -> Result<Value, DecodeError> {
    value.map_err(|error| refused(error.code, error.message, findings))
}

fn unreadable(error: &io::Error, findings: &mut Vec<Finding>) -> DecodeError {
    let message = format!("The payload cannot be read from its file: {error}.");
    refused(Code::PayloadUnreadable, message, findings)
}

fn too_large(what: &str, size: u64, limit: usize, findings: &mut Vec<Finding>) -> DecodeError {
    let message = format!("{what} of {size} bytes exceeds the limit of {limit}");
    refused(Code::PayloadTooLarge, message, findings)
}

/// The error whose sentence is that of its finding.
fn refused(code: Code, message: String, findings: &mut Vec<Finding>) -> DecodeError {
    findings.push(Finding::new(code, "", message.clone()));
    match code {
        Code::ArrowLimit | Code::ImageLimit | Code::PayloadTooLarge => DecodeError {
            state: PayloadState::TooLarge,
            message,
        },
        _ => failed(message),
    }
}

fn failed(message: String) -> DecodeError {
    DecodeError {
        state: PayloadState::Failed,
        message,
    }
}
