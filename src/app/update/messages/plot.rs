//! A value plotted over the messages of a subject.

use crate::model::{Effect, Purpose, State};
use natsbridge_wire::Severity;

impl State {
    /// Asks which value.
    pub(crate) fn ask_value(&mut self, effects: &mut Vec<Effect>) {
        if self.selected.is_none() {
            self.tell(
                Severity::Note,
                "Select a message first: its subject is what is plotted.",
            );
            return;
        }
        let last = self
            .histories
            .get("plot-value")
            .and_then(|history| history.front().cloned());
        self.prompt(Purpose::PlotValue, &last.unwrap_or_default(), effects);
    }

    /// Has it plotted over those messages in the list that have the subject of the selected one.
    pub(crate) fn plot_value(&mut self, path: &str, effects: &mut Vec<Effect>) {
        let Some(message) = self.selected.and_then(|seq| self.store.message(seq)) else {
            return;
        };
        effects.push(Effect::PlotValue {
            path: path.to_owned(),
            subject: message.subject.to_string(),
            seqs: (0..self.view.len()).filter_map(|at| self.view.get(at)).collect(),
        });
    }
}
