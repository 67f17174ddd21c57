//! Messages that stand out: rules of the settings, and those made on the spot.

use crate::model::{Effect, Highlight, HighlightColour, Purpose, State};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::{FilterFault, Severity};

impl State {
    /// Asks for a rule.
    pub(crate) fn ask_highlight(&mut self, effects: &mut Vec<Effect>) {
        self.prompt(Purpose::Highlight, "", effects);
    }

    /// Says whether a rule is right so far.
    pub(crate) fn check_highlight(&mut self, text: &str) {
        self.verdict = Some(MessageFilter::new(text).map(|_| ()));
    }

    /// Has messages that fit stand out; the same text again takes the rule away, no text all of them.
    pub(crate) fn highlight(&mut self, text: &str) -> Result<(), FilterFault> {
        let filter = MessageFilter::new(text)?;
        self.highlights_changed += 1;
        if filter.is_empty() {
            let rules = self.highlights.len();
            self.highlights.clear();
            self.tell(
                Severity::Note,
                format!("No message stands out any more: {rules} rules less."),
            );
            return Ok(());
        }
        if let Some(at) = self
            .highlights
            .iter()
            .position(|rule| rule.filter.text() == filter.text())
        {
            self.highlights.remove(at);
            self.tell(Severity::Note, format!("No more highlight of {}.", filter.text()));
            return Ok(());
        }
        let colour = HighlightColour::ALL[self.highlights.len() % HighlightColour::ALL.len()];
        self.tell(
            Severity::Note,
            format!(
                "Messages with {} stand out in the colour {}.",
                filter.text(),
                colour.word()
            ),
        );
        self.highlights.push(Highlight { filter, colour });
        Ok(())
    }
}
