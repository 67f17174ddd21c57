//! Values that drafts write by their names: kinds, dialects, transports, types of columns.

use crate::bridge::TransportChoice;
use natsbridge_wire::{ColumnType, DIALECTS, Dialect, KINDS, Kind, TextEncoding};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

/// Something that is written by its name.
pub(super) trait Name: Copy + PartialEq {
    /// What it is, for people.
    const WHAT: &'static str;
    /// All of them with their names.
    fn all() -> Vec<(Self, &'static str)>;
}

impl Name for Kind {
    const WHAT: &'static str = "kind";

    fn all() -> Vec<(Self, &'static str)> {
        KINDS.iter().map(|row| (row.kind, row.kind.name())).collect()
    }
}

impl Name for Dialect {
    const WHAT: &'static str = "dialect";

    fn all() -> Vec<(Self, &'static str)> {
        DIALECTS.iter().map(|row| (row.dialect, row.name)).collect()
    }
}

impl Name for ColumnType {
    const WHAT: &'static str = "column type";

    fn all() -> Vec<(Self, &'static str)> {
        Self::ALL.iter().map(|one| (*one, one.name())).collect()
    }
}

impl Name for TextEncoding {
    const WHAT: &'static str = "encoding";

    fn all() -> Vec<(Self, &'static str)> {
        Self::ALL.iter().map(|one| (*one, one.name())).collect()
    }
}

impl Name for TransportChoice {
    const WHAT: &'static str = "transport";

    fn all() -> Vec<(Self, &'static str)> {
        Self::ALL.iter().map(|one| (*one, one.name())).collect()
    }
}

/// Writes the name.
pub(super) fn serialize<T: Name, S: Serializer>(one: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let all = T::all();
    let known = all.iter().find(|(other, _)| other == one);
    serializer.serialize_str(known.map_or("", |(_, name)| name))
}

/// Reads a name; a word that names nothing is refused with those that do.
pub(super) fn deserialize<'de, T: Name, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let (word, all) = (String::deserialize(deserializer)?, T::all());
    let known = all.iter().find(|(_, name)| *name == word);
    known.map(|(one, _)| *one).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|(_, name)| *name).collect();
        let (what, names) = (T::WHAT, names.join(", "));
        D::Error::custom(format!("unknown {what} {word:?}; use one of {names}"))
    })
}
