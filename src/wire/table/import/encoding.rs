//! The bytes of rows as text, in the encoding that they say, or that was chosen for them. What the text holds is not asked.

use crate::findings::Code;
use crate::table::table_error::TableError;
use std::borrow::Cow;

/// How the characters of a text are written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextEncoding {
    /// As nearly everything is written today.
    Utf8,
    /// One byte each, as older programs of western Europe write it: Windows-1252, which Latin-1 is a part of.
    Latin1,
    /// Two bytes each, the low one first.
    Utf16Le,
    /// Two bytes each, the high one first.
    Utf16Be,
}

impl TextEncoding {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Self] = &[Self::Utf8, Self::Latin1, Self::Utf16Le, Self::Utf16Be];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Latin1 => "latin-1",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// The encoding of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }
}

const MARKS: [(&[u8], TextEncoding); 3] = [
    (b"\xef\xbb\xbf", TextEncoding::Utf8),
    (b"\xff\xfe", TextEncoding::Utf16Le),
    (b"\xfe\xff", TextEncoding::Utf16Be),
];

const UTF32: [&[u8]; 2] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff"];
const UTF16: &str = "UTF-16 without its mark, choose utf-16le or utf-16be";
const WHERE: &str = "(--encoding, or the last row of the columns view)";

/// The text of bytes without the mark of their encoding, which is that of the mark, the chosen one, or else UTF-8.
///
/// # Errors
/// The first byte that is no text, with its line and what to try.
pub fn text_of(bytes: &[u8], chosen: Option<TextEncoding>) -> Result<Cow<'_, str>, TableError> {
    if UTF32.iter().any(|mark| bytes.starts_with(mark)) {
        let message = "the text is UTF-32, which is not read: write it again as UTF-8";
        return Err(TableError::new(Code::TextNotUtf8, message));
    }
    let mark = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark));
    let (encoding, bytes) = match (mark, chosen) {
        (Some((mark, encoding)), _) => (*encoding, &bytes[mark.len()..]),
        (None, chosen) => (chosen.unwrap_or(TextEncoding::Utf8), bytes),
    };
    match encoding {
        TextEncoding::Utf8 => match std::str::from_utf8(bytes) {
            Ok(_) if chosen.is_none() && has_every_other_zero(bytes) => {
                let message = format!("the bytes are no text in UTF-8; if the text is {UTF16} {WHERE}");
                Err(TableError::new(Code::TextNotUtf8, message))
            }
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => Err(no_utf8(bytes, error.valid_up_to())),
        },
        TextEncoding::Latin1 => Ok(bytes.iter().map(|byte| windows_1252(*byte)).collect()),
        TextEncoding::Utf16Le => utf16(bytes, u16::from_le_bytes),
        TextEncoding::Utf16Be => utf16(bytes, u16::from_be_bytes),
    }
}

fn no_utf8(bytes: &[u8], at: usize) -> TableError {
    let line = 1 + memchr::memchr_iter(b'\n', &bytes[..at]).count();
    let guess = if has_every_other_zero(bytes) {
        UTF16
    } else {
        "Latin-1, as spreadsheets on Windows write it, choose latin-1"
    };
    let message = format!(
        "byte {:#04x} in line {line} is not UTF-8; if the text is {guess} {WHERE}",
        bytes[at]
    );
    TableError::new(Code::TextNotUtf8, message)
}

/// As text of the west is in UTF-16.
fn has_every_other_zero(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1000)];
    memchr::memchr_iter(0, head).count() * 3 > head.len()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, TableError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match text {
        Ok(text) if odd.is_empty() => Ok(Cow::Owned(text)),
        _ => Err(TableError::new(
            Code::TextNotUtf8,
            "the text is not valid UTF-16: it is cut, or written otherwise",
        )),
    }
}

/// The character of a byte; those that the code page leaves open are control characters, as on the web.
fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_the_encoding() {
        for bytes in [
            &b"\xff\xfe\xe4\x00,\x00=\xd8\x80\xde"[..],
            b"\xfe\xff\x00\xe4\x00,\xd8=\xde\x80",
            b"\xef\xbb\xbf\xc3\xa4,\xf0\x9f\x9a\x80",
            b"\xc3\xa4,\xf0\x9f\x9a\x80",
        ] {
            assert_eq!(text_of(bytes, None).unwrap(), "ä,🚀", "{bytes:?}");
        }
        assert!(
            text_of(b"\xff\xfe\xe4", None)
                .unwrap_err()
                .message
                .contains("UTF-16")
        );
        assert!(text_of(b"\xff\xfe\x00\xd8", None).is_err());
    }

    #[test]
    fn other_encodings_are_read_where_they_are_chosen_and_named_where_not() {
        let bytes = b"n\nM\xfcller \x80\n";
        assert_eq!(
            text_of(bytes, Some(TextEncoding::Latin1)).unwrap(),
            "n\nMüller €\n"
        );
        let error = text_of(bytes, None).unwrap_err();
        assert!(
            error.message.starts_with("byte 0xfc in line 2 is not UTF-8"),
            "{error}"
        );
        assert!(
            error.message.contains("--encoding") && error.message.contains("latin-1"),
            "{error}"
        );
        for text in ["Ä;b\n1;2\n", "a;b\n1;2\n"] {
            for unit in [u16::to_le_bytes, u16::to_be_bytes] {
                let wide: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
                assert!(text_of(&wide, None).unwrap_err().message.contains("utf-16le"));
            }
        }
        let wider: Vec<u8> = "\u{feff}a"
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        assert!(text_of(&wider, None).unwrap_err().message.contains("UTF-32"));
        let wide: Vec<u8> = "Ä;b\n1;2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text_of(&wide, Some(TextEncoding::Utf16Le)).unwrap(), "Ä;b\n1;2\n");
    }
}
