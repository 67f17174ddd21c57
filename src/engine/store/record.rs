//! Where a message's record lies among the bytes of its page, and where its parts end. The bytes themselves are elsewhere.

use crate::message::{header_lines, header_list};
use bytes::Bytes;
use std::ops::Range;

/// One record: payload, reply subject, header lines, and the subject, which is empty if it is interned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Record {
    /// Where it begins, in bytes from the start of its page.
    pub(super) at: u32,
    pub(super) payload: u32,
    pub(super) headers: u32,
    pub(super) reply: u16,
    pub(super) subject: u16,
}

impl Record {
    /// All bytes it takes.
    pub(super) fn len(self) -> usize {
        self.payload as usize + self.headers as usize + usize::from(self.reply) + usize::from(self.subject)
    }

    /// Where it lies in its page.
    pub(super) fn range(self) -> Range<usize> {
        let start = self.at as usize;
        start..start + self.len()
    }

    /// The payload; shares the memory of the record's bytes.
    pub(super) fn payload(self, bytes: &Bytes) -> Bytes {
        bytes.slice(..self.payload as usize)
    }

    /// The reply subject, if there was one.
    pub(super) fn reply(self, bytes: &[u8]) -> Option<&str> {
        text(bytes, self.payload as usize, self.reply.into())
    }

    /// Header names and values. The client does not keep their order, so they come sorted by name.
    pub(super) fn headers(self, bytes: &[u8]) -> Vec<(String, Vec<String>)> {
        header_list(self.header_lines(bytes))
    }

    /// Header names and values, borrowed.
    pub(super) fn header_lines(self, bytes: &[u8]) -> impl Iterator<Item = (&str, &str)> {
        let start = self.payload as usize + usize::from(self.reply);
        header_lines(text(bytes, start, self.headers as usize).unwrap_or_default())
    }

    /// The subject, where it was too late to be interned.
    pub(super) fn subject(self, bytes: &[u8]) -> Option<&str> {
        let start = bytes.len().saturating_sub(self.subject.into());
        text(bytes, start, self.subject.into())
    }
}

fn text(bytes: &[u8], start: usize, length: usize) -> Option<&str> {
    let bytes = bytes.get(start..start + length)?;
    std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}
