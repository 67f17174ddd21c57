//! Detects the type of bytes by their magic: the media type and the suitable kind. Text and JSON have no magic; the
//! decoder detects those.

use crate::kinds::Kind;
use infer::MatcherType;

/// What the magic bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// Media type, such as `image/png`.
    pub media_type: &'static str,
    /// The usual ending of a file's name, such as `png`.
    pub extension: &'static str,
    /// The kind that shows it best.
    pub kind: Kind,
}

/// Formats by the bytes at a place of theirs: those that the library does not know, or takes for another.
const OTHERS: &[(usize, &[u8], Sniffed)] = &[
    (0, b".snd\0\0", row("audio/basic", "au", Kind::Audio)),
    (0, b"caff\0", row("audio/x-caf", "caf", Kind::Audio)),
    (0, b"#!AMR-WB", row("audio/amr-wb", "amr", Kind::Audio)),
    (0, b"TTA1", row("audio/x-tta", "tta", Kind::Audio)),
    (
        0,
        b"Creative Voice File\x1A",
        row("audio/x-voc", "voc", Kind::Audio),
    ),
    (0, b"riff\x2E\x91\xCF\x11", row("audio/x-w64", "w64", Kind::Audio)),
    (0, b"\x7F\xFE\x80\x01", row("audio/vnd.dts", "dts", Kind::Audio)),
    (0, b"\xFF\xFC", row("audio/mpeg", "mp2", Kind::Audio)),
    (0, b"\xFF\xFD", row("audio/mpeg", "mp2", Kind::Audio)),
    (0, b"wvpk", row("audio/x-wavpack", "wv", Kind::Audio)),
    (0, b"\x0B\x77", row("audio/ac3", "ac3", Kind::Audio)),
    (0, b"RF64", row("audio/x-wav", "wav", Kind::Audio)),
    (0, b"BW64", row("audio/x-wav", "wav", Kind::Audio)),
    (8, b"AIFC", row("audio/x-aiff", "aiff", Kind::Audio)),
    (28, b"\x80theora", row("video/ogg", "ogv", Kind::Video)),
    (
        0,
        b".RMF\0",
        row("application/vnd.rn-realmedia", "rm", Kind::Video),
    ),
    (0, b"\x06\x0E\x2B\x34", row("application/mxf", "mxf", Kind::Video)),
    (0, b"YUV4MPEG2 ", row("video/x-yuv4mpeg", "y4m", Kind::Video)),
    (
        0,
        b"nut/multimedia container\0",
        row("video/x-nut", "nut", Kind::Video),
    ),
    (0, b"DKIF\0\0", row("video/x-ivf", "ivf", Kind::Video)),
    (0, b"qoif", row("image/qoi", "qoi", Kind::Image)),
    (0, b"DDS |\0\0\0", row("image/vnd-ms.dds", "dds", Kind::Image)),
    (0, b"\x76\x2F\x31\x01", row("image/x-exr", "exr", Kind::Image)),
    (0, b"#?RADIANCE\n", row("image/vnd.radiance", "hdr", Kind::Image)),
    (0, b"#?RGBE\n", row("image/vnd.radiance", "hdr", Kind::Image)),
    (0, b"farbfeld", row("image/x-farbfeld", "ff", Kind::Image)),
    (0, b"II+\0\x08\0", row("image/tiff", "tif", Kind::Image)),
    (0, b"MM\0+\0\x08", row("image/tiff", "tif", Kind::Image)),
    (0, b"\xFF\xD8\xFF\xF7", row("image/jls", "jls", Kind::Image)),
    (0, b"\x01\xDA\x01\x01", row("image/sgi", "sgi", Kind::Image)),
    (0, b"\x01\xDA\0\x01", row("image/sgi", "sgi", Kind::Image)),
    (0, b"\x0A\x05\x01\x08", row("image/x-pcx", "pcx", Kind::Image)),
    (0, b"\xD7\xCD\xC6\x9A", row("image/wmf", "wmf", Kind::Image)),
    (40, b" EMF\0\0", row("image/emf", "emf", Kind::Image)),
    (0, b"\xFF\x4F\xFF\x51", row("image/j2c", "j2c", Kind::Image)),
];
const SVG: Sniffed = row("image/svg+xml", "svg", Kind::Image);
const TGA: Sniffed = row("image/x-tga", "tga", Kind::Image);

