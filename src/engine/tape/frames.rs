//! Finds the records of a tape among damage. Every line break and every guard is a point to resynchronise at, so only
//! damaged records are lost. Does not parse records.

use super::guard::{MARK, sealed};
use memchr::memchr;
use memchr::memmem::Finder;
use natsbridge_wire::Limits;
use std::io::{self, ErrorKind, Read};

/// Something between two marks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    /// A record as it was written.
    Record(&'a [u8]),
    /// A line without a guard.
    Plain(&'a [u8]),
    /// So many bytes of a record that is not whole.
    Damaged(u64),
}

/// Reads a file in large blocks and cuts it into frames.
#[derive(Debug)]
pub(super) struct Frames<R> {
    source: R,
    buffer: Vec<u8>,
    /// Where what is not handed out yet begins in the buffer.
    start: usize,
    /// Up to where there is no line break.
    searched: usize,
    at_end: bool,
    /// Bytes handed out.
    pub(super) done: u64,
    block: usize,
    line: usize,
    mark: Finder<'static>,
}

impl<R: Read> Frames<R> {
    /// Frames of what `source` gives.
    pub(super) fn new(source: R, limits: &Limits) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: 0,
            searched: 0,
            at_end: false,
            done: 0,
            block: limits.tape_block,
            line: limits.tape_line,
            mark: Finder::new(MARK),
        }
    }

    /// The next frame; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Frame<'_>>> {
        let Some(end) = self.line_end()? else {
            return Ok(None);
        };
        let line = &self.buffer[self.start..end];
        if let Some(length) = sealed(line) {
            let start = self.take(length);
            return Ok(Some(Frame::Record(&self.buffer[start..start + length])));
        }
        // The first byte may start an invalid marker.
        let next = self.mark.find(&line[1..]).map(|at| at + 1);
        let guarded = line.starts_with(MARK) || MARK.starts_with(line) || next.is_some();
        let length = next.unwrap_or(line.len());
        let start = self.take(length);
        Ok(Some(if guarded {
            Frame::Damaged(length as u64)
        } else {
            Frame::Plain(&self.buffer[start..start + length])
        }))
    }

    fn take(&mut self, length: usize) -> usize {
        let start = self.start;
        self.start += length;
        self.done += length as u64;
        start
    }

    /// The end of the line at `start`, which is not empty; `None` at the end of the file. A line without an end within
    /// the limit counts as one that ends there.
    fn line_end(&mut self) -> io::Result<Option<usize>> {
        loop {
            while matches!(self.buffer.get(self.start), Some(b'\n' | b'\r')) {
                self.take(1);
            }
            self.searched = self.searched.max(self.start);
            if let Some(at) = memchr(b'\n', &self.buffer[self.searched..]) {
                let end = self.trimmed(self.searched + at);
                // Searched again from here, because less than the line may be consumed.
                self.searched = self.start;
                return Ok(Some(end));
            }
            self.searched = self.buffer.len();
            let waiting = self.buffer.len() - self.start;
            if waiting > self.line || (self.at_end && waiting > 0) {
                self.searched = self.start;
                return Ok(Some(self.buffer.len()));
            }
            if self.at_end {
                return Ok(None);
            }
            self.read()?;
        }
    }

    /// The end of a line without the carriage return that an editor may have put there.
    fn trimmed(&self, end: usize) -> usize {
        if end > self.start + 1 && self.buffer[end - 1] == b'\r' {
            end - 1
        } else {
            end
        }
    }

    fn read(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        let old = self.buffer.len();
        // Long lines are read in ever larger pieces, to avoid moving them repeatedly.
        self.buffer.resize(old + self.block.max(old), 0);
        let read = loop {
            match self.source.read(&mut self.buffer[old..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.buffer.truncate(old + *read.as_ref().unwrap_or(&0));
        self.at_end = read? == 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::guard::{close, open};

    fn line(body: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let start = open(&mut out);
        out.extend_from_slice(body.as_bytes());
        close(&mut out, start);
        out
    }

    /// Frames as text: records and plain lines by their last byte but one, damage by its length.
    fn frames(bytes: &[u8], block: usize) -> Vec<String> {
        let limits = Limits {
            tape_block: block,
            tape_line: 1000,
            ..Limits::default()
        };
        let mut frames = Frames::new(bytes, &limits);
        let mut found = Vec::new();
        while let Some(frame) = frames.next().unwrap() {
            found.push(match frame {
                Frame::Record(line) => format!("record {}", char::from(line[line.len() - 2])),
                Frame::Plain(line) => format!("plain {}", String::from_utf8_lossy(line)),
                Frame::Damaged(bytes) => format!("damaged {bytes}"),
            });
        }
        found
    }

    #[test]
    fn records_are_found_whatever_the_blocks() {
        let file = [line(r#""n":1"#), line(r#""n":2"#), line(r#""n":3"#)].concat();
        for block in [1, 2, 7, 35, 36, 37, 1000] {
            assert_eq!(frames(&file, block), ["record 1", "record 2", "record 3"]);
        }
    }

    #[test]
    fn only_what_was_hit_is_lost() {
        let (one, two, three) = (line(r#""n":1"#), line(r#""n":2"#), line(r#""n":3"#));
        let mut hit = two.clone();
        hit[33] = b'9';
        let length = two.len() - 1;
        let found = frames(&[&one[..], &hit, &three].concat(), 8);
        assert_eq!(found, ["record 1", &format!("damaged {length}"), "record 3"]);
        // A line break that is gone joins two records; both are whole.
        let joined = [&one[..one.len() - 1], b"x", &two[..], &three].concat();
        assert_eq!(
            frames(&joined, 8),
            ["record 1", "damaged 1", "record 2", "record 3"]
        );
        // One that came in between.
        let split = [&two[..20], b"\n", &two[20..], &three].concat();
        let rest = String::from_utf8(two[20..length].to_vec()).unwrap();
        assert_eq!(
            frames(&split, 8),
            ["damaged 20", &format!("plain {rest}"), "record 3"]
        );
        // The tail that a crash left.
        assert_eq!(
            frames(&[&one[..], &two[..9]].concat(), 8),
            ["record 1", "damaged 9"]
        );
        // The last line without its end.
        assert_eq!(frames(&two[..length], 8), ["record 2"]);
    }

    #[test]
    fn endless_lines_are_let_go_piece_by_piece_and_what_follows_is_found() {
        let file = [&[b'x'; 5000][..], &line(r#""n":1"#)].concat();
        let found = frames(&file, 100);
        assert_eq!(found.last().map(String::as_str), Some("record 1"));
        let lost: usize = found[..found.len() - 1]
            .iter()
            .map(|text| match text.split_once(' ') {
                Some(("damaged", bytes)) => bytes.parse().unwrap(),
                Some((_, plain)) => plain.len(),
                None => 0,
            })
            .sum();
        assert_eq!(lost, 5000);
    }

    #[test]
    fn editors_may_leave_carriage_returns_and_empty_lines() {
        let one = line(r#""n":1"#);
        let file = [&one[..one.len() - 1], b"\r\n\r\n\n", &one].concat();
        assert_eq!(frames(&file, 9), ["record 1", "record 1"]);
    }
}
