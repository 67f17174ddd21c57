//! Encodes tape lines. Strict: one spelling for everything. Writes to memory only.

use super::block::Heard;
use super::guard::{VERSION, close, open};
use super::text::{Clock, body, number, quoted};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Writes lines; each method appends one.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    clock: Clock,
}

/// What the first line says.
#[derive(Debug, Clone)]
pub(super) struct Opening<'a> {
    pub(super) started_us: i64,
    pub(super) server: &'a str,
    pub(super) subjects: &'a [String],
}

impl Encoder {
    /// What this file is.
    pub(super) fn start(&mut self, out: &mut Vec<u8>, opening: &Opening<'_>) {
        let line = open(out);
        out.extend_from_slice(br#""tape":"#);
        number(out, VERSION.into());
        out.extend_from_slice(br#","product":"#);
        quoted(out, concat!("natsbridge ", env!("CARGO_PKG_VERSION")));
        out.extend_from_slice(br#","started":"#);
        self.clock.time(out, opening.started_us);
        out.extend_from_slice(br#","server":"#);
        quoted(out, opening.server);
        out.extend_from_slice(br#","subjects":["#);
        list(out, opening.subjects.iter().map(String::as_str));
        out.push(b']');
        close(out, line);
    }

    /// A message.
    pub(super) fn message(&mut self, out: &mut Vec<u8>, message: &Heard<'_>) {
        let line = open(out);
        out.extend_from_slice(br#""n":"#);
        number(out, message.number);
        out.extend_from_slice(br#","at":"#);
        self.clock.time(out, message.at_us);
        out.extend_from_slice(br#","subject":"#);
        quoted(out, message.subject);
        if let Some(reply) = message.reply {
            out.extend_from_slice(br#","reply":"#);
            quoted(out, reply);
        }
        if !message.headers.is_empty() {
            out.extend_from_slice(br#","headers":{"#);
            headers(out, &message.headers);
            out.push(b'}');
        }
        out.push(b',');
        body(out, message.payload);
        close(out, line);
    }

    /// Messages that came and are not on the tape.
    pub(super) fn missed(out: &mut Vec<u8>, from: u64, messages: u64, bytes: u64) {
        let line = open(out);
        out.extend_from_slice(br#""missed":"#);
        number(out, messages);
        out.extend_from_slice(br#","from":"#);
        number(out, from);
        out.extend_from_slice(br#","bytes":"#);
        number(out, bytes);
        close(out, line);
    }

    /// A time in which messages may be missing.
    pub(super) fn gap(&mut self, out: &mut Vec<u8>, times: (i64, i64), cause: &str, before: u64) {
        let line = open(out);
        out.extend_from_slice(br#""gap":"#);
        quoted(out, cause);
        out.extend_from_slice(br#","from":"#);
        self.clock.time(out, times.0);
        out.extend_from_slice(br#","to":"#);
        self.clock.time(out, times.1);
        out.extend_from_slice(br#","before":"#);
        number(out, before);
        close(out, line);
    }

    /// What a link leads to.
    pub(super) fn link(&mut self, out: &mut Vec<u8>, at_us: i64, url: &str, bytes: &[u8]) {
        let line = open(out);
        out.extend_from_slice(br#""link":"#);
        quoted(out, url);
        out.extend_from_slice(br#","at":"#);
        self.clock.time(out, at_us);
        out.extend_from_slice(br#","sha256":"#);
        quoted(out, &digest(bytes));
        out.extend_from_slice(br#","bytes":"#);
        number(out, bytes.len() as u64);
        out.push(b',');
        body(out, bytes);
        close(out, line);
    }

    /// The end: nothing before it was cut off.
    pub(super) fn end(&mut self, out: &mut Vec<u8>, at_us: i64, messages: u64, missed: u64) {
        let line = open(out);
        out.extend_from_slice(br#""end":"#);
        self.clock.time(out, at_us);
        out.extend_from_slice(br#","messages":"#);
        number(out, messages);
        out.extend_from_slice(br#","missed":"#);
        number(out, missed);
        close(out, line);
    }
}

/// The SHA-256 of bytes in hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn list<'a>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'a str>) {
    for (i, text) in texts.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        quoted(out, text);
    }
}

/// Names with all their values; those of one name stand together.
fn headers(out: &mut Vec<u8>, headers: &[(&str, &str)]) {
    for (i, values) in headers.chunk_by(|(a, _), (b, _)| a == b).enumerate() {
        if i > 0 {
            out.push(b',');
        }
        quoted(out, values[0].0);
        out.extend_from_slice(b":[");
        list(out, values.iter().map(|(_, value)| *value));
        out.push(b']');
    }
}
