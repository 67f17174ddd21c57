//! Messages saved as a tape, and how that went in a sentence.

use super::composing::at_home;
use super::done::Done;
use natsbridge_app::{Action, Msg, Origin, OverlayMsg, Progress, count, size};
use natsbridge_engine::{SavedTape, Store, TapeOrigin, TapeSelection, counted, save_tape, sentence};
use natsbridge_wire::Severity;
use std::path::Path;

/// Saves messages as a new tape; tells nothing if that was given up.
pub fn save(
    store: &Store,
    path: &Path,
    messages: &TapeSelection,
    origin: &TapeOrigin,
    progress: &Progress,
) -> Vec<Done> {
    let (severity, text) = match save_tape(store, messages, origin, &at_home(path), progress) {
        Ok(Some(saved)) => told(&saved, path),
        Ok(None) => return vec![],
        Err(error) => {
            let refused = OverlayMsg::Refused(path.display().to_string(), sentence(&error));
            return vec![Done::Told(Msg::Overlay(refused))];
        }
    };
    let outcome = Msg::Outcome(Origin::Action(Action::SaveTape), severity, text);
    vec![Done::Told(outcome)]
}

/// What was saved, and what could not be.
fn told(saved: &SavedTape, path: &Path) -> (Severity, String) {
    let kept = format!(
        "Saved {} ({}) to {}",
        counted(saved.messages, "message"),
        size(saved.bytes),
        path.display()
    );
    let mut lost = Vec::new();
    if saved.evicted > 0 {
        lost.push(format!(
            "{} had been evicted from memory before",
            count(saved.evicted)
        ));
    }
    if saved.missed > 0 {
        lost.push(format!(
            "{} too large to be kept are only counted on it",
            count(saved.missed)
        ));
    }
    if lost.is_empty() {
        return (Severity::Note, format!("{kept}."));
    }
    (Severity::Warning, format!("{kept}; {}.", lost.join(", ")))
}
