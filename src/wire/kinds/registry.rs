//! The only list of payload kinds: names in both vocabularies, aliases, badge and media type.

use super::kind::Kind;
use crate::dialects::KindNames;

/// Everything known about one kind.
#[derive(Debug, Clone, Copy)]
pub struct KindSpec {
    /// The kind.
    pub kind: Kind,
    /// Our name for it: in `listen --json`, on the command line and on screen.
    pub name: &'static str,
    /// Its name in the v0.4 vocabulary (`type`).
    pub v0_4: &'static str,
    /// Its name in the v0.5 vocabulary (`payload_type`).
    pub v0_5: &'static str,
    /// Its name before the first release (`json` for a dictionary).
    pub v0_0: &'static str,
    /// Media type of a body of this kind when the bytes do not tell a better one.
    pub media_type: &'static str,
    /// One sentence for help and docs.
    pub about: &'static str,
}

/// All kinds, in the order in which they are listed to people.
pub const KINDS: &[KindSpec] = &[
    row(
        Kind::Text,
        "text",
        ["text", "text", "text"],
        "text/plain",
        "Plain UTF-8 text.",
    ),
    row(
        Kind::Dictionary,
        "dictionary",
        ["json", "dictionary", "dictionary"],
        "application/json",
        "A JSON value, usually an object.",
    ),
    row(
        Kind::Table,
        "table",
        ["table", "table", "arrowtable"],
        "application/vnd.apache.arrow.stream",
        "Rows and columns as an Arrow IPC stream.",
    ),
    row(
        Kind::JsonTable,
        "jsontable",
        ["json", "dictionary", "jsontable"],
        "application/json",
        "Rows as a JSON array of objects.",
    ),
    row(
        Kind::Image,
        "image",
        ["image", "image", "image"],
        "application/octet-stream",
        "An image: PNG, JPEG, GIF, WebP or BMP.",
    ),
    row(
        Kind::Audio,
        "audio",
        ["audio", "audio", "audio"],
        "application/octet-stream",
        "Audio: WAV, MP3, FLAC, Ogg and others.",
    ),
    row(
        Kind::Video,
        "video",
        ["video", "video", "video"],
        "application/octet-stream",
        "Video: MP4, Matroska, WebM or AVI.",
    ),
    row(
        Kind::Binary,
        "binary",
        ["binary", "binary", "binary"],
        "application/octet-stream",
        "Any other bytes.",
    ),
];

const fn row(
    kind: Kind,
    name: &'static str,
    wire: [&'static str; 3],
    media_type: &'static str,
    about: &'static str,
) -> KindSpec {
    KindSpec {
        kind,
        name,
        v0_0: wire[0],
        v0_4: wire[1],
        v0_5: wire[2],
        media_type,
        about,
    }
}

impl Kind {
    /// The kind of a declared type, in any dialect's spelling; `None` for an unknown word.
    pub fn from_declared(word: &str) -> Option<Self> {
        if word == "json" {
            return Some(Self::Dictionary);
        }
        KINDS
            .iter()
            .find(|row| row.name == word || row.v0_5 == word)
            .map(|row| row.kind)
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

    /// What the kind is called in a vocabulary.
    pub fn word(self, vocabulary: KindNames) -> &'static str {
        let row = self.row();
        match vocabulary {
            KindNames::V0_0 => row.v0_0,
            KindNames::V0_4 => row.v0_4,
            KindNames::V0_5 => row.v0_5,
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
            assert_eq!(Kind::from_declared(row.v0_5), Some(row.kind));
            for word in [row.v0_0, row.v0_4] {
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
