//! The questions asked before the message is replaced or the workbench quits.

use crate::model::{ChoicesFor, ComposeWork, Effect, Next, Overlay, State};

impl State {
    /// What would be lost if the workbench ended now, a few words each.
    pub fn losses(&self) -> Vec<String> {
        let mut losses = self.compose.losses();
        if self.recording.is_some() {
            losses.push("the rest of the recording".into());
        }
        losses
    }

    /// Quits, or asks first if something would be lost.
    pub(crate) fn leave(&mut self, effects: &mut Vec<Effect>) {
        let losses = self.losses();
        if losses.is_empty() {
            effects.push(Effect::Quit);
        } else {
            self.overlay = Overlay::Choices(ChoicesFor::Quit(losses), 0);
        }
    }

    /// Replaces the message being written; asks first if that would lose something.
    pub(crate) fn replace_message(&mut self, next: Next, effects: &mut Vec<Effect>) {
        if self.compose.would_be_lost() {
            self.overlay = Overlay::Choices(ChoicesFor::Replace(next), 0);
        } else {
            self.go_on(next, effects);
        }
    }

    /// Replaces the message being written without asking.
    pub(crate) fn go_on(&mut self, next: Next, effects: &mut Vec<Effect>) {
        match next {
            Next::Message(message) => self.compose.replace(*message, None),
            Next::Draft(path) => effects.push(Effect::Compose(ComposeWork::ReadDraft(path))),
        }
    }
}
