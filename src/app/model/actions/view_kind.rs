//! The kinds of views with keys of their own.

/// What a view shows, as far as it determines its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViewKind {
    /// A grid of rows and columns.
    Table,
    /// Numbers drawn as a curve.
    Plot,
    /// A picture.
    Image,
    /// A text.
    Text,
    /// A value as a tree.
    Tree,
    /// Bytes.
    Bytes,
}

impl ViewKind {
    /// All of them, in the order in which they are listed to people.
    pub const ALL: &[Self] = &[
        Self::Table,
        Self::Plot,
        Self::Image,
        Self::Text,
        Self::Tree,
        Self::Bytes,
    ];

    /// Its heading in help and docs.
    pub fn title(self) -> &'static str {
        match self {
            Self::Table => "On a table",
            Self::Plot => "On a plot",
            Self::Image => "On an image",
            Self::Text => "On a text",
            Self::Tree => "On a tree",
            Self::Bytes => "On bytes",
        }
    }
}
