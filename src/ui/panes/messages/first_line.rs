//! The preview of a message for the list: computed only for visible rows and small messages, and cached.

use crate::paint::field;
use natsbridge_engine::Store;
use natsbridge_wire::{Body, Content, Kind, SafeText, direct_body, read};
use std::collections::HashMap;

/// Larger messages are not read for the list.
const MOST_BYTES: u32 = 16 * 1024;
/// Lines remembered.
const MOST_LINES: usize = 1024;

/// First lines by message number.
#[derive(Debug, Default)]
pub struct FirstLines(HashMap<u64, SafeText>);

impl FirstLines {
    /// The first line of a message, empty if it has no readable one.
    pub fn get(&mut self, store: &Store, seq: u64, bytes: u32) -> &SafeText {
        if self.0.len() >= MOST_LINES {
            self.0.clear();
        }
        self.0.entry(seq).or_insert_with(|| {
            let message = (bytes <= MOST_BYTES).then(|| store.message(seq)).flatten();
            message
                .map(|message| first_line(&message.payload))
                .unwrap_or_default()
        })
    }
}

fn first_line(payload: &[u8]) -> SafeText {
    let reading = read(payload);
    let Content::Envelope(_, envelope) = &reading.content else {
        return readable(payload);
    };
    let wanted = [Kind::Text, Kind::Dictionary, Kind::JsonTable];
    let found = wanted
        .iter()
        .find_map(|kind| envelope.payloads.iter().find(|payload| payload.kind == *kind));
    match found.map(|payload| direct_body(payload, &mut vec![])) {
        Some(Body::Bytes(bytes)) => readable(&bytes),
        _ => SafeText::default(),
    }
}

fn readable(bytes: &[u8]) -> SafeText {
    let head = &bytes[..bytes.len().min(1024)];
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Cut within a character: what comes before is text all the same.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return SafeText::default(),
    };
    field(text.trim_start().lines().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_readable_bytes_have_a_first_line() {
        assert_eq!(readable(b"  one\ntwo").as_str(), "one");
        assert_eq!(readable(&[0xff, 0xfe, 0]).as_str(), "");
        assert_eq!(
            readable(&"é".repeat(600).as_bytes()[..1025])
                .as_str()
                .chars()
                .next(),
            Some('é')
        );
    }
}
