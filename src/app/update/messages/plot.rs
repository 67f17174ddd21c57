//! Plotting a value across the messages of a subject.

use crate::model::{Effect, Purpose, State};
use natsbridge_wire::{Severity, ValuePathError};

impl State {
    /// Asks which value to plot.
    pub(crate) fn ask_value(&mut self, effects: &mut Vec<Effect>) {
        if self.selected.is_none() {
            self.tell(
                Severity::Note,
                "Select a message first; the plot covers its subject.",
            );
            return;
        }
        let last = self
            .histories
            .get("plot-value")
            .and_then(|history| history.front().cloned());
        self.prompt(Purpose::PlotValue, &last.unwrap_or_default(), effects);
    }

    /// Requests the plot over the listed messages with the subject of the selected one.
    pub(crate) fn plot_value(&mut self, path: &str, effects: &mut Vec<Effect>) -> Result<(), ValuePathError> {
        let path = path.parse()?;
        let Some(message) = self.selected.and_then(|seq| self.store.message(seq)) else {
            return Ok(());
        };
        effects.push(Effect::PlotValue {
            path,
            subject: message.subject.to_string(),
            seqs: (0..self.view.len()).filter_map(|at| self.view.get(at)).collect(),
        });
        Ok(())
    }
}
