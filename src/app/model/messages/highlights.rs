//! The rules by which messages stand out: from the settings, and added by the user.

use crate::model::figures::counted;
use crate::model::settings::{Highlight, HighlightColour};
use natsbridge_engine::MessageFilter;

/// The rules, the first that matches decides.
#[derive(Debug, Clone, Default)]
pub struct Highlights {
    rules: Vec<Highlight>,
    changes: u64,
}

impl Highlights {
    /// These rules.
    pub(crate) fn new(rules: Vec<Highlight>) -> Self {
        Self { rules, changes: 0 }
    }

    /// The rules.
    pub fn rules(&self) -> &[Highlight] {
        &self.rules
    }

    /// How often they have changed.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Adds a rule; the same one again removes it, an empty one removes all. Returns what became of it, a sentence.
    pub(crate) fn toggle(&mut self, filter: MessageFilter) -> String {
        self.changes += 1;
        if filter.is_empty() {
            let rules = self.rules.len();
            self.rules.clear();
            return format!("Removed {}.", counted(rules, "highlight"));
        }
        let same = |rule: &Highlight| rule.filter.text() == filter.text();
        if let Some(at) = self.rules.iter().position(same) {
            self.rules.remove(at);
            return format!("Removed the highlight for {}.", filter.text());
        }
        let colour = HighlightColour::ALL[self.rules.len() % HighlightColour::ALL.len()];
        let (text, word) = (filter.text(), colour.word());
        let told = format!("Messages matching {text} are highlighted in {word}.");
        self.rules.push(Highlight { filter, colour });
        told
    }
}
