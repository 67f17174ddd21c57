//! Highlighted messages: rules are checked while they are typed, added and removed.

use crate::model::{Effects, HighlightChange, Messages, Overlays, counted};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::{FilterError, Severity};

/// Checks a rule while it is typed.
pub(crate) fn check_highlight(overlay: &mut Overlays, text: &str) {
    overlay.verdict = Some(MessageFilter::new(text).map(|_| ()));
}

/// Highlights matching messages; the same text again removes the rule, an empty one removes all.
pub(crate) fn highlight(
    messages: &mut Messages,
    text: &str,
    effects: &mut Effects,
) -> Result<(), FilterError> {
    let filter = MessageFilter::new(text)?;
    let text = filter.text().to_owned();
    let told = match messages.highlights.toggle(filter) {
        HighlightChange::Cleared(rules) => format!("Removed {}.", counted(rules, "highlight")),
        HighlightChange::Removed => format!("Removed the highlight for {text}."),
        HighlightChange::Added(colour) => {
            format!("Messages matching {text} are highlighted in {}.", colour.word())
        }
    };
    effects.tell(Severity::Note, told);
    Ok(())
}
