//! Which room an action is for: the one that its context names, or the one that has the focus.

use super::clipboard::copy;
use super::compose::{act_in_compose, cancel_sending, go_to_compose, leave, take_payload, take_up};
use super::connection::{give_up_context, toggle_recording};
use super::inspector::{
    ask_kind, ask_pipe, ask_reader, ask_save, ask_shown, cancel_fetch, fetch_shown, open_outside,
};
use super::messages::{
    act_in_messages, ask_mark, ask_tape, ask_value, compare_marked, filter_by, narrow_to_cursor,
};
use super::overlay::{find, show_shape};
use super::prompt::prompt;
use super::subjects::act_in_subjects;
use super::tape::{is_only_a_tape, needs_broker};
use super::timeline::{act_in_timeline, go_to_conversation, leave_conversation, leave_only};
use crate::model::{
    Action, Appearance, Effects, HelpAt, LineEdit, MarkUse, Matches, Overlay, Pane, ProblemsAt, PromptKind,
    State, TerminalEffect, TextFilter, ViewEffect, WorkEffect,
};
use natsbridge_engine::{Command, ConnectionCommand};

/// Applies an action to the panes.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Effects) {
    if needs_broker(action) && is_only_a_tape(&state.connection, effects) {
        return;
    }
    if open(state, action, effects) {
        return;
    }
    let focus = &mut state.focus;
    match action {
        Action::Quit => effects.push(TerminalEffect::Quit),
        Action::Suspend => effects.push(TerminalEffect::Suspend),
        Action::Redraw => effects.push(TerminalEffect::Redraw),
        Action::Close => close(state, effects),
        Action::Back => back(state, effects),
        Action::FocusNext => focus.pane = focus.pane.step(1),
        Action::FocusPrevious => focus.pane = focus.pane.step(Pane::ALL.len() - 1),
        Action::FocusSubjects => focus.pane = Pane::Subjects,
        Action::FocusMessages => focus.pane = Pane::Messages,
        Action::FocusInspector => focus.pane = Pane::Inspector,
        Action::FocusTimeline => focus.pane = Pane::Timeline,
        Action::FocusCompose => focus.pane = Pane::Compose,
        Action::Maximise => focus.maximised = !focus.maximised,
        Action::Compose => go_to_compose(state),
        Action::Reply => take_up(state, false, effects),
        Action::Resend => take_up(state, true, effects),
        Action::TakePayload => take_payload(&mut state.compose, None, &state.inspector, effects),
        Action::OpenOutside => open_outside(&state.inspector, &state.tools, effects),
        Action::ShowLog => effects.push(ViewEffect::ShowLog),
        Action::ToggleMouse => toggle_mouse(&mut state.appearance, effects),
        Action::ToggleKeys => state.appearance.shows_keys = !state.appearance.shows_keys,
        Action::DrawPictures => {
            state.appearance.images = state.appearance.images.next();
            let text = format!("images = \"{}\"", state.appearance.images.word());
            effects.note(text);
        }
        Action::Reconnect => effects.push(Command::Connection(ConnectionCommand::Reconnect)),
        Action::CopyMessage => copy_message(state, effects),
        Action::Record => toggle_recording(state, effects),
        Action::Contexts => effects.push(WorkEffect::ListContexts),
        Action::CompareMessages => compare_marked(&state.messages, &state.store, effects),
        Action::AskLink => ask_shown(&mut state.inspector, effects),
        Action::Conversation => go_to_conversation(state, effects),
        Action::Follow | Action::TimeFormat => act_in_messages(state, action, effects),
        Action::NextMatch => find(state, true, effects),
        Action::PreviousMatch => find(state, false, effects),
        _ => match state.focus.pane {
            Pane::Subjects => act_in_subjects(state, action, effects),
            Pane::Messages => act_in_messages(state, action, effects),
            Pane::Inspector => {
                if action == Action::Open {
                    fetch_shown(&mut state.inspector, state.now_us, effects);
                }
            }
            Pane::Timeline => act_in_timeline(state, action, effects),
            Pane::Compose => act_in_compose(state, action, effects),
        },
    }
}

