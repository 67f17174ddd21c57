//! What each action does to the state.

use super::compose::act_in_compose;
use super::subjects::act_in_subjects;
use super::timeline::act_in_timeline;
use crate::model::{
    Action, Clock, Effect, Follow, LineEdit, MarkUse, Overlay, Pane, ProblemsAt, Purpose, State,
    SubjectCursor, size,
};
use natsbridge_engine::Command;
use natsbridge_wire::Severity;

/// Applies an action to the panes.
pub fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if state.refuses_on_tape(action) {
        return;
    }
    match action {
        Action::Quit => effects.push(Effect::Quit),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::Close => close(state, effects),
        Action::Back => back(state, effects),
        Action::FocusNext => state.focus = state.focus.step(1),
        Action::FocusPrevious => state.focus = state.focus.step(Pane::ALL.len() - 1),
        Action::FocusSubjects => state.focus = Pane::Subjects,
        Action::FocusMessages => state.focus = Pane::Messages,
        Action::FocusInspector => state.focus = Pane::Inspector,
        Action::FocusTimeline => state.focus = Pane::Timeline,
        Action::FocusCompose => state.focus = Pane::Compose,
        Action::Compose => state.go_to_compose(),
        Action::Reply => state.take_up(false, effects),
        Action::Resend => state.take_up(true, effects),
        Action::TakePayload => state.take_payload(),
        Action::Maximise => state.maximised = !state.maximised,
        Action::Help => state.overlay = Overlay::Help(0),
        Action::Palette => state.overlay = Overlay::Palette(LineEdit::default(), 0),
        Action::CommandLine => state.prompt(Purpose::Command, "", effects),
        Action::Subscribe => state.prompt(Purpose::Subscribe, "", effects),
        Action::Search => state.prompt(Purpose::Search, "", effects),
        Action::Filter if state.focus == Pane::Timeline => {
            let text = state.conversations.filter.text().to_owned();
            state.prompt(Purpose::FilterConversations, &text, effects);
        }
        Action::Filter => {
            let text = state.view.filter().text().to_owned();
            state.filter_before.clone_from(&text);
            state.prompt(Purpose::Filter, &text, effects);
        }
        Action::SavePayload => state.ask_save(effects),
        Action::ViewAs => state.ask_kind(),
        Action::OpenOutside => state.open_outside(effects),
        Action::ShowLog => effects.push(Effect::ShowLog),
        Action::Pipe => state.ask_pipe(effects),
        Action::PlotValue => state.ask_value(effects),
        Action::Highlight => state.ask_highlight(effects),
        Action::Themes => {
            let at = state.themes.iter().position(|name| *name == state.theme);
            state.overlay = Overlay::Themes(at.unwrap_or(0), state.theme.clone());
        }
        Action::ToggleMouse => {
            state.mouse = !state.mouse;
            effects.push(Effect::Mouse(state.mouse));
            let whose = if state.mouse {
                "Mouse support is on again."
            } else {
                "Mouse support is off: the terminal selects text now."
            };
            state.tell(Severity::Note, whose);
        }
        Action::DrawPictures => {
            state.images = state.images.next();
            let text = format!("images = \"{}\"", state.images.word());
            state.tell(Severity::Note, &text);
        }
        Action::Reconnect => effects.push(Effect::Session(Command::Reconnect)),
        Action::CopyMessage => copy_message(state, effects),
        Action::Record => state.toggle_recording(effects),
        Action::Contexts => effects.push(Effect::ListContexts),
        Action::MarkMessage => state.ask_mark(MarkUse::Set),
        Action::JumpToMark => state.ask_mark(MarkUse::Jump),
        Action::CompareMessages => state.compare_marked(effects),
        Action::Mend => state.ask_reader(),
        Action::Problems => state.overlay = Overlay::Problems(ProblemsAt::default()),
        Action::AskLink => state.ask_shown(effects),
        Action::Conversation => state.go_to_conversation(),
        Action::Follow => match state.follow {
            Follow::Following => state.pause(),
            Follow::Paused { .. } => follow(state, effects),
        },
        Action::TimeFormat => {
            state.clock = match state.clock {
                Clock::Absolute => Clock::Relative,
                Clock::Relative => Clock::Delta,
                Clock::Delta => Clock::Absolute,
            };
        }
        Action::NextMatch => find(state, true, effects),
        Action::PreviousMatch => find(state, false, effects),
        _ => match state.focus {
            Pane::Subjects => act_in_subjects(state, action, effects),
            Pane::Messages => move_in_messages(state, action, effects),
            Pane::Inspector => {
                if action == Action::Open {
                    state.fetch_shown(effects);
                }
            }
            Pane::Timeline => act_in_timeline(state, action, effects),
            Pane::Compose => act_in_compose(state, action, effects),
        },
    }
}

