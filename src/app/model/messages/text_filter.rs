//! A text to look for in lists whose rows are short texts. Payloads are never looked at.

use natsbridge_engine::subject_matches;

/// A text to look for: case counts only if it has capitals; `*` and `>` make it a NATS pattern for the subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextFilter {
    text: String,
    any_case: bool,
    pattern: bool,
}

impl TextFilter {
    /// A filter for `text`; the empty text matches everything.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        Self {
            any_case: !text.chars().any(char::is_uppercase),
            pattern: text.contains(['*', '>']),
            text: text.to_owned(),
        }
    }

    /// The text as typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a subject or sender has the text.
    pub fn admits(&self, text: &str) -> bool {
        if self.pattern {
            return subject_matches(&self.text, text);
        }
        if self.any_case {
            text.to_lowercase().contains(&self.text)
        } else {
            text.contains(&self.text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_make_case_count() {
        assert!(TextFilter::new("room").admits("/Chat/ROOM1"));
        assert!(!TextFilter::new("Room").admits("/chat/room1"));
        assert!(TextFilter::new("a.*").admits("a.b"));
        assert!(!TextFilter::new("a.*").admits("a.b.c"));
        assert!(TextFilter::new("  ").is_empty());
    }
}