/// Opens a prompt or a list; says whether the action is to open one.
fn open(state: &mut State, action: Action, effects: &mut Effects) -> bool {
    let (overlay, appearance) = (&mut state.overlay, &state.appearance);
    match action {
        Action::Help => overlay.open = Overlay::Help(HelpAt::default()),
        Action::Palette => overlay.open = Overlay::Palette(LineEdit::default(), 0),
        Action::CommandLine => prompt(state, PromptKind::Command, "", effects),
        Action::Subscribe => prompt(state, PromptKind::Subscribe, "", effects),
        Action::Search => {
            let messages = &state.messages;
            overlay.search_before = (state.search.clone(), messages.selected, messages.follow);
            overlay.told = None;
            prompt(state, PromptKind::Search, "", effects);
        }
        Action::Highlight => prompt(state, PromptKind::Highlight, "", effects),
        Action::Filter if state.focus.pane == Pane::Timeline => {
            let text = state.timeline.filter.text().to_owned();
            prompt(state, PromptKind::FilterConversations, &text, effects);
        }
        Action::Filter => {
            let text = state.messages.list.filter().text().to_owned();
            overlay.filter_before = (text.clone(), state.messages.selected, state.messages.follow);
            prompt(state, PromptKind::Filter, &text, effects);
        }
        Action::Themes => {
            overlay.open = Overlay::Themes(appearance.theme_row(), appearance.theme.clone());
        }
        Action::Problems => overlay.open = Overlay::Problems(ProblemsAt::default()),
        Action::Shape => show_shape(state, effects),
        Action::SavePayload => ask_save(state, effects),
        Action::ViewAs => ask_kind(overlay, &state.inspector, effects),
        Action::Pipe => ask_pipe(state, effects),
        Action::PlotValue => ask_value(state, effects),
        Action::SaveTape => ask_tape(state, effects),
        Action::MarkMessage => ask_mark(overlay, &state.messages, MarkUse::Set, effects),
        Action::JumpToMark => ask_mark(overlay, &state.messages, MarkUse::Jump, effects),
        Action::Mend => ask_reader(overlay, &state.inspector, effects),
        _ => return false,
    }
    true
}

fn toggle_mouse(appearance: &mut Appearance, effects: &mut Effects) {
    appearance.mouse = !appearance.mouse;
    effects.push(TerminalEffect::Mouse(appearance.mouse));
    let whose = if appearance.mouse {
        "Mouse support is on again."
    } else {
        "Mouse support is off: the terminal selects text now."
    };
    effects.note(whose);
}

fn close(state: &mut State, effects: &mut Effects) {
    if lift_sheet(state, effects) || leave_conversation(state) {
        return;
    }
    if state.focus.maximised {
        state.focus.maximised = false;
    } else {
        leave(state, effects);
    }
}

fn lift_sheet(state: &mut State, effects: &mut Effects) -> bool {
    let lies = state.overlay.sheet.take().is_some();
    if lies {
        effects.push(ViewEffect::LiftSheet);
    }
    lies
}

fn back(state: &mut State, effects: &mut Effects) {
    if state.focus.pane == Pane::Compose && cancel_sending(&state.compose, effects) {
        return;
    }
    if let Some(working) = state.works.cancel() {
        return effects.note(format!("Cancelled: {}.", working.doing));
    }
    if lift_sheet(state, effects)
        || give_up_context(&mut state.connection, effects)
        || cancel_fetch(&mut state.inspector, effects)
        || state.notices.dismiss()
        || leave_conversation(state)
    {
        return;
    }
    if state.focus.maximised {
        state.focus.maximised = false;
    } else if state.focus.pane != Pane::Messages {
        // Leaving Subjects with Esc undoes the narrowing that moving in it did; Tab keeps it.
        if state.focus.pane == Pane::Subjects {
            state.subjects.cursor = None;
            narrow_to_cursor(state, effects);
        }
        state.focus.pane = Pane::Messages;
    } else if !state.search.is_empty() {
        // The marks of a search go before the filter does.
        state.search = TextFilter::default();
        state.messages.matches = Matches::default();
    } else if !state.messages.list.filter().is_empty() {
        // The empty filter is always valid.
        let _ = filter_by(state, "", effects);
    } else if !leave_only(state, effects) {
        state.subjects.cursor = None;
        narrow_to_cursor(state, effects);
    }
}

fn copy_message(state: &State, effects: &mut Effects) {
    let selected = || state.messages.selected.and_then(|seq| state.store.message(seq));
    let mended = state.overlay.mended_on_top().map(|opened| opened.stored.clone());
    let Some(message) = mended.or_else(selected) else {
        return effects.note("Select a message first, then copy it.");
    };
    copy(
        &message.payload,
        &state.limits,
        ("The message is too large", ""),
        effects,
    );
}