const fn row(media_type: &'static str, extension: &'static str, kind: Kind) -> Sniffed {
    Sniffed {
        media_type,
        extension,
        kind,
    }
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
    let arrow = arrow(bytes, size).map(|media_type| row(media_type, "arrow", Kind::Table));
    arrow.or_else(|| other(bytes, size)).or_else(|| known(bytes))
}

/// The same of bytes that are said to be of a kind: some pictures have no magic.
pub(crate) fn sniff_as(kind: Kind, bytes: &[u8], size: u64) -> Option<Sniffed> {
    sniff_head(bytes, size).or_else(|| match kind {
        Kind::Image if is_svg(bytes) => Some(SVG),
        Kind::Image if bytes.starts_with(b"/* XPM") => Some(row("image/x-xpixmap", "xpm", Kind::Image)),
        Kind::Image if bytes.starts_with(b"#define ") => Some(row("image/x-xbitmap", "xbm", Kind::Image)),
        Kind::Image if bytes.starts_with(&[0, 0, 2, 0]) => Some(row("image/x-icon", "cur", Kind::Image)),
        Kind::Image if netpbm(bytes, b"123456").is_some() => netpbm(bytes, b"123456"),
        Kind::Image if is_tga(bytes) => Some(TGA),
        _ => None,
    })
}

/// What the library knows.
fn known(bytes: &[u8]) -> Option<Sniffed> {
    let found = infer::get(bytes)?;
    let kind = match found.matcher_type() {
        MatcherType::Image => Kind::Image,
        MatcherType::Audio => Kind::Audio,
        MatcherType::Video => Kind::Video,
        MatcherType::Text => return None,
        _ => Kind::Binary,
    };
    Some(row(found.mime_type(), found.extension(), kind))
}

/// What it does not.
fn other(bytes: &[u8], size: u64) -> Option<Sniffed> {
    let found = OTHERS
        .iter()
        .find(|(at, magic, _)| bytes.get(*at..).is_some_and(|bytes| bytes.starts_with(magic)));
    if let Some((.., sniffed)) = found {
        return Some(*sniffed);
    }
    if is_transport_stream(bytes) {
        return Some(row("video/mp2t", "ts", Kind::Video));
    }
    if bytes.starts_with(b"\x30\x26\xB2\x75\x8E\x66\xCF\x11") {
        let film = memchr::memmem::find(bytes, b"\xC0\xEF\x19\xBC\x4D\x5B\xCF\x11");
        return Some(match film {
            Some(_) => row("video/x-ms-wmv", "wmv", Kind::Video),
            None => row("audio/x-ms-wma", "wma", Kind::Audio),
        });
    }
    if bytes.len() as u64 == size && bytes.ends_with(b"TRUEVISION-XFILE.\0") {
        return Some(TGA);
    }
    iso_brand(bytes).or_else(|| netpbm(bytes, b"456"))
}

