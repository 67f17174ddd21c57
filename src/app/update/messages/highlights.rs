//! Highlighted messages: rules from the settings, and rules added by the user.

use crate::model::{Effect, Highlight, HighlightColour, Purpose, State, counted};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::{FilterFault, Severity};

impl State {
    /// Prompts for a rule.
    pub(crate) fn ask_highlight(&mut self, effects: &mut Vec<Effect>) {
        self.prompt(Purpose::Highlight, "", effects);
    }

    /// Checks a rule while it is typed.
    pub(crate) fn check_highlight(&mut self, text: &str) {
        self.verdict = Some(MessageFilter::new(text).map(|_| ()));
    }

    /// Highlights matching messages; the same text again removes the rule, an empty one removes all.
    pub(crate) fn highlight(&mut self, text: &str) -> Result<(), FilterFault> {
        let filter = MessageFilter::new(text)?;
        self.highlights_changed += 1;
        if filter.is_empty() {
            let rules = self.highlights.len();
            self.highlights.clear();
            self.tell(
                Severity::Note,
                format!("Removed {}.", counted(rules, "highlight")),
            );
            return Ok(());
        }
        if let Some(at) = self
            .highlights
            .iter()
            .position(|rule| rule.filter.text() == filter.text())
        {
            self.highlights.remove(at);
            self.tell(
                Severity::Note,
                format!("Removed the highlight for {}.", filter.text()),
            );
            return Ok(());
        }
        let colour = HighlightColour::ALL[self.highlights.len() % HighlightColour::ALL.len()];
        self.tell(
            Severity::Note,
            format!(
                "Messages matching {} are highlighted in {}.",
                filter.text(),
                colour.word()
            ),
        );
        self.highlights.push(Highlight { filter, colour });
        Ok(())
    }
}
