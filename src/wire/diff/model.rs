//! What a difference is.

use crate::decode::DecodedMessage;

/// One of the two messages.
#[derive(Debug, Clone, Copy)]
pub struct DiffSide<'a> {
    /// Its subject.
    pub subject: &'a str,
    /// Its headers.
    pub headers: &'a [(String, Vec<String>)],
    /// Decoded.
    pub decoded: &'a DecodedMessage<'a>,
}

/// One difference: the values at a place on both sides; `None` if there is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where: `subject`, `sender_name`, `config: rate`, `rows: row 12, score`.
    pub place: String,
    /// In the first message.
    pub left: Option<String>,
    /// In the second.
    pub right: Option<String>,
}

/// Differences found, up to a bound; the rest is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Those found, in the order of the messages.
    pub found: Vec<Difference>,
    /// Parts that were compared and are the same.
    pub same: usize,
    /// Differences beyond the bound.
    pub more: usize,
}

/// Differences that are kept.
const KEPT: usize = 2_000;
/// Bytes of one side that are kept.
const SIDE_BYTES: usize = 4_096;

impl Differences {
    /// Compares what stands at a place.
    pub(super) fn compare(&mut self, place: impl Into<String>, left: Option<&str>, right: Option<&str>) {
        if left == right {
            self.same += usize::from(left.is_some());
        } else {
            self.push(place, left, right);
        }
    }

    /// Compares two texts.
    pub(super) fn compare_texts(&mut self, place: impl Into<String>, left: &str, right: &str) {
        self.compare(place, Some(left), Some(right));
    }

    /// Takes note of a difference.
    pub(super) fn push(&mut self, place: impl Into<String>, left: Option<&str>, right: Option<&str>) {
        if self.found.len() >= KEPT {
            self.more += 1;
            return;
        }
        self.found.push(Difference {
            place: place.into(),
            left: left.map(cut),
            right: right.map(cut),
        });
    }

    /// Whether the bound is reached: what follows need not be examined closely.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= KEPT
    }
}

/// The head of a side that is too long to be shown, and how long it is.
fn cut(text: &str) -> String {
    if text.len() <= SIDE_BYTES {
        return text.to_owned();
    }
    let mut end = SIDE_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}… ({} bytes in all)", &text[..end], text.len())
}
