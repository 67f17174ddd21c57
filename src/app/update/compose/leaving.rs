//! What happens before the message is replaced or the workbench quits: the user is asked, and the draft is saved.

use crate::model::{
    Answer, Asked, ChoiceKind, ComposeEffect, Composer, Effects, LineEdit, Next, Overlay, Overlays,
    PromptKind, State, TerminalEffect, Then,
};
use crate::update::prompt::prompt;
use natsbridge_wire::Severity;
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
pub(super) fn replace_message(
    composer: &mut Composer,
    overlay: &mut Overlays,
    next: Next,
    effects: &mut Effects,
) {
    if composer.would_be_lost() {
        overlay.open = Overlay::Choices(ChoiceKind::Replace(next), 0);
    } else {
        go_on(composer, next, effects);
    }
}

/// Handles the answer to the question asked before something is lost.
pub(super) fn answered(state: &mut State, answer: Answer, then: Then, effects: &mut Effects) {
    match answer {
        Answer::Stay => {}
        Answer::Save => ask_where_to_save(state, then, effects),
        Answer::Lose => go(&mut state.compose, then, effects),
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

/// The draft of that revision was saved, or could not be.
pub(super) fn draft_saved(
    composer: &mut Composer,
    overlay: &mut Overlays,
    (path, revision, result): (PathBuf, u64, Result<(), String>),
    effects: &mut Effects,
) {
    if let Err(why) = result {
        effects.tell(Severity::Error, why);
        let line = LineEdit::new(path.display().to_string());
        overlay.open = Overlay::Prompt(PromptKind::Compose(Asked::SaveDraft), line);
        return;
    }
    let then = std::mem::replace(&mut composer.then, Then::Stay);
    let mut told = format!("Saved the draft to {}.", path.display());
    // The settings may have changed since the draft was requested; then they are not saved, and the pane shows
    // "edited".
    let lost = composer.settings.words();
    if !lost.is_empty() {
        told = format!("{told} The draft does not keep how it is sent: {lost}.");
    }
    effects.tell(Severity::Note, told);
    composer.draft = Some(path);
    composer.kept = revision;
    go(composer, then, effects);
}

fn go(composer: &mut Composer, then: Then, effects: &mut Effects) {
    match then {
        Then::Stay => {}
        Then::Quit => effects.push(TerminalEffect::Quit),
        Then::Next(next) => go_on(composer, next, effects),
    }
}

/// Replaces the message being written without asking.
fn go_on(composer: &mut Composer, next: Next, effects: &mut Effects) {
    match next {
        Next::Message(message) => composer.replace(*message, None),
        Next::Draft(path) => effects.push(ComposeEffect::ReadDraft(path)),
    }
}
