//! A line of text being edited, with a cursor, for prompts and the palette.

use unicode_segmentation::UnicodeSegmentation;

/// A change to the line, already translated from keys.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub enum Edit {
    Insert(char),
    Paste(String),
    Backspace,
    Delete,
    Left,
    Right,
    Start,
    End,
    /// Deletes the word before the cursor.
    WordBack,
    /// Deletes everything before the cursor.
    ClearBack,
}

/// The line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineEdit {
    text: String,
    /// Byte offset, always at a grapheme boundary.
    cursor: usize,
    /// Whether the text is only proposed: what is typed then takes its place.
    proposed: bool,
}

impl LineEdit {
    /// A line that holds `text`, the cursor after it.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            cursor: text.len(),
            text,
            proposed: false,
        }
    }

    /// A line that proposes `text`: typing takes its place, moving the cursor accepts it.
    pub fn proposing(text: impl Into<String>) -> Self {
        let line = Self::new(text);
        let proposed = !line.text.is_empty();
        Self { proposed, ..line }
    }

    /// Whether the text is only proposed.
    pub fn is_proposed(&self) -> bool {
        self.proposed
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor.
    pub fn before(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Applies a change. Line breaks and control characters in pasted text become spaces.
    pub fn apply(&mut self, edit: &Edit) {
        let replaces = matches!(edit, Edit::Insert(_) | Edit::Paste(_));
        if std::mem::take(&mut self.proposed) && replaces {
            self.cut_back(0);
        }
        match edit {
            Edit::Insert(c) => self.insert(&c.to_string()),
            Edit::Paste(text) => self.insert(text.trim_end_matches(['\r', '\n'])),
            Edit::Backspace => self.cut_back(self.previous()),
            Edit::Delete => {
                let next = self.next();
                self.text.replace_range(self.cursor..next, "");
            }
            Edit::Left => self.cursor = self.previous(),
            Edit::Right => self.cursor = self.next(),
            Edit::Start => self.cursor = 0,
            Edit::End => self.cursor = self.text.len(),
            Edit::WordBack => {
                let kept = self.before().trim_end().rfind(' ').map_or(0, |at| at + 1);
                self.cut_back(kept);
            }
            Edit::ClearBack => self.cut_back(0),
        }
    }

    fn insert(&mut self, text: &str) {
        let clean: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        self.text.insert_str(self.cursor, &clean);
        self.cursor += clean.len();
    }

    fn cut_back(&mut self, to: usize) {
        self.text.replace_range(to..self.cursor, "");
        self.cursor = to;
    }

    fn previous(&self) -> usize {
        self.before()
            .grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        let rest = &self.text[self.cursor..];
        self.cursor + rest.graphemes(true).next().map_or(0, str::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_whole_graphemes() {
        let mut line = LineEdit::new("aé👍🏽");
        line.apply(&Edit::Backspace);
        assert_eq!(line.text(), "aé");
        line.apply(&Edit::Left);
        line.apply(&Edit::Insert('x'));
        assert_eq!((line.text(), line.before()), ("axé", "ax"));
        line.apply(&Edit::Delete);
        line.apply(&Edit::Delete);
        assert_eq!(line.text(), "ax");
    }

    #[test]
    fn typing_takes_the_place_of_what_was_proposed_and_moving_accepts_it() {
        let mut line = LineEdit::proposing("photo.png");
        line.apply(&Edit::Insert('a'));
        line.apply(&Edit::Insert('b'));
        assert_eq!(line.text(), "ab");
        let mut line = LineEdit::proposing("photo.png");
        line.apply(&Edit::Left);
        line.apply(&Edit::Insert('x'));
        assert_eq!(line.text(), "photo.pnxg");
        let mut line = LineEdit::proposing("photo.png");
        line.apply(&Edit::Backspace);
        assert_eq!(line.text(), "photo.pn");
    }

    #[test]
    fn a_paste_stays_one_line() {
        let mut line = LineEdit::new("");
        line.apply(&Edit::Paste("one\ntwo \u{1b}[31m\n".into()));
        assert_eq!(line.text(), "one two  [31m");
        line.apply(&Edit::WordBack);
        assert_eq!(line.text(), "one two  ");
        line.apply(&Edit::ClearBack);
        assert_eq!(line.text(), "");
    }
}
