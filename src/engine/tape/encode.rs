//! Encodes tape lines. Strict: one spelling for everything. Writes to memory only.

use super::block::Heard;
use super::guard::{VERSION, close, open};
use super::text::{Clock, body, number, quoted};
use crate::message::Gap;
use sha2::{Digest, Sha256};

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
        let mut line = self
            .line(out)
            .number(br#""tape":"#, VERSION.into())
            .text(
                br#","product":"#,
                concat!("natsbridge ", env!("CARGO_PKG_VERSION")),
            )
            .time(br#","started":"#, opening.started_us)
            .text(br#","server":"#, opening.server);
        line.raw(br#","subjects":["#);
        list(line.out, opening.subjects.iter().map(String::as_str));
        line.raw(b"]");
        line.end();
    }

    /// A message.
    pub(super) fn message(&mut self, out: &mut Vec<u8>, message: &Heard<'_>) {
        let mut line = self
            .line(out)
            .number(br#""n":"#, message.number)
            .time(br#","at":"#, message.at_us)
            .text(br#","subject":"#, message.subject);
        if let Some(reply) = message.reply {
            line = line.text(br#","reply":"#, reply);
        }
        if !message.headers.is_empty() {
            line.raw(br#","headers":{"#);
            headers(line.out, &message.headers);
            line.raw(b"}");
        }
        line.body(message.payload).end();
    }

    /// Messages that came and are not on the tape.
    pub(super) fn missed(&mut self, out: &mut Vec<u8>, from: u64, messages: u64, bytes: u64) {
        self.line(out)
            .number(br#""missed":"#, messages)
            .number(br#","from":"#, from)
            .number(br#","bytes":"#, bytes)
            .end();
    }

    /// A time in which messages may be missing.
    pub(super) fn gap(&mut self, out: &mut Vec<u8>, gap: &Gap) {
        self.line(out)
            .text(br#""gap":"#, &gap.cause)
            .time(br#","from":"#, gap.from_us)
            .time(br#","to":"#, gap.to_us)
            .number(br#","before":"#, gap.before)
            .end();
    }

    /// What a link leads to.
    pub(super) fn link(&mut self, out: &mut Vec<u8>, at_us: i64, url: &str, bytes: &[u8]) {
        self.line(out)
            .text(br#""link":"#, url)
            .time(br#","at":"#, at_us)
            .text(br#","sha256":"#, &digest(bytes))
            .number(br#","bytes":"#, bytes.len() as u64)
            .body(bytes)
            .end();
    }

    /// The end: nothing before it was cut off.
    pub(super) fn end(&mut self, out: &mut Vec<u8>, at_us: i64, messages: u64, missed: u64) {
        self.line(out)
            .time(br#""end":"#, at_us)
            .number(br#","messages":"#, messages)
            .number(br#","missed":"#, missed)
            .end();
    }

    fn line<'l>(&'l mut self, out: &'l mut Vec<u8>) -> Line<'l> {
        Line {
            start: open(out),
            out,
            clock: &mut self.clock,
        }
    }
}

/// A line being written, field by field; a field's name comes with its quotes and its comma.
struct Line<'l> {
    start: usize,
    out: &'l mut Vec<u8>,
    clock: &'l mut Clock,
}

impl Line<'_> {
    fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn number(mut self, name: &[u8], value: u64) -> Self {
        self.raw(name);
        number(self.out, value);
        self
    }

    fn time(mut self, name: &[u8], at_us: i64) -> Self {
        self.raw(name);
        self.clock.time(self.out, at_us);
        self
    }

    fn text(mut self, name: &[u8], text: &str) -> Self {
        self.raw(name);
        quoted(self.out, text);
        self
    }

    fn body(mut self, bytes: &[u8]) -> Self {
        self.raw(b",");
        body(self.out, bytes);
        self
    }

    fn end(self) {
        close(self.out, self.start);
    }
}

/// The SHA-256 of bytes in hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
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
