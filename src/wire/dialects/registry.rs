//! The dialects: what tells them apart, and the only list of them.
//! The keys of each field stand with the field.

/// A way of writing envelopes. `Universal` is our own union of all; it is never guessed for a foreign message unless
/// that really contains both spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Dialect {
    /// camelCase and snake_case keys side by side, `type` and `payload_type`: our default for sending.
    #[default]
    Universal,
    /// Before the first release: camelCase with `BrokerURL` and `note`; `json` for dictionary.
    V0_0,
    /// Releases up to 0.4.2: camelCase, `type`.
    V0_4,
    /// The names that the v0.4.1 document lists: snake_case, `type`.
    Readme,
    /// 0.4.3-dev and Python up to 0.5.2: snake_case, `payload_type`, `table`.
    V0_4_3,
    /// 0.5.x, 0.6-dev, msghandler: snake_case, `payload_type`, `arrowtable`, `jsontable`.
    V0_5,
}

/// A dialect's names for kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindNames {
    /// `json` for dictionary.
    V0_0,
    /// `table`, `dictionary`.
    V0_4,
    /// `arrowtable`, `jsontable`.
    V0_5,
}

/// Everything known about one dialect.
#[derive(Debug, Clone, Copy)]
pub struct DialectSpec {
    /// The dialect.
    pub dialect: Dialect,
    /// Its name on the command line, in JSON output and on screen.
    pub name: &'static str,
    /// Who uses it, in one sentence.
    pub about: &'static str,
    /// Its names for kinds; for `Universal` those under `payload_type` (`type` has the v0.4 ones).
    pub vocabulary: KindNames,
    /// The payload key that names the kind; `Universal` writes `type` beside it.
    pub type_key: &'static str,
}

/// All dialects; the default first.
pub const DIALECTS: &[DialectSpec] = &[
    DialectSpec {
        dialect: Dialect::Universal,
        name: "universal",
        about: "Every spelling side by side: peers of any version find the keys they look for.",
        vocabulary: KindNames::V0_5,
        type_key: "payload_type",
    },
    DialectSpec {
        dialect: Dialect::V0_0,
        name: "v0.0",
        about: "Before the first release: BrokerURL, note, json for dictionary.",
        vocabulary: KindNames::V0_0,
        type_key: "type",
    },
    DialectSpec {
        dialect: Dialect::V0_4,
        name: "v0.4",
        about: "Releases up to 0.4.2: camelCase keys.",
        vocabulary: KindNames::V0_4,
        type_key: "type",
    },
    DialectSpec {
        dialect: Dialect::Readme,
        name: "readme",
        about: "The field names of the v0.4.1 document: snake_case keys and type.",
        vocabulary: KindNames::V0_4,
        type_key: "type",
    },
    DialectSpec {
        dialect: Dialect::V0_4_3,
        name: "v0.4.3",
        about: "0.4.3-dev and Python up to 0.5.2: snake_case keys, payload_type, table.",
        vocabulary: KindNames::V0_4,
        type_key: "payload_type",
    },
    DialectSpec {
        dialect: Dialect::V0_5,
        name: "v0.5",
        about: "0.5.x and later: snake_case keys, payload_type, arrowtable and jsontable.",
        vocabulary: KindNames::V0_5,
        type_key: "payload_type",
    },
];

impl Dialect {
    /// The registry's row for this dialect.
    pub fn row(self) -> &'static DialectSpec {
        &DIALECTS[self as usize]
    }

    /// Its name, as in [`DIALECTS`].
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The dialect of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        DIALECTS
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.dialect)
    }
}
