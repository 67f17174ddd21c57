//! Going over to another context: which there are is asked for, one is chosen, read elsewhere, and switched to.

use super::message::Effect;
use super::overlay::Overlay;
use super::state::State;
use crate::engine::{Command, ConnectOptions};
use crate::wire::Severity;

impl State {
    /// Opens the picker with the contexts there are.
    pub(super) fn pick_context(&mut self, names: Vec<String>) {
        if names.is_empty() {
            self.tell(
                Severity::Note,
                "There are no contexts yet. The nats command makes them: nats context add NAME --server URL",
            );
            return;
        }
        let at = self
            .context
            .as_ref()
            .and_then(|name| names.iter().position(|other| other == name));
        self.overlay = Overlay::Contexts(at.unwrap_or(0), names);
    }

    /// Has a context read.
    pub(super) fn load_context(&mut self, name: String, effects: &mut Vec<Effect>) {
        self.switching = Some(name.clone());
        effects.push(Effect::LoadContext(name));
    }

    /// Goes over to a context that was read, unless another one was chosen meanwhile.
    pub(super) fn switch(
        &mut self,
        name: String,
        loaded: Result<Box<ConnectOptions>, String>,
        effects: &mut Vec<Effect>,
    ) {
        if self.switching.as_ref() != Some(&name) {
            return;
        }
        self.switching = None;
        match loaded {
            Ok(options) => {
                self.context = Some(name);
                effects.push(Effect::Session(Command::Switch(options)));
            }
            Err(why) => self.tell(Severity::Error, why),
        }
    }
}
