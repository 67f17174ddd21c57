//! Opening a prompt, and offering completions for what has been typed into it so far.

use super::offers::{begins, completed, prompt_offers};
use crate::model::{
    Completions, ComposeEffect, Effects, LineEdit, Overlay, Overlays, PromptKind, Prompting, State,
    WorkEffect,
};
use natsbridge_wire::{FilterError, Severity};

/// Opens a prompt.
pub(crate) fn prompt(state: &mut State, purpose: PromptKind, text: &str, effects: &mut Effects) {
    state.overlay.verdict = None;
    state.overlay.open = Overlay::Prompt(purpose, LineEdit::new(text));
    state.overlay.prompting = Prompting::default();
    offer(state, effects);
}

/// Asks for a new file under this name, or a free one like it: typing takes its place.
pub(crate) fn propose(state: &mut State, purpose: PromptKind, name: &str, effects: &mut Effects) {
    prompt(state, purpose, name, effects);
    state.overlay.open = Overlay::Prompt(purpose, LineEdit::proposing(name));
    effects.push(WorkEffect::FindFreeName(name.to_owned()));
}

/// Proposes the free name, if nothing was typed in the meantime.
pub(crate) fn take_free_name(overlay: &mut Overlays, name: &str, free: String) {
    if let Overlay::Prompt(_, line) = &mut overlay.open
        && line.is_proposed()
        && line.text() == name
    {
        *line = LineEdit::proposing(free);
    }
}

/// Asks again, with the line as it was and the reason why it was refused, a sentence.
pub(crate) fn refuse(overlay: &mut Overlays, purpose: PromptKind, line: LineEdit, why: &str) {
    let told = overlay.verdict.as_ref().is_some_and(Result::is_err);
    if !told {
        let whole = 0..line.text().len();
        overlay.verdict = Some(Err(FilterError::new(whole, why.trim_end_matches('.'))));
    }
    overlay.prompting.offers = Completions::default();
    overlay.open = Overlay::Prompt(purpose, line);
}

/// What was answered last named a file that could not be written: it is asked for again, unless something else is open.
pub(crate) fn refuse_file(state: &mut State, file: &str, why: &str, effects: &mut Effects) {
    let overlay = &mut state.overlay;
    let answered = overlay
        .answered
        .take_if(|(_, line)| line.text().trim_end().ends_with(file));
    match answered {
        Some((purpose, line)) if overlay.open == Overlay::None => {
            overlay.verdict = None;
            refuse(overlay, purpose, line, why);
        }
        _ => effects.tell(Severity::Error, why),
    }
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