/// The file type that a file of boxes states: pictures by any of its brands, all else by the first.
fn iso_brand(bytes: &[u8]) -> Option<Sniffed> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    let length = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
    let brands = bytes.get(8..length.min(bytes.len()))?.chunks_exact(4);
    let any = |wanted: &[&[u8]]| brands.clone().any(|brand| wanted.contains(&brand));
    Some(match bytes.get(8..11)? {
        _ if any(&[b"avif", b"avis"]) => row("image/avif", "avif", Kind::Image),
        _ if any(&[
            b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
        ]) =>
        {
            row("image/heif", "heic", Kind::Image)
        }
        b"crx" => row("image/x-canon-cr3", "cr3", Kind::Image),
        b"M4A" | b"M4B" | b"M4P" | b"F4A" => row("audio/m4a", "m4a", Kind::Audio),
        b"3gp" | b"3g2" => row("video/3gpp", "3gp", Kind::Video),
        b"qt " => row("video/quicktime", "mov", Kind::Video),
        b"M4V" => row("video/x-m4v", "m4v", Kind::Video),
        _ => row("video/mp4", "mp4", Kind::Video),
    })
}

/// MPEG transport: packets of 188 bytes, or of 192, each with its mark.
fn is_transport_stream(bytes: &[u8]) -> bool {
    [(0, 188), (4, 192)].iter().any(|&(first, length)| {
        let marks = bytes.iter().skip(first).step_by(length).take(8);
        marks.len() >= 3 && marks.clone().all(|&byte| byte == b'G')
    })
}

/// The simple pictures of Netpbm: a letter, one of these digits, then the sides as numbers.
fn netpbm(bytes: &[u8], digits: &[u8]) -> Option<Sniffed> {
    if bytes.starts_with(b"P7\nWIDTH ") {
        return Some(row("image/x-portable-arbitrarymap", "pam", Kind::Image));
    }
    let [b'P', digit, space, next, ..] = bytes else {
        return None;
    };
    let plain = space.is_ascii_whitespace() && (next.is_ascii_digit() || *next == b'#');
    if !plain || !digits.contains(digit) {
        return None;
    }
    Some(match digit {
        b'1' | b'4' => row("image/x-portable-bitmap", "pbm", Kind::Image),
        b'2' | b'5' => row("image/x-portable-graymap", "pgm", Kind::Image),
        _ => row("image/x-portable-pixmap", "ppm", Kind::Image),
    })
}

/// Truevision's format has no magic, but few first bytes are possible.
fn is_tga(bytes: &[u8]) -> bool {
    let Some(&[_, map @ (0 | 1), 1..=3 | 9..=11, .., a, b, c, d, depth, _]) = bytes.first_chunk::<18>()
    else {
        return false;
    };
    let mapped = matches!(bytes[2], 1 | 9);
    (map == 1 || !mapped) && [a, b] != [0, 0] && [c, d] != [0, 0] && matches!(depth, 8 | 15 | 16 | 24 | 32)
}

/// Whether the first element of an XML text is `svg`.
pub(crate) fn is_svg(bytes: &[u8]) -> bool {
    svg_start(bytes).is_some()
}

/// Where that element begins.
pub(crate) fn svg_start(bytes: &[u8]) -> Option<usize> {
    let mut at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    loop {
        at += bytes
            .get(at..)?
            .iter()
            .position(|byte| !byte.is_ascii_whitespace())?;
        let rest = bytes.get(at..)?;
        let end: &[u8] = match rest {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', ..] => b"-->",
            [b'<', b'!', ..]
                if rest
                    .iter()
                    .take_while(|&&byte| byte != b'>')
                    .any(|&byte| byte == b'[') =>
            {
                b"]>"
            }
            [b'<', b'!', ..] => b">",
            [b'<', name @ ..] => {
                let name = name
                    .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b':')
                    .next()?;
                return (name.rsplit(|&byte| byte == b':').next()? == b"svg").then_some(at);
            }
            _ => return None,
        };
        at += memchr::memmem::find(rest, end)? + end.len();
    }
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
            (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", Some(Kind::Image)),
            (b"\0\0\0\x14ftyp3gp4\0\0\0\0", Some(Kind::Video)),
            (b".snd\0\0\0\x18", Some(Kind::Audio)),
            (b"P6\n2 2\n255\n", Some(Kind::Image)),
            (b"P6 is a road", None),
            (b"G-strings", None),
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
