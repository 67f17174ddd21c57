//! The types that a person may choose for a column of rows that are turned into a table.

/// A column's type, by the name that drafts and people use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// Whole number of 64 bits.
    Integer,
    /// Floating-point number of 64 bits.
    Float,
    /// True or false.
    Boolean,
    /// Day without time.
    Date,
    /// Point in time, to the microsecond, UTC where the text names a zone.
    Timestamp,
}

impl ColumnType {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Self] = &[
        Self::Text,
        Self::Integer,
        Self::Float,
        Self::Boolean,
        Self::Date,
        Self::Timestamp,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }

    /// The type of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }
}
