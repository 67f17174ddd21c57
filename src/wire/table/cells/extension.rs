//! The meaning of a column beyond its storage type, by its extension name: Julia's `JuliaLang.*` names and Arrow's
//! canonical UUID.

use arrow::datatypes::Field;

const NAME: &str = "ARROW:extension:name";

/// A meaning that changes how values are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Extension {
    /// The storage type is the meaning.
    #[default]
    Plain,
    /// Sixteen bytes in network order.
    Uuid,
    /// Sixteen bytes of Julia's UInt128, least significant first.
    JuliaUuid,
    /// A code point.
    Char,
    /// Four bytes as a number.
    Ipv4,
    /// Sixteen bytes of Julia's UInt128.
    Ipv6,
    /// A struct whose field names are positions.
    Tuple,
}

impl Extension {
    /// The meaning of a field's values.
    pub fn of(field: &Field) -> Self {
        match name(field) {
            Some("arrow.uuid") => Self::Uuid,
            Some("JuliaLang.UUID") => Self::JuliaUuid,
            Some("JuliaLang.Char") => Self::Char,
            Some("JuliaLang.IPv4") => Self::Ipv4,
            Some("JuliaLang.IPv6") => Self::Ipv6,
            Some("JuliaLang.Tuple") => Self::Tuple,
            _ => Self::Plain,
        }
    }
}

/// The extension name of a field, if it has one.
pub(super) fn name(field: &Field) -> Option<&str> {
    field.metadata().get(NAME).map(String::as_str)
}

/// The Julia type that a field carries, without its prefix.
pub(super) fn julia_name(field: &Field) -> Option<&str> {
    name(field)?.strip_prefix("JuliaLang.")
}
