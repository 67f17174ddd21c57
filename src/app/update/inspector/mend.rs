//! Mending: the selected message is rewritten for a peer that cannot read it, then edited and sent, or copied.

use crate::model::{Effects, Inspector, LongWork, Opened, Overlay, Overlays};
use natsbridge_wire::{Answer, READERS, Readability, ReaderStack};

/// Asks for the peer; the first that cannot read all of it is preselected.
pub(crate) fn ask_reader(overlay: &mut Overlays, inspector: &Inspector, effects: &mut Effects) {
    let envelope = |opened: &&Opened| opened.decoded.envelope.is_some();
    let Some(opened) = inspector.opened.as_ref().filter(envelope) else {
        let text = "Select an envelope first; it can then be rewritten for a peer that cannot read it.";
        return effects.note(text);
    };
    let ours = |answer: &&Answer| {
        let row = READERS.iter().find(|row| row.name == answer.name);
        row.is_some_and(|row| row.family == ReaderStack::Ours)
    };
    let answers = opened.readers.iter().filter(|answer| !ours(answer));
    let answers: Vec<Answer> = answers.cloned().collect();
    let worst = answers.iter().position(|answer| answer.reads != Readability::Yes);
    overlay.open = Overlay::Readers(worst.unwrap_or(0), answers);
}

/// Has it rewritten for that peer.
pub(crate) fn mend(inspector: &Inspector, reader: Option<&Answer>, effects: &mut Effects) {
    if let (Some(reader), Some(opened)) = (reader, &inspector.opened) {
        effects.push(LongWork::Mend(Box::new(opened.stored.clone()), reader.name));
    }
}
