//! From bytes to a typed value: a payload's body as its kind, or the best view of a plain message.

use super::decoded::{DecodedPayload, PayloadState, Value};
use crate::bounds::{Budget, Depth, Excess, Limits};
use crate::bytes::{Blob, Sniffed, sniff, sniff_as, sniff_head};
use crate::checks::repetitions;
use crate::findings::{Code, Finding};
use crate::json::{JsonKind, JsonText};
use crate::kinds::Kind;
use crate::media::{ImageInfo, MediaError, audio_facts, check_image_size, image_facts, video_facts};
use crate::read::{BOM, odd};
use crate::table::Table;
use bytes::Bytes;
use bytestring::ByteString;
use std::borrow::Cow;
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
    decode_within(kind, body, &Budget::whole(limits), findings)
}

/// The same for one of a message's payloads, which share their memory.
pub(super) fn decode_within(
    kind: Kind,
    body: &Blob,
    budget: &Budget<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Value, DecodeError> {
    match kind {
        Kind::Text => text(&loaded("The text", body, budget, findings)?, findings),
        Kind::Dictionary => json(body, budget, findings),
        Kind::JsonTable => json(body, budget, findings).inspect(|value| check_rows(value, findings)),
        Kind::Table => table(body, budget, findings),
        Kind::Image => {
            let facts = image_facts(&loaded("The image", body, budget, findings)?);
            let facts = facts.and_then(|facts| check_image_size(facts, budget.limits()).map(|()| facts));
            if let Ok(facts) = &facts {
                tell_picture(facts, body, findings);
            }
            media(facts.map(Value::Image), findings)
        }
        Kind::Audio => {
            let facts = audio_facts(body);
            let foreign = facts.as_ref().ok().filter(|facts| facts.foreign);
            findings.extend(foreign.map(|facts| not_shown(facts.format, "sound", "decoded")));
            media(facts.map(Value::Audio), findings)
        }
        Kind::Video => {
            let facts = video_facts(body);
            let foreign = facts.as_ref().ok().filter(|facts| facts.foreign);
            findings.extend(foreign.map(|facts| not_shown(facts.format, "film", "decoded")));
            media(facts.map(Value::Video), findings)
        }
        Kind::Binary => Ok(Value::Binary),
    }
}

/// All bytes, unless they are on disk and exceed the message limit.
fn loaded(
    what: &str,
    body: &Blob,
    budget: &Budget<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Bytes, DecodeError> {
    let most = budget.limits().direct_message;
    let size = body.len();
    if let Blob::Memory(bytes) = body {
        return Ok(bytes.clone());
    }
    if size > most as u64 {
        return Err(too_large(what, size, (most, "direct_message"), findings));
    }
    let charge = budget.charge(size);
    let charge = charge.map_err(|excess| no_memory(what, &excess, budget, findings))?;
    match body.slice(0..size) {
        Ok(bytes) => Ok(charge.hold(bytes)),
        Err(error) => Err(unreadable(&error, findings)),
    }
}

/// Like [`best_view`], for bytes anywhere; for a text too large to load, only the kind is returned.
pub(super) fn best_blob_view(
    body: &Blob,
    budget: &Budget<'_>,
    findings: &mut Vec<Finding>,
) -> (Kind, Result<Value, DecodeError>) {
    let mut found = Vec::new();
    match loaded("The payload", body, budget, &mut found) {
        Ok(bytes) => {
            let (kind, value) = best_view(&bytes, budget, findings);
            (kind, Ok(value))
        }
        Err(error) if error.state == PayloadState::TooLarge => {
            let kind = sniff_blob(body).map_or_else(|| without_magic(body), |sniffed| sniffed.kind);
            let mut found = Vec::new();
            match decode_within(kind, body, budget, &mut found) {
                Err(error) if error.state == PayloadState::Failed => (Kind::Binary, Ok(Value::Binary)),
                value => {
                    findings.append(&mut found);
                    (kind, value)
                }
            }
        }
        Err(error) => {
            findings.append(&mut found);
            (Kind::Binary, Err(error))
        }
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
pub fn decode_plain(body: &Bytes, limits: &Limits, findings: &mut Vec<Finding>) -> DecodedPayload<'static> {
    plain_within(body, &Budget::whole(limits), findings)
}

/// The same within the memory for its message.
pub(super) fn plain_within(
    body: &Bytes,
    budget: &Budget<'_>,
    findings: &mut Vec<Finding>,
) -> DecodedPayload<'static> {
    let (kind, value) = best_view(body, budget, findings);
    if let Value::Json(json) = &value {
        let start = body.len() - body.trim_ascii_start().len();
        findings.extend(repetitions(json.as_str(), start));
    }
    let blob = Blob::Memory(body.clone());
    DecodedPayload {
        dataname: Cow::Borrowed(""),
        kind,
        state: PayloadState::Decoded,
        media_type: media_type(kind, &blob),
        value,
        body: blob,
        url: None,
        error: None,
    }
}

/// The media type by magic bytes; the kind's own where there are none, and for texts, which have none.
pub(super) fn media_type(kind: Kind, body: &Blob) -> &'static str {
    let sniffed = match kind {
        Kind::Text | Kind::Dictionary | Kind::JsonTable => None,
        _ => body
            .slice(0..HEAD)
            .ok()
            .and_then(|head| sniff_as(kind, &head, body.len())),
    };
    sniffed.map_or(kind.row().media_type, |sniffed| sniffed.media_type)
}

/// The usual ending of the name of a file with these bytes.
pub fn usual_ending(kind: Kind, body: &Blob) -> &'static str {
    let sniffed = || sniff_as(kind, &body.slice(0..HEAD).ok()?, body.len());
    match kind {
        Kind::Text => "txt",
        Kind::Dictionary | Kind::JsonTable => "json",
        Kind::Table => "arrow",
        _ => sniffed().map_or("bin", |sniffed| sniffed.extension),
    }
}

