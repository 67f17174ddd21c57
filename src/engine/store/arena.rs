//! Where message bytes are copied to: append-only segments of memory, cut into the pieces that pages are made of.
//! The client's read buffer is never kept: everything is copied.

use super::record::Record;
use super::slot::Slot;
use crate::message::Incoming;
use crate::subjects::Interned;
use bytes::{Bytes, BytesMut};

/// Records larger than this share of a segment get their own allocation, so that little of a segment is wasted.
const OWN_ALLOCATION: usize = 16;

/// The room that is left in the page being filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Rows it still takes.
    pub(super) rows: usize,
    /// What the messages may cost that it still takes; it may be exceeded by the last of them.
    pub(super) bytes: usize,
    /// Where its next record begins.
    pub(super) at: usize,
}

/// Copies messages, turn by turn; a segment is freed when the last of its pieces is.
#[derive(Debug)]
pub(super) struct Arena {
    capacity: usize,
    /// The rest of the segment; what of this turn is not cut off yet is its beginning.
    free: BytesMut,
    /// Bytes copied in this turn.
    length: usize,
    pub(super) room: Room,
    /// The subjects of this turn.
    pub(super) subjects: Vec<Interned>,
    /// The rows of this turn.
    pub(super) slots: Vec<Slot>,
    /// The bytes of this turn, in order.
    pub(super) chunks: Vec<Bytes>,
}

impl Arena {
    /// Starts with no segment; the first record allocates one of `capacity` bytes.
    pub(super) fn new(capacity: usize, room: Room) -> Self {
        Self {
            capacity,
            free: BytesMut::new(),
            length: 0,
            room,
            subjects: Vec::new(),
            slots: Vec::new(),
            chunks: Vec::new(),
        }
    }

    /// Copies a turn of messages, whose subjects are known; of those with a payload of more than `most` bytes only the
    /// rest is kept.
    pub(super) fn copy(&mut self, turn: &[Incoming<'_>], most: usize) {
        self.length = 0;
        for (at, message) in turn.iter().enumerate() {
            let subject = self.subjects[at];
            let kept = message.payload.len() <= most;
            let record = self.write(&Incoming {
                payload: if kept { message.payload } else { &[] },
                subject: match subject {
                    Interned::Own(_) => "",
                    Interned::Overflow(_) => message.subject,
                },
                ..*message
            });
            self.slots.push(Slot {
                at_us: message.at_us,
                record,
                subject: subject.number(),
                payload_bytes: u32::try_from(message.payload.len()).unwrap_or(u32::MAX),
                digest: None,
            });
        }
        self.cut();
    }

    /// Copies one message: payload, reply subject, header lines, and the subject, which is empty if it is interned.
    fn write(&mut self, message: &Incoming<'_>) -> Record {
        let headers = message.headers.iter();
        let headers: usize = headers.map(|(name, value)| name.len() + value.len() + 4).sum();
        // Both come from one protocol line, which servers limit to a few KiB; a longer one is truncated.
        let reply = cut_off(message.reply.unwrap_or_default());
        let subject = cut_off(message.subject);
        let length = message.payload.len() + reply.len() + headers + subject.len();
        let own = length > self.capacity / OWN_ALLOCATION;
        let mut single = BytesMut::new();
        if own {
            self.cut();
            single.reserve(length);
        } else if self.free.capacity() - self.free.len() < length {
            self.cut();
            self.free = BytesMut::with_capacity(self.capacity);
        }
        let target = if own { &mut single } else { &mut self.free };
        target.extend_from_slice(message.payload);
        target.extend_from_slice(reply.as_bytes());
        for (name, value) in message.headers.iter() {
            for part in [name, ": ", value, "\r\n"] {
                target.extend_from_slice(part.as_bytes());
            }
        }
        target.extend_from_slice(subject.as_bytes());
        if own {
            self.chunks.push(single.freeze());
        }
        let at = self.room.at + self.length;
        self.length += length;
        Record {
            at: at as u32,
            payload: message.payload.len() as u32,
            headers: headers as u32,
            reply: reply.len() as u16,
            subject: subject.len() as u16,
        }
    }

    /// Cuts off what was copied into the segment since the last cut.
    fn cut(&mut self) {
        if !self.free.is_empty() {
            self.chunks.push(self.free.split().freeze());
        }
    }
}

fn cut_off(text: &str) -> &str {
    let mut end = text.len().min(usize::from(u16::MAX));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::super::chunks::Chunks;
    use super::*;
    use crate::message::Headers;

    fn parts(payload: &[u8]) -> Incoming<'_> {
        Incoming {
            at_us: 0,
            payload,
            reply: None,
            headers: Headers::default(),
            subject: "s",
        }
    }

    /// Copies messages in one turn; gives their records and bytes.
    fn copied(capacity: usize, subject: Interned, turn: &[Incoming<'_>]) -> Vec<(Record, Bytes)> {
        let mut arena = Arena::new(
            capacity,
            Room {
                rows: 1000,
                bytes: usize::MAX,
                at: 0,
            },
        );
        arena.subjects = vec![subject; turn.len()];
        arena.copy(turn, usize::MAX);
        let mut chunks = Chunks::default();
        arena.chunks.drain(..).for_each(|chunk| chunks.push(chunk));
        let records = arena.slots.iter().map(|slot| slot.record);
        records
            .map(|record| (record, chunks.get(record.range())))
            .collect()
    }

    #[test]
    fn every_part_comes_back() {
        let headers = [("B", vec!["2: with colon"]), ("A", vec!["1", ""])];
        let headers =
            headers.map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect()));
        let message = Incoming {
            at_us: 0,
            payload: b"body",
            reply: Some("_INBOX.x"),
            headers: Headers::of(&headers),
            subject: "late.subject",
        };
        let (record, bytes) = copied(1024, Interned::Overflow(0), &[message]).remove(0);
        assert_eq!(&record.payload(&bytes)[..], b"body");
        assert_eq!(record.reply(&bytes), Some("_INBOX.x"));
        assert_eq!(record.subject(&bytes), Some("late.subject"));
        let expected = [("A", vec!["1", ""]), ("B", vec!["2: with colon"])];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect()))
            .collect();
        assert_eq!(record.headers(&bytes), expected);
    }

    #[test]
    fn missing_parts_are_none() {
        let (record, bytes) = copied(1024, Interned::Own(0), &[parts(b"")]).remove(0);
        assert_eq!((record.len(), bytes.len()), (0, 0));
        assert_eq!(record.reply(&bytes), None);
        assert_eq!(record.subject(&bytes), None);
        assert!(record.headers(&bytes).is_empty());
    }

    #[test]
    fn records_outlive_their_segment_and_large_ones_stand_alone() {
        let bodies: Vec<Vec<u8>> = (0..100u8)
            .map(|i| vec![i; if i == 50 { 1000 } else { 3 }])
            .collect();
        let turn: Vec<_> = bodies.iter().map(|body| parts(body)).collect();
        let copies = copied(64, Interned::Own(0), &turn);
        for (body, (record, bytes)) in bodies.iter().zip(copies) {
            assert_eq!(&record.payload(&bytes)[..], body);
        }
    }

    #[test]
    fn an_endless_reply_is_cut_at_a_character() {
        let reply = "é".repeat(40_000);
        let message = Incoming {
            reply: Some(&reply),
            ..parts(b"x")
        };
        let (record, bytes) = copied(64, Interned::Own(0), &[message]).remove(0);
        assert_eq!(record.reply(&bytes).map(str::len), Some(65_534));
    }
}
