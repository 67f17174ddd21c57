//! The kinds of views that have keys of their own.

/// What a view shows, as far as it decides what keys do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViewKind {
    /// A grid of rows and columns.
    Table,
    /// A picture.
    Picture,
    /// Sound.
    Sound,
    /// Lines of text.
    Text,
    /// A tree of JSON.
    Tree,
    /// Bytes in hexadecimal.
    Bytes,
    /// Differences of two messages.
    Difference,
    /// Numbers drawn as a curve.
    Plot,
}

impl ViewKind {
    /// All of them, in the order in which they are listed to people.
    pub const ALL: &[Self] = &[
        Self::Table,
        Self::Picture,
        Self::Sound,
        Self::Text,
        Self::Tree,
        Self::Bytes,
        Self::Difference,
        Self::Plot,
    ];

    /// Its heading in help and docs.
    pub fn title(self) -> &'static str {
        match self {
            Self::Table => "On a table",
            Self::Picture => "On a picture",
            Self::Sound => "On sound",
            Self::Text => "On text",
            Self::Tree => "On a dictionary",
            Self::Bytes => "On bytes",
            Self::Difference => "On differences",
            Self::Plot => "On a plot",
        }
    }
}