/// The kind that suits the bytes, with its value; only findings of the chosen view are kept.
fn best_view(body: &Bytes, budget: &Budget<'_>, findings: &mut Vec<Finding>) -> (Kind, Value) {
    let start = body.trim_ascii_start();
    let start = start.strip_prefix(BOM).unwrap_or(start);
    let json_like = matches!(start.first(), Some(b'{' | b'['));
    let sniffed = sniff(body).map(|sniffed| sniffed.kind);
    let blob = Blob::Memory(body.clone());
    for kind in [
        json_like.then_some(Kind::Dictionary),
        sniffed.filter(|kind| *kind != Kind::Binary),
        // What may hold film may hold sound only.
        (sniffed == Some(Kind::Video)).then_some(Kind::Audio),
    ] {
        let mut found = Vec::new();
        if let Some(Ok(value)) = kind.map(|kind| decode_within(kind, &blob, budget, &mut found)) {
            findings.append(&mut found);
            return (kind.unwrap_or(Kind::Binary), value);
        }
        // Neither is a mere typing error: they are worth reporting although the data is shown as text or bytes.
        found.retain(|finding| matches!(finding.code, Code::JsonTooDeep | Code::ImageLimit));
        findings.append(&mut found);
    }
    match ByteString::try_from(body.clone()) {
        Ok(text) if !text.contains('\0') => (Kind::Text, Value::Text(text)),
        _ => (Kind::Binary, Value::Binary),
    }
}

fn text(body: &Bytes, findings: &mut Vec<Finding>) -> Result<Value, DecodeError> {
    let text = ByteString::try_from(body.clone()).map_err(|error| {
        let at = error.valid_up_to();
        let message = format!("byte {at} of the text ({:#04x}) is not UTF-8", body[at]);
        findings.push(Finding::new(Code::TextNotUtf8, "", message).at(at));
        failed(format!("The text is not UTF-8: byte {at} is {:#04x}.", body[at]))
    });
    text.map(Value::Text)
}