fn close(state: &mut State, effects: &mut Vec<Effect>) {
    if state.sheet.take().is_some() {
        effects.push(Effect::LiftSheet);
        return;
    }
    if state.leave_conversation() {
        return;
    }
    if state.maximised {
        state.maximised = false;
    } else {
        state.leave(effects);
    }
}

fn back(state: &mut State, effects: &mut Vec<Effect>) {
    if state.focus == Pane::Compose && state.cancel_sending(effects) {
        return;
    }
    if state.cancel_work() {
        return;
    }
    if state.sheet.take().is_some() {
        effects.push(Effect::LiftSheet);
        return;
    }
    if state.give_up_context() || state.cancel_fetch(effects) || state.notices.dismiss() {
        return;
    }
    if state.leave_conversation() {
        return;
    }
    if state.maximised {
        state.maximised = false;
    } else if state.focus != Pane::Messages {
        // Leaving Subjects with Esc undoes the narrowing that moving in it did; Tab keeps it.
        if state.focus == Pane::Subjects {
            state.cursor = None;
            state.narrow_to_cursor(effects);
        }
        state.focus = Pane::Messages;
    } else if !state.view.filter().is_empty() {
        // The empty filter is always valid.
        let _ = state.filter_by("", effects);
    } else if !state.leave_only(effects) {
        state.cursor = None;
        state.narrow_to_cursor(effects);
    }
}

fn copy_message(state: &mut State, effects: &mut Vec<Effect>) {
    let selected = || state.selected.and_then(|seq| state.store.message(seq));
    let mended = state.mended_on_top().map(|opened| opened.stored.clone());
    let Some(message) = mended.or_else(selected) else {
        state.tell(Severity::Note, "Select a message first, then copy it.");
        return;
    };
    let (bytes, most) = (message.payload.len(), state.limits.clipboard_bytes);
    if bytes > most {
        let (is, most) = (size(bytes as u64), size(most as u64));
        state.tell(
            Severity::Warning,
            format!("The message is too large for the clipboard: {is} (limit {most})."),
        );
        return;
    }
    effects.push(Effect::Copy(
        String::from_utf8_lossy(&message.payload).into_owned(),
    ));
}

fn follow(state: &mut State, effects: &mut Vec<Effect>) {
    state.follow = Follow::Following;
    state.settle(effects);
}

/// Selects a message and stops following new ones.
pub fn select(state: &mut State, seq: u64, effects: &mut Vec<Effect>) {
    state.pause();
    state.selected = Some(seq);
    state.settle(effects);
}

/// Moves the selection by this many rows.
pub fn scroll_messages(state: &mut State, rows: isize, effects: &mut Vec<Effect>) {
    let at = state.selected.map_or(0, |seq| state.view.position(seq));
    let last = state.view.len().saturating_sub(1);
    if let Some(seq) = state.view.get(at.saturating_add_signed(rows).min(last)) {
        select(state, seq, effects);
    }
}

fn move_in_messages(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Bottom | Action::LineEnd => follow(state, effects),
        Action::Open => {
            if let Some(seq) = state.selected {
                state.pause();
                state.focus = Pane::Inspector;
                effects.push(Effect::LookInto(seq, false));
            }
        }
        _ => {
            if let Some(rows) = action.distance(state.page) {
                scroll_messages(state, rows, effects);
            }
        }
    }
}

/// Goes to the next (or previous) match of the search in Subjects or Messages.
pub fn find(state: &mut State, forward: bool, effects: &mut Vec<Effect>) {
    if state.search.is_empty() {
        state.tell(Severity::Note, "No search yet: press / to start one.");
        return;
    }
    let found = match state.focus {
        Pane::Subjects => find_subject(state, effects),
        Pane::Messages => {
            state.find_stored(forward, effects);
            true
        }
        Pane::Timeline => state.find_conversation(forward),
        Pane::Compose => {
            let search = state.search.clone();
            state.compose.find(forward, |text| search.admits(text))
        }
        Pane::Inspector => true,
    };
    if !found {
        let text = state.search.text().to_owned();
        state.tell(Severity::Note, format!("No match for \"{text}\" here."));
    }
}

fn find_subject(state: &mut State, effects: &mut Vec<Effect>) -> bool {
    let from = match state.cursor {
        Some(SubjectCursor::Node(node)) => Some(node),
        _ => None,
    };
    let search = state.search.clone();
    let Some(node) = state.tree.find(from, |name| search.admits(name)) else {
        return false;
    };
    (state.cursor, state.only) = (Some(SubjectCursor::Node(node)), None);
    state.narrow_to_cursor(effects);
    true
}
