//! The rules by which messages stand out: from the settings, and added by the user.

use crate::model::settings::{Highlight, HighlightColour};
use natsbridge_engine::MessageFilter;

/// The rules, the first that matches decides.
#[derive(Debug, Clone, Default)]
pub struct Highlights {
    rules: Vec<Highlight>,
    changes: u64,
}

/// What became of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HighlightChange {
    /// All of them are gone; how many that were.
    Cleared(usize),
    /// The rule was there and is gone.
    Removed,
    /// The rule is there, in that colour.
    Added(HighlightColour),
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

    /// Adds a rule; the same one again removes it, an empty one removes all.
    pub(crate) fn toggle(&mut self, filter: MessageFilter) -> HighlightChange {
        self.changes += 1;
        if filter.is_empty() {
            let rules = self.rules.len();
            self.rules.clear();
            return HighlightChange::Cleared(rules);
        }
        let same = |rule: &Highlight| rule.filter.text() == filter.text();
        if let Some(at) = self.rules.iter().position(same) {
            self.rules.remove(at);
            return HighlightChange::Removed;
        }
        let colour = HighlightColour::ALL[self.rules.len() % HighlightColour::ALL.len()];
        self.rules.push(Highlight { filter, colour });
        HighlightChange::Added(colour)
    }
}