fn json(body: &Blob, budget: &Budget<'_>, findings: &mut Vec<Finding>) -> Result<Value, DecodeError> {
    let most = budget.limits().json_value;
    if body.len() > most as u64 {
        return Err(too_large("JSON", body.len(), (most, "json_value"), findings));
    }
    let body = loaded("JSON", body, budget, findings)?;
    let mut fail = |code, at: usize, why: &str| {
        let message = format!("the JSON cannot be read from byte {at} on: {why}");
        findings.push(Finding::new(code, "", message).at(at));
        failed(format!("The JSON cannot be read from byte {at} on: {why}."))
    };
    let start = if body.starts_with(BOM) { BOM.len() } else { 0 };
    let text = ByteString::try_from(body)
        .map_err(|error| fail(Code::BadDictionary, error.valid_up_to(), "this byte is not UTF-8"))?;
    let (mut json, oddities) = JsonText::read(&text, start).map_err(|fault| {
        let code = if fault.too_deep {
            Code::JsonTooDeep
        } else {
            Code::BadDictionary
        };
        fail(code, fault.at, fault.what)
    })?;
    if oddities.need_mending() {
        // `null` is longer than `NaN`.
        let charge = budget.charge(json.as_str().len() as u64 / 3 * 4 + 4);
        json = json.mended(charge.map_err(|excess| no_memory("JSON", &excess, budget, findings))?);
    }
    if start > 0 {
        findings.push(Finding::new(Code::ByteOrderMark, "", "the JSON starts with a byte order mark").at(0));
    }
    findings.extend(odd(&oddities));
    Ok(Value::Json(json))
}

fn check_rows(value: &Value, findings: &mut Vec<Finding>) {
    let Value::Json(json) = value else { return };
    let rows = json.root();
    let message = if rows.kind() != JsonKind::Array {
        "the jsontable is not an array".to_owned()
    } else if let Some(row) = rows.items().position(|row| row.kind() != JsonKind::Object) {
        format!("row {row} of the jsontable is not an object")
    } else {
        return;
    };
    findings.push(Finding::new(Code::BadJsonTable, "", message));
}

fn table(body: &Blob, budget: &Budget<'_>, findings: &mut Vec<Finding>) -> Result<Value, DecodeError> {
    let head = body.slice(0..HEAD).unwrap_or_default();
    if matches!(head.trim_ascii_start().first(), Some(b'[' | b'{')) {
        let mut found = Vec::new();
        if let Ok(value) = json(body, budget, &mut found) {
            let message = "the table contains JSON, not Arrow";
            findings.push(Finding::new(Code::TableIsJson, "", message));
            findings.append(&mut found);
            return Ok(value);
        }
    }
    let table = Table::open_within(body, budget, findings);
    table
        .map(|table| Value::Table(Arc::new(table)))
        .map_err(|error| match error.code {
            Code::ExaminedInPart => beyond_memory(error.message, budget, findings),
            code => refused(code, error.message, findings),
        })
}

fn media(value: Result<Value, MediaError>, findings: &mut Vec<Finding>) -> Result<Value, DecodeError> {
    value.map_err(|error| refused(error.code, error.message, findings))
}

/// What is to be said of a picture whose head can be read.
fn tell_picture(facts: &ImageInfo, body: &Blob, findings: &mut Vec<Finding>) {
    if facts.cut {
        let (format, size) = (facts.format, body.len());
        let message = format!("the {format} image ends early: what follows byte {size} is missing");
        findings.push(Finding::new(Code::ImageTruncated, "", message).at(size as usize));
    }
    if facts.foreign {
        findings.push(not_shown(facts.format, "picture", "drawn"));
    }
}

/// That a format is only named here.
fn not_shown(format: &str, thing: &str, shown: &str) -> Finding {
    let message =
        format!("{format} is a {thing} format that is not {shown} here: open it in another program");
    Finding::new(Code::MediaNotShown, "", message)
}

fn unreadable(error: &io::Error, findings: &mut Vec<Finding>) -> DecodeError {
    let message = format!("The payload cannot be read from its file: {error}.");
    refused(Code::PayloadUnreadable, message, findings)
}

fn too_large(
    what: &str,
    size: u64,
    (limit, setting): (usize, &str),
    findings: &mut Vec<Finding>,
) -> DecodeError {
    let message = format!(
        "{what} of {size} bytes exceeds the limit of {limit}; raise {setting} under [limits] in the settings"
    );
    refused(Code::PayloadTooLarge, message, findings)
}

/// There is no memory for it.
pub(super) fn no_memory(
    what: &str,
    excess: &Excess,
    budget: &Budget<'_>,
    findings: &mut Vec<Finding>,
) -> DecodeError {
    beyond_memory(format!("{what} {excess}"), budget, findings)
}

/// It is an error of the payload only for whoever wants all of the message; for others the message says it.
fn beyond_memory(message: String, budget: &Budget<'_>, findings: &mut Vec<Finding>) -> DecodeError {
    if budget.depth() == Depth::Whole {
        return refused(Code::PayloadTooLarge, message, findings);
    }
    DecodeError {
        state: PayloadState::TooLarge,
        message,
    }
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
