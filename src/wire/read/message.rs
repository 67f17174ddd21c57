//! The lenient reader: bytes → envelope with normalised names, with findings instead of errors. It decides whether
//! the bytes are an envelope, and what to report if they only look like one.

use super::envelope::read_envelope;
use crate::bounds::Limits;
use crate::dialects::{Dialect, FIELDS};
use crate::envelope::Envelope;
use crate::findings::{Code, Finding, Findings};
use crate::json::Fault;

/// UTF-8's byte order mark.
pub(crate) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A message read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The envelope and its dialect; `None` for anything else, and findings say why, if it looked like an envelope.
    pub envelope: Option<(Dialect, Envelope<'a>)>,
    /// What deviates.
    pub findings: Vec<Finding>,
}

/// Reads one message under the default limits; refuses nothing.
///
/// # Examples
///
/// ```
/// use natsbridge_wire::{Dialect, read};
///
/// let reading = read(br#"{"msgId":"m-1","senderName":"ada","payloads":[]}"#);
/// let (dialect, envelope) = reading.envelope.unwrap();
/// assert_eq!(dialect, Dialect::V0_4);
/// assert_eq!(envelope.sender_name, "ada");
/// assert!(reading.findings.iter().any(|f| f.path == "sendTo"), "sendTo is missing");
/// ```
pub fn read(bytes: &[u8]) -> Reading<'_> {
    read_with(bytes, Limits::in_force())
}

/// As [`read`], under these limits.
pub fn read_with<'a>(bytes: &'a [u8], limits: &Limits) -> Reading<'a> {
    let mut findings = Findings::new(limits.findings);
    Reading {
        envelope: read_into(bytes, limits, &mut findings),
        findings: findings.into_vec(),
    }
}

/// Like [`read_with`], adding to an existing list of findings.
pub(crate) fn read_into<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Option<(Dialect, Envelope<'a>)> {
    if bytes.is_empty() {
        findings.add(Code::EmptyMessage, "", "the message is empty");
        return None;
    }
    let start = json_start(bytes);
    if bytes.get(start) == Some(&b'{') {
        match std::str::from_utf8(bytes) {
            Ok(text) => return read_text(text, bytes, start, limits, findings),
            Err(error) if looks_meant(bytes) => {
                let at = error.valid_up_to();
                let message = format!("byte {:#04x} is not UTF-8; it is read as U+FFFD", bytes[at]);
                findings.push(Finding::new(Code::NotUtf8, "", message).at(at));
                let text = String::from_utf8_lossy(bytes);
                let (dialect, envelope) = read_text(&text, bytes, start, limits, findings)?;
                return Some((dialect, envelope.into_owned()));
            }
            Err(_) => {}
        }
    }
    findings.push(no_envelope(bytes, start));
    None
}

/// Reads the text of these bytes.
fn read_text<'a>(
    text: &'a str,
    bytes: &[u8],
    start: usize,
    limits: &Limits,
    findings: &mut Findings,
) -> Option<(Dialect, Envelope<'a>)> {
    let mut found = findings.fresh();
    if text.as_bytes().starts_with(BOM) {
        found.push(Finding::new(Code::ByteOrderMark, "", "the text starts with a byte order mark").at(0));
    }
    // Findings so far only count if it turns out to be an envelope.
    let mut envelope = Envelope::default();
    match read_envelope(text, start, &mut envelope, limits, &mut found) {
        Ok(Some(dialect)) => {
            if text.len() != bytes.len() {
                put_back(found.offsets(), bytes);
            }
            findings.append(found);
            return Some((dialect, envelope));
        }
        Err(fault) if looks_meant(text.as_bytes()) => findings.push(malformed(text, bytes, fault)),
        Ok(None) | Err(_) => findings.push(no_envelope(text.as_bytes(), start)),
    }
    None
}

/// Turns offsets into a text in which bytes that are no UTF-8 were replaced into those of the bytes.
fn put_back(mut offsets: Vec<&mut usize>, bytes: &[u8]) {
    offsets.sort_unstable();
    let (mut offsets, mut read, mut at) = (offsets.into_iter().peekable(), 0, 0);
    for chunk in bytes.utf8_chunks() {
        let (valid, invalid) = (chunk.valid().len(), chunk.invalid().len());
        let replaced = valid + char::REPLACEMENT_CHARACTER.len_utf8() * usize::from(invalid > 0);
        while let Some(offset) = offsets.next_if(|offset| **offset < read + replaced) {
            *offset = at + (*offset - read).min(valid);
        }
        (read, at) = (read + replaced, at + valid + invalid);
    }
    offsets.for_each(|offset| *offset = at);
}

fn malformed(text: &str, bytes: &[u8], fault: Fault) -> Finding {
    let code = if fault.too_deep {
        Code::JsonTooDeep
    } else {
        Code::MalformedJson
    };
    let rest = text.get(fault.at..).unwrap_or_default();
    let hint = if rest.starts_with('\'') {
        ": single quotes are Python notation, json.dumps writes JSON"
    } else {
        ""
    };
    let found = match rest.chars().next() {
        Some(found) if !fault.too_deep => format!(" ({found:?})"),
        _ => String::new(),
    };
    let mut at = fault.at;
    if text.len() != bytes.len() {
        put_back(vec![&mut at], bytes);
    }
    let message = format!("invalid JSON from byte {at} on{found}: {}{hint}", fault.what);
    Finding::new(code, "", message).at(at)
}

fn no_envelope(bytes: &[u8], start: usize) -> Finding {
    let encoded_twice =
        bytes.get(start) == Some(&b'"') && bytes.get(start + 1) == Some(&b'{') && looks_meant(bytes);
    let message = if encoded_twice {
        "the message is a JSON string that contains an envelope: it was encoded twice"
    } else {
        "the message is not a NATSBridge envelope"
    };
    Finding::new(Code::NotAnEnvelope, "", message)
}

/// Offset of the first byte that is neither byte order mark nor white space.
pub(crate) fn json_start(bytes: &[u8]) -> usize {
    let mark = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    mark + bytes[mark..].iter().take_while(|byte| space(byte)).count()
}

/// Whether bytes that are not JSON were meant as an envelope: they contain its quoted keys near the start.
pub(super) fn looks_meant(bytes: &[u8]) -> bool {
    const LOOKED_AT: usize = 64 * 1024;
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let named = |key: &str| {
        memchr::memmem::find_iter(head, key).any(|at| {
            let before = at.checked_sub(1).and_then(|at| head.get(at));
            let after = head.get(at + key.len());
            matches!(before, Some(b'"' | b'\'')) && matches!(after, Some(b'"' | b'\'' | b'\\'))
        })
    };
    let keys = FIELDS.iter().filter(|row| named(row.camel) || named(row.snake));
    named("payloads") || keys.take(2).count() == 2
}
