//! Detects the type of bytes by their magic: the media type and the suitable kind. Text and JSON have no magic; the
//! decoder detects those.

use crate::kinds::Kind;
use infer::MatcherType;

/// What the magic bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// Media type, such as `image/png`.
    pub media_type: &'static str,
    /// The kind that shows it best.
    pub kind: Kind,
}

/// Sniffs; `None` where no magic is known (text and JSON have none).
///
/// # Examples
///
/// ```
/// use natsbridge_wire::{Kind, sniff};
///
/// let sniffed = sniff(b"\x89PNG\r\n\x1a\n").unwrap();
/// assert_eq!((sniffed.media_type, sniffed.kind), ("image/png", Kind::Image));
/// assert_eq!(sniff(b"Hello"), None);
/// ```
pub fn sniff(bytes: &[u8]) -> Option<Sniffed> {
    sniff_head(bytes, bytes.len() as u64)
}

/// Sniffs the first bytes of a payload of `size` bytes.
pub(crate) fn sniff_head(bytes: &[u8], size: u64) -> Option<Sniffed> {
    if let Some(media_type) = arrow(bytes, size) {
        return Some(Sniffed {
            media_type,
            kind: Kind::Table,
        });
    }
    let found = infer::get(bytes)?;
    let kind = match found.matcher_type() {
        MatcherType::Image => Kind::Image,
        MatcherType::Audio => Kind::Audio,
        MatcherType::Video => Kind::Video,
        MatcherType::Text => return None,
        _ => Kind::Binary,
    };
    Some(Sniffed {
        media_type: found.mime_type(),
        kind,
    })
}

/// The media type of Arrow IPC: the file's magic, or a stream's first message: a continuation mark and a
/// metadata length that is a multiple of eight and not larger than what follows.
fn arrow(bytes: &[u8], size: u64) -> Option<&'static str> {
    if bytes.starts_with(b"ARROW1\0\0") {
        return Some("application/vnd.apache.arrow.file");
    }
    let length = bytes.strip_prefix(&[0xFF; 4])?.first_chunk()?;
    let length = u64::try_from(i32::from_le_bytes(*length)).ok()?;
    let whole = length > 0 && length % 8 == 0 && length + 8 <= size;
    whole.then_some("application/vnd.apache.arrow.stream")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_bytes_name_the_kind() {
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n"[..], Some(Kind::Image)),
            (b"\xFF\xD8\xFF\xE0", Some(Kind::Image)),
            (b"GIF89a", Some(Kind::Image)),
            (b"RIFF\0\0\0\0WEBP", Some(Kind::Image)),
            (b"RIFF\0\0\0\0WAVEfmt ", Some(Kind::Audio)),
            (b"OggS\0", Some(Kind::Audio)),
            (b"fLaC\0", Some(Kind::Audio)),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", Some(Kind::Video)),
            (b"%PDF-1.7", Some(Kind::Binary)),
            (b"PK\x03\x04", Some(Kind::Binary)),
            (b"ARROW1\0\0", Some(Kind::Table)),
            (b"\xFF\xFF\xFF\xFF\x08\0\0\0\x10\0\0\0\0\0\0\0", Some(Kind::Table)),
            (b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", None),
            (b"\xFF\xFF\xFF\xFF", None),
            (b"", None),
            (b"Hello", None),
            (b"<html><body>", None),
            (b"{\"a\":1}", None),
        ] {
            assert_eq!(sniff(bytes).map(|sniffed| sniffed.kind), kind, "{bytes:?}");
        }
    }
}
