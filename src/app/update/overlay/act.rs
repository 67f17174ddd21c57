//! Typing and choosing in overlays.

use crate::model::{
    Action, Asked, Edit, Effect, LineEdit, Overlay, Pane, Prompting, Purpose, State, TextFilter, palette,
};
use crate::update::compose::{act_on_compose_overlay, columns_of};
use crate::update::dispatch::find;
use crate::update::subjects::StreamChoice;
use natsbridge_engine::{Command, check_pattern};
use natsbridge_wire::{KINDS, Severity};

/// Applies a typed change to the open prompt or palette.
pub fn edit(state: &mut State, change: &Edit, effects: &mut Vec<Effect>) {
    if let Overlay::Marks(wanted) = state.overlay {
        if let Edit::Insert(letter) = change {
            state.mark_typed(wanted, *letter, effects);
        }
        return;
    }
    match &mut state.overlay {
        Overlay::Palette(line, chosen) => {
            line.apply(change);
            *chosen = 0;
        }
        Overlay::Prompt(Purpose::Compose(Asked::Paste(at)), _) => {
            if let Edit::Paste(text) = change {
                let (at, text) = (*at, text.clone());
                state.overlay = Overlay::None;
                state.take_paste(at, &text);
            }
        }
        Overlay::Prompt(_, line) => {
            line.apply(change);
            state.typed(effects);
        }
        _ => {}
    }
}

impl State {
    /// Reacts to a changed text in the open prompt.
    pub(super) fn typed(&mut self, effects: &mut Vec<Effect>) {
        let Overlay::Prompt(purpose, line) = &self.overlay else {
            return;
        };
        let text = line.text().to_owned();
        match *purpose {
            // Errors are shown while typing.
            Purpose::Filter => drop(self.filter_by(&text, effects)),
            Purpose::FilterConversations => self.filter_conversations(&text),
            Purpose::Highlight => self.check_highlight(&text),
            Purpose::Command => self.check_command(&text),
            Purpose::View(question) => effects.push(Effect::Check(question, text)),
            _ => {}
        }
        self.prompting = Prompting::default();
        self.offer(effects);
    }
}

/// Chooses a row of the open list; returns the action to run then.
pub fn choose(state: &mut State, row: usize, effects: &mut Vec<Effect>) -> Option<Action> {
    match &mut state.overlay {
        Overlay::Palette(line, chosen) if row < palette(line.text()).len() => {
            *chosen = row;
            return confirm(state, effects);
        }
        Overlay::Themes(chosen, _) if row < state.themes.len() => {
            *chosen = row;
            state.theme.clone_from(&state.themes[row]);
        }
        Overlay::Contexts(chosen, names) if row < names.len() => {
            *chosen = row;
            return confirm(state, effects);
        }
        Overlay::Stream(chosen, _) if row < StreamChoice::ALL.len() => {
            *chosen = row;
            return confirm(state, effects);
        }
        Overlay::Kinds(chosen, _) if row < KINDS.len() => {
            *chosen = row;
            return confirm(state, effects);
        }
        Overlay::Readers(chosen, readers) if row < readers.len() => {
            *chosen = row;
            return confirm(state, effects);
        }
        Overlay::Problems(problems) => {
            let rows = state.store.troubles(|troubles| troubles.rows(problems.by));
            problems.choose(&rows, row);
        }
        Overlay::Choices(choices, chosen) => {
            let rows = choices.rows(&state.compose);
            let stays = columns_of(choices).is_some();
            if row < rows {
                *chosen = row;
                if !stays {
                    act_on_compose_overlay(state, Action::Open, effects);
                }
            }
        }
        _ => {}
    }
    None
}

/// Applies an action while an overlay is open; returns the action chosen there.
pub fn act_on_overlay(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    if act_on_compose_overlay(state, action, effects) || state.act_on_problems(action, effects) {
        return None;
    }
    match action {
        Action::Back | Action::Close => cancel(state, effects),
        Action::Help if matches!(state.overlay, Overlay::Help(_)) => cancel(state, effects),
        Action::Open
            if matches!(state.overlay, Overlay::Prompt(..)) && state.prompting.offers.chosen.is_some() =>
        {
            state.complete_prompt(effects);
        }
        Action::Open => return confirm(state, effects),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::Up if matches!(state.overlay, Overlay::Prompt(..)) => state.step_prompt(-1, effects),
        Action::Down if matches!(state.overlay, Overlay::Prompt(..)) => state.step_prompt(1, effects),
        _ => step(state, action),
    }
    None
}

/// Closes the overlay and undoes what it changed as a preview.
fn cancel(state: &mut State, effects: &mut Vec<Effect>) {
    match std::mem::take(&mut state.overlay) {
        Overlay::Themes(_, before) => state.theme = before,
        Overlay::Prompt(Purpose::Filter, _) => {
            let before = std::mem::take(&mut state.filter_before);
            // It was valid when it was applied.
            let _ = state.filter_by(&before, effects);
        }
        _ => {}
    }
}

