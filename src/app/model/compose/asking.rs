//! The prompts of the Compose pane: titles and hints.

use crate::model::figures::counted;

/// What a prompt of the pane asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The file of a payload, a new one if `None`.
    PayloadFile(Option<usize>),
    /// What is on the clipboard, for a payload, a new one if `None`.
    Paste(Option<usize>),
    /// Where to save the draft.
    SaveDraft,
    /// Which draft to load.
    LoadDraft,
    /// Where to save the text being looked at.
    SaveText,
    /// What is answered with the message.
    Arm,
}

impl Asked {
    /// The prompt's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::PayloadFile(_) => "Payload file",
            Self::Paste(_) => "Paste now",
            Self::SaveDraft => "Save draft as",
            Self::LoadDraft => "Load draft",
            Self::SaveText => "Save text as",
            Self::Arm => "Answer requests on",
        }
    }

    /// One sentence about what may be typed.
    pub fn advice(self) -> &'static str {
        match self {
            Self::PayloadFile(_) => "A path; Tab completes. The file is read when the message is sent.",
            Self::Paste(_) => "Paste as usual in your terminal, often Ctrl+Shift+V or Shift+Insert.",
            Self::SaveDraft => "A new .toml or .json file, or the one it was loaded from; Tab completes.",
            Self::LoadDraft => "A .toml or .json draft file; Tab completes.",
            Self::SaveText => "A file that does not exist yet.",
            Self::Arm => "A subject or pattern, then optionally a delay and a count: orders.* 200ms 5",
        }
    }

    /// Whether it asks for a path.
    pub fn is_path(self) -> bool {
        !matches!(self, Self::Paste(_) | Self::Arm)
    }
}

/// Characters of a first line that are examined.
const FIRST: usize = 400;
/// Texts larger than this are not counted in lines: a list is drawn often.
const COUNTED: usize = 64 << 20;

/// What a list shows of a text: its first line, and the number of lines if it is cheap to count.
pub fn text_words(text: &str) -> String {
    if text.is_empty() {
        return "empty".into();
    }
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or_default();
    let cut = first.char_indices().nth(FIRST).map(|(at, _)| at);
    let first = &first[..cut.unwrap_or(first.len())];
    if text.len() > COUNTED {
        return format!("{first} …");
    }
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let lines = ends + usize::from(!text.ends_with('\n'));
    match (lines, cut) {
        (1, None) => first.to_owned(),
        (1, Some(_)) => format!("{first} …"),
        (lines, _) => format!("{first} … {}", counted(lines, "line")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_a_list_is_its_first_line() {
        assert_eq!(text_words("one"), "one");
        assert_eq!(text_words("\none\ntwo"), "one … 3 lines");
        assert_eq!(text_words(""), "empty");
    }

    #[test]
    fn all_lines_of_a_large_text_are_counted() {
        let text = "a line that was pasted\n".repeat(60_000);
        assert_eq!(text_words(&text), "a line that was pasted … 60,000 lines");
        let long = "x".repeat(5000) + "\ny";
        assert!(text_words(&long).ends_with("x … 2 lines"));
        assert!(text_words(&long).len() < 500);
    }
}
