//! The preview of a message for the list: its first readable line. Large messages are not read for that.

use crate::paint::{cut_text, field};
use natsbridge_engine::StoredMessage;
use natsbridge_wire::{Body, Kind, SafeText, direct_body, read};

/// Larger messages are not read for the list.
const MOST_BYTES: usize = 16 * 1024;
/// The first readable line of a message ; empty if it has none.
pub fn first_line(message: &StoredMessage) -> SafeText {
    if message.payload.len() > MOST_BYTES {
        return SafeText::default();
    }
    line_of(&message.payload)
}

fn line_of(payload: &[u8]) -> SafeText {
    let reading = read(payload);
    let Some((_, envelope)) = &reading.envelope else {
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
    let text = cut_text(&bytes[..bytes.len().min(1024)]).unwrap_or_default();
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
