//! Messages on their way from the receiving task to the writing thread: raw copies in sequence, so that the receiving
//! side only copies.

use crate::message::{Gap, Incoming};
use natsbridge_wire::Blob;

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
    Gap(Gap),
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
    heads: Vec<Head>,
    /// Lengths of header names and values, in the order of the messages.
    lines: Vec<[usize; 2]>,
    /// Of each message its subject, reply subject, headers and payload.
    bytes: Vec<u8>,
}

/// What is known of a message in a block beside its bytes.
#[derive(Debug)]
struct Head {
    number: u64,
    at_us: i64,
    subject: usize,
    reply: Option<usize>,
    lines: usize,
    payload: usize,
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
    let lines = message.headers.iter();
    let lines = lines.map(|(name, value)| size_of::<[usize; 2]>() + name.len() + value.len());
    let reply = message.reply.map_or(0, str::len);
    size_of::<Head>() + message.subject.len() + reply + lines.sum::<usize>() + message.payload.len()
}

impl Block {
    /// A block with room for so many bytes of messages.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            ..Self::default()
        }
    }

    /// Copies a message.
    pub(super) fn push(&mut self, number: u64, message: &Incoming<'_>) {
        let lines = self.lines.len();
        self.bytes.extend_from_slice(message.subject.as_bytes());
        self.bytes
            .extend_from_slice(message.reply.unwrap_or_default().as_bytes());
        for (name, value) in message.headers.iter() {
            self.lines.push([name.len(), value.len()]);
            for text in [name, value] {
                self.bytes.extend_from_slice(text.as_bytes());
            }
        }
        self.bytes.extend_from_slice(message.payload);
        self.heads.push(Head {
            number,
            at_us: message.at_us,
            subject: message.subject.len(),
            reply: message.reply.map(str::len),
            lines: self.lines.len() - lines,
            payload: message.payload.len(),
        });
    }

    /// How many messages it has.
    pub(super) fn messages(&self) -> u64 {
        self.heads.len() as u64
    }

    /// Bytes it takes.
    pub(super) fn len(&self) -> usize {
        size_of_val(&*self.heads) + size_of_val(&*self.lines) + self.bytes.len()
    }

    /// Its messages, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Heard<'_>> {
        let (mut bytes, mut lines) = (&self.bytes[..], self.lines.iter());
        self.heads.iter().map_while(move |head| {
            let subject = text(&mut bytes, head.subject)?;
            let reply = match head.reply {
                Some(length) => Some(text(&mut bytes, length)?),
                None => None,
            };
            let line =
                |[name, value]: &[usize; 2]| Some((text(&mut bytes, *name)?, text(&mut bytes, *value)?));
            let mut headers: Vec<_> = lines.by_ref().take(head.lines).map_while(line).collect();
            // Stable: several values of one name stay in their order.
            headers.sort_by_key(|(name, _)| *name);
            Some(Heard {
                number: head.number,
                at_us: head.at_us,
                subject,
                reply,
                headers,
                payload: bytes.split_off(..head.payload)?,
            })
        })
    }
}

/// Takes a text off the front of what is left.
fn text<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a str> {
    std::str::from_utf8(rest.split_off(..length)?).ok()
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
        assert_eq!(block.messages(), 2);
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
