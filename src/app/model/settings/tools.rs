//! External programs for payloads, and highlight rules.

use super::presets::{OpenerPreset, PRESETS};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::Kind;

/// Programs outside that payloads are handed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tools {
    /// What opens a payload of a kind, as a command with `{{file}}` in it, or `{{csv}}` or `{{parquet}}` for a table.
    pub open: Vec<(Kind, String)>,
    /// Kinds whose program runs in the terminal.
    pub in_terminal: Vec<Kind>,
    /// Commands that turn bytes into something readable.
    pub decoders: Vec<Decoder>,
}

/// A command that gets a payload as its input; what it prints is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoder {
    /// What it is called.
    pub name: String,
    /// The command; `{{subject}}`, `{{dataname}}` and `{{kind}}` in it are filled.
    pub command: String,
}

impl Tools {
    /// The command that opens a kind, and whether it runs in the terminal.
    pub fn opener(&self, kind: Kind) -> Option<(&str, bool)> {
        let (_, command) = self.open.iter().find(|(of, _)| *of == kind)?;
        Some((command, self.in_terminal.contains(&kind)))
    }

    /// Takes what is commonly used for each kind that the settings name no program for: the first one that is installed.
    pub fn fill(&mut self, installed: impl Fn(&str) -> bool) {
        for preset in PRESETS {
            for kind in preset.kinds {
                if self.opener(*kind).is_none() && installed(preset.name) {
                    self.open_with(*kind, preset);
                }
            }
        }
    }

    /// Opens a kind with that program.
    pub(super) fn open_with(&mut self, kind: Kind, preset: &OpenerPreset) {
        self.open.push((kind, preset.command.to_owned()));
        if preset.in_terminal {
            self.in_terminal.push(kind);
        }
    }

    /// The command of the decoder with that name, or the text itself.
    pub fn command<'t>(&'t self, text: &'t str) -> &'t str {
        let named = self.decoders.iter().find(|decoder| decoder.name == text);
        named.map_or(text, |decoder| &decoder.command)
    }
}

/// The colour of a highlight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub enum HighlightColour {
    Accent,
    Good,
    Caution,
    Bad,
}

impl HighlightColour {
    /// All colours, in the order in which new rules get them.
    pub const ALL: &[Self] = &[Self::Accent, Self::Caution, Self::Good, Self::Bad];

    /// Its word in the settings: a role of the theme.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accent => "accent",
            Self::Good => "good",
            Self::Caution => "caution",
            Self::Bad => "bad",
        }
    }
}

/// A highlight rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// Which messages.
    pub filter: MessageFilter,
    /// How.
    pub colour: HighlightColour,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_opens_what_the_settings_leave_open() {
        let mut tools = Tools {
            open: vec![(Kind::Video, "mine {{file}}".into())],
            ..Tools::default()
        };
        tools.fill(|program| ["duckdb", "libreoffice", "mpv"].contains(&program));
        assert_eq!(tools.opener(Kind::Video), Some(("mine {{file}}", false)));
        assert!(
            tools
                .opener(Kind::Table)
                .is_some_and(|(command, inside)| command.starts_with("duckdb") && inside)
        );
        assert!(
            tools
                .opener(Kind::Audio)
                .is_some_and(|(command, inside)| command.starts_with("mpv") && !inside)
        );
        assert_eq!(tools.opener(Kind::Text), None);
    }
}
