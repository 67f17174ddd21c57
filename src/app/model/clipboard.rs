//! The ways onto the clipboard, with their names in the settings.

/// How texts are copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clipboard {
    /// By the terminal, and by a program of this machine where one is at hand.
    #[default]
    Auto,
    /// By the terminal (OSC 52).
    Osc52,
    /// By `wl-copy`, for Wayland.
    WlCopy,
    /// By `xclip`, for X11.
    Xclip,
    /// By `xsel`, for X11.
    Xsel,
    /// By `pbcopy`, for macOS.
    Pbcopy,
    /// Into the paste buffer of tmux.
    Tmux,
}

/// Their words in the settings.
const WORDS: [&str; 7] = ["auto", "osc52", "wl-copy", "xclip", "xsel", "pbcopy", "tmux"];

impl Clipboard {
    const ALL: [Self; 7] = [
        Self::Auto,
        Self::Osc52,
        Self::WlCopy,
        Self::Xclip,
        Self::Xsel,
        Self::Pbcopy,
        Self::Tmux,
    ];

    /// Its word in the settings.
    pub fn word(self) -> &'static str {
        WORDS[self as usize]
    }

    /// The way of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }

    /// All words, as listed in an error message.
    pub fn words() -> String {
        WORDS.join(", ")
    }

    /// Whether the terminal is asked to take the text.
    pub fn asks_terminal(self) -> bool {
        matches!(self, Self::Auto | Self::Osc52)
    }
}

#[cfg(test)]
mod tests {
    use super::Clipboard;

    #[test]
    fn words_lead_back() {
        for way in Clipboard::ALL {
            assert_eq!(Clipboard::from_word(way.word()), Some(way));
        }
        assert_eq!(Clipboard::from_word("paper"), None);
    }
}
