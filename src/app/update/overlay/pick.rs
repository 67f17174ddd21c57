//! Rows of the open list: moving over them, choosing one, confirming it.

use super::answer::answer;
use super::command_line::run_command;
use crate::model::{Action, ChoiceKind, Effects, Overlay, PromptKind, State, help_actions, palette};
use crate::update::compose::act_on_compose_overlay;
use crate::update::connection::load_context;
use crate::update::inspector::{mend, view_as};
use crate::update::messages::ask_tape_file;
use crate::update::subjects::{StreamChoice, choose_stream};
use natsbridge_wire::KINDS;

/// Rows of the open list, and the chosen one.
fn rows(state: &mut State) -> Option<(usize, &mut usize)> {
    let place = state.place();
    Some(match &mut state.overlay.open {
        Overlay::Help(help) => (help_actions(place, help.line.text()).len(), &mut help.chosen),
        Overlay::Palette(line, chosen) => (palette(line.text()).len(), chosen),
        Overlay::Themes(chosen, _) => (state.appearance.themes.len(), chosen),
        Overlay::Contexts(chosen, names) => (names.len(), chosen),
        Overlay::Stream(chosen, _) => (StreamChoice::ALL.len(), chosen),
        Overlay::Tape(chosen, choices) => (choices.len(), chosen),
        Overlay::Kinds(chosen, _) => (KINDS.len(), chosen),
        Overlay::Readers(chosen, readers) => (readers.len(), chosen),
        Overlay::Choices(choices, chosen) => (choices.rows(&state.compose), chosen),
        Overlay::Shape(chosen, sheet) => (sheet.rows.len(), chosen),
        Overlay::Prompt(..) | Overlay::Problems(_) | Overlay::Text(_) | Overlay::Marks(_) | Overlay::None => {
            return None;
        }
    })
}

/// Moves over the rows of the open list.
pub(super) fn step(state: &mut State, action: Action) {
    let steps: isize = match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp | Action::HalfUp => -8,
        Action::PageDown | Action::HalfDown => 8,
        Action::Top | Action::LineStart => isize::MIN + 1,
        Action::Bottom | Action::LineEnd => isize::MAX,
        _ => return,
    };
    if let Some((len, chosen)) = rows(state) {
        *chosen = chosen.saturating_add_signed(steps).min(len.saturating_sub(1));
    }
    preview(state);
}

/// Goes to the next row of the open list that begins with a letter.
pub(super) fn go_to_letter(state: &mut State, letter: char) {
    let names: Vec<String> = match &state.overlay.open {
        Overlay::Themes(..) => state.appearance.themes.clone(),
        Overlay::Contexts(_, names) => names.clone(),
        Overlay::Stream(..) => StreamChoice::ALL
            .iter()
            .map(|choice| choice.label(false).to_owned())
            .collect(),
        Overlay::Tape(_, choices) => choices
            .iter()
            .map(|choice| choice.scope.label().to_owned())
            .collect(),
        Overlay::Kinds(..) => KINDS.iter().map(|row| row.name.to_owned()).collect(),
        Overlay::Readers(_, readers) => readers.iter().map(|answer| answer.title.to_owned()).collect(),
        Overlay::Choices(choices, _) => {
            let rows = choices.list(&state.compose).rows.into_iter();
            rows.map(|row| row.label).collect()
        }
        _ => return,
    };
    let Some((_, chosen)) = rows(state) else { return };
    let starts = |name: &String| {
        let first = name.chars().find(|c| c.is_alphanumeric());
        first.is_some_and(|first| first.to_lowercase().eq(letter.to_lowercase()))
    };
    let found = |range: std::ops::Range<usize>| {
        let mut range = range.filter(|at| names.get(*at).is_some_and(&starts));
        range.next()
    };
    let here = *chosen + 1;
    if let Some(at) = found(here..names.len()).or_else(|| found(0..here)) {
        *chosen = at;
    }
    preview(state);
}

/// A theme is applied while it is chosen.
fn preview(state: &mut State) {
    if let Overlay::Themes(chosen, _) = state.overlay.open {
        state.appearance.show_theme(chosen);
    }
}

/// Chooses a row of the open list; returns the action to run then.
pub(super) fn choose(state: &mut State, row: usize, effects: &mut Effects) -> Option<Action> {
    if let Overlay::Problems(problems) = &mut state.overlay.open {
        let rows = state.store.problems(|found| found.rows(problems.by));
        problems.choose(&rows, row);
        return None;
    }
    match rows(state) {
        Some((len, chosen)) if row < len => *chosen = row,
        Some(_) | None => return None,
    }
    match &state.overlay.open {
        Overlay::Themes(..) => preview(state),
        // A column is chosen to be turned.
        Overlay::Choices(ChoiceKind::Columns(_), _)
        | Overlay::Prompt(..)
        | Overlay::Problems(_)
        | Overlay::Shape(..)
        | Overlay::Text(_)
        | Overlay::Marks(_)
        | Overlay::None => {}
        Overlay::Choices(..) => {
            act_on_compose_overlay(state, Action::Open, effects);
        }
        Overlay::Help(_)
        | Overlay::Palette(..)
        | Overlay::Contexts(..)
        | Overlay::Stream(..)
        | Overlay::Tape(..)
        | Overlay::Kinds(..)
        | Overlay::Readers(..) => return confirm(state, effects),
    }
    None
}

/// Does what is chosen or typed; returns the action to run then.
pub(super) fn confirm(state: &mut State, effects: &mut Effects) -> Option<Action> {
    let confirmed = std::mem::take(&mut state.overlay.open);
    if let Overlay::Prompt(purpose, line) = &confirmed {
        state.overlay.answered = Some((*purpose, line.clone()));
    }
    match confirmed {
        Overlay::Help(help) => {
            let actions = help_actions(state.place(), help.line.text());
            return actions.get(help.chosen).copied();
        }
        Overlay::Palette(line, chosen) => {
            return palette(line.text()).get(chosen).map(|row| row.action);
        }
        Overlay::Prompt(PromptKind::Command, line) => {
            state.overlay.remember(PromptKind::Command, line.text().trim());
            return run_command(state, &line, effects);
        }
        Overlay::Prompt(purpose, line) => answer(state, purpose, &line, effects),
        Overlay::Contexts(chosen, names) => {
            if let Some(name) = names.into_iter().nth(chosen) {
                load_context(&mut state.connection, name, effects);
            }
        }
        Overlay::Stream(chosen, stream) => {
            if let Some(choice) = StreamChoice::ALL.get(chosen) {
                choose_stream(state, *choice, stream, effects);
            }
        }
        Overlay::Tape(chosen, choices) => {
            if let Some(choice) = choices.get(chosen) {
                ask_tape_file(state, choice.scope, effects);
            }
        }
        Overlay::Kinds(chosen, _) => view_as(&state.inspector, chosen, effects),
        Overlay::Readers(chosen, readers) => mend(&state.inspector, readers.get(chosen), effects),
        Overlay::Themes(..)
        | Overlay::Choices(..)
        | Overlay::Problems(_)
        | Overlay::Shape(..)
        | Overlay::Text(_)
        | Overlay::Marks(_)
        | Overlay::None => {}
    }
    None
}
