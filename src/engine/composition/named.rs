//! Values that drafts write by their names: kinds, dialects, transports, types of columns.

use crate::bridge::TransportChoice;
use natsbridge_wire::{ColumnType, DIALECTS, Dialect, KINDS, Kind};
use serde::{Deserialize, Serialize};

/// Something that is written by its name.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str", bound = "T: Name")]
pub(super) struct Named<T: Name>(pub(super) T);

pub(super) trait Name: Copy {
    /// What it is, for people.
    const WHAT: &'static str;
    fn all() -> Vec<Self>;
    fn name(self) -> &'static str;
}

impl Name for Kind {
    const WHAT: &'static str = "kind";

    fn all() -> Vec<Self> {
        KINDS.iter().map(|row| row.kind).collect()
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

impl Name for Dialect {
    const WHAT: &'static str = "dialect";

    fn all() -> Vec<Self> {
        DIALECTS.iter().map(|row| row.dialect).collect()
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

impl Name for ColumnType {
    const WHAT: &'static str = "column type";

    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

impl Name for TransportChoice {
    const WHAT: &'static str = "transport";

    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

/// A word that names nothing.
#[derive(Debug, thiserror::Error)]
#[error("unknown {what} {word:?}; use one of {}", known.join(", "))]
pub(super) struct UnknownName {
    what: &'static str,
    word: String,
    known: Vec<&'static str>,
}

impl<T: Name> TryFrom<String> for Named<T> {
    type Error = UnknownName;

    fn try_from(word: String) -> Result<Self, UnknownName> {
        let all = T::all();
        let known = all.iter().copied().find(|one| one.name() == word);
        known.map(Self).ok_or_else(|| UnknownName {
            what: T::WHAT,
            known: all.iter().map(|one| one.name()).collect(),
            word,
        })
    }
}

impl<T: Name> From<Named<T>> for &'static str {
    fn from(Named(one): Named<T>) -> Self {
        one.name()
    }
}
