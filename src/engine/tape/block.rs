//! Messages on their way from the receiving task to the writing thread: raw copies in sequence, so that the receiving
//! side only copies.

use crate::message::Incoming;
use natsbridge_wire::Blob;

/// Bytes of an entry beside its texts.
const HEAD: usize = 8 + 8 + 4 * 4;
/// Stands for "no reply subject".
const NONE: u32 = u32::MAX;

/// A queue entry for the writer.
#[derive(Debug)]
pub(super) enum Piece {
    /// Messages.
    Messages(Block),
    /// Messages that were missed because the queue was full.
    Missed {
        /// The number of the first.
        from: u64,
        /// How many.
        messages: u64,
        /// Their payload bytes.
        bytes: u64,
    },
    /// A time in which messages may be missing.
    Gap {
        /// Its start, microseconds since the Unix epoch.
        from_us: i64,
        /// Its end.
        to_us: i64,
        /// Why.
        cause: String,
        /// The number of the first message after it.
        before: u64,
    },
    /// What a link leads to.
    Link {
        /// When it was kept, microseconds since the Unix epoch.
        at_us: i64,
        /// The link.
        url: String,
        /// Its bytes.
        body: Blob,
    },
}

/// Some messages.
#[derive(Debug, Default)]
pub(super) struct Block {
    bytes: Vec<u8>,
    /// How many.
    pub(super) messages: u64,
}

/// One message in a block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heard<'a> {
    pub(super) number: u64,
    pub(super) at_us: i64,
    pub(super) subject: &'a str,
    pub(super) reply: Option<&'a str>,
    /// Names and values, in the order of names: the client does not keep another one.
    pub(super) headers: Vec<(&'a str, &'a str)>,
    pub(super) payload: &'a [u8],
}

/// Bytes that a message takes in a block.
pub(super) fn weight(message: &Incoming<'_>) -> usize {
    HEAD + message.subject.len()
        + message.reply.map_or(0, str::len)
        + message
            .headers
            .iter()
            .map(|(name, value)| 8 + name.len() + value.len())
            .sum::<usize>()
        + message.payload.len()
}

impl Block {
    /// Copies a message.
    pub(super) fn push(&mut self, number: u64, message: &Incoming<'_>) {
        self.bytes.reserve(weight(message));
        let lines: usize = message
            .headers
            .iter()
            .map(|(name, value)| 8 + name.len() + value.len())
            .sum();
        self.bytes.extend_from_slice(&number.to_le_bytes());
        self.bytes.extend_from_slice(&message.at_us.to_le_bytes());
        let reply = message.reply.map_or(NONE, |reply| reply.len() as u32);
        for length in [
            message.subject.len() as u32,
            reply,
            lines as u32,
            message.payload.len() as u32,
        ] {
            self.bytes.extend_from_slice(&length.to_le_bytes());
        }
        self.bytes.extend_from_slice(message.subject.as_bytes());
        self.bytes
            .extend_from_slice(message.reply.unwrap_or_default().as_bytes());
        for (name, value) in message.headers.iter() {
            for text in [name, value] {
                self.bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
                self.bytes.extend_from_slice(text.as_bytes());
            }
        }
        self.bytes.extend_from_slice(message.payload);
        self.messages += 1;
    }

    /// Bytes it takes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Makes room for what is about to come.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve(bytes);
    }

    /// Its messages, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Heard<'_>> {
        let mut rest = &self.bytes[..];
        std::iter::from_fn(move || heard(&mut rest))
    }
}

/// Reads what [`Block::push`] wrote; `None` at the end.
fn heard<'a>(rest: &mut &'a [u8]) -> Option<Heard<'a>> {
    let number = u64::from_le_bytes(take(rest, 8)?.try_into().ok()?);
    let at_us = i64::from_le_bytes(take(rest, 8)?.try_into().ok()?);
    let [subject, reply, lines, payload] = [length(rest)?, length(rest)?, length(rest)?, length(rest)?];
    let subject = text(rest, subject)?;
    let reply = if reply == NONE {
        None
    } else {
        Some(text(rest, reply)?)
    };
    let mut lines = take(rest, lines as usize)?;
    let mut headers = Vec::new();
    while !lines.is_empty() {
        let name = length(&mut lines)?;
        let name = text(&mut lines, name)?;
        let value = length(&mut lines)?;
        headers.push((name, text(&mut lines, value)?));
    }
    // Stable: several values of one name stay in their order.
    headers.sort_by_key(|(name, _)| *name);
    Some(Heard {
        number,
        at_us,
        subject,
        reply,
        headers,
        payload: take(rest, payload as usize)?,
    })
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn length(rest: &mut &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(take(rest, 4)?.try_into().ok()?))
}

fn text<'a>(rest: &mut &'a [u8], count: u32) -> Option<&'a str> {
    std::str::from_utf8(take(rest, count as usize)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Headers;

    #[test]
    fn messages_come_out_as_they_went_in() {
        let headers = [("B", ["2", ""]), ("A", ["1", "a: b"])];
        let headers = headers.map(|(name, values)| (name.to_owned(), values.map(str::to_owned).to_vec()));
        let messages = [
            Incoming {
                at_us: -5,
                subject: "a.b",
                reply: Some(""),
                headers: Headers::of(&headers),
                payload: &[0, 255],
            },
            Incoming {
                at_us: i64::MAX,
                subject: "é",
                reply: None,
                headers: Headers::default(),
                payload: b"",
            },
        ];
        let mut block = Block::default();
        for (number, message) in (7..).zip(&messages) {
            block.push(number, message);
        }
        assert_eq!(block.len(), messages.iter().map(weight).sum::<usize>());
        assert_eq!(block.messages, 2);
        let out: Vec<_> = block.iter().collect();
        let headers = vec![("A", "1"), ("A", "a: b"), ("B", "2"), ("B", "")];
        let first = Heard {
            number: 7,
            at_us: -5,
            subject: "a.b",
            reply: Some(""),
            headers,
            payload: &[0, 255],
        };
        let second = Heard {
            number: 8,
            at_us: i64::MAX,
            subject: "é",
            reply: None,
            headers: vec![],
            payload: b"",
        };
        assert_eq!(out, [first, second]);
    }
}
