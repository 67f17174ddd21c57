//! The payload kinds: the only list of them, with their names, media types and words in each vocabulary.
//! What a kind's bytes mean is decided where they are decoded.

use crate::dialects::KindNames;

/// What a payload is, after the dialects' spellings are folded together (`json` is a dictionary,
/// `arrowtable` a table).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// Any JSON value, usually an object.
    Dictionary,
    /// An Arrow IPC stream or file.
    Table,
    /// A JSON array of row objects.
    JsonTable,
    /// Image data (PNG, JPEG, …).
    Image,
    /// Audio data (WAV, MP3, …).
    Audio,
    /// Video data (MP4, WebM, AVI, …).
    Video,
    /// Any other bytes; also used for unknown declared types.
    #[default]
    Binary,
}

/// Everything known about one kind.
#[derive(Debug, Clone, Copy)]
pub struct KindSpec {
    /// The kind.
    pub kind: Kind,
    /// Our name for it: in `listen --json`, on the command line and on screen.
    pub name: &'static str,
    /// Media type of a body of this kind when the bytes do not tell a better one.
    pub media_type: &'static str,
    /// One sentence for help and docs.
    pub about: &'static str,
}

const BYTES: &str = "application/octet-stream";
const JSON: &str = "application/json";
const ARROW: &str = "application/vnd.apache.arrow.stream";

/// All kinds, in the order in which they are listed to people.
pub const KINDS: &[KindSpec] = &[
    row(Kind::Text, "text", "text/plain", "Plain UTF-8 text."),
    row(
        Kind::Dictionary,
        "dictionary",
        JSON,
        "A JSON value, usually an object.",
    ),
    row(
        Kind::Table,
        "table",
        ARROW,
        "Rows and columns as an Arrow IPC stream.",
    ),
    row(
        Kind::JsonTable,
        "jsontable",
        JSON,
        "Rows as a JSON array of objects.",
    ),
    row(
        Kind::Image,
        "image",
        BYTES,
        "An image: PNG, JPEG, GIF, WebP, BMP and others.",
    ),
    row(
        Kind::Audio,
        "audio",
        BYTES,
        "Audio: WAV, MP3, FLAC, Ogg and others.",
    ),
    row(
        Kind::Video,
        "video",
        BYTES,
        "Video: MP4, Matroska, WebM, AVI and others.",
    ),
    row(Kind::Binary, "binary", BYTES, "Any other bytes."),
];

const fn row(kind: Kind, name: &'static str, media_type: &'static str, about: &'static str) -> KindSpec {
    KindSpec {
        kind,
        name,
        media_type,
        about,
    }
}

impl Kind {
    /// The kind of a declared type, in any dialect's spelling; `None` for an unknown word.
    pub fn from_declared(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Dictionary),
            "arrowtable" => Some(Self::Table),
            _ => KINDS.iter().find(|row| row.name == word).map(|row| row.kind),
        }
    }

    /// The kind used in vocabularies without a word for it: a jsontable is sent as a dictionary.
    #[must_use]
    pub fn family(self) -> Self {
        match self {
            Self::JsonTable => Self::Dictionary,
            other => other,
        }
    }

    /// The registry's row for this kind.
    pub fn row(self) -> &'static KindSpec {
        &KINDS[self as usize]
    }

    /// What the kind is called in a vocabulary: mostly by our own name for it.
    pub fn word(self, vocabulary: KindNames) -> &'static str {
        match (vocabulary, self) {
            (KindNames::V0_0, Self::Dictionary | Self::JsonTable) => "json",
            (KindNames::V0_4, Self::JsonTable) => "dictionary",
            (KindNames::V0_5, Self::Table) => "arrowtable",
            _ => self.name(),
        }
    }

    /// Our name for the kind, as in [`KindSpec::name`].
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_kinds_and_every_word_is_understood() {
        for (index, row) in KINDS.iter().enumerate() {
            assert_eq!(row.kind as usize, index);
            assert_eq!(Kind::from_declared(row.name), Some(row.kind));
            assert_eq!(
                Kind::from_declared(row.kind.word(KindNames::V0_5)),
                Some(row.kind)
            );
            for vocabulary in [KindNames::V0_0, KindNames::V0_4] {
                let word = row.kind.word(vocabulary);
                let folded = if row.kind == Kind::JsonTable {
                    Kind::Dictionary
                } else {
                    row.kind
                };
                assert_eq!(Kind::from_declared(word), Some(folded), "{word}");
            }
        }
        assert_eq!(Kind::from_declared("spreadsheet"), None);
    }
}
