//! The line of the open prompt or palette: typed into, completed, replaced by earlier answers.

use super::pick::go_to_letter;
use super::search::find_as_typed;
use crate::model::{
    Asked, Edit, Effects, LineEdit, Overlay, PromptKind, Prompting, State, ViewEffect, best_help,
};
use crate::update::compose::take_paste;
use crate::update::messages::{filter_by, mark_typed};
use crate::update::prompt::{begins_a_field, meaning_of, offer};
use natsbridge_engine::MessageFilter;

/// Applies a typed change to the open prompt or palette.
pub(crate) fn edit(state: &mut State, change: &Edit, effects: &mut Effects) {
    let place = state.place();
    match &mut state.overlay.open {
        Overlay::Marks(wanted) => {
            let wanted = *wanted;
            if let Edit::Insert(letter) = change {
                mark_typed(state, wanted, *letter, effects);
            }
        }
        Overlay::Help(help) => {
            help.line.apply(change);
            help.chosen = best_help(place, help.line.text());
        }
        Overlay::Palette(line, chosen) => {
            line.apply(change);
            *chosen = 0;
        }
        Overlay::Prompt(PromptKind::Compose(Asked::Paste(at)), _) => {
            if let Edit::Paste(text) = change {
                let at = *at;
                state.overlay.open = Overlay::None;
                take_paste(&mut state.compose, at, text);
            }
        }
        Overlay::Prompt(_, line) => {
            line.apply(change);
            typed(state, effects);
        }
        Overlay::None | Overlay::Problems(_) | Overlay::Shape(..) | Overlay::Text(_) => {}
        Overlay::Kinds(..)
        | Overlay::Readers(..)
        | Overlay::Themes(..)
        | Overlay::Contexts(..)
        | Overlay::Stream(..)
        | Overlay::Tape(..)
        | Overlay::Choices(..) => {
            if let Edit::Insert(letter) = change {
                go_to_letter(state, *letter);
            }
        }
    }
}

/// Reacts to a changed text in the open prompt.
fn typed(state: &mut State, effects: &mut Effects) {
    let Overlay::Prompt(purpose, line) = &state.overlay.open else {
        return;
    };
    let (purpose, text) = (*purpose, line.text().to_owned());
    // What was refused is being changed.
    state.overlay.verdict = None;
    match purpose {
        // What may become the name of a field is no word to look for yet, except on Enter.
        PromptKind::Filter if begins_a_field(line) => {}
        // Errors are shown while typing.
        PromptKind::Filter => drop(filter_by(state, &text, effects)),
        PromptKind::FilterConversations => state.timeline.filter_by(&text, &state.store, state.now_us),
        PromptKind::Highlight => state.overlay.verdict = Some(MessageFilter::new(&text).map(drop)),
        PromptKind::Command => {
            let meaning = meaning_of(&text, &state.appearance.themes);
            state.overlay.verdict = Some(meaning.map(drop));
        }
        PromptKind::View(question) => effects.push(ViewEffect::Check(question, text)),
        PromptKind::Search => find_as_typed(state, &text, effects),
        PromptKind::Subscribe
        | PromptKind::ExportConversations
        | PromptKind::ExportProblems
        | PromptKind::SaveAs
        | PromptKind::RecordTo
        | PromptKind::SaveTape(_)
        | PromptKind::FromSequence
        | PromptKind::SinceTime
        | PromptKind::Compose(_)
        | PromptKind::Pipe
        | PromptKind::PlotValue => {}
    }
    state.overlay.prompting = Prompting::default();
    offer(state, effects);
}

/// Tab: applies the best completion.
pub(crate) fn complete_prompt(state: &mut State, effects: &mut Effects) {
    if let Overlay::Prompt(_, line) = &mut state.overlay.open
        && let Some(best) = state.overlay.prompting.offers.best()
    {
        *line = LineEdit::new(best);
        state.overlay.prompting = Prompting::default();
        typed(state, effects);
    }
}

/// Up and down in a prompt: through the completions, and above them through earlier answers.
pub(super) fn step_prompt(state: &mut State, rows: isize, effects: &mut Effects) {
    let overlay = &mut state.overlay;
    let recalls = overlay.prompting.recalled.is_some();
    if !recalls && overlay.prompting.offers.step(rows) {
        return;
    }
    let Overlay::Prompt(purpose, line) = &mut overlay.open else {
        return;
    };
    let Some(history) = purpose.history().and_then(|key| overlay.histories.get(key)) else {
        return;
    };
    let (at, before) = match overlay.prompting.recalled.take() {
        None if rows < 0 => (0, line.text().to_owned()),
        None => return,
        Some((0, before)) if rows > 0 => {
            *line = LineEdit::new(before);
            typed(state, effects);
            return;
        }
        Some((at, before)) => (at.saturating_add_signed(-rows), before),
    };
    let at = at.min(history.len().saturating_sub(1));
    let Some(text) = history.get(at) else { return };
    *line = LineEdit::new(text);
    typed(state, effects);
    state.overlay.prompting.recalled = Some((at, before));
}
