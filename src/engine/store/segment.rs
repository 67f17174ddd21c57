//! Where message bytes live: append-only segments and the record format inside them.
//! The client's read buffer is never kept: everything is copied.

use crate::message::{Incoming, header_lines, header_list};
use bytes::{Bytes, BytesMut};

/// Records larger than this share of a segment get their own allocation, so that little of a segment is wasted.
const OWN_ALLOCATION: usize = 16;

/// Cuts records off the current segment; a segment is freed when the last of its records is.
#[derive(Debug)]
pub(super) struct Segment {
    capacity: usize,
    free: BytesMut,
}

/// A copied record and where its parts end.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    bytes: Bytes,
    payload: u32,
    headers: u32,
    reply: u16,
    subject: u16,
}

impl Segment {
    /// Starts with no segment; the first record allocates one of `capacity` bytes.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            free: BytesMut::new(),
        }
    }

    /// Copies one message: payload, reply subject, header lines, and the subject, which is empty if it is interned.
    pub(super) fn write(&mut self, message: &Incoming<'_>) -> Record {
        let headers = message.headers.iter();
        let headers: usize = headers.map(|(name, value)| name.len() + value.len() + 4).sum();
        // Both come from one protocol line, which servers limit to a few KiB; a longer one is truncated.
        let reply = cut(message.reply.unwrap_or_default());
        let subject = cut(message.subject);
        let length = message.payload.len() + reply.len() + headers + subject.len();
        let mut own = BytesMut::new();
        let target = if length > self.capacity / OWN_ALLOCATION {
            own.reserve(length);
            &mut own
        } else {
            if self.free.capacity() < length {
                self.free = BytesMut::with_capacity(self.capacity);
            }
            &mut self.free
        };
        target.extend_from_slice(message.payload);
        target.extend_from_slice(reply.as_bytes());
        for (name, value) in message.headers.iter() {
            for part in [name, ": ", value, "\r\n"] {
                target.extend_from_slice(part.as_bytes());
            }
        }
        target.extend_from_slice(subject.as_bytes());
        Record {
            bytes: target.split().freeze(),
            payload: message.payload.len() as u32,
            headers: headers as u32,
            reply: reply.len() as u16,
            subject: subject.len() as u16,
        }
    }
}

impl Record {
    /// All bytes it holds.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of its header lines.
    pub(super) fn header_len(&self) -> usize {
        self.headers as usize
    }

    /// All of it, as one piece: payload, reply subject, header lines.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The payload; shares the record's memory.
    pub(super) fn payload(&self) -> Bytes {
        self.bytes.slice(..self.payload as usize)
    }

    /// The reply subject, if there was one.
    pub(super) fn reply(&self) -> Option<&str> {
        self.text(self.payload as usize, self.reply.into())
    }

    /// Header names and values. The client does not keep their order, so they come sorted by name.
    pub(super) fn headers(&self) -> Vec<(String, Vec<String>)> {
        let start = self.payload as usize + usize::from(self.reply);
        let lines = self.text(start, self.headers as usize).unwrap_or_default();
        header_list(header_lines(lines))
    }

    /// The subject, where it was too late to be interned.
    pub(super) fn subject(&self) -> Option<&str> {
        let start = self.bytes.len() - usize::from(self.subject);
        self.text(start, self.subject.into())
    }

    fn text(&self, start: usize, length: usize) -> Option<&str> {
        let bytes = self.bytes.get(start..start + length)?;
        std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty())
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(usize::from(u16::MAX));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Headers;

    fn parts(payload: &[u8]) -> Incoming<'_> {
        Incoming {
            at_us: 0,
            payload,
            reply: None,
            headers: Headers::default(),
            subject: "",
        }
    }

    #[test]
    fn every_part_comes_back() {
        let headers = [("B", vec!["2: with colon"]), ("A", vec!["1", ""])];
        let headers =
            headers.map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect()));
        let mut segment = Segment::new(1024);
        let record = segment.write(&Incoming {
            at_us: 0,
            payload: b"body",
            reply: Some("_INBOX.x"),
            headers: Headers::of(&headers),
            subject: "late.subject",
        });
        assert_eq!(&record.payload()[..], b"body");
        assert_eq!(record.reply(), Some("_INBOX.x"));
        assert_eq!(record.subject(), Some("late.subject"));
        let expected = [("A", vec!["1", ""]), ("B", vec!["2: with colon"])];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect()))
            .collect();
        assert_eq!(record.headers(), expected);
    }

    #[test]
    fn missing_parts_are_none() {
        let record = Segment::new(1024).write(&parts(b""));
        assert_eq!(record.len(), 0);
        assert_eq!(record.reply(), None);
        assert_eq!(record.subject(), None);
        assert!(record.headers().is_empty());
    }

    #[test]
    fn records_outlive_their_segment_and_large_ones_stand_alone() {
        let mut segment = Segment::new(64);
        let small: Vec<_> = (0..100u8).map(|i| segment.write(&parts(&[i; 3]))).collect();
        let large = segment.write(&parts(&[7; 1000]));
        assert_eq!(large.payload().len(), 1000);
        for (i, record) in small.iter().enumerate() {
            assert_eq!(&record.payload()[..], &[i as u8; 3]);
        }
    }

    #[test]
    fn an_endless_reply_is_cut_at_a_character() {
        let record = Segment::new(64).write(&Incoming {
            reply: Some(&"é".repeat(40_000)),
            ..parts(b"x")
        });
        assert_eq!(record.reply().map(str::len), Some(65_534));
    }
}
