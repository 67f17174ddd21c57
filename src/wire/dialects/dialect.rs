//! What makes a dialect: its identifier, key spelling and kind names.

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
