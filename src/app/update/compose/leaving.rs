//! What happens before the message is replaced or the workbench quits: the user is asked, and the draft is saved.

use crate::model::{
    Answer, Asked, ChoiceKind, ComposeEffect, Composer, Effects, Overlay, PromptKind, State, TerminalEffect,
    Then,
};
use crate::update::prompt::prompt;
use std::path::PathBuf;

/// Quits, or asks first if something would be lost.
pub(crate) fn leave(state: &mut State, effects: &mut Effects) {
    let losses = state.losses();
    if losses.is_empty() {
        effects.push(TerminalEffect::Quit);
    } else {
        state.overlay.open = Overlay::Choices(ChoiceKind::Quit(losses), 0);
    }
}

/// Replaces the message being written; asks first if that would lose something.
pub(super) fn replace_message(state: &mut State, then: Then, effects: &mut Effects) {
    if state.compose.would_be_lost() {
        state.overlay.open = Overlay::Choices(ChoiceKind::Replace(then), 0);
    } else {
        go(&mut state.compose, then, effects);
    }
}

/// Handles the answer to the question asked before something is lost, by its row.
pub(super) fn answered(state: &mut State, row: usize, then: Then, effects: &mut Effects) {
    match Answer::offered(&state.compose).get(row) {
        Some(Answer::Save) => ask_where_to_save(state, then, effects),
        Some(Answer::Lose) => go(&mut state.compose, then, effects),
        Some(Answer::Stay) | None => {}
    }
}

/// Asks where to save the draft, and what to do once it is saved.
pub(super) fn ask_where_to_save(state: &mut State, then: Then, effects: &mut Effects) {
    state.compose.then = then;
    let path = state.compose.draft.as_ref();
    let path = path.map_or_else(|| "draft.toml".into(), |path| path.display().to_string());
    prompt(state, PromptKind::Compose(Asked::SaveDraft), &path, effects);
}

/// Saves the draft; one that it was loaded from or saved to before may be overwritten.
pub(super) fn save_draft(composer: &Composer, path: PathBuf, effects: &mut Effects) {
    effects.push(ComposeEffect::WriteDraft {
        own: composer.draft.as_ref() == Some(&path),
        path,
        message: Box::new(composer.message.clone()),
        revision: composer.revision,
    });
}

/// The draft of that revision was saved.
pub(super) fn draft_saved(composer: &mut Composer, path: PathBuf, revision: u64, effects: &mut Effects) {
    let then = std::mem::take(&mut composer.then);
    let mut told = format!("Saved the draft to {}.", path.display());
    // The settings may have changed since the draft was requested; then they are not saved, and the pane shows
    // "edited".
    let lost = composer.settings.words();
    if !lost.is_empty() {
        told = format!("{told} The draft does not keep how it is sent: {lost}.");
    }
    effects.note(told);
    composer.draft = Some(path);
    composer.kept = revision;
    go(composer, then, effects);
}

/// Does it without asking.
fn go(composer: &mut Composer, then: Then, effects: &mut Effects) {
    match then {
        Then::Stay => {}
        Then::Quit => effects.push(TerminalEffect::Quit),
        Then::Message(message) => composer.replace(*message, None),
        Then::Draft(path) => effects.push(ComposeEffect::ReadDraft(path)),
    }
}
