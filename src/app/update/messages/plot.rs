//! Plotting a value across the messages of a subject.

use crate::model::{Effects, LongWork, Messages, PromptKind, State};
use crate::update::prompt::prompt;
use natsbridge_engine::Store;
use natsbridge_wire::ValuePathError;

/// Asks which value to plot.
pub(crate) fn ask_value(state: &mut State, effects: &mut Effects) {
    if state.messages.selected.is_none() {
        return effects.note("Select a message first; the plot covers its subject.");
    }
    let last = state.overlay.last_answer(PromptKind::PlotValue);
    prompt(state, PromptKind::PlotValue, &last.unwrap_or_default(), effects);
}

/// Requests the plot over the listed messages with the subject of the selected one.
pub(crate) fn plot_value(
    messages: &Messages,
    store: &Store,
    path: &str,
    effects: &mut Effects,
) -> Result<(), ValuePathError> {
    let path = path.parse()?;
    let Some(message) = messages.selected.and_then(|seq| store.message(seq)) else {
        return Ok(());
    };
    effects.push(LongWork::PlotValue {
        path,
        subject: message.subject.to_string(),
        seqs: messages.list.numbers(),
    });
    Ok(())
}
