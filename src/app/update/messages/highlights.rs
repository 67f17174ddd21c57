//! Highlighted messages: rules are checked while they are typed, added and removed.

use crate::model::{Effects, Messages, Overlays};
use natsbridge_engine::MessageFilter;
use natsbridge_wire::FilterError;

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
    effects.note(messages.highlights.toggle(MessageFilter::new(text)?));
    Ok(())
}
