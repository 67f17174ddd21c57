//! Entries of the settings file: their types, what is wrong with them and where.
//! Which entries there are is told by who reads them.

use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

pub(super) type Key<'t> = Spanned<DeString<'t>>;
pub(super) type Value<'t> = Spanned<DeValue<'t>>;
/// What is wrong, by its place in the text.
pub(super) type Mistakes = Vec<(usize, String)>;

/// What is wrong with an entry: its key or its value.
pub(super) enum Wrong {
    Key(String),
    Value(String),
}

/// Takes the entries of a table one by one: a mistake in one leaves the others alone.
pub(super) fn each<'t>(
    table: DeTable<'t>,
    mistakes: &mut Mistakes,
    mut take: impl FnMut(&Key<'t>, Value<'t>, &mut Mistakes) -> Result<(), Wrong>,
) {
    for (key, value) in table {
        let (at_key, at_value) = (key.span().start, value.span().start);
        match take(&key, value, mistakes) {
            Ok(()) => {}
            Err(Wrong::Key(what)) => mistakes.push((at_key, what)),
            Err(Wrong::Value(what)) => mistakes.push((at_value, what)),
        }
    }
}

pub(super) fn wrong(what: impl Into<String>) -> Wrong {
    Wrong::Value(what.into())
}

/// A value of a type, if it is one.
pub(super) fn typed<T: DeserializeOwned>(value: Value<'_>) -> Option<T> {
    T::deserialize(value.into_deserializer()).ok()
}

pub(super) fn string(value: Value<'_>, name: &str) -> Result<String, Wrong> {
    typed(value).ok_or_else(|| wrong(format!("{name} must be a string in quotes")))
}

pub(super) fn yes_or_no(value: Value<'_>, name: &str) -> Result<bool, Wrong> {
    typed(value).ok_or_else(|| wrong(format!("{name} must be true or false")))
}

pub(super) fn table<'t>(value: Value<'t>, name: &str) -> Result<DeTable<'t>, Wrong> {
    match value.into_inner() {
        DeValue::Table(table) => Ok(table),
        _ => Err(wrong(format!("{name} must be a table: write [{name}]"))),
    }
}

/// A list of strings; one alone is a list too.
pub(super) fn strings(value: Value<'_>) -> Option<Vec<String>> {
    match value.get_ref().as_str() {
        Some(one) => Some(vec![one.to_owned()]),
        None => typed(value),
    }
}