fn step(state: &mut State, action: Action) {
    let rows: isize = match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp | Action::HalfUp => -8,
        Action::PageDown | Action::HalfDown => 8,
        Action::Top | Action::LineStart => isize::MIN + 1,
        Action::Bottom | Action::LineEnd => isize::MAX,
        _ => return,
    };
    let moved = |at: usize, len: usize| at.saturating_add_signed(rows).min(len.saturating_sub(1));
    match &mut state.overlay {
        Overlay::Help(top) => *top = moved(*top, crate::model::ACTIONS.len()),
        Overlay::Palette(line, chosen) => *chosen = moved(*chosen, palette(line.text()).len()),
        Overlay::Themes(chosen, _) => {
            *chosen = moved(*chosen, state.themes.len());
            if let Some(name) = state.themes.get(*chosen) {
                state.theme.clone_from(name);
            }
        }
        Overlay::Contexts(chosen, names) => *chosen = moved(*chosen, names.len()),
        Overlay::Stream(chosen, _) => *chosen = moved(*chosen, StreamChoice::ALL.len()),
        Overlay::Kinds(chosen, _) => *chosen = moved(*chosen, KINDS.len()),
        Overlay::Readers(chosen, readers) => *chosen = moved(*chosen, readers.len()),
        Overlay::Prompt(..)
        | Overlay::Problems(_)
        | Overlay::Choices(..)
        | Overlay::Text(_)
        | Overlay::Marks(_)
        | Overlay::None => {}
    }
}

fn confirm(state: &mut State, effects: &mut Vec<Effect>) -> Option<Action> {
    match std::mem::take(&mut state.overlay) {
        Overlay::Palette(line, chosen) => {
            return palette(line.text()).get(chosen).map(|row| row.action);
        }
        Overlay::Prompt(Purpose::Command, line) => {
            state.remember(Purpose::Command, line.text().trim());
            return state.run_command(&line, effects);
        }
        Overlay::Prompt(purpose, line) => answer(state, purpose, &line, effects),
        Overlay::Contexts(chosen, mut names) if chosen < names.len() => {
            state.load_context(names.swap_remove(chosen), effects);
        }
        Overlay::Stream(chosen, stream) => {
            if let Some(choice) = StreamChoice::ALL.get(chosen) {
                state.choose_stream(*choice, stream, effects);
            }
        }
        Overlay::Kinds(chosen, _) => state.view_as(chosen, effects),
        Overlay::Readers(chosen, readers) => state.mend(readers.get(chosen), effects),
        Overlay::Help(_)
        | Overlay::Themes(..)
        | Overlay::Contexts(..)
        | Overlay::Choices(..)
        | Overlay::Problems(_)
        | Overlay::Text(_)
        | Overlay::Marks(_)
        | Overlay::None => {}
    }
    None
}

pub fn answer(state: &mut State, purpose: Purpose, line: &LineEdit, effects: &mut Vec<Effect>) {
    let text = line.text().trim();
    state.remember(purpose, text);
    match purpose {
        Purpose::ExportConversations
        | Purpose::ExportProblems
        | Purpose::SaveAs
        | Purpose::Pipe
        | Purpose::PlotValue
            if text.is_empty() => {}
        Purpose::Subscribe => {
            if let Err(fault) = check_pattern(text) {
                state.tell(Severity::Error, format!("Cannot subscribe: {fault}."));
                state.overlay = Overlay::Prompt(purpose, line.clone());
            } else if state.subscriptions.iter().any(|view| view.pattern == text) {
                state.tell(Severity::Note, "Already subscribed to that pattern.");
            } else {
                effects.push(Effect::Session(Command::Subscribe(text.to_owned())));
            }
        }
        Purpose::Filter => {
            if let Err(fault) = state.filter_by(line.text(), effects) {
                state.tell(Severity::Error, format!("Cannot filter: {fault}."));
                state.overlay = Overlay::Prompt(purpose, line.clone());
            }
        }
        Purpose::FilterConversations => state.filter_conversations(text),
        // Confirmed elsewhere: it may name an action to run.
        Purpose::Command => {}
        Purpose::View(question) => effects.push(Effect::Answer(question, text.to_owned())),
        Purpose::ExportProblems => state.export_problems(text, effects),
        Purpose::ExportConversations => state.export_conversations(text, effects),
        Purpose::Compose(asked) => {
            if let Err(fault) = state.take_answer(asked, text, effects) {
                state.tell(Severity::Error, format!("{fault}."));
                state.overlay = Overlay::Prompt(purpose, line.clone());
            }
        }
        Purpose::FromSequence | Purpose::SinceTime => {
            if let Err(fault) = state.load_from(purpose, text, effects) {
                state.tell(Severity::Error, fault);
                state.overlay = Overlay::Prompt(purpose, line.clone());
            }
        }
        Purpose::Search => {
            state.search = TextFilter::new(text);
            state.forget_matches();
            if state.search.is_empty() {
                return;
            }
            if state.focus == Pane::Inspector || state.sheet.is_some() {
                effects.push(Effect::Search(text.to_owned()));
            } else {
                find(state, true, effects);
            }
        }
        Purpose::RecordTo => {
            if !text.is_empty() {
                effects.push(Effect::Session(Command::Record(text.into())));
            }
        }
        Purpose::SaveAs => state.save_to(text, effects),
        Purpose::Pipe => state.pipe(text, effects),
        Purpose::PlotValue => {
            if let Err(fault) = state.plot_value(text, effects) {
                state.tell(Severity::Error, format!("Cannot plot: {fault}."));
                state.overlay = Overlay::Prompt(purpose, line.clone());
            }
        }
        Purpose::Highlight => {
            if let Err(fault) = state.highlight(text) {
                state.tell(Severity::Error, format!("Cannot highlight: {fault}."));
                state.overlay = Overlay::Prompt(purpose, line.clone());
            }
        }
    }
}
