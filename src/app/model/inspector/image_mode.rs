//! The ways to draw images, with their names in the settings.

use crate::model::turned::turned;

/// How images are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImageMode {
    /// The best way that the terminal has.
    #[default]
    Auto,
    /// The graphics protocol of kitty, by Unicode placeholders.
    Kitty,
    /// The inline images of iTerm2.
    Iterm2,
    /// Sixel graphics.
    Sixel,
    /// Coloured half-blocks.
    HalfBlocks,
    /// Characters.
    Ascii,
    /// Not at all.
    Off,
}

/// Their words in the settings.
const WORDS: [&str; 7] = ["auto", "kitty", "iterm2", "sixel", "halfblocks", "ascii", "off"];

impl ImageMode {
    /// All of them, in the order in which a key goes through them.
    pub const ALL: &[Self] = &[
        Self::Auto,
        Self::Kitty,
        Self::Iterm2,
        Self::Sixel,
        Self::HalfBlocks,
        Self::Ascii,
        Self::Off,
    ];

    /// Its word in the settings.
    pub fn word(self) -> &'static str {
        WORDS[self as usize]
    }

    /// The way of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mode| mode.word() == word)
    }

    /// All names, as listed in an error message.
    pub fn words() -> String {
        WORDS.join(", ")
    }

    /// The next mode, wrapping around.
    #[must_use]
    pub fn next(self) -> Self {
        turned(Self::ALL, self, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_and_the_key_goes_through_all() {
        let mut mode = ImageMode::default();
        for expected in ImageMode::ALL {
            assert_eq!(mode, *expected);
            assert_eq!(ImageMode::from_word(mode.word()), Some(mode));
            mode = mode.next();
        }
        assert_eq!(mode, ImageMode::Auto);
        assert_eq!(ImageMode::from_word("crayon"), None);
    }
}
