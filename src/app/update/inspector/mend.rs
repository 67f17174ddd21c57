//! Mending: the selected message is rewritten for a peer that cannot read it, then edited and sent, or copied.

use crate::model::{Effect, Opened, Overlay, State};
use natsbridge_wire::{Answer, Family, READERS, Reads, Severity, who_reads};

impl State {
    /// Asks for the peer; the first that cannot read all of it is preselected.
    pub(crate) fn ask_reader(&mut self) {
        let envelope = |opened: &&Opened| opened.decoded.envelope.is_some();
        let Some(opened) = self.opened.as_ref().filter(envelope) else {
            let text = "Select an envelope first; it can then be rewritten for a peer that cannot read it.";
            self.tell(Severity::Note, text);
            return;
        };
        let others = READERS.iter().filter(|reader| reader.family != Family::Ours);
        let answers = who_reads(&opened.decoded, others);
        let worst = answers.iter().position(|answer| answer.reads != Reads::Yes);
        self.overlay = Overlay::Readers(worst.unwrap_or(0), answers);
    }

    /// Has it rewritten for that peer.
    pub(crate) fn mend(&mut self, reader: Option<&Answer>, effects: &mut Vec<Effect>) {
        if let (Some(reader), Some(opened)) = (reader, &self.opened) {
            effects.push(Effect::Mend(Box::new(opened.stored.clone()), reader.name));
        }
    }

    /// The mended message, while its sheet is on top.
    pub fn mended_on_top(&self) -> Option<&Opened> {
        let (title, opened) = self.mended.as_ref()?;
        let (top, _) = self.sheet.as_ref()?;
        (top == title).then_some(opened)
    }
}
