//! Opening a prompt, and offering completions for what has been typed into it so far.

use super::offers::{begins, completed, prompt_offers};
use crate::model::{
    Completions, ComposeEffect, Effects, LineEdit, Overlay, Overlays, PromptKind, Prompting, State,
};

/// Opens a prompt.
pub(crate) fn prompt(state: &mut State, purpose: PromptKind, text: &str, effects: &mut Effects) {
    state.overlay.verdict = None;
    state.overlay.open = Overlay::Prompt(purpose, LineEdit::new(text));
    state.overlay.prompting = Prompting::default();
    offer(state, effects);
}

/// Offers completions for what has been typed so far.
pub(crate) fn offer(state: &mut State, effects: &mut Effects) {
    let Overlay::Prompt(purpose, line) = &state.overlay.open else {
        return;
    };
    if purpose.is_path() {
        effects.push(ComposeEffect::Paths(line.text().to_owned()));
        return;
    }
    let offers = prompt_offers(state, *purpose, line);
    show_offers(&mut state.overlay, offers);
}

/// What may still become valid is not an error yet.
fn show_offers(overlay: &mut Overlays, offers: Vec<String>) {
    if !offers.is_empty() {
        overlay.verdict.take_if(|verdict| verdict.is_err());
    }
    overlay.prompting.offers = Completions::of(offers);
}

/// Accepts the completions a view offers.
pub(crate) fn take_offers(overlay: &mut Overlays, words: &[String]) {
    if let Overlay::Prompt(PromptKind::View(_), line) = &overlay.open {
        let fits = |start: &str| {
            let fitting = words.iter().filter(|word| begins(word, start));
            fitting.cloned().collect()
        };
        let offers = completed(line, fits);
        show_offers(overlay, offers);
    }
}

/// Takes in paths that the text could become.
pub(crate) fn take_paths(overlay: &mut Overlays, text: &str, paths: Vec<String>) {
    if let Overlay::Prompt(purpose, line) = &overlay.open
        && purpose.is_path()
        && line.text() == text
    {
        overlay.prompting.offers = Completions::of(paths);
    }
}
