//! What actions, the mouse and views do in overlays.

use super::line::{complete_prompt, step_prompt};
use super::pick::{choose, confirm, step};
use super::problems::act_on_problems;
use super::search::give_up_search;
use super::shape::act_on_shape;
use super::tour::attend_tour;
use crate::model::{Action, Effects, HelpAt, Overlay, OverlayMsg, PromptKind, State, TerminalEffect};
use crate::update::compose::act_on_compose_overlay;
use crate::update::messages::filter_by;
use crate::update::prompt::{prompt, refuse_file, take_free_name, take_offers};

/// Applies an action while an overlay is open; returns the action chosen there.
pub(crate) fn act_on_overlay(state: &mut State, action: Action, effects: &mut Effects) -> Option<Action> {
    if act_on_compose_overlay(state, action, effects)
        || act_on_problems(state, action, effects)
        || act_on_shape(state, action, effects)
    {
        return None;
    }
    let prompts = matches!(state.overlay.open, Overlay::Prompt(..));
    match action {
        Action::Back if leaves_search(state) => {}
        Action::Search if matches!(state.overlay.open, Overlay::Help(_)) => {
            if let Overlay::Help(help) = &mut state.overlay.open {
                help.typing = true;
            }
        }
        Action::Back | Action::Close => cancel(state, effects),
        Action::Help if matches!(state.overlay.open, Overlay::Help(_)) => cancel(state, effects),
        Action::Open if prompts && state.overlay.prompting.offers.chosen.is_some() => {
            complete_prompt(state, effects);
        }
        Action::Open => return confirm(state, effects),
        Action::Redraw => effects.push(TerminalEffect::Redraw),
        Action::Up if prompts => step_prompt(state, -1, effects),
        Action::Down if prompts => step_prompt(state, 1, effects),
        _ => step(state, action),
    }
    None
}

/// Takes in what concerns overlays; returns the action chosen in one.
pub(crate) fn overlay_message(
    state: &mut State,
    message: OverlayMsg,
    effects: &mut Effects,
) -> Option<Action> {
    let overlay = &mut state.overlay;
    match message {
        OverlayMsg::Choose(row) => return choose(state, row, effects),
        OverlayMsg::Sheet(sheet) => overlay.sheet = sheet,
        OverlayMsg::Mended(title, opened) => overlay.mended = Some((title, *opened)),
        OverlayMsg::Checked(verdict, words) => {
            overlay.verdict = Some(verdict);
            take_offers(overlay, &words);
        }
        OverlayMsg::Ask(question, text) => prompt(state, PromptKind::View(question), &text, effects),
        OverlayMsg::Searched(told) => overlay.told = Some(told),
        OverlayMsg::Did(action) => attend_tour(state, Some(action)),
        OverlayMsg::FreeName(name, free) => take_free_name(overlay, &name, free),
        OverlayMsg::Refused(file, why) => refuse_file(state, &file, &why, effects),
        OverlayMsg::Begun => overlay.welcome = false,
        OverlayMsg::TourLeft => {
            overlay.tour = None;
            effects.note("The tour is over; demo --tour begins it again.");
        }
    }
    None
}

/// What is searched for in the help goes before the help itself; whether it did.
fn leaves_search(state: &mut State) -> bool {
    match &mut state.overlay.open {
        Overlay::Help(help) if help.typing || !help.line.text().is_empty() => {
            *help = HelpAt::default();
            true
        }
        _ => false,
    }
}

/// Closes the overlay and undoes what it changed as a preview.
fn cancel(state: &mut State, effects: &mut Effects) {
    match std::mem::take(&mut state.overlay.open) {
        Overlay::Themes(_, before) => state.appearance.theme = before,
        Overlay::Prompt(PromptKind::Filter, _) => {
            let (filter, selected, follow) = std::mem::take(&mut state.overlay.filter_before);
            (state.messages.selected, state.messages.follow) = (selected, follow);
            // It was valid when it was applied.
            let _ = filter_by(state, &filter, effects);
        }
        Overlay::Prompt(PromptKind::Search, _) => give_up_search(state, effects),
        Overlay::None
        | Overlay::Help(_)
        | Overlay::Palette(..)
        | Overlay::Prompt(..)
        | Overlay::Kinds(..)
        | Overlay::Readers(..)
        | Overlay::Problems(_)
        | Overlay::Shape(..)
        | Overlay::Contexts(..)
        | Overlay::Stream(..)
        | Overlay::Tape(..)
        | Overlay::Marks(_)
        | Overlay::Choices(..)
        | Overlay::Text(_) => {}
    }
}
